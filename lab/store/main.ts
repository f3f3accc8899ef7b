import { storeProgram } from "./program";

// Tests that need an S3 server need not wait for its build then.
storeProgram((line) => process.stderr.write(`${line}\n`)).then(
  (program) => process.stdout.write(`${program}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
