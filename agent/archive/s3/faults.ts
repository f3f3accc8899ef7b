import type { S3Location } from "../../../model/s3Location";
import { describeLocation } from "../../../model/reference";
import { frozenClass } from "../../../model/thaw";
import { WorldFault } from "../../run/errors";
import { FrozenFault } from "../archive";
import { renewalOf } from "./credentials";
import { Transient } from "./retry";

/** What was asked of the store: for messages. */
export interface Asked {
  location: S3Location;
  /** Such as `PUT`. */
  method: string;
  /** Key in the bucket; absent for the bucket itself. */
  key?: string;
}

/** What came back instead of what was asked for. */
export interface Refusal {
  status: number;
  /** S3's name of the fault; answers to HEAD have none. */
  code?: string;
  message?: string;
  /** Region that the store says is the right one. */
  region?: string;
  /** Where an object lies that cannot be read. */
  storageClass?: string;
}

const transientCodes = [
  // The body was changed or cut on its way; the store has taken nothing.
  "BadDigest",
  "IncompleteBody",
  "InvalidDigest",
  "RequestTimeout",
  "XAmzContentChecksumMismatch",
  "XAmzContentSHA256Mismatch",
  // The key was taken or freed while it was asked for.
  "OperationAborted",
  "SlowDown",
];

/** The keys were right, and are no longer. */
export function isExpired({ code }: Pick<Refusal, "code">): boolean {
  return code === "ExpiredToken" || code === "TokenRefreshRequired";
}

/** A refusal in words: what may be over soon as `Transient`, the rest as `WorldFault` with what to do. */
export function faultOf(refusal: Refusal, asked: Asked): Transient | WorldFault {
  const said = `${what(asked)} was answered with ${inWords(refusal)}.`;
  const { status, code = "" } = refusal;
  const soon = status >= 500 && status !== 501;
  if (isExpired(refusal)) return expiredFault(said, asked);
  if (status === 507) return new Transient(`${said} The store is full: make room there.`);
  if (soon || status === 429 || status === 408 || transientCodes.includes(code)) return new Transient(said);
  return new WorldFault(`${said} ${adviceFor(refusal, asked)}`);
}

function expiredFault(said: string, { location }: Asked): Transient | WorldFault {
  const { renews, advice } = renewalOf(location);
  return renews ? new Transient(`${said} ${advice}`) : new WorldFault(`${said} ${advice}`);
}

/** The refusal to read what is frozen. */
export function frozenFault(asked: Asked, { storageClass = "an archive class" }: Refusal): FrozenFault {
  // Nothing is restored there by days: Intelligent-Tiering's own archive.
  const known = frozenClass(storageClass) !== undefined;
  return new FrozenFault(
    `${what(asked)}: it lies in ${storageClass} and must be thawed before it can be read. ${known ? "A recovery, \`query\` and \`verify --depth restore\` ask for that" : "Ask the store for it (RestoreObject)"}; then run the same command again.`,
  );
}

function what({ location, method, key }: Asked): string {
  return `${method} ${key === undefined ? "" : `${key} in `}${describeLocation({ ...location, prefix: undefined })}`;
}

function inWords({ status, code, message }: Refusal): string {
  return [status, code, message === undefined ? undefined : `(${message.replace(/\.$/, "")})`]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
}

const noLock = "Give the bucket object lock, or leave objectLock out of the archive's reference.";

const adviceByCode: Record<string, string> = {
  InvalidAccessKeyId: "The store does not know this access key: correct the credentials of the archive.",
  SignatureDoesNotMatch: "The secret key is not that of the access key: correct the credentials of the archive.",
  InvalidToken: "The session token is not valid: correct the credentials of the archive.",
  RequestTimeTooSkewed: "Set the clock of this host.",
  NoSuchUpload: "Somebody, or a rule of the bucket, took the upload away: run the same command again.",
};

/** True where a bucket without object lock was told to lock. */
function lacksLock({ code = "", message = "" }: Refusal, { location }: Asked): boolean {
  return location.objectLock !== undefined && /ObjectLockConfiguration/i.test(`${code} ${message}`);
}

/** How a message names the request that thaws. */
export const thawRequest = "POST ?restore";

const noThaw =
  "Give these credentials s3:RestoreObject there: the duty restorer has it, a node has not. Or ask for the thaw with others, and run the same command again once it is thawed.";

function adviceFor(refusal: Refusal, asked: Asked): string {
  const { status, code = "", region } = refusal;
  const { location } = asked;
  const known = lacksLock(refusal, asked) ? noLock : adviceByCode[code];
  if (known !== undefined) return known;
  if (region !== undefined && region !== location.region)
    return `The bucket lies in ${region}: write region: "${region}".`;
  if (status === 403) return adviceForRights(asked);
  if (code.startsWith("KMS.")) return `Look after the key${withKey(location)}.`;
  return adviceByStatus[status] ?? "Correct the archive's reference; then run the same command again.";
}

function adviceForRights({ location, method }: Asked): string {
  if (method === thawRequest) return noThaw;
  return `Allow these credentials to do that in ${location.bucket}${withKey(location)}${withLock(location)}.`;
}

function withKey({ encryption }: S3Location): string {
  return encryption?.kmsKeyId === undefined ? "" : ` with the key ${encryption.kmsKeyId}`;
}

function withLock({ objectLock }: S3Location): string {
  return objectLock === undefined ? "" : ", and to lock what they put (s3:PutObjectRetention)";
}

const adviceByStatus: Record<number, string> = {
  301: "Correct region or endpoint of the archive.",
  307: "Correct region or endpoint of the archive.",
  404: "Name the right bucket, or create it first: the agent makes none.",
  501: "This store lacks what an archive needs: choose one that knows If-None-Match and checksums.",
};

const resets = ["ECONNRESET", "EPIPE"];

/** True when the connection was closed in the middle: also how some stores refuse a body. */
export function isReset(error: unknown): boolean {
  return resets.includes((error as NodeJS.ErrnoException).code ?? "");
}

const networkAdvice: Record<string, string> = {
  ENOTFOUND: "that name is not known: correct endpoint or region, or mend the name service",
  EAI_AGAIN: "the name service does not answer",
  ECONNREFUSED: "nothing listens there",
  ETIMEDOUT: "no answer came in time",
  EHOSTUNREACH: "the network does not lead there",
  ENETUNREACH: "the network does not lead there",
  ECONNRESET: "the connection was closed in the middle",
  EPIPE: "the connection was closed in the middle",
};

/** A failure below HTTP in words. */
export function networkFault(error: unknown, asked: Asked, host: string): Error {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const certificate =
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SSL|EPROTO|ERR_TLS/.test(code) || code.startsWith("HPE_");
  if (certificate) {
    return new WorldFault(
      `${what(asked)}: the secure connection to ${host} failed: ${message}. Correct the endpoint; its certificate must be signed by an authority that Node knows, or by one in the archive's caFile.`,
    );
  }
  const hopeless = ["ENOTFOUND", "ECONNREFUSED"].includes(code);
  return new Transient(`${what(asked)} failed at ${host}: ${networkAdvice[code] ?? message}.`, hopeless);
}
