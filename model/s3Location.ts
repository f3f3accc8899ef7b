import { Mistakes, secretShown } from "./mistakes";

/**
 * Where the credentials of a bucket come from: keys, or a file, or a profile. Without any of them it is the AWS SDK's
 * chain: environment, the user's files, the container's or machine's role.
 */
export interface S3Credentials {
  /** Access key. Keys lie in the agent's configuration, which only its user can read; a file keeps them out of it. */
  accessKeyId?: string;
  secretAccessKey?: string;
  /** Of short-lived keys. They cannot be refreshed: prefer a file or a role. */
  sessionToken?: string;
  /**
   * Absolute path of a file on the host in the form of `~/.aws/credentials`. It is read again while an upload lasts, so
   * that whoever rotates keys only has to replace it.
   */
  file?: string;
  /** Section of that file; without a file, a profile of the user's own files. @default "default" */
  profile?: string;
}

/** How the store encrypts what it is given. */
export interface S3Encryption {
  /** `aes256`: the store's own key. `kms`: a key of the key service. */
  kind: "aes256" | "kms";
  /** Id, alias or ARN of the key; for `kms`. */
  kmsKeyId?: string;
}

/** For how long nobody can remove a version of what the agent stores; the bucket must have object lock. */
export interface S3ObjectLock {
  /** `governance`: whoever has a special right can still remove it. `compliance`: nobody can, not even the account's owner. */
  mode: "governance" | "compliance";
  /** Days from the moment at which an object is stored. At most what the policy keeps. */
  days: number;
  /** The same number again, for `compliance` alone: what is locked so has to be paid for until the days are over. */
  acceptIrreversibleDays?: number;
}

/** A bucket that holds backups, or a prefix in it. */
export interface S3Location {
  kind: "s3";
  bucket: string;
  /** What the archive's keys begin with, without slashes at its ends. @default the whole bucket */
  prefix?: string;
  region: string;
  /** `http://host:port` or `https://host` of a store that is not AWS. */
  endpoint?: string;
  /** The bucket's name in the path and not in the host's name. @default true where there is an endpoint */
  forcePathStyle?: boolean;
  /** @default as the bucket is set up */
  encryption?: S3Encryption;
  credentials?: S3Credentials;
  /** Absolute path of a file with the certificates (PEM) of the authorities that sign the store's. @default those that Node knows */
  caFile?: string;
  /** @default no lock by the agent; the bucket may have its own */
  objectLock?: S3ObjectLock;
}

/** Names a bucket among all of all stores. */
export function bucketOf({ bucket, endpoint }: S3Location): string {
  return `${endpoint?.replace(/\/+$/, "") ?? "aws"} ${bucket}`;
}

type Rule = [part: string, value: unknown, good: (value: string) => boolean, problem: string, remedy: string];

/** Collects what is wrong with a bucket's reference. */
export function checkS3(place: S3Location, path: string, mistakes: Mistakes): void {
  const required: Rule[] = [
    [
      "bucket",
      place.bucket,
      (name) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes(".."),
      "is no name of a bucket",
      "Use 3 to 63 lower-case letters, digits, dashes and dots, such as acme-neumann-backup.",
    ],
    ["region", place.region, (name) => /^[a-z0-9-]+$/.test(name), "is no region", "Write it as in eu-central-1."],
  ];
  const optional: Rule[] = [
    [
      "prefix",
      place.prefix,
      goodPrefix,
      "is no prefix for keys",
      "Use names of letters, digits and ._- with a slash between them, such as neumann/backup.",
    ],
    [
      "endpoint",
      place.endpoint,
      goodEndpoint,
      "is no address of a store",
      "Write scheme, host and port only, such as https://s3.example.com.",
    ],
  ];
  check(required, path, mistakes);
  check(
    optional.filter(([, value]) => value !== undefined),
    path,
    mistakes,
  );
  if (place.caFile !== undefined) checkAuthorities(place, `${path}.caFile`, mistakes);
  if (place.objectLock !== undefined) checkLock(place.objectLock, `${path}.objectLock`, mistakes);
  if (place.encryption !== undefined) checkEncryption(place.encryption, `${path}.encryption`, mistakes);
  if (place.credentials !== undefined) checkCredentials(place.credentials, `${path}.credentials`, mistakes);
}

