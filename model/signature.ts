import { createHash, createPublicKey, verify } from "node:crypto";
import { type Json, canonicalJson } from "./canonical";
import { type Mistakes, secretShown } from "./mistakes";

/** Whose manifests a reader believes (protocol 18, docs/decisions/0021-signatures.md). */
export interface SigningPolicy {
  /**
   * Public keys of nodes, as `install` prints them: Base64 of the DER form, 60 characters. Once any is named, a backup is
   * chosen only if one of them signed it. Empty: a signature has to match the key that it brings, whose ever that is.
   */
  trustedKeys: string[];
}

/** Who signed a manifest, and the signature over the canonical JSON of all the rest. */
export interface Signature {
  /** First 16 hex digits of the SHA-256 of the key's 32 bytes. */
  keyId: string;
  /** The key itself. It proves nothing until somebody trusts it. */
  publicKey: string;
  /** Ed25519, Base64. */
  value: string;
}

/** What every Ed25519 public key in DER form begins with; its 32 bytes follow. */
const derPrefix = Buffer.from("302a300506032b6570032100", "hex");

/** True for an Ed25519 public key in the one form that is used here, so that equal keys are equal texts. */
export function isPublicKey(value: unknown): value is string {
  if (typeof value !== "string" || value.length !== 60) return false;
  const der = Buffer.from(value, "base64");
  return der.length === 44 && der.subarray(0, 12).equals(derPrefix) && der.toString("base64") === value;
}

/** Names a public key in messages and records. */
export function keyIdOf(publicKey: string): string {
  return createHash("sha256").update(Buffer.from(publicKey, "base64").subarray(12)).digest("hex").slice(0, 16);
}

/** A manifest as it was stored: fields of a later version, which its parsed form lacks, are signed too. */
interface Stored {
  [field: string]: unknown;
  signature?: Signature | null;
  source?: { backupId: string; tier: string; agent?: unknown; signature?: Signature } | null;
}

/**
 * Why a manifest is not to be believed, or null. `text` is its stored text, which was parsed before. An off-site copy is
 * believed only if its source is: whoever copies signs what was read, and could have been given anything.
 */
export function signatureProblem(text: string, trustedKeys: readonly string[]): string | null {
  const stored = JSON.parse(text) as Stored;
  const own = problemOf(stored, trustedKeys);
  if (own !== null) return `it ${own}`;
  if (!stored.source) return null;
  const problem = problemOf(sourceOf(stored, stored.source), trustedKeys);
  return problem === null ? null : `its source ${stored.source.backupId} ${problem}`;
}

/** The manifest that an off-site one was copied from: it differs in nothing else. */
function sourceOf(copy: Stored, source: NonNullable<Stored["source"]>): Stored {
  const { backupId, tier, agent, signature } = source;
  return { ...copy, backupId, tier, agent, signature, source: null };
}

function problemOf({ signature, ...rest }: Stored, trustedKeys: readonly string[]): string | null {
  if (!signature) return trustedKeys.length === 0 ? null : "is not signed";
  const { keyId, publicKey, value } = signature;
  if (!isPublicKey(publicKey) || keyIdOf(publicKey) !== keyId) return "names a key for its signature that is none";
  if (trustedKeys.length > 0 && !trustedKeys.includes(publicKey)) {
    return `is signed by a key that is not trusted (${keyId})`;
  }
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  const matches = verify(null, Buffer.from(canonicalJson(rest as Json)), key, Buffer.from(value, "base64"));
  return matches ? null : "does not match its signature: it was changed after it was signed";
}

/** Collects what is wrong with a list of trusted keys. */
export function checkTrustedKeys(keys: unknown, path: string, mistakes: Mistakes): void {
  if (!Array.isArray(keys)) {
    mistakes.add(
      path,
      "must be a list of public keys",
      shown(keys),
      "Put it in brackets, even a single one; [] names none.",
    );
    return;
  }
  for (const [at, key] of keys.entries()) {
    if (isPublicKey(key)) continue;
    const remedy =
      "Copy a value of the output publicKeys of ClusterBackups: 60 characters that begin with MCowBQYDK2VwAyEA.";
    mistakes.add(`${path}[${at}]`, "is no Ed25519 public key", shown(key), remedy);
  }
}

/** Somebody may have given the wrong half of a pair: nothing that could be a private key is repeated in a message. */
function shown(value: unknown): unknown {
  return typeof value === "string" && value.length > 40 ? secretShown : value;
}
