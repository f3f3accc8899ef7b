import { serve } from "./server";

/** The engine's address is the last argument; what stands before it concerns the engine's own logs. */
const engineAddress = process.argv.at(-1) ?? "";

serve(engineAddress).then(
  // The engine reads the port from the first line.
  (port) => process.stdout.write(`${port}\n`),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
