import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { LabNode } from "./harness";

/** One row that a writer sent. */
export interface Note {
  k: number;
  sentAt: number;
  /** When the answer OK was read; undefined: nobody knows whether the row is there. */
  acknowledgedAt: number | undefined;
}

/** How a writer writes. */
export interface WriterOptions {
  /** The nodes it may talk to, one at a time; it goes to the next when one fails. */
  nodes: () => Pick<LabNode, "spawnAdmin">[];
  /** @default "t" */
  table?: string;
  /** Bytes of each value. @default 40 */
  valueBytes?: number;
  /** Rows a second at most. @default as fast as it goes */
  rowsPerSecond?: number;
  /** The first row's number. @default 1 */
  first?: number;
  /** It ends by itself after so many rows. @default never */
  rows?: number;
}

/** What a comparison of notes and rows found. */
export interface Comparison {
  /** Acknowledged, and not there. */
  lost: number[];
  /** There, and never sent, or with another value than was sent. */
  wrong: number[];
  /** There more often than once. */
  double: number[];
  /** There, though no answer had come. */
  unacknowledgedButThere: number[];
}

const window = 1000;

/** The value of a row: its number can be found in any layout of an answer. */
export function valueOf(k: number, bytes = 40): string {
  const head = `row-${k}-`;
  let body = "";
  for (let seed = (k * 2654435761) % 4294967296; head.length + body.length + 2 < bytes;) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    body += seed.toString(36);
  }
  return `${head}${body.slice(0, Math.max(bytes - head.length - 1, 1))}.`;
}

/** Reads the values of a table back, whatever the layout of the answer. */
export async function readValues(node: Pick<LabNode, "must">, table = "t"): Promise<string[]> {
  const text = await node.must(["query", "-"], `SELECT k, v FROM ${table}\n`);
  return [...text.matchAll(/row-\d+-[0-9a-z]*\./g)].map((match) => match[0]);
}

/** Makes the table. */
export async function createTable(node: Pick<LabNode, "must">, table = "t"): Promise<void> {
  await node.must(["query", "-"], `CREATE TABLE ${table} (k INT, v TEXT)\n`);
}

/**
 * Writes numbered rows through `neumann-admin query -` and notes what was acknowledged. No number is ever sent twice:
 * a row whose answer is missing stays unknown.
 */
export class Writer {
  readonly notes: Note[] = [];
  private readonly byNumber = new Map<number, Note>();
  private next: number;
  private stopping = false;
  private running: Promise<void> | undefined;
  private child: ChildProcess | undefined;
  private turn = 0;
  acknowledged = 0;
  /** Times that a connection or an answer failed. */
  failures = 0;

  constructor(private readonly options: WriterOptions) {
    this.next = options.first ?? 1;
  }

  /** Begins to write. */
  start(): this {
    this.running ??= this.run();
    return this;
  }

  /** Sends no more, and waits for the answers that are under way. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  /** Waits until all rows that were asked for are sent and answered. */
  async finished(): Promise<void> {
    await this.running;
  }

