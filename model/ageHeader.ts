import { createDecipheriv, createPublicKey, diffieHellman, hkdfSync, type KeyObject } from "node:crypto";
import { secretOf } from "./ageKeys";

/** What every encrypted object begins with. */
export const firstLine = "age-encryption.org/v1";

/** No header that is made here is longer: a recipient takes 101 bytes. */
export const headerLimit = 64 * 1024;

/** A header up to its end; undefined while that is not there yet, null where there is none. */
export function headerIn(beginning: Buffer): string | null | undefined {
  const text = beginning.toString("latin1");
  if (!`${firstLine}\n`.startsWith(text.slice(0, firstLine.length + 1))) return null;
  return /^[^]*?\n--- [^\n]*\n/.exec(text)?.[0] ?? (beginning.length > headerLimit ? null : undefined);
}

/**
 * True where the identity opens what begins with this header: each recipient has a stanza, which names nobody and opens
 * only for that one (https://age-encryption.org/v1, X25519).
 */
export function opensHeader(header: string, identity: string): boolean {
  const key = secretOf(identity);
  const own = rawKey(createPublicKey(key));
  const stanzas = [...header.matchAll(/^-> X25519 ([A-Za-z0-9+/]{43})\n([A-Za-z0-9+/]{43})\n/gm)];
  return stanzas.some(([, share = "", body = ""]) =>
    opens({ key, own }, Buffer.from(share, "base64"), Buffer.from(body, "base64")),
  );
}

/** What every X25519 public key in DER form begins with. */
const derPrefix = Buffer.from("302a300506032b656e032100", "hex");

function rawKey(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "spki" }).subarray(-32);
}

function opens({ key, own }: { key: KeyObject; own: Buffer }, share: Buffer, body: Buffer): boolean {
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([derPrefix, share]), format: "der", type: "spki" });
    const shared = diffieHellman({ privateKey: key, publicKey });
    const wrapping = hkdfSync("sha256", shared, Buffer.concat([share, own]), `${firstLine}/X25519`, 32);
    const cipher = createDecipheriv("chacha20-poly1305", Buffer.from(wrapping), Buffer.alloc(12), {
      authTagLength: 16,
    });
    cipher.setAuthTag(body.subarray(-16));
    cipher.update(body.subarray(0, -16));
    cipher.final();
    return true;
  } catch {
    return false; // Another one's, or damaged: neither opens.
  }
}
