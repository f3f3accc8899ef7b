import type * as pulumi from "@pulumi/pulumi";
import { type Mistakes, secretShown } from "../model/mistakes";
import { ArchiveKind, type ArchiveLocation, type ArchiveSpec, checkArchive } from "../model/reference";
import type { S3Credentials, S3Encryption, S3Location, S3ObjectLock } from "../model/s3Location";

/**
 * Where the credentials of a bucket come from: a file on each host, a profile, or keys. Without any of them it is the
 * AWS SDK's own chain: environment, the user's files, the container's or machine's role.
 */
export interface BucketCredentials {
  /**
   * Absolute path of a file in the form of `~/.aws/credentials`, on each host and on the machine where Pulumi runs. It is
   * read again while an upload lasts: who rotates keys only has to replace it.
   */
  file?: pulumi.Input<string>;
  /**
   * Section of that file; without a file, a profile of the user's own files.
   * @default default
   */
  profile?: pulumi.Input<string>;
  /**
   * Access key. It lies in the agent's configuration, which only its user can read; a file keeps it out of it.
   */
  accessKeyId?: pulumi.Input<string>;
  /**
   * Secret key. It is kept as a secret in Pulumi's state.
   */
  secretAccessKey?: pulumi.Input<string>;
  /**
   * Token of short-lived keys. They cannot be refreshed: prefer a file or a role.
   */
  sessionToken?: pulumi.Input<string>;
}

/**
 * How a bucket's store encrypts what it is given.
 */
export interface BucketEncryption {
  /**
   * `aes256` for the store's own key, `kms` for one of its key service.
   */
  kind: pulumi.Input<string>;
  /**
   * Id, alias or ARN of the key, for `kms`.
   */
  kmsKeyId?: pulumi.Input<string>;
}

/**
 * For how long nobody can remove what the agent stores. The bucket must have object lock, and versioning with it.
 */
export interface BucketObjectLock {
  /**
   * `governance`: whoever has `s3:BypassGovernanceRetention` can still remove it. `compliance`: nobody can, not even the
   * account's owner.
   */
  mode: pulumi.Input<string>;
  /**
   * Days from the moment at which an object is stored. More than the policy keeps of what lies there is refused.
   */
  days: pulumi.Input<number>;
  /**
   * For `compliance`, the same number again: what is locked so stays, and is paid for, until the days are over.
   */
  acceptIrreversibleDays?: pulumi.Input<number>;
}

/**
 * A place that holds backups: a folder, or a bucket.
 */
export interface ArchivePlace {
  /**
   * Kind of place: `directory` or `s3`.
   */
  kind: pulumi.Input<string>;
  /**
   * Absolute path of a directory.
   */
  location?: pulumi.Input<string>;
  /**
   * Name of a bucket.
   */
  bucket?: pulumi.Input<string>;
  /**
   * What the archive's keys in the bucket begin with, without slashes at its ends.
   * @default the whole bucket
   */
  prefix?: pulumi.Input<string>;
  /**
   * The bucket's region.
   */
  region?: pulumi.Input<string>;
  /**
   * `https://host` or `http://host:port` of a store that is not AWS. It must know `If-None-Match`.
   * @default AWS
   */
  endpoint?: pulumi.Input<string>;
  /**
   * The bucket's name in the path and not in the host's name.
   * @default true where there is an endpoint
   */
  forcePathStyle?: pulumi.Input<boolean>;
  /**
   * How the store encrypts.
   * @default as the bucket is set up
   */
  encryption?: pulumi.Input<BucketEncryption>;
  /**
   * The bucket's credentials.
   * @default the AWS SDK's chain, on each host and where Pulumi runs
   */
  credentials?: pulumi.Input<BucketCredentials>;
  /**
   * Absolute path of a file with the certificates (PEM) of the authorities that sign the store's, on each host and on the
   * machine where Pulumi runs.
   * @default the authorities that Node knows
   */
  caFile?: pulumi.Input<string>;
  /**
   * For how long nobody can remove what the agent stores.
   * @default the agent locks nothing; the bucket may have a lock of its own
   */
  objectLock?: pulumi.Input<BucketObjectLock>;
}

/**
 * The archive of one cluster, as components and stacks hand it to each other. It stays usable without the component
 * that made it: on the worst day the stack that did is gone.
 */
export interface ArchiveReference extends ArchivePlace {
  /**
   * The cluster's name in the archive, such as `prod`.
   */
  clusterId: pulumi.Input<string>;
  /**
   * The copy in another place, for the loss of everything else (the runbook's off-site backup). It may be of another kind.
   * @default none: no recovery from the loss of the first place
   */
  offsite?: pulumi.Input<ArchivePlace>;
}

export type KnownPlace = pulumi.Unwrap<ArchivePlace>;
type KnownReference = pulumi.Unwrap<ArchiveReference>;