  /** Waits until so many rows are acknowledged. */
  async reached(acknowledged: number, ms = 60_000): Promise<void> {
    const end = Date.now() + ms;
    while (this.acknowledged < acknowledged) {
      if (Date.now() > end)
        throw new Error(`${this.acknowledged} rows acknowledged in ${ms} ms, ${acknowledged} wanted`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  private get done(): boolean {
    const { first = 1, rows = Infinity } = this.options;
    return this.stopping || this.next >= first + rows;
  }

  private async run(): Promise<void> {
    while (!this.done) {
      const nodes = this.options.nodes();
      const node = nodes[this.turn++ % Math.max(nodes.length, 1)];
      if (node) await this.session(node);
      if (!this.done) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** One connection, until it fails or there is nothing more to write. */
  private async session(node: Pick<LabNode, "spawnAdmin">): Promise<void> {
    const child = node.spawnAdmin(["query", "-"]);
    const connection = new Connection(child, (note) => this.acknowledge(note));
    this.child = child;
    while (!this.done && !connection.broken) {
      if (connection.hasRoom && this.allowed()) await connection.send(this.batch(connection));
      else await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await connection.end();
    if (connection.waiting.length > 0 || !this.done) this.failures += 1;
  }

  private acknowledge(note: Note): void {
    note.acknowledgedAt = Date.now();
    this.acknowledged += 1;
  }

  private startedAt = 0;

  private allowed(): boolean {
    const { rowsPerSecond, first = 1 } = this.options;
    if (rowsPerSecond === undefined) return true;
    this.startedAt ||= Date.now();
    return this.next - first < ((Date.now() - this.startedAt) / 1000) * rowsPerSecond;
  }

  private batch({ waiting, proven }: Connection): string {
    const { table = "t", valueBytes } = this.options;
    let text = "";
    // Until one answer was OK only one row is risked: writes may be paused, or the node alone.
    for (let i = 0; i < (proven ? 50 : 1) && !this.done && this.allowed(); i++) {
      const note: Note = { k: this.next++, sentAt: Date.now(), acknowledgedAt: undefined };
      this.notes.push(note);
      this.byNumber.set(note.k, note);
      waiting.push(note);
      text += `INSERT INTO ${table} (k, v) VALUES (${note.k}, '${valueOf(note.k, valueBytes)}')\n`;
    }
    return text;
  }

  /** Ends the connection that is open, as if the client had died. */
  interrupt(): void {
    this.child?.kill("SIGKILL");
  }

  /** Compares the notes with the values read back. Only rows that a filter lets through count as promised. */
  compare(values: string[], promised: (note: Note) => boolean = () => true): Comparison {
    const result: Comparison = { lost: [], wrong: [], double: [], unacknowledgedButThere: [] };
    const seen = new Set<number>();
    for (const value of values) {
      const k = Number(/^row-(\d+)-/.exec(value)?.[1]);
      const note = this.byNumber.get(k);
      if (seen.has(k)) result.double.push(k);
      seen.add(k);
      if (!note || value !== valueOf(k, this.options.valueBytes)) result.wrong.push(k);
      else if (note.acknowledgedAt === undefined) result.unacknowledgedButThere.push(k);
    }
    const kept = this.notes.filter((note) => note.acknowledgedAt !== undefined && promised(note));
    result.lost = kept.map((note) => note.k).filter((k) => !seen.has(k));
    return result;
  }
}

const patienceMs = 20_000;

/** A `neumann-admin query -` with the rows that wait for its answers. */
class Connection {
  readonly waiting: Note[] = [];
  broken = false;
  proven = false;
  private readonly ended: Promise<void>;

  constructor(
    private readonly child: ChildProcess,
    private readonly onOk: (note: Note) => void,
  ) {
    this.ended = new Promise((resolve) => {
      child.once("error", () => resolve());
      child.once("close", () => resolve());
    });
    void this.ended.then(() => (this.broken = true));
    child.stdin?.on("error", () => (this.broken = true));
    child.stderr?.resume();
    if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => this.answer(line));
  }

  private answer(line: string): void {
    const note = this.waiting.shift();
    if (line.trim() !== "OK" || !note) {
      this.broken = true;
      return;
    }
    this.proven = true;
    this.onOk(note);
  }

  get hasRoom(): boolean {
    return this.waiting.length < (this.proven ? window : 1);
  }

  async send(text: string): Promise<void> {
    const { stdin } = this.child;
    if (stdin?.write(text) !== false) return;
    await Promise.race([new Promise((resolve) => stdin.once("drain", resolve)), this.ended]);
  }

  /** Closes the input and waits for the last answers; a program that gives none is ended. */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.child.kill("SIGKILL"), patienceMs);
    this.child.stdin?.end();
    await this.ended;
    clearTimeout(timer);
  }
}
