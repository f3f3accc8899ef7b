import type { Manifest } from "../model/manifest";

/** One row that a writer sent. */
export interface WriterNote {
  /** The row's number; no number is sent twice. */
  k: number;
  /** When it was sent, in milliseconds. */
  sentAt: number;
  /** When the database acknowledged it; undefined: nobody knows whether the row is there. */
  acknowledgedAt: number | undefined;
}

/** One row that a recovered cluster holds. */
export interface FoundRow {
  /** NaN when the value names no row. */
  k: number;
  value: string;
}

/** What a backup promises, in milliseconds by the clock of the node that took it (protocol 31). */
export interface PromisedInterval {
  /** What was acknowledged before must be there. */
  from: number;
  /** What was sent afterwards must not be there; undefined: the backup sets no such limit. */
  until: number | undefined;
}

export interface ComparisonRequest {
  notes: readonly WriterNote[];
  found: readonly FoundRow[];
  promised: PromisedInterval;
  /** The value that was sent for a row. */
  valueOf: (k: number) => string;
  /** Greatest difference between the writer's clock and the node's. @default 0 */
  skewMilliseconds?: number;
}

/** What holding every row of a recovered cluster against the writer's notes found. */
export interface RowComparison {
  sent: number;
  acknowledged: number;
  /** Rows found in the recovered cluster. */
  recovered: number;
  /** Acknowledged and not recovered. */
  lost: number;
  /** Acknowledged before the backup's pause: each of them must be there. */
  promised: number;
  /** Sent before the resume and not acknowledged before the pause: may be there or not, but whole. */
  undecided: number;
  /** Sent after the resume: none of them may be there. */
  later: number;
  /** When the first lost row was acknowledged; null when none is lost. */
  firstLostAt: number | null;
  /** When the last lost row was acknowledged; null when none is lost. */
  lastLostAt: number | null;
  /** What must not be. */
  faults: RowFaults;
}

/** Numbers of rows that break what the backup promises. All of them are empty after a good recovery. */
export interface RowFaults {
  /** Promised and not there. */
  missing: number[];
  /** There, though sent after the resume. */
  tooNew: number[];
  /** There with another value than was sent, or never sent; -1 stands for a row without a number. */
  wrong: number[];
  /** There more than once. */
  double: number[];
}

/** The interval that a backup's manifest promises. */
export function promisedBy(manifest: Pick<Manifest, "createdAt" | "pause">): PromisedInterval {
  const { createdAt, pause } = manifest;
  if (pause === null) return { from: Date.parse(createdAt), until: undefined };
  return { from: Date.parse(pause.from), until: Date.parse(pause.until) };
}

/** True when no row breaks what the backup promises. */
export function isFaultless({ missing, tooNew, wrong, double }: RowFaults): boolean {
  return missing.length + tooNew.length + wrong.length + double.length === 0;
}

type Class = "promised" | "undecided" | "later";

function classify(note: WriterNote, { from, until = Infinity }: PromisedInterval, skew: number): Class {
  if (note.acknowledgedAt !== undefined && note.acknowledgedAt < from - skew) return "promised";
  return note.sentAt > until + skew ? "later" : "undecided";
}

/** Compares every row that is there with every row that was sent, one by one. */
export function compareRows(request: ComparisonRequest): RowComparison {
  const { notes, promised, skewMilliseconds = 0 } = request;
  const noted = new Map(notes.map((note) => [note.k, note]));
  const { seen, wrong, double } = readFound(request, noted);
  const faults: RowFaults = { missing: [], tooNew: [], wrong, double };
  const count: Record<Class, number> = { promised: 0, undecided: 0, later: 0 };
  const lost: number[] = [];
  let acknowledged = 0;
  for (const note of notes) {
    const kind = classify(note, promised, skewMilliseconds);
    const there = seen.has(note.k);
    count[kind] += 1;
    if (kind === "promised" && !there) faults.missing.push(note.k);
    if (kind === "later" && there) faults.tooNew.push(note.k);
    if (note.acknowledgedAt === undefined) continue;
    acknowledged += 1;
    if (!there) lost.push(note.acknowledgedAt);
  }
  return {
    sent: notes.length,
    acknowledged,
    recovered: request.found.length,
    lost: lost.length,
    ...count,
    firstLostAt: least(lost),
    lastLostAt: greatest(lost),
    faults,
  };
}

function readFound(
  { found, valueOf }: ComparisonRequest,
  noted: ReadonlyMap<number, WriterNote>,
): { seen: Set<number>; wrong: number[]; double: number[] } {
  const seen = new Set<number>();
  const wrong: number[] = [];
  const double: number[] = [];
  for (const { k, value } of found) {
    if (!noted.has(k) || value !== valueOf(k)) wrong.push(Number.isNaN(k) ? -1 : k);
    if (seen.has(k)) double.push(k);
    seen.add(k);
  }
  return { seen, wrong, double };
}

// A call with all values as arguments would exceed the stack.
function least(values: readonly number[]): number | null {
  return values.reduce<number | null>((a, b) => (a === null || b < a ? b : a), null);
}

function greatest(values: readonly number[]): number | null {
  return values.reduce<number | null>((a, b) => (a === null || b > a ? b : a), null);
}
