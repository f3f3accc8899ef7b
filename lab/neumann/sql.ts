/** A value of a row. */
export type Value = number | string | null;

/** A write, as the log carries it. */
export type Command =
  | { kind: "create"; table: string; columns: { name: string; type: "INT" | "TEXT" }[]; ifNotExists: boolean }
  | { kind: "insert"; table: string; columns: string[]; values: Value[] };

/** A statement. */
export type Statement = { kind: "write"; insert: boolean; data: Buffer } | { kind: "count"; table: string } | Select;

/** A query for rows. */
export interface Select {
  kind: "select";
  table: string;
  columns: string[];
}

/** A statement that cannot be understood. */
export class SqlError extends Error {}

const create = /^CREATE\s+TABLE\s+(IF\s+NOT\s+EXISTS\s+)?(\w{1,64})\s*\(([^()]*)\)$/i;
const insert = /^INSERT\s+INTO\s+(\w+)\s*\(([^()]*)\)\s*VALUES\s*\((.*)\)$/is;
const count = /^SELECT\s+COUNT\s*\(\s*\*\s*\)\s+FROM\s+(\w+)$/i;
const select = /^SELECT\s+(\*|\w+(?:\s*,\s*\w+)*)\s+FROM\s+(\w+)$/i;
const value = /\s*(?:(-?\d+)|'((?:[^']|'')*)'|(NULL))\s*(,|$)/iy;

/** Reads a statement; a semicolon at its end is allowed. */
export function parseStatement(text: string): Statement {
  const statement = text.trim().replace(/\s*;$/, "");
  const inserted = insert.exec(statement);
  if (inserted) return parseInsert(inserted);
  const counted = count.exec(statement);
  if (counted) return { kind: "count", table: counted[1] ?? "" };
  const selected = select.exec(statement);
  if (selected) return { kind: "select", table: selected[2] ?? "", columns: names(selected[1] ?? "") };
  const created = create.exec(statement);
  if (created) return parseCreate(created);
  throw new SqlError(`cannot understand: ${statement.slice(0, 80)}`);
}

function names(list: string): string[] {
  return list.split(",").map((name) => name.trim());
}

function write(command: Command): Statement {
  return { kind: "write", insert: command.kind === "insert", data: Buffer.from(JSON.stringify(command)) };
}

function parseCreate(match: RegExpExecArray): Statement {
  const columns = names(match[3] ?? "").map((column) => {
    const parts = /^(\w{1,64})\s+(INT|INTEGER|BIGINT|TEXT)$/i.exec(column);
    if (!parts) throw new SqlError(`a column is a name and INT or TEXT, not: ${column.slice(0, 80)}`);
    const type = parts[2]?.toUpperCase() === "TEXT" ? ("TEXT" as const) : ("INT" as const);
    return { name: parts[1] ?? "", type };
  });
  if (new Set(columns.map((column) => column.name)).size < columns.length) throw new SqlError("a column occurs twice");
  return write({ kind: "create", table: match[2] ?? "", columns, ifNotExists: match[1] !== undefined });
}

function parseInsert(match: RegExpExecArray): Statement {
  const values = parseValues(match[3] ?? "");
  return write({ kind: "insert", table: match[1] ?? "", columns: names(match[2] ?? ""), values });
}

function parseValues(text: string): Value[] {
  const values: Value[] = [];
  value.lastIndex = 0;
  for (let more = true; more;) {
    const match = value.exec(text);
    if (!match) throw new SqlError(`values are whole numbers, 'texts' or NULL, not: ${text.slice(0, 80)}`);
    if (match[1] !== undefined) values.push(integer(match[1]));
    else values.push(match[2] !== undefined ? match[2].replaceAll("''", "'") : null);
    more = match[4] === ",";
    if (!more && value.lastIndex < text.length) throw new SqlError("there is more behind the last value");
  }
  return values;
}

function integer(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new SqlError(`${text} is too large for INT`);
  return number;
}

/** A command from the log. */
export function decodeCommand(data: Buffer): Command {
  return JSON.parse(data.toString("utf8")) as Command;
}
