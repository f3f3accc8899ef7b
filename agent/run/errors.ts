import { InputError } from "../../model/mistakes";
import { PlanRefused } from "../../model/planRefused";

/** What the exit code says: docs/agent.md. */
export const ExitCode = {
  Done: 0,
  /** The program itself is at fault. */
  Bug: 1,
  /** The user's input is wrong. */
  Input: 2,
  /** Refused: going on could lose data. */
  Refused: 3,
  /** The world failed; run it again. */
  World: 4,
  /** Data is damaged. */
  Damaged: 5,
  /** Nothing is wrong, but not now. */
  TryLater: 75,
} as const;

/** An error whose message is for the user. */
export class AgentError extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** Going on could lose data. */
export class Refused extends AgentError {
  constructor(message: string) {
    super(message, ExitCode.Refused);
  }
}

/** Something outside failed: a run of the same command later may succeed. */
export class WorldFault extends AgentError {
  constructor(message: string) {
    super(message, ExitCode.World);
  }
}

/** Stored data is not what its manifest says. */
export class Damaged extends AgentError {
  constructor(message: string) {
    super(message, ExitCode.Damaged);
  }
}

/** The small program of `wal-push` cannot do this: the whole agent has to. */
export class NeedsWholeAgent extends Error {
  override readonly name = "NeedsWholeAgent";
}

/** Not an error: the same call will do later. */
export class TryLater extends AgentError {
  constructor(
    message: string,
    /** Sooner it will not do; undefined where nobody can tell. */
    readonly afterSeconds?: number,
  ) {
    super(message, ExitCode.TryLater);
  }
}

/** What is said of something that was thrown. */
export interface Explained {
  exitCode: number;
  message: string;
  /** Of what will do later. */
  afterSeconds?: number;
}

/** The exit code and the message for anything thrown. */
export function explain(error: unknown): Explained {
  if (error instanceof TryLater && error.afterSeconds !== undefined) {
    const { exitCode, message, afterSeconds } = error;
    return { exitCode, message, afterSeconds };
  }
  if (error instanceof AgentError) return { exitCode: error.exitCode, message: error.message };
  if (error instanceof InputError) return { exitCode: ExitCode.Input, message: error.message };
  if (error instanceof PlanRefused) return { exitCode: ExitCode.Refused, message: `Refused: ${error.message}` };
  const system = error as NodeJS.ErrnoException;
  if (typeof system.code === "string" && typeof system.syscall === "string") {
    return { exitCode: ExitCode.World, message: explainSystem(system) };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: ExitCode.Bug, message: `unexpected: ${text}` };
}

const lost = "Somebody moved or deleted it, or a disk is not mounted: bring it back and run the same command again.";

const advice: Record<string, string> = {
  ENOENT: lost,
  ENOTDIR: "A file lies where a folder should be: move it away and run the same command again.",
  EISDIR: "A folder lies where a file should be: move it away and run the same command again.",
  EIO: "The disk cannot read or write there: look at the system's log, and use another disk.",
  ENOSPC: "The disk is full: free space there and run the same command again.",
  EROFS: "The file system is read-only: make it writable and run the same command again.",
  EACCES: "Run it as a user who may do this.",
  EPERM: "Run it as a user who may do this.",
  EDQUOT: "The quota is used up: raise it and run the same command again.",
};

function explainSystem(error: NodeJS.ErrnoException): string {
  return [error.message, advice[error.code ?? ""]].filter(Boolean).join(". ");
}

/** Ends the program as its work ends: with its exit code, or with what went wrong. */
export function endWith(work: Promise<number>): void {
  work.then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const { exitCode, message } = explain(error);
      process.stderr.write(`neumann-backup: ${message}\n`);
      process.exitCode = exitCode;
    },
  );
}
