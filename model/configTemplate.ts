/** Tables and values of a `config.toml`, as a parser gives them. */
export type ConfigValues = Record<string, unknown>;

export interface ConfigTemplate {
  values: ConfigValues;
  /** What was taken out, `table.key`. */
  removed: string[];
}

/** Of the one node that they were read on, or of the agent there; addresses are recognised by their names. */
const ofOneNode = new Set(["node.id", "cluster.peers", "wal.archive_command", "wal.archive_timeout"]);

/** The others that the database's interface documents: none of them can hold a secret. */
const documented = new Set([
  "node.data_dir",
  "cluster.name",
  "raft.election_timeout_min_ms",
  "raft.election_timeout_max_ms",
  "raft.heartbeat_interval_ms",
  "raft.snapshot_interval",
  "storage.wal_sync_mode",
]);

const addressName =
  /(^|_)(address|addr|host|hostname|listen|advertise|advertised|bind|peer|peers|seeds|ip|url|endpoint)$/;
const secretName =
  /secret|passw|passphrase|pwd|token|credential|private|auth|salt|cookie|(^|_)(key|keys|pin|psk|dsn)(_|$)/;
/** Where a secret lies is none. */
const pathName = /(file|path|dir|directory)$/;
const secretText = /-----BEGIN|:\/\/[^/\s]*@|AGE-(SECRET-KEY|PLUGIN)-|\b(AKIA|ASIA)[A-Z0-9]{12}|^(basic|bearer) /i;
/** Nobody writes a sentence, a path or a mode like this. */
const randomText = /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/_=-]{24,}$/;

/**
 * What new nodes can begin their configuration with: everything that is not one node's own, and no secret. Keys that
 * nobody documents are the user's: one is left out when its name or its value looks like a secret, and all of them where
 * backups are encrypted, because this lies beside them as it is.
 */
export function configTemplate(values: ConfigValues, options: { encrypted: boolean }): ConfigTemplate {
  const removed: string[] = [];
  const kept = without(values, "", (key) => {
    const goes = options.encrypted ? !documented.has(key.path) : isOwn(key) || looksSecret(key);
    if (goes) removed.push(key.path);
    return goes;
  });
  return { values: kept, removed };
}

/** A key of a table, and what it holds. */
interface Key {
  path: string;
  /** Its last name in one spelling; a quoted one may hold dots. */
  name: string;
  value: unknown;
}

type Goes = (key: Key) => boolean;

function without(table: ConfigValues, path: string, goes: Goes): ConfigValues {
  const kept = Object.entries(table).flatMap(([key, value]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const inner = shorn({ path: at, name: spelled(key), value }, goes);
    return inner === undefined ? [] : [[key, inner] as const];
  });
  return Object.fromEntries(kept);
}

/** What stays of a value; undefined where nothing does. A table with such a name goes as a whole. */
function shorn(key: Key, goes: Goes): unknown {
  const { path, name, value } = key;
  if (secretName.test(name) || addressName.test(name)) return goes(key) ? undefined : value;
  if (isTable(value)) {
    const inner = without(value, path, goes);
    return Object.keys(inner).length === 0 ? undefined : inner;
  }
  if (!Array.isArray(value) || !value.some(isTable)) return goes(key) ? undefined : value;
  const items = value.map((item, index) => shorn({ path: `${path}[${index}]`, name, value: item }, goes));
  const inner = items.filter((item) => item !== undefined);
  return inner.length === 0 ? undefined : inner;
}

function isTable(value: unknown): value is ConfigValues {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** `bindAddress` and `bind-address` are `bind_address`. */
function spelled(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

function isOwn({ path, name }: Key): boolean {
  return ofOneNode.has(path) || addressName.test(name);
}

function looksSecret({ path, name, value }: Key): boolean {
  if (documented.has(path)) return false;
  const texts = textsIn(value);
  if (texts.some((text) => secretText.test(text))) return true;
  if (pathName.test(name) && typeof value === "string" && /^\.{0,2}\/[^+=]*$/.test(value)) return false;
  return secretName.test(name) || texts.some((text) => randomText.test(text));
}

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (isTable(value)) return Object.values(value).flatMap(textsIn);
  return typeof value === "string" ? [value] : [];
}
