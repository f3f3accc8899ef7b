import fs from "node:fs";
import path from "node:path";
import { LocalWorkspace, PulumiCommand, Stack } from "@pulumi/pulumi/automation";
import { ensureToolchain } from "../lab/toolchain";
import { inFolder, median, type Row, timed } from "./support";

const runs = 3;

/** A preview of the environment's stack with three nodes beside that of a program that makes nothing. */
export async function benchPreview(say: (line: string) => void): Promise<Row[]> {
  const toolchain = await ensureToolchain({ progress: say });
  return inFolder(async (folder) => {
    const program = path.join(path.dirname(__dirname), "stacks", "environment", "index.js");
    const node = (n: number) => ({
      nodeId: `node${n}`,
      address: `127.0.0.1:${17000 + n}`,
      adminUrl: `http://127.0.0.1:${19000 + n}`,
      directory: path.join(folder, `node${n}`),
    });
    const settings = {
      clusterId: "bench",
      clusterName: "bench",
      nodes: JSON.stringify([1, 2, 3].map(node)),
      archiveLocation: path.join(folder, "archive"),
      offsiteLocation: path.join(folder, "offsite"),
    };
    const empty = path.join(__dirname, "emptyProgram.js");
    const preview = async (
      name: string,
      main: string,
      config: Record<string, string>,
    ): Promise<() => Promise<void>> => {
      const workDir = path.join(folder, name);
      fs.mkdirSync(workDir);
      const runtime = { name: "nodejs" as const, options: { typescript: false } };
      const workspace = await LocalWorkspace.create({
        workDir,
        projectSettings: { name, runtime, main },
        pulumiCommand: await PulumiCommand.get({ root: path.dirname(path.dirname(toolchain.pulumi)) }),
        envVars: {
          ...toolchain.environment,
          PULUMI_BACKEND_URL: `file://${folder}`,
          PULUMI_CONFIG_PASSPHRASE: "bench",
        },
      });
      const stack = await Stack.create("bench", workspace);
      for (const [key, value] of Object.entries(config)) await workspace.setConfig("bench", key, { value });
      return async () => {
        await stack.preview();
      };
    };
    const ours = await preview("neumann-environment", program, settings);
    const rival = await preview("empty", empty, {});
    const figures: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run += 1) {
      figures[0].push((await timed(ours)).seconds);
      figures[1].push((await timed(rival)).seconds);
    }
    const [first, second] = figures.map(median) as [number, number];
    return [
      {
        what: "preview of the environment, s",
        ours: first,
        rival: second,
        kind: "difference",
        atMost: 3,
        rivalName: "an empty program",
      },
    ];
  });
}
