import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { type Mistakes, secretShown } from "./mistakes";

/** Texts of age (https://age-encryption.org/v1): `age1…` may be known to anybody, `AGE-SECRET-KEY-1…` to nobody. */
const recipientPrefix = "age";
const identityPrefix = "AGE-SECRET-KEY-";

/** True for an X25519 recipient whose checksum holds: one wrong letter would lock everybody out. */
export function isRecipient(value: unknown): value is string {
  return typeof value === "string" && value === value.toLowerCase() && keyIn(value, recipientPrefix) !== undefined;
}

/** True for an X25519 identity whose checksum holds. */
export function isIdentity(value: unknown): value is string {
  return typeof value === "string" && value === value.toUpperCase() && keyIn(value, identityPrefix) !== undefined;
}

/** The one identity in a file of age-keygen's, which has comments around it. */
export function identityIn(text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const [first, ...more] = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return more.length === 0 && isIdentity(first) ? first : undefined;
}

/** True where a text holds what only an identity begins with, whole or not, of whatever kind. */
export function holdsIdentity(text: string): boolean {
  return /AGE-(?:SECRET-KEY|PLUGIN)-/i.test(text);
}

/** What every X25519 private key in DER form begins with; its 32 bytes follow. */
const derPrefix = Buffer.from("302e020100300506032b656e04220420", "hex");

/**
 * The recipient that an identity opens: whether it is the right one is known before anything is fetched.
 * @throws TypeError, which says nothing of the value, for what is no identity.
 */
export function recipientOf(identity: string): string {
  const open = createPublicKey(secretOf(identity)).export({ format: "der", type: "spki" }).subarray(-32);
  return encode(recipientPrefix, open);
}

/**
 * The private key that an identity is.
 * @throws TypeError, which says nothing of the value, for what is no identity.
 */
export function secretOf(identity: string): KeyObject {
  const secret = isIdentity(identity) ? keyIn(identity, identityPrefix) : undefined;
  if (secret === undefined) throw new TypeError("not an age identity");
  return createPrivateKey({ key: Buffer.concat([derPrefix, secret]), format: "der", type: "pkcs8" });
}

/** Collects what is wrong with a list of recipients. */
export function checkRecipients(recipients: unknown, path: string, mistakes: Mistakes): void {
  if (!Array.isArray(recipients)) {
    const remedy = "Put it in brackets, even a single one; [] encrypts nothing.";
    mistakes.add(path, "must be a list of age recipients", shown(recipients), remedy);
    return;
  }
  for (const [at, recipient] of (recipients as unknown[]).entries()) {
    checkRecipient(recipient, `${path}[${at}]`, mistakes);
    if (recipients.indexOf(recipient) < at) {
      mistakes.add(`${path}[${at}]`, "is named twice", shown(recipient), "Leave it out.");
    }
  }
}

function checkRecipient(value: unknown, path: string, mistakes: Mistakes): void {
  if (isRecipient(value)) return;
  if (typeof value === "string" && holdsIdentity(value)) {
    const remedy =
      "Make a new pair with `age-keygen` and give its recipient, age1…: this identity has been in a program's text.";
    mistakes.add(path, "is an identity, which opens every backup", secretShown, remedy);
    return;
  }
  const remedy = "Copy the line that `age-keygen -y FILE` prints: 62 characters that begin with age1.";
  mistakes.add(path, "is no X25519 recipient of age, or a letter of it is wrong", shown(value), remedy);
}

/** In a list of anything too: what could be an identity is never repeated. */
function shown(value: unknown): unknown {
  return holdsIdentity(JSON.stringify(value) ?? "") ? secretShown : value;
}

/** Bech32 (BIP 173), as age uses it: without its limit of 90 characters. */
const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const checksumLength = 6;

/** The 32 bytes of a key behind a prefix; undefined for anything else. */
function keyIn(text: string, prefix: string): Buffer | undefined {
  if (!text.startsWith(`${prefix}1`)) return undefined;
  const values = [...text.slice(prefix.length + 1).toLowerCase()].map((letter) => alphabet.indexOf(letter));
  if (values.includes(-1) || checksum([...expanded(prefix), ...values]) !== 1) return undefined;
  const bits = values
    .slice(0, -checksumLength)
    .map((value) => value.toString(2).padStart(5, "0"))
    .join("");
  const bytes = (bits.slice(0, 256).match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  return bits.length === 260 && bits.endsWith("0000") ? Buffer.from(bytes) : undefined;
}

function encode(prefix: string, key: Buffer): string {
  const bits = [...key].map((byte) => byte.toString(2).padStart(8, "0")).join("") + "0000";
  const values = (bits.match(/.{5}/g) ?? []).map((five) => parseInt(five, 2));
  const sum = checksum([...expanded(prefix), ...values, ...Array<number>(checksumLength).fill(0)]) ^ 1;
  const ending = Array.from({ length: checksumLength }, (_, i) => (sum >>> (5 * (5 - i))) & 31);
  return `${prefix}1${[...values, ...ending].map((value) => alphabet[value]).join("")}`;
}

function expanded(prefix: string): number[] {
  const codes = [...prefix.toLowerCase()].map((letter) => letter.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function checksum(values: readonly number[]): number {
  return values.reduce((sum, value) => {
    const shifted = ((sum & 0x1ffffff) << 5) ^ value;
    return generators.reduce(
      (found, generator, bit) => (((sum >>> 25) >> bit) & 1 ? found ^ generator : found),
      shifted,
    );
  }, 1);
}
