import type { Progress } from "../cli/progress";

/** A part of a run. */
export interface Phase {
  name: string;
  title: string;
  /** ISO 8601 in UTC. */
  startedAt: string;
  endedAt: string;
  seconds: number;
  /** What came of it. */
  detail: string;
  failed: boolean;
  parts: PhasePart[];
}

/** Something that was done within a phase. */
export interface PhasePart {
  title: string;
  startedAt: string;
  endedAt: string;
  seconds: number;
}

/** A moment that the report marks. */
export interface Mark {
  name: "backup" | "loss" | "accepted";
  title: string;
  at: string;
}

/** What the work of a phase says while it lasts. */
export interface Teller {
  /** What is happening at this moment. */
  now(text: string): void;
  /** Something that stays to be read. */
  note(text: string): void;
  /** Something that was done from then until now. Times in milliseconds. */
  part(title: string, startedAt: number, endedAt?: number): void;
}

/** Runs the phases one after the other and notes when each was. */
export class Timeline {
  readonly phases: Phase[] = [];
  readonly marks: Mark[] = [];

  constructor(
    private readonly progress: Progress,
    private readonly of: number,
    private readonly signal?: AbortSignal,
  ) {}

  mark(name: Mark["name"], title: string, at: number): void {
    this.marks.push({ name, title, at: new Date(at).toISOString() });
  }

  /** Runs a phase; `detail` says what came of it. */
  async phase<T>(name: string, title: string, work: (tell: Teller) => Promise<Result<T>>): Promise<T> {
    this.signal?.throwIfAborted();
    const started = Date.now();
    const parts: PhasePart[] = [];
    const { progress } = this;
    progress.begin({ number: this.phases.length + 1, of: this.of, title });
    const tell: Teller = {
      now: (text) => progress.now(text),
      note: (text) => progress.note(text),
      part: (part, from, until = Date.now()) => parts.push({ title: part, ...interval(from, until) }),
    };
    const finish = (detail: string, failed: boolean) =>
      this.phases.push({ name, title, ...interval(started, Date.now()), detail, failed, parts });
    try {
      const { result, detail } = await work(tell);
      this.signal?.throwIfAborted();
      finish(detail, false);
      progress.end(detail);
      return result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      finish(reason, true);
      if (this.signal?.aborted !== true) progress.fail(reason);
      throw error;
    }
  }
}

/** What a phase gives, and what a person reads of it. */
export interface Result<T> {
  result: T;
  detail: string;
}

function interval(from: number, until: number): { startedAt: string; endedAt: string; seconds: number } {
  const iso = (at: number) => new Date(at).toISOString();
  return { startedAt: iso(from), endedAt: iso(until), seconds: (until - from) / 1000 };
}
