import { setTimeout as sleep } from "node:timers/promises";
import { WorldFault } from "./errors";

const controller = new AbortController();

/** Aborted by SIGINT, SIGTERM and SIGHUP: the step that runs fails, what must be settled is settled. */
export const interrupted: AbortSignal = controller.signal;

let whenAsked = (signal: string): void => {
  controller.abort(new WorldFault(`stopped by ${signal}; run the same command again`));
};

/** Turns the signals that ask for an end into an orderly one. */
export function listenForSignals(): void {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => whenAsked(name));
}

/** For a program that has work to do at its end: it is told of the signal, and nothing is interrupted. */
export function tellOfSignals(tell: (signal: string) => void): void {
  whenAsked = tell;
}

/** Waits between two looks at something; ends at once, with the reason, when the command is asked to stop. */
export async function rest(milliseconds: number): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal: interrupted });
  } catch {
    interrupted.throwIfAborted();
  }
}
