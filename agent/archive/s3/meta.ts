import type { IncomingHttpHeaders } from "node:http";
import type { S3Location, S3ObjectLock } from "../../../model/s3Location";

/** What is known of an object's content. */
export interface Meta {
  sha256: string;
  bytes: number;
}

/** What a store says of an object that is there. */
export interface Present {
  bytes: number;
  /** Stored with it in one request. */
  sha256?: string;
  /** Of an upload in parts: name of the object beside it that holds the hash. */
  sha256In?: string;
}

const sha256Name = "sha256";
/** An upload in parts is begun before its hash is known: its metadata names the object that will hold it. */
const sha256InName = "sha256-in";

/** Metadata of an object as the SDK takes it. */
export function metadata(of: { sha256: string } | { sha256In: string }): Record<string, string> {
  return "sha256" in of ? { [sha256Name]: of.sha256 } : { [sha256InName]: of.sha256In };
}

/** Headers that a put carries: the hash, and how the store shall encrypt. */
export function metaHeaders({ encryption }: S3Location, of: { sha256: string }): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata(of))) headers[`x-amz-meta-${name}`] = value;
  if (encryption?.kind === "aes256") headers["x-amz-server-side-encryption"] = "AES256";
  if (encryption?.kind === "kms") {
    headers["x-amz-server-side-encryption"] = "aws:kms";
    headers["x-amz-server-side-encryption-aws-kms-key-id"] = encryption.kmsKeyId ?? "";
  }
  return headers;
}

/** Until when a lock lasts that begins now. */
export function lockedUntil({ days }: S3ObjectLock, now: Date): Date {
  return new Date(Math.floor(now.getTime() / 1000) * 1000 + days * 86_400_000);
}

/** Headers of a put that locks what it stores. */
export function lockHeaders(lock: S3ObjectLock, now: Date): Record<string, string> {
  return {
    "x-amz-object-lock-mode": lock.mode.toUpperCase(),
    "x-amz-object-lock-retain-until-date": lockedUntil(lock, now).toISOString(),
  };
}

/** Reads the answer to HEAD or GET. */
export function presentIn(headers: IncomingHttpHeaders): Present {
  const one = (name: string): string | undefined => {
    const value = headers[`x-amz-meta-${name}`];
    return typeof value === "string" ? value : undefined;
  };
  return { bytes: Number(headers["content-length"]), sha256: one(sha256Name), sha256In: one(sha256InName) };
}

/** A hash that lies beside an object; undefined when it is none. */
export function readMeta(text: string): Meta | undefined {
  try {
    const { sha256, bytes } = JSON.parse(text) as Partial<Meta>;
    return typeof sha256 === "string" && typeof bytes === "number" ? { sha256, bytes } : undefined;
  } catch {
    return undefined;
  }
}
