import { ensureToolchain } from "../toolchain";
import { controlPlanePrograms } from "./programs";
import { ensureKubernetesPlugin } from "./provider";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const parts = {
  "control-plane": async () => Object.values(await controlPlanePrograms(say)).join("\n"),
  provider: async () => ensureKubernetesPlugin(await ensureToolchain({ progress: say }), say),
};

/** `node lab/kubernetes/main.js [control-plane | provider]`: tests that need one of them need not wait for its build then. */
async function main([part]: readonly string[]): Promise<void> {
  if (part !== undefined && !Object.hasOwn(parts, part)) {
    throw new Error(
      `${part} is no part of the lab's Kubernetes: name one of ${Object.keys(parts).join(", ")}, or none for all`,
    );
  }
  for (const [name, had] of Object.entries(parts)) {
    if (part === undefined || part === name) process.stdout.write(`${name}: ${await had()}\n`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
