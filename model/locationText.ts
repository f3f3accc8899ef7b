import type { Mistakes } from "./mistakes";
import { ArchiveKind, type ArchiveLocation } from "./reference";
import type { S3Credentials, S3Encryption, S3ObjectLock } from "./s3Location";

/** What may stand behind `?` in the text of a bucket. Keys never do: texts get into shells' histories and logs. */
const parameters = [
  "region",
  "endpoint",
  "force-path-style",
  "encryption",
  "kms-key",
  "credentials-file",
  "profile",
  "ca-file",
  "object-lock",
  "object-lock-days",
  "accept-irreversible-days",
] as const;
type Parameter = (typeof parameters)[number];

const example = "s3://acme-neumann-backup/prod?region=eu-central-1";

/**
 * A place as people write it: an absolute path, or `s3://bucket/prefix?region=eu-central-1` with `endpoint`,
 * `force-path-style`, `encryption` (`aes256` or `kms`), `kms-key`, `credentials-file`, `profile`, `ca-file`, `object-lock`
 * (`governance` or `compliance`), `object-lock-days` and `accept-irreversible-days` where they are needed.
 * What its parts hold is checked with the reference.
 */
export function parseLocation(text: string, path: string, mistakes: Mistakes): ArchiveLocation | undefined {
  if (!text.includes("://")) return { kind: ArchiveKind.Directory, location: text };
  const url = /^s3:\/\/([^/?#@:]+)(?:\/([^?#@]*))?(?:\?([^#]*))?$/.exec(text);
  // Whoever wrote keys into it shall not find them in a log.
  const shown = text.replace(/\/\/[^/?]*@/, "//…@").replace(/[?#].*/s, "?…");
  if (url === null) {
    mistakes.add(path, "is no place for an archive", shown, `Write an absolute path, or a bucket as ${example}.`);
    return undefined;
  }
  const [, bucket = "", prefix = "", query = ""] = url;
  const given = parametersOf(query, { text: shown, path, mistakes });
  if (given === undefined) return undefined;
  return {
    kind: ArchiveKind.S3,
    bucket,
    ...optional("prefix", prefix.replace(/\/+$/, "") || undefined),
    region: given.get("region") ?? "",
    ...optional("endpoint", given.get("endpoint")),
    ...optional("forcePathStyle", flag(given.get("force-path-style"))),
    ...optional("encryption", encryptionOf(given)),
    ...optional("credentials", credentialsOf(given)),
    ...optional("caFile", given.get("ca-file")),
    ...optional("objectLock", lockOf(given)),
  };
}

/** A place as `parseLocation` reads it. Keys of an account have no text: they are left out. */
export function locationText(location: ArchiveLocation): string {
  if (location.kind === ArchiveKind.Directory) return location.location;
  const { encryption, credentials, objectLock } = location;
  const values: Partial<Record<Parameter, string | number | boolean>> = {
    region: location.region,
    endpoint: location.endpoint,
    "force-path-style": location.forcePathStyle,
    encryption: encryption?.kind,
    "kms-key": encryption?.kmsKeyId,
    "credentials-file": credentials?.file,
    profile: credentials?.profile,
    "ca-file": location.caFile,
    "object-lock": objectLock?.mode,
    "object-lock-days": objectLock?.days,
    "accept-irreversible-days": objectLock?.acceptIrreversibleDays,
  };
  const query = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  const prefix = location.prefix === undefined ? "" : `/${location.prefix}`;
  return `s3://${location.bucket}${prefix}?${query.join("&")}`;
}

/** An absent value is an absent key: specifications are compared as texts. */
function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

function parametersOf(
  query: string,
  { text, path, mistakes }: { text: string; path: string; mistakes: Mistakes },
): ReadonlyMap<Parameter, string> | undefined {
  const given = new Map<Parameter, string>();
  const before = mistakes.all.length;
  for (const [name, value] of new URLSearchParams(query.replaceAll("+", "%2B"))) {
    const known = parameters.find((parameter) => parameter === name);
    if (known === undefined) mistakes.add(path, `has an unknown part ${name}`, text, `Use: ${parameters.join(", ")}.`);
    else if (given.has(known)) mistakes.add(path, `has ${name} twice`, text, "Write it once.");
    else given.set(known, value);
  }
  if (!given.has("region")) mistakes.add(path, "names no region", text, `Write it behind the bucket: ${example}.`);
  const style = given.get("force-path-style") ?? "true";
  if (!["true", "false"].includes(style)) {
    mistakes.add(path, "has no truth value for force-path-style", text, "Write true or false.");
  }
  return mistakes.all.length === before ? given : undefined;
}

function flag(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text === "true";
}

function encryptionOf(given: ReadonlyMap<Parameter, string>): S3Encryption | undefined {
  const kmsKeyId = given.get("kms-key");
  const kind = given.get("encryption") ?? (kmsKeyId === undefined ? undefined : "kms");
  if (kind === undefined) return undefined;
  return { kind: kind as S3Encryption["kind"], ...optional("kmsKeyId", kmsKeyId) };
}

function credentialsOf(given: ReadonlyMap<Parameter, string>): S3Credentials | undefined {
  const [file, profile] = [given.get("credentials-file"), given.get("profile")];
  return file === undefined && profile === undefined
    ? undefined
    : { ...optional("file", file), ...optional("profile", profile) };
}

function lockOf(given: ReadonlyMap<Parameter, string>): S3ObjectLock | undefined {
  const parts = [
    given.get("object-lock"),
    given.get("object-lock-days"),
    given.get("accept-irreversible-days"),
  ] as const;
  if (parts.every((part) => part === undefined)) return undefined;
  const [mode, days, accepted] = parts;
  return {
    mode: mode as S3ObjectLock["mode"],
    days: Number(days),
    ...optional("acceptIrreversibleDays", accepted === undefined ? undefined : Number(accepted)),
  };
}
