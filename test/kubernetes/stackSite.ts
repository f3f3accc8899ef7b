import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Toolchain } from "../../lab/toolchain";
import { ensureKubernetesPlugin } from "../../lab/kubernetes";
import { toolchain, UserStack } from "../package/stack";
import { RunSite } from "./runSite";

export const root = path.resolve(__dirname, "../..");
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** In a project's folder: the keys of whoever runs its commands. */
export const credentialsFile = "credentials";

/** A program's project: which program, and what its stack's file says. */
export interface ProjectRequest {
  /** Of the project, by which its configuration is named. */
  name: string;
  /** File of the program. */
  main: string;
  stack: string;
  /** Keys without the project's name, or those of another part such as `kubernetes:enableConfigMapMutable`. */
  config: Record<string, unknown>;
}

/** A user's cluster in pods, and Pulumi's engine with its kubernetes provider where it reaches API server, pods and store. */
export class StackSite {
  private readonly folder: string;

  private constructor(
    readonly run: RunSite,
    private readonly tools: Toolchain,
  ) {
    mkdirSync(path.join(root, ".work"), { recursive: true });
    this.folder = mkdtempSync(path.join(root, ".work", "kubernetes-stacks-"));
  }

  static async open(): Promise<StackSite> {
    const tools = await toolchain();
    await ensureKubernetesPlugin(tools, say);
    const run = await RunSite.open();
    const port = Number(new URL(run.plane.server).port);
    // The administrator's file names it at the loopback: that of the hub, too.
    await run.lab.network.offer(port, `127.0.0.1:${port}`);
    return new StackSite(run, { ...tools, pulumi: run.lab.network.wrapper("bin/pulumi", tools.pulumi) });
  }

  /** What the engine and the commands that start it need. */
  environment(project: string): Record<string, string> {
    return {
      ...this.tools.environment,
      KUBECONFIG: this.run.plane.kubeconfig,
      NODE_OPTIONS: "",
      PULUMI_BACKEND_URL: `file://${path.join(project, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "of a test",
    };
  }

  /** Writes a project with a stack's file; its folder. */
  makeProject({ name, main, stack, config }: ProjectRequest): string {
    const folder = path.join(this.folder, name);
    mkdirSync(path.join(folder, "state"), { recursive: true });
    const runtime = { name: "nodejs", options: { typescript: false } };
    writeFileSync(path.join(folder, "Pulumi.yaml"), JSON.stringify({ name, main, runtime }));
    const named = Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${name}:${key}`, value]);
    writeFileSync(
      path.join(folder, `Pulumi.${stack}.yaml`),
      JSON.stringify({ config: Object.fromEntries(named) as object }),
    );
    return folder;
  }

  /** Writes a program where it finds this package's own modules; its file. */
  writeProgram(name: string, text: string): string {
    const file = path.join(this.folder, `${name}.js`);
    writeFileSync(file, text);
    return file;
  }

  /** A stack of a project. */
  stack(project: string, name = "test"): Promise<UserStack> {
    return UserStack.open({ project, name, tools: this.tools, environment: this.environment(project) });
  }

  /** Runs the command line of the library where the engine runs. */
  command(words: readonly string[], project: string, timeoutSeconds = 240) {
    const all = [process.execPath, path.join(root, "cli/main.js"), ...words];
    const own = { AWS_SHARED_CREDENTIALS_FILE: path.join(project, credentialsFile) };
    const env = { ...process.env, ...this.environment(project), ...own };
    return this.run.lab.network.run(all, { env, timeoutSeconds, cwd: this.folder });
  }

  async close(): Promise<void> {
    await this.run.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
