import fs from "node:fs";
import path from "node:path";
import { type Entry, EntryType, type Member, membershipOf } from "./entry";
import { crc32, DamageError, syncDirectory } from "./files";
import { copyPageFiles, Pages, type PagePoint, removePageFiles, verifyPages } from "./pages";
import { type Command, decodeCommand, type Value } from "./sql";

/** A table and how many rows it has. */
export interface Table {
  name: string;
  columns: { name: string; type: "INT" | "TEXT" }[];
  rows: number;
}

/** Everything that the applied entries made, but for the rows. */
export interface State {
  index: number;
  term: number;
  /** The leader's time of the last entry. */
  time: number;
  clusterId: string;
  members: Member[];
  paused: boolean;
  tables: Table[];
  /** Bytes of rows. */
  length: number;
}

/** The state before the first entry. */
export function emptyState(): State {
  return { index: 0, term: 0, time: 0, clusterId: "", members: [], paused: false, tables: [], length: 0 };
}

/** A state and the rows that belong to it, for a snapshot. */
export interface StorePoint {
  state: State;
  pages: PagePoint;
}

const slotBytes = 16 * 1024;
const slotHeader = 16;
const maxTablesBytes = 8 * 1024;

interface Header {
  state: State;
  /** Rows up to here were on disk when the header was written. */
  durable: number;
}

function headerFile(directory: string): string {
  return path.join(directory, "header");
}

/** A slot: CRC of what follows, sequence, length, JSON. Two slots take turns: a torn write spoils only one. */
function encodeSlot(sequence: number, header: Header): Buffer {
  const body = Buffer.from(JSON.stringify(header));
  const slot = Buffer.alloc(slotBytes);
  slot.writeUInt32BE(body.length, 4);
  slot.writeDoubleBE(sequence, 8);
  body.copy(slot, slotHeader);
  slot.writeUInt32BE(crc32(slot.subarray(4)), 0);
  return slot;
}

interface Slots {
  newest: { sequence: number; header: Header } | undefined;
  faults: number;
}

function readSlots(directory: string): Slots | undefined {
  const file = headerFile(directory);
  if (!fs.existsSync(file)) return undefined;
  const bytes = fs.readFileSync(file);
  const slots: Slots = { newest: undefined, faults: bytes.length === 2 * slotBytes ? 0 : 1 };
  for (let at = 0; at + slotBytes <= bytes.length; at += slotBytes) {
    const slot = bytes.subarray(at, at + slotBytes);
    if (crc32(slot.subarray(4)) !== slot.readUInt32BE(0)) {
      slots.faults += 1;
      continue;
    }
    const sequence = slot.readDoubleBE(8);
    const body = slot.toString("utf8", slotHeader, slotHeader + slot.readUInt32BE(4));
    if (sequence > (slots.newest?.sequence ?? -1)) slots.newest = { sequence, header: JSON.parse(body) as Header };
  }
  return slots;
}

/** Reads every page and both headers of a store; returns what is wrong. An empty folder is whole. */
export async function verifyStore(directory: string): Promise<string[]> {
  const slots = readSlots(directory);
  if (!slots) return verifyPages(directory, 0);
  const faults = slots.faults > 0 ? [`${headerFile(directory)}: checksum does not match`] : [];
  return [...faults, ...(await verifyPages(directory, slots.newest?.header.state.length ?? 0))];
}

/** The applied rows, on pages, and the state around them. */
export class Store {
  private pages: Pages;
  private sequence = 0;
  private header = -1;
  private durable = 0;
  private checkpoints: Promise<void> = Promise.resolve();
  private dirty = false;
  state: State = emptyState();

  constructor(readonly directory: string) {
    this.pages = new Pages(directory);
  }

  /**
   * Takes up what the folder holds if that can be trusted; false if it holds nothing or not all. Pages that may not
   * have reached the disk before a power loss are checked.
   */
  async load(): Promise<boolean> {
    const newest = readSlots(this.directory)?.newest;
    if (!newest) return false;
    const { state, durable } = newest.header;
    if ((await verifyPages(this.directory, state.length, Math.min(durable, state.length))).length > 0) return false;
    this.openAt(state, newest.sequence, durable);
    return true;
  }

  private openAt(state: State, sequence: number, durable: number): void {
    this.state = state;
    this.sequence = sequence;
    this.durable = durable;
    this.pages = new Pages(this.directory);
    this.pages.open(state.length);
    this.header = fs.openSync(headerFile(this.directory), "r+");
  }

  /** Begins with nothing. */
  reset(): void {
    this.discard();
    this.create(emptyState());
  }

  /** Replaces everything by a snapshot's rows and state. */
  async restore(from: string, state: State): Promise<void> {
    await this.checkpoints;
    this.discard();
    await copyPageFiles(from, this.directory);
    this.create(state);
  }

  /** Makes the folder empty, but for names that are not ours. */
  discard(): void {
    this.close();
    // The header goes first: without it the folder counts as empty, whatever pages are left.
    fs.mkdirSync(this.directory, { recursive: true });
    fs.rmSync(headerFile(this.directory), { force: true });
    syncDirectory(this.directory);
    removePageFiles(this.directory);
  }

  private create(state: State): void {
    const temporary = path.join(this.directory, ".tmp-header");
    const header = { state, durable: state.length };
    const fd = fs.openSync(temporary, "w");
    fs.writeSync(fd, Buffer.concat([encodeSlot(0, header), encodeSlot(1, header)]));
    fs.fsyncSync(fd);
    fs.closeSync(fd);
    fs.renameSync(temporary, headerFile(this.directory));
    syncDirectory(this.directory);
    this.openAt(state, 1, state.length);
  }

