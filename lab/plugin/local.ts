import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { globToRegExp } from "./glob";
import { type Logging, type Operation, Streams } from "./operation";
import { killTree } from "./processes";
import { archiveValue, assetValue, type Properties } from "./values";

/** The inputs that say how a local command is run. */
export interface LocalInputs {
  stdin?: string;
  logging?: Logging;
  interpreter?: string[];
  dir?: string;
  environment?: Record<string, string>;
  assetPaths?: string[];
  archivePaths?: string[];
  addPreviousOutputInEnv?: boolean;
}

/** What an earlier run of the same resource printed. */
export interface Previous {
  stdout?: string;
  stderr?: string;
}

/** The variables that hand an earlier run's output to the next. */
export function previousOutput(wanted: boolean | undefined, previous: Previous): Record<string, string> {
  if (wanted === false) return {};
  return {
    ...(previous.stdout && { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr && { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
}

/** Runs a command on this machine and returns the outputs of its resource. */
export async function runLocal(
  command: string,
  inputs: LocalInputs,
  previous: Previous,
  operation: Operation,
): Promise<Properties> {
  const dir = inputs.dir ?? process.cwd();
  const streams = new Streams(operation.log, inputs.logging);
  const failure = await execute(command, { ...inputs, dir }, previous, { operation, streams });
  await streams.end();
  if (failure !== undefined) throw new Error(`${failure}: running ${JSON.stringify(command)}:\n${streams.combined()}`);
  const outputs: Properties = { stdout: streams.text("stdout"), stderr: streams.text("stderr") };
  if (inputs.assetPaths) outputs["assets"] = findAssets(dir, inputs.assetPaths);
  if (inputs.archivePaths) outputs["archive"] = archiveValue(findAssets(dir, inputs.archivePaths));
  return outputs;
}

/** Runs to the end of the process and of everything that holds its output open. Returns what went wrong, if it did. */
function execute(
  command: string,
  inputs: LocalInputs & { dir: string },
  previous: Previous,
  { operation, streams }: { operation: Operation; streams: Streams },
): Promise<string | undefined> {
  if (operation.signal.aborted) return Promise.resolve("context canceled");
  if (!statSync(inputs.dir, { throwIfNoEntry: false })?.isDirectory()) {
    return Promise.resolve(`chdir ${inputs.dir}: no such file or directory`);
  }
  const interpreter = inputs.interpreter?.length ? inputs.interpreter : ["/bin/sh", "-c"];
  const [program = "", ...args] = [...interpreter, command];
  const env = { ...process.env, ...inputs.environment, ...previousOutput(inputs.addPreviousOutputInEnv, previous) };
  return new Promise((resolve) => {
    // The child stays in this process group: the engine ends that group when it is done with the plugin, and only
    // what has detached itself survives, as with the official provider.
    const child = spawn(program, args, {
      cwd: inputs.dir,
      env,
      stdio: [inputs.stdin ? "pipe" : "ignore", "pipe", "pipe"],
    });
    const abort = () => child.pid !== undefined && killTree(child.pid);
    operation.signal.addEventListener("abort", abort, { once: true });
    const settle = (failure?: string) => {
      operation.signal.removeEventListener("abort", abort);
      resolve(failure);
    };
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.on("data", (chunk: Buffer) => streams.add(name, chunk));
    }
    // A command need not read what it is given: a closed pipe is its own affair.
    child.stdin?.on("error", () => undefined).end(inputs.stdin);
    child.once("error", (error: NodeJS.ErrnoException) => settle(spawnFailure(program, error)));
    child.once("close", (code, signal) => settle(exitFailure(code, signal)));
  });
}

function spawnFailure(program: string, error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
  return error.message;
}

function exitFailure(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (code === 0) return undefined;
  if (code !== null) return `exit status ${code}`;
  return `signal: ${signal === "SIGKILL" ? "killed" : signal === "SIGTERM" ? "terminated" : String(signal)}`;
}

/** The files under a folder that the patterns choose; those with "!" take away again, in order. */
function findAssets(dir: string, patterns: readonly string[]): Properties {
  const rules = patterns.map((pattern) => {
    const exclude = pattern.startsWith("!");
    return { exclude, expression: globToRegExp(exclude ? pattern.slice(1) : pattern) };
  });
  const found: Properties = {};
  for (const name of filesUnder(dir, "")) {
    const last = rules.filter((rule) => rule.expression.test(name)).at(-1);
    if (last === undefined || last.exclude) continue;
    const file = path.join(dir, name);
    found[name] = assetValue({ hash: createHash("sha256").update(readFileSync(file)).digest("hex"), path: file });
  }
  return found;
}

function filesUnder(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(root, name) : [name];
  });
}
