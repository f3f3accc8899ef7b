import { parse, patch } from "@decimalturn/toml-patch";
import { readFile } from "node:fs/promises";
import type { NodeConfig } from "../../model/agentConfig";
import { Mistakes, show } from "../../model/mistakes";
import { asRoot } from "../host/asRoot";
import { Refused } from "../run/errors";

/** Tables of a `config.toml`. */
export type ConfigTables = Record<string, Record<string, unknown> | undefined>;

/** Values to write, `table.key`; `undefined` takes the key out. */
export type ConfigChanges = Record<string, Record<string, string | number | string[] | undefined>>;

/** Tables that the database knows and the agent reads or writes. */
const knownTables = ["node", "cluster", "wal", "metrics"];

/** @throws InputError with the place when the file is no TOML, or no configuration of the database. */
export function parseConfig(text: string, file: string): ConfigTables {
  const mistakes = new Mistakes();
  const remedy = "Mend the file; it was not touched.";
  let tables: Record<string, unknown> = {};
  try {
    tables = parse(text) as Record<string, unknown>;
  } catch (error) {
    mistakes.add(file, `is no TOML: ${placeAndReason(error as Error)}`, text.slice(0, 60), remedy);
  }
  for (const name of knownTables) {
    const table = tables[name];
    if (table === undefined || (typeof table === "object" && table !== null && !Array.isArray(table))) continue;
    mistakes.add(`${file}: ${name}`, "must be a table", table, `Write it as [${name}]; the file was not touched.`);
  }
  mistakes.throwIfAny("The database's configuration cannot be read");
  return tables as ConfigTables;
}

/** The parser says `Error parsing TOML (2, 1):`, shows the line and gives the reason last. */
function placeAndReason({ message }: Error): string {
  const [, line, column] = /\((\d+), (\d+)\)/.exec(message) ?? [];
  const reason = message.split("\n").at(-1) ?? "";
  return line === undefined ? reason : `line ${line}, column ${column}: ${reason}`;
}

/** @throws Refused for the configuration of another node. */
export function refuseForeignConfig(
  tables: ConfigTables,
  { configFile, id }: Pick<NodeConfig, "configFile" | "id">,
): void {
  const found = tables.node?.id;
  if (found === id) return;
  throw new Refused(
    found === undefined
      ? `${configFile} names no [node] id; ${id} is expected: nothing was changed. Write the node's id there, or name its own file.`
      : `${configFile} is of node ${show(found)}, not of ${show(id)}: nothing was changed. Name the node's own file and id.`,
  );
}

/** The text with some keys changed; all the rest, comments and unknown keys included, as it was. */
export function editConfig(text: string, changes: ConfigChanges, file: string): string {
  const tables = parseConfig(text, file);
  for (const [table, keys] of Object.entries(changes)) {
    const values: Record<string, unknown> = { ...tables[table] };
    for (const [key, value] of Object.entries(keys)) {
      if (value === undefined) delete values[key];
      else values[key] = value;
    }
    if (Object.keys(values).length > 0 || tables[table] !== undefined) tables[table] = values;
  }
  return patch(text, tables);
}

/** Changes keys of the file on disk, durably; false when it was so already. Owner and mode stay. */
export async function changeConfig(file: string, changes: ConfigChanges): Promise<boolean> {
  const before = await readFile(file, "utf8");
  if (holds(parseConfig(before, file), changes)) return false;
  await asRoot({ do: "replace", file, text: editConfig(before, changes, file) });
  return true;
}

function holds(tables: ConfigTables, changes: ConfigChanges): boolean {
  return Object.entries(changes).every(([table, keys]) =>
    Object.entries(keys).every(([key, value]) => JSON.stringify(tables[table]?.[key]) === JSON.stringify(value)),
  );
}
