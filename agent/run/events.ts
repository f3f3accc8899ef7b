import { formatBytes, formatSeconds } from "../../model/units";

/** One thing that happened, as a line of JSON on standard error. */
export interface Event {
  at: string;
  command: string;
  event: "step" | "done" | "failed" | "progress" | "note" | "error";
  step?: string;
  seconds?: number;
  bytes?: number;
  total?: number;
  message?: string;
  /** Of an error: the same call will not do sooner. */
  afterSeconds?: number;
}

/** Where a command says what it does. */
export interface Reporter {
  emit(event: Omit<Event, "at" | "command">): void;
}

/** At most one progress line in this time. */
const progressIntervalMs = 5000;

/** JSON lines, for machines. */
export function jsonReporter(command: string, write: (line: string) => void): Reporter {
  let lastProgress = 0;
  return {
    emit(event) {
      const now = Date.now();
      if (event.event === "progress") {
        if (now - lastProgress < progressIntervalMs) return;
        lastProgress = now;
      }
      write(`${JSON.stringify({ at: new Date(now).toISOString(), command, ...event })}\n`);
    },
  };
}

/** Errors and notes only: for timers. */
export function quietReporter(command: string, write: (line: string) => void): Reporter {
  return {
    emit(event) {
      if (event.event === "error" || event.event === "note") write(`${command}: ${event.message}\n`);
    },
  };
}

/** Lines, and on a terminal a progress line that is written over. */
export function humanReporter(write: (text: string) => void, terminal: boolean): Reporter {
  let last = 0;
  const clear = terminal ? "\r\x1b[K" : "";
  return {
    emit(event) {
      if (event.event === "progress") {
        const now = Date.now();
        if (!terminal || now - last < 100) return;
        last = now;
        write(`${clear}  … ${event.step}: ${amount(event)}`);
        return;
      }
      const line = humanLine(event);
      if (line !== undefined) write(`${clear}${line}\n`);
    },
  };
}

function amount(event: Omit<Event, "at" | "command">): string {
  const done = formatBytes(event.bytes ?? 0);
  return event.total ? `${done} of ${formatBytes(event.total)}` : done;
}

function humanLine(event: Omit<Event, "at" | "command">): string | undefined {
  switch (event.event) {
    case "done":
      return `  ✓ ${event.step}: ${event.message} (${formatSeconds(event.seconds ?? 0)})`;
    case "failed":
      return `  ✗ ${event.step}: ${event.message}`;
    case "note":
      return `    ${event.message}`;
    case "error":
      return event.message;
    default:
      return undefined;
  }
}
