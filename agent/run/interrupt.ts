import { WorldFault } from "./errors";

const controller = new AbortController();

/** Aborted by SIGINT, SIGTERM and SIGHUP: the step that runs fails, what must be settled is settled. */
export const interrupted: AbortSignal = controller.signal;

/** Turns the signals that ask for an end into an orderly one. */
export function listenForSignals(): void {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => controller.abort(new WorldFault(`stopped by ${name}; run the same command again`)));
  }
}
