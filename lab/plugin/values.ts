import { createHash } from "node:crypto";

/** A property value as it travels between engine and provider: JSON, with marked objects for what JSON lacks. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
/** The properties of a resource. */
export type Properties = Record<string, Value>;

/** The key that marks an object as something else, and what its value says (pulumi's sdk/go/common/resource). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

/** One for each type a value may turn out to have; the first, for strings, serves for all. */
const unknowns = [
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
] as const;

/** What stands for a value that a preview cannot know. */
export const unknown: Value = unknowns[0];

const unknownSet: ReadonlySet<unknown> = new Set(unknowns);

/** Whether the value is one that is not known yet. */
export function isUnknown(value: Value | undefined): boolean {
  return unknownSet.has(value);
}

/** Whether the value is an object or a marked object. */
export function isObject(value: Value | undefined): value is { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the value is marked as secret. */
export function isSecret(value: Value | undefined): value is { [key: string]: Value } {
  return isObject(value) && value[signatureKey] === secretSignature;
}

/** The value marked as secret, once. */
export function secret(value: Value): Value {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

/** The value without the outermost mark. */
export function reveal(value: Value): Value {
  return isSecret(value) ? reveal(value["value"] ?? null) : value;
}

/** The value without any marks of secrecy, at any depth: what a command needs. */
export function plain(value: Value): Value {
  const inner = reveal(value);
  if (Array.isArray(inner)) return inner.map(plain);
  if (!isObject(inner)) return inner;
  return Object.fromEntries(Object.entries(inner).map(([key, entry]) => [key, plain(entry)]));
}

/** A file or a text: with a hash of its content. */
export interface Asset {
  hash: string;
  path?: string;
  text?: string;
}

/** Marks an asset as one. */
export function assetValue(asset: Asset): Value {
  const { hash, path, text } = asset;
  return {
    [signatureKey]: assetSignature,
    hash,
    ...(path !== undefined && { path }),
    ...(text !== undefined && { text }),
  };
}

/** Marks a set of assets as an archive. Its hash changes with names and contents, but is not the official one's. */
export function archiveValue(assets: Properties): Value {
  const hash = createHash("sha256").update(JSON.stringify(assets)).digest("hex");
  return { [signatureKey]: archiveSignature, hash, assets };
}

/** Whether the value is an asset, an archive, or neither. */
export function assetKind(value: Value | undefined): "asset" | "archive" | undefined {
  if (!isObject(value)) return undefined;
  if (value[signatureKey] === assetSignature) return "asset";
  return value[signatureKey] === archiveSignature ? "archive" : undefined;
}

/** Whether two values are the same: assets by their hashes, everything else by content. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((entry, i) => same(entry, b[i]));
  return isObject(a) && isObject(b) ? sameObjects(a, b) : a === b;
}

function sameObjects(a: Properties, b: Properties): boolean {
  const kind = assetKind(a);
  if (kind !== undefined && kind === assetKind(b) && a["hash"] && b["hash"]) return a["hash"] === b["hash"];
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
