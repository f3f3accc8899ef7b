import { parse, patch } from "@decimalturn/toml-patch";
import { chown, readFile, stat } from "node:fs/promises";
import { InputError } from "../../model/mistakes";
import { replaceFile } from "../host/files";

/** Tables of a `config.toml`. */
export type ConfigTables = Record<string, Record<string, unknown> | undefined>;

/** Values to write, `table.key`; `undefined` takes the key out. */
export type ConfigChanges = Record<string, Record<string, string | number | string[] | undefined>>;

/** @throws InputError with the place when the file is no TOML. */
export function parseConfig(text: string, file: string): ConfigTables {
  try {
    return parse(text) as ConfigTables;
  } catch (error) {
    const problem = `is no TOML: ${(error as Error).message.split("\n")[0]}`;
    const remedy = "Mend the file; it was not touched.";
    throw new InputError("The database's configuration cannot be read", [
      { path: file, problem, received: text.slice(0, 60), remedy },
    ]);
  }
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
  const { mode, uid, gid } = await stat(file);
  await replaceFile(file, editConfig(before, changes, file), mode & 0o7777);
  if (process.getuid?.() === 0) await chown(file, uid, gid);
  return true;
}

function holds(tables: ConfigTables, changes: ConfigChanges): boolean {
  return Object.entries(changes).every(([table, keys]) =>
    Object.entries(keys).every(([key, value]) => JSON.stringify(tables[table]?.[key]) === JSON.stringify(value)),
  );
}
