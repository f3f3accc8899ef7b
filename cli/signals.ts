import type { Terminal } from "./terminal";

/** The first Ctrl-C lets what is under way come to an end; the engine hears it too. Gives what ends the listening. */
export function stopOnSignals(run: { cancel(): Promise<void> }, said: string, { err }: Terminal): () => void {
  const interrupt = (): void => {
    err.write(`\n${said}\n`);
  };
  const terminate = (): void => {
    interrupt();
    run.cancel().catch(() => undefined);
  };
  process.on("SIGINT", interrupt).on("SIGTERM", terminate);
  return () => void process.off("SIGINT", interrupt).off("SIGTERM", terminate);
}
