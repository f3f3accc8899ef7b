import { controlPlanePrograms } from "./programs";

// Tests that need a control plane need not wait for its build then.
controlPlanePrograms((line) => process.stderr.write(`${line}\n`)).then(
  (programs) => process.stdout.write(`${Object.values(programs).join("\n")}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
