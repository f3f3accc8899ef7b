import { assetKind, isObject, isSecret, type Properties, reveal, same, type Value } from "./values";

/** How a property changed. */
export type DiffKind = "add" | "delete" | "update";
/** Changes by the path of the property. */
export type Differences = Map<string, DiffKind>;

/** What changed from the old to the new inputs, as deep as possible: the engine matches these paths with its options. */
export function differences(olds: Properties, news: Properties): Differences {
  const found: Differences = new Map();
  compareObjects("", olds, news, found);
  return found;
}

function compareObjects(prefix: string, olds: Properties, news: Properties, found: Differences): void {
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    compare(memberPath(prefix, key), olds[key], news[key], found);
  }
}

function compareArrays(prefix: string, olds: readonly Value[], news: readonly Value[], found: Differences): void {
  for (let i = 0; i < Math.max(olds.length, news.length); i += 1) compare(`${prefix}[${i}]`, olds[i], news[i], found);
}

function compare(path: string, old: Value | undefined, now: Value | undefined, found: Differences): void {
  if (same(old, now)) return;
  const [before, after] = [old ?? null, now ?? null]; // null is as good as absent
  if (before !== null && after !== null) compareValues(path, before, after, found);
  else if (before !== after) found.set(path, before === null ? "add" : "delete");
}

function compareValues(path: string, before: Value, after: Value, found: Differences): void {
  if (isSecret(before) && isSecret(after)) {
    compare(path, reveal(before), reveal(after), found);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    compareArrays(path, before, after, found);
  } else if (isPlainObject(before) && isPlainObject(after)) {
    compareObjects(path, before, after, found);
  } else {
    found.set(path, "update");
  }
}

function isPlainObject(value: Value): value is Properties {
  return isObject(value) && !isSecret(value) && assetKind(value) === undefined;
}

function memberPath(prefix: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${prefix}[${JSON.stringify(key)}]`;
  return prefix === "" ? key : `${prefix}.${key}`;
}

/** The name of the property that a path begins with. */
export function head(path: string): string {
  return /^[\w$]+/.exec(path)?.[0] ?? path;
}
