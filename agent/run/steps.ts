import { interrupted } from "./interrupt";
import type { Reporter } from "./events";

/** What a step may say and ask while it runs. */
export interface StepControl {
  /** Bytes done, of a total where it is known. */
  progress(bytes: number, total?: number): void;
  /** Something that a person should know. */
  note(message: string): void;
  /** A moment in the middle at which a death must do no harm: tests kill the process here. */
  point(): Promise<void>;
}

/** A named, idempotent part of a command. */
export interface Step<C> {
  name: string;
  /** What it does, for people: "copy the store". */
  title: string;
  run(context: C, control: StepControl): Promise<void>;
}

/** A command as the list of its steps: what is run, what `--dry-run` prints and what the tests kill. */
export interface Procedure<C> {
  name: string;
  steps: readonly Step<C>[];
  /** Runs at the end whatever happened, but for a death of the process. */
  settle?(context: C): Promise<void>;
}

/** Runs the steps in order; the first failure ends it, after `settle`. */
export async function runProcedure<C>(procedure: Procedure<C>, context: C, reporter: Reporter): Promise<void> {
  try {
    for (const step of procedure.steps) {
      interrupted.throwIfAborted();
      await runStep(procedure.name, step, { context, reporter });
    }
  } finally {
    await procedure.settle?.(context);
  }
}

async function runStep<C>(
  command: string,
  step: Step<C>,
  { context, reporter }: { context: C; reporter: Reporter },
): Promise<void> {
  const began = performance.now();
  const id = `${command}/${step.name}`;
  const control: StepControl = {
    progress: (bytes, total) => reporter.emit({ event: "progress", step: step.name, bytes, total }),
    note: (message) => reporter.emit({ event: "note", step: step.name, message }),
    point: () => failpoint(id, "in"),
  };
  reporter.emit({ event: "step", step: step.name, message: step.title });
  await failpoint(id, "before");
  try {
    await step.run(context, control);
  } catch (error) {
    reporter.emit({ event: "failed", step: step.name, message: (error as Error).message });
    throw error;
  }
  await failpoint(id, "in");
  await failpoint(id, "after");
  const seconds = (performance.now() - began) / 1000;
  reporter.emit({ event: "done", step: step.name, message: step.title, seconds });
}

/**
 * Where `NEUMANN_BACKUP_FAILPOINT` names this moment (`full/pause:in`), the whole process group dies at once, as by
 * `kill -9`. An `in` that the step has no `point()` for falls at its end.
 */
async function failpoint(id: string, moment: "before" | "in" | "after"): Promise<void> {
  if (process.env.NEUMANN_BACKUP_FAILPOINT !== `${id}:${moment}`) return;
  process.kill(0, "SIGKILL");
  await new Promise(() => setInterval(() => undefined, 1000)); // The signal is on its way: do no more.
}