  /** Applies entries in order; returns the answer to each. */
  apply(entries: Entry[]): string[] {
    const answers = entries.map((entry) => this.applyOne(entry));
    // Under a pause nothing in the folder may change: the next header is written after `resume-writes`.
    if (!this.state.paused || this.dirty) this.flush();
    return answers;
  }

  private applyOne(entry: Entry): string {
    const answer = this.perform(entry);
    this.state.index = entry.index;
    this.state.term = entry.term;
    this.state.time = entry.time;
    return answer;
  }

  private perform(entry: Entry): string {
    switch (entry.type) {
      case EntryType.write:
        return this.write(decodeCommand(entry.data));
      case EntryType.members:
        Object.assign(this.state, membershipOf(entry));
        return "OK";
      case EntryType.pause:
        // The header that says so is still written, by this very batch.
        this.dirty ||= !this.state.paused;
        this.state.paused = true;
        return "OK";
      case EntryType.resume:
        this.state.paused = false;
        return "OK";
      default:
        return "OK";
    }
  }

  private write(command: Command): string {
    if (this.state.paused) return "ERROR writes are paused";
    this.dirty = true;
    return command.kind === "create" ? this.createTable(command) : this.insert(command);
  }

  private createTable(command: Extract<Command, { kind: "create" }>): string {
    if (this.state.tables.some((table) => table.name === command.table)) {
      return command.ifNotExists ? "OK" : `ERROR table ${command.table} exists`;
    }
    const tables = [...this.state.tables, { name: command.table, columns: command.columns, rows: 0 }];
    if (JSON.stringify(tables).length > maxTablesBytes) return "ERROR there are too many tables";
    this.state.tables = tables;
    return "OK";
  }

  private insert(command: Extract<Command, { kind: "insert" }>): string {
    const number = this.state.tables.findIndex((table) => table.name === command.table);
    const table = this.state.tables[number];
    if (!table) return `ERROR there is no table ${command.table}`;
    const row = arrange(table, command);
    if (typeof row === "string") return row;
    const body = Buffer.from(JSON.stringify(row));
    const record = Buffer.allocUnsafe(6 + body.length);
    record.writeUInt32BE(body.length, 0);
    record.writeUInt16BE(number, 4);
    body.copy(record, 6);
    this.pages.append(record);
    this.state.length += record.length;
    table.rows += 1;
    return "OK";
  }

  private flush(): void {
    this.dirty = false;
    this.pages.flush();
    this.writeHeader();
  }

  private writeHeader(): void {
    this.sequence += 1;
    const slot = encodeSlot(this.sequence, { state: this.state, durable: this.durable });
    fs.writeSync(this.header, slot, 0, slotBytes, (this.sequence % 2) * slotBytes);
  }

  /** Waits until all that is applied is on disk. Changes nothing that is already there. */
  checkpoint(): Promise<void> {
    const next = this.checkpoints.then(async () => {
      const length = this.state.length;
      if (length === this.durable && this.state.paused) return this.syncHeader();
      await this.pages.sync();
      this.durable = Math.max(this.durable, length);
      if (!this.state.paused) this.writeHeader();
      await this.syncHeader();
    });
    this.checkpoints = next.catch(() => undefined);
    return next;
  }

  private syncHeader(): Promise<void> {
    return new Promise((resolve, reject) => fs.fsync(this.header, (error) => (error ? reject(error) : resolve())));
  }

  /** What a snapshot of this moment must hold. */
  point(): StorePoint {
    return { state: structuredClone(this.state), pages: this.pages.point() };
  }

  /** Copies the rows of a point into a folder. */
  copyTo(point: StorePoint, directory: string, earlier?: string): Promise<void> {
    return this.pages.copyTo(point.pages, directory, earlier);
  }

  /** The table of that name. */
  table(name: string): Table | undefined {
    return this.state.tables.find((table) => table.name === name);
  }

  /** The rows of a table as they are now, in the order they were written, in groups. */
  async *rows(name: string): AsyncGenerator<Value[][]> {
    const number = this.state.tables.findIndex((table) => table.name === name);
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of this.pages.stream(this.state.length)) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
      const rows: Value[][] = [];
      let at = 0;
      for (; at + 6 <= bytes.length;) {
        const end = at + 6 + bytes.readUInt32BE(at);
        if (end > bytes.length) break;
        if (bytes.readUInt16BE(at + 4) === number)
          rows.push(JSON.parse(bytes.toString("utf8", at + 6, end)) as Value[]);
        at = end;
      }
      rest = bytes.subarray(at);
      if (rows.length > 0) yield rows;
    }
    if (rest.length > 0) throw new DamageError(`${this.directory}: a row is cut short`);
  }

  /** Closes the files. */
  close(): void {
    this.pages.close();
    if (this.header >= 0) fs.closeSync(this.header);
    this.header = -1;
  }
}

/** The values in the order of the table's columns, or what is wrong with them. */
function arrange(table: Table, command: { columns: string[]; values: Value[] }): Value[] | string {
  if (command.columns.length !== command.values.length) {
    return `ERROR ${command.columns.length} columns but ${command.values.length} values`;
  }
  const unknown = command.columns.find((name) => !table.columns.some((column) => column.name === name));
  if (unknown !== undefined) return `ERROR table ${table.name} has no column ${unknown}`;
  const row: Value[] = [];
  for (const column of table.columns) {
    const value = command.values[command.columns.indexOf(column.name)] ?? null;
    const fits = value === null || typeof value === (column.type === "INT" ? "number" : "string");
    if (!fits) return `ERROR ${column.name} is ${column.type}`;
    row.push(value);
  }
  return row;
}
