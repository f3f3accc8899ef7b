import { ensureToolchain } from "../toolchain";
import { controlPlanePrograms } from "./programs";
import { ensureKubernetesPlugin } from "./provider";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

// Tests that need a control plane, or the provider that speaks to it, need not wait for their build then.
async function main(): Promise<void> {
  const programs = Object.values(await controlPlanePrograms(say));
  const provider = await ensureKubernetesPlugin(await ensureToolchain({ progress: say }), say);
  process.stdout.write(`${programs.join("\n")}\nkubernetes provider: ${provider}\n`);
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