const kinds: string[] = Object.values(ArchiveKind);
const bucketKeys = [
  "bucket",
  "prefix",
  "region",
  "endpoint",
  "forcePathStyle",
  "encryption",
  "credentials",
  "caFile",
  "objectLock",
] as const;

/** Collects what is wrong with a reference whose values are known. */
export function checkArchiveReference(reference: KnownReference, path: string, mistakes: Mistakes): void {
  const before = mistakes.all.length;
  checkPlace(reference, path, mistakes);
  if (reference.offsite !== undefined) checkPlace(reference.offsite, `${path}.offsite`, mistakes);
  if (mistakes.all.length === before) checkArchive(archiveSpec(reference), path, mistakes);
}

/** What would be dropped without a word, or not be understood, in the model's form. */
function checkPlace(place: KnownPlace, path: string, mistakes: Mistakes): void {
  if (!kinds.includes(place.kind)) {
    mistakes.add(`${path}.kind`, "is not known", place.kind, `Use one of: ${kinds.join(", ")}.`);
    return;
  }
  const other = place.kind === ArchiveKind.S3 ? (["location"] as const) : bucketKeys;
  for (const key of other) {
    if (place[key] === undefined) continue;
    const remedy = `Leave it out, or write kind: "${place.kind === ArchiveKind.S3 ? "directory" : "s3"}".`;
    const received = key === "credentials" ? secretShown : place[key];
    mistakes.add(`${path}.${key}`, `does not belong to a place of kind ${place.kind}`, received, remedy);
  }
  if (place.forcePathStyle !== undefined && typeof place.forcePathStyle !== "boolean") {
    mistakes.add(`${path}.forcePathStyle`, "must be true or false", place.forcePathStyle, "Write it without quotes.");
  }
  checkKeys(place, path, mistakes);
  checkLockNames(place.objectLock, `${path}.objectLock`, mistakes);
}

const lockNames = ["mode", "days", "acceptIrreversibleDays"];

/** What its values are is checked with the reference; a name misspelled would be a lock that is not there. */
function checkLockNames(lock: unknown, path: string, mistakes: Mistakes): void {
  if (lock === undefined) return;
  const remedy = `Use: ${lockNames.join(", ")}.`;
  if (typeof lock !== "object" || lock === null) {
    mistakes.add(path, "must be an object", lock, remedy);
    return;
  }
  for (const [name, value] of Object.entries(lock)) {
    if (!lockNames.includes(name)) mistakes.add(`${path}.${name}`, "is not known", value, remedy);
  }
}

const knownKeys = {
  encryption: ["kind", "kmsKeyId"],
  credentials: ["file", "profile", "accessKeyId", "secretAccessKey", "sessionToken"],
};

/** Every value a text, and no name misspelled: a credential that is not understood would mean another one. */
function checkKeys(place: KnownPlace, path: string, mistakes: Mistakes): void {
  for (const part of ["encryption", "credentials"] as const) {
    const value: unknown = place[part];
    if (value === undefined) continue;
    if (typeof value === "object" && value !== null) checkTexts(value, { path: `${path}.${part}`, part, mistakes });
    else mistakes.add(`${path}.${part}`, "must be an object", secretShown, `Use: ${knownKeys[part].join(", ")}.`);
  }
}

function checkTexts(
  texts: object,
  { path, part, mistakes }: { path: string; part: keyof typeof knownKeys; mistakes: Mistakes },
): void {
  for (const [key, value] of Object.entries(texts) as [string, unknown][]) {
    const received = part === "credentials" ? secretShown : value;
    if (!knownKeys[part].includes(key)) {
      mistakes.add(`${path}.${key}`, "is not known", received, `Use: ${knownKeys[part].join(", ")}.`);
    } else if (value !== undefined && typeof value !== "string") {
      mistakes.add(`${path}.${key}`, "must be a text", received, "Write it in quotes.");
    }
  }
}

/** The model's form of a checked reference. */
export function archiveSpec(reference: KnownReference): ArchiveSpec {
  const { offsite, clusterId } = reference;
  return { ...asLocation(reference), clusterId, ...(offsite === undefined ? {} : { offsite: asLocation(offsite) }) };
}

/** Without keys that are not given: specifications are compared as texts. */
function asLocation(known: KnownPlace): ArchiveLocation {
  if (known.kind !== ArchiveKind.S3) return { kind: ArchiveKind.Directory, location: known.location as string };
  const { encryption, credentials, objectLock } = known;
  return given<S3Location>({
    kind: ArchiveKind.S3,
    bucket: known.bucket as string,
    prefix: known.prefix,
    region: known.region as string,
    endpoint: known.endpoint,
    forcePathStyle: known.forcePathStyle,
    encryption: encryption && (given(encryption) as unknown as S3Encryption),
    credentials: credentials && given<S3Credentials>({ ...credentials }),
    caFile: known.caFile,
    objectLock: objectLock && (given(objectLock) as S3ObjectLock),
  });
}

function given<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
}
