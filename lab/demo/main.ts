import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureToolchain, type Toolchain } from "../toolchain/index";
import { programsFolder } from "../neumann/harness";
import { openArchives } from "./archives";
import { demoLaboratory, demoPorts } from "./laboratory";
import { DemoUsageError, type DemoFlags, demoHelp, parseFlags } from "./flags";
import { holdPorts } from "./ports";
import { takeWork, type WorkFolder, WorkFolderBusy } from "./workFolder";

/** What the rehearsal brings; the lab knows nothing of it but how to call it. */
export interface DemoParts {
  /** Folder of this project. */
  root: string;
  runExercise: (request: object) => Promise<{ result: { verdict: string }; json: string; html: string }>;
  progressOn: (stream: NodeJS.WriteStream) => { note(text: string): void };
  summarize: (result: object, colour: boolean) => string;
}

const exitCodes = { pass: 0, fail: 1, usage: 2, busy: 3 } as const;
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The demonstration's cluster and recovery. */
const clusterId = "demo";
const recoveryId = "demonstration";

/** So that segments of the log are seen to be archived within seconds, not a minute: the one thing that is shortened. */
const policy = { wal: { archiveTimeoutSeconds: 1 } };

/** `npm start`: gives the exit code. */
export async function runDemo(argv: readonly string[], parts: DemoParts): Promise<number> {
  try {
    const flags = parseFlags(argv);
    if (flags.help) {
      process.stdout.write(demoHelp);
      return exitCodes.pass;
    }
    return await demonstrate(flags, parts);
  } catch (error) {
    if (error instanceof DemoUsageError) return complain(error.message, exitCodes.usage);
    if (error instanceof WorkFolderBusy) return complain(error.message, exitCodes.busy);
    throw error;
  }
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`npm start: ${message}\n`);
  return exitCode;
}

async function demonstrate(flags: DemoFlags, parts: DemoParts): Promise<number> {
  const work = await takeWork(path.resolve(flags.work ?? path.join(parts.root, ".work")));
  const stop = new AbortController();
  const interrupted = endOnSignal(work, stop);
  try {
    return await Promise.race([exercise({ flags, parts, work, signal: stop.signal }), interrupted]);
  } finally {
    await work.release();
  }
}

/** Ends everything at the first signal; more of them change nothing. */
function endOnSignal(work: WorkFolder, stop: AbortController): Promise<number> {
  return new Promise((resolve, reject) => {
    for (const [name, code] of Object.entries(signals)) {
      process.on(name, () => {
        if (stop.signal.aborted) return;
        stop.abort(new Error(`stopped by ${name}`));
        process.stderr.write(`\nStopped by ${name}: ending what runs …\n`);
        endAll(work).then(() => {
          process.stderr.write("Nothing is left running. The next run starts afresh.\n");
          resolve(code);
        }, reject);
      });
    }
  });
}

/** Who was about to start something sees the end only now: look again after a moment. */
async function endAll(work: WorkFolder): Promise<void> {
  await work.end();
  await sleep(100);
  await work.end();
}

interface Run {
  flags: DemoFlags;
  parts: DemoParts;
  work: WorkFolder;
  signal: AbortSignal;
}

async function exercise(run: Run): Promise<number> {
  const { flags, parts, work, signal } = run;
  const stream = flags.json ? process.stderr : process.stdout;
  const say = (line: string) => void stream.write(`${line}\n`);
  if (work.leftovers.length > 0) say(`Ended ${work.leftovers.length} processes that an earlier run had left.`);
  const ports = await holdPorts(demoPorts);
  try {
    const toolchain = await ensureToolchain({ progress: (line) => say(`tools: ${line}`), signal });
    announce(toolchain, say);
    hasten(work);
    const { result, json, html } = await rehearse(run, { toolchain, ports: ports.ports, say, stream });
    if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else say(`\n${parts.summarize(result, coloured())}\n\n  Report: ${html}\n          ${json}`);
    if (flags.keep) say(`\n  The recovered cluster keeps running: see ${work.run}. End it with: npm run clean`);
    return result.verdict === "PASS" ? exitCodes.pass : exitCodes.fail;
  } catch (error) {
    // An ended run is told by its signal.
    if (signal.aborted) return await new Promise<never>(() => undefined);
    return brokeOff(run, error);
  } finally {
    await ports.release();
    if (!flags.keep && !signal.aborted) await work.end();
  }
}

interface Means {
  toolchain: Toolchain;
  ports: readonly number[];
  say: (line: string) => void;
  /** Takes the progress. */
  stream: NodeJS.WriteStream;
}

async function rehearse({ flags, parts, work, signal }: Run, { toolchain, ports, say, stream }: Means) {
  const archives = await openArchives(flags.archive, work.run, say);
  try {
    const folder = path.join(work.run, "nodes");
    return await parts.runExercise({
      laboratory: demoLaboratory({ workFolder: work.folder, folder, ports, archives: archives.places }),
      engine: toolchain,
      programs: parts.root,
      folder: work.run,
      reportFolder: work.folder,
      clusterId,
      recoveryId,
      writes: flags.writes,
      policy,
      keep: flags.keep,
      tools: toolsOf(toolchain),
      progress: parts.progressOn(stream),
      signal,
    });
  } finally {
    await archives.close();
  }
}

function brokeOff({ flags, work }: Run, error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  if (flags.json) process.stdout.write(`${JSON.stringify({ verdict: "FAIL", error: message })}\n`);
  process.stderr.write(`\nFAIL: ${message}\nThe nodes' logs are in ${path.join(work.run, "nodes")}.\n`);
  return exitCodes.fail;
}

function announce({ commandPlugin }: Toolchain, say: (line: string) => void): void {
  if (commandPlugin === "official") return;
  say("tools: the command provider is the lab's stand-in, because the official one cannot be had here");
}

/**
 * Many short Node programs follow, none of which needs the network: further certificates would cost each start a tenth
 * of a second. Node 22 and later keep what they compiled.
 */
function hasten({ folder }: WorkFolder): void {
  delete process.env.NODE_EXTRA_CA_CERTS;
  process.env.NODE_COMPILE_CACHE ??= path.join(folder, "compile-cache");
}

function toolsOf({ version, commandPlugin }: Toolchain): Record<string, string> {
  const own = programsFolder() === path.join(__dirname, "..", "neumann", "bin");
  return {
    Pulumi: version,
    "Command provider": commandPlugin,
    Node: process.version,
    Database: own ? "the lab's" : "from NEUMANN_BIN",
  };
}

function coloured(): boolean {
  return process.stdout.isTTY && !process.env.NO_COLOR;
}