function check(rules: readonly Rule[], path: string, mistakes: Mistakes): void {
  for (const [part, value, good, problem, remedy] of rules) {
    if (typeof value !== "string" || !good(value)) mistakes.add(`${path}.${part}`, problem, value, remedy);
  }
}

function goodPrefix(prefix: string): boolean {
  return prefix.split("/").every((name) => /^[A-Za-z0-9._-]+$/.test(name) && name !== "." && name !== "..");
}

function goodEndpoint(endpoint: string): boolean {
  return /^https?:\/\/(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+)(:\d+)?\/?$/.test(endpoint);
}

function checkEncryption({ kind, kmsKeyId }: S3Encryption, path: string, mistakes: Mistakes): void {
  if (!["aes256", "kms"].includes(kind)) mistakes.add(`${path}.kind`, "is not known", kind, "Use aes256 or kms.");
  const remedy = "Name the key with kind kms, and none with aes256.";
  if ((kind === "kms") !== (typeof kmsKeyId === "string" && kmsKeyId !== ""))
    mistakes.add(`${path}.kmsKeyId`, "does not go with the kind", kmsKeyId, remedy);
}

function checkCredentials(given: S3Credentials, path: string, mistakes: Mistakes): void {
  const keys = [given.accessKeyId, given.secretAccessKey, given.sessionToken].some((value) => value !== undefined);
  if (keys && (given.file !== undefined || given.profile !== undefined)) {
    mistakes.add(path, "has both keys and a file or profile", secretShown, "Give one of them; best a file.");
  }
  if (keys && !given.accessKeyId)
    mistakes.add(`${path}.accessKeyId`, "is missing", given.accessKeyId, "Give both keys.");
  if (keys && !given.secretAccessKey) {
    mistakes.add(`${path}.secretAccessKey`, "is missing", undefined, "Give both keys.");
  }
  if (given.file !== undefined && !given.file.startsWith("/")) {
    const remedy = "Write the whole path, such as /etc/neumann/backup-credentials.";
    mistakes.add(`${path}.file`, "must be an absolute path", given.file, remedy);
  }
}

function checkAuthorities({ caFile, endpoint }: S3Location, path: string, mistakes: Mistakes): void {
  if (typeof caFile !== "string" || !caFile.startsWith("/")) {
    mistakes.add(path, "must be an absolute path", caFile, "Write the whole path, such as /etc/neumann/store-ca.pem.");
  } else if (endpoint?.startsWith("http://") === true) {
    mistakes.add(
      path,
      "does not go with an endpoint without TLS",
      caFile,
      "Write https:// in endpoint, or leave it out.",
    );
  }
}

const modes: readonly unknown[] = ["governance", "compliance"];
const mostDays = 36_500;

function checkLock(
  { mode, days, acceptIrreversibleDays: accepted }: S3ObjectLock,
  path: string,
  mistakes: Mistakes,
): void {
  if (!modes.includes(mode)) mistakes.add(`${path}.mode`, "is not known", mode, "Use governance or compliance.");
  if (!Number.isInteger(days) || days < 1 || days > mostDays) {
    mistakes.add(
      `${path}.days`,
      `must be a whole number from 1 to ${mostDays}`,
      days,
      "Write for how long, such as 7.",
    );
  }
  const irreversible = `${path}.acceptIrreversibleDays`;
  if (mode === "compliance" && accepted !== days) {
    const remedy = `Write ${days} if nobody, you included, shall be able to remove a backup for ${days} days; else use governance.`;
    mistakes.add(irreversible, "must repeat the days of a lock that nobody can undo", accepted, remedy);
  }
  if (mode === "governance" && accepted !== undefined) {
    mistakes.add(irreversible, "belongs to compliance alone", accepted, "Leave it out: governance can be undone.");
  }
}
