import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import { runCommandLine } from "../../agent/cli/program";
import { type BackupPolicyOverrides, resolvePolicy } from "../../model/policy";
import { type Registered, run, unhandledIn } from "../components/harness";
import { messageOf } from "../model/fixtures";
import { makeWorld, type World } from "./world";

/** What a user was told, and what became of everything else. */
export interface Told {
  /** Exit code of a command; undefined where there is none. */
  code?: number;
  /** The whole message. `…` stands for the test's folder. */
  says: string;
  /** Files that came, went or changed; resources that were made. */
  touched: string[];
}

/** A way to give input. */
export type Way = () => Promise<Told>;

/** A policy, wherever it is written. */
export function policy(overrides: unknown): Way {
  return () =>
    Promise.resolve({ says: messageOf(() => resolvePolicy(overrides as BackupPolicyOverrides)), touched: [] });
}

/** A program with a component. */
export function component(make: (opts: pulumi.ComponentResourceOptions) => unknown): Way {
  return async () => {
    const resources: Registered[] = [];
    const said = await unhandledIn(() => run(make, { resources }));
    return { says: said.join("\n"), touched: resources.map(({ type, name }) => `${type} ${name}`) };
  };
}

/** A stack's configuration. */
export function settings(read: (source: pulumi.Config) => unknown, values: Record<string, unknown>): Way {
  return async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "test", "dev");
    const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
    const all = Object.entries(values).map(([key, value]) => [`test:${key}`, text(value)]);
    pulumi.runtime.setAllConfig(Object.fromEntries(all) as Record<string, string>);
    return { says: messageOf(() => read(new pulumi.Config("test"))), touched: [] };
  };
}

/** How a command of the agent is called. In all texts `…` is the world's folder. */
export interface Call {
  /** Standard input: an object as JSON, a text as it is. */
  stdin?: unknown;
  /** Differs from the usual `agent.json`; a text in its place, or null for none. */
  config?: object | string | null;
  /** Files that are written, or with null taken away, before. */
  files?: Record<string, string | Buffer | null>;
  /** Whatever else is wrong with the world. */
  prepare?: (world: World) => unknown;
}

/** A command line of the agent; words that hold spaces as a list. */
export function agent(line: string | readonly string[], call: Call = {}): Way {
  return async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bad-"));
    const world = makeWorld(folder);
    const here = (text: string): string => text.replaceAll("…", folder);
    try {
      await arrange(world, call, here);
      const before = stateOf(folder);
      const words = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
      const flags = ["--config", world.configFile, "--json"];
      const stdin = await shown(call.stdin, (input) => inProcess([...flags, "plan"], inputOf(input, here)));
      const { code, says } = await inProcess([...flags, ...words.map(here)], inputOf(stdin, here));
      return { code, says: lasting(says, folder), touched: differences(before, stateOf(folder)) };
    } finally {
      await world.close();
      fs.rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** What is the same on every machine and every day: digests depend on the version of zstd. */
function lasting(says: string, folder: string): string {
  return says
    .trimEnd()
    .replaceAll(folder, "…")
    .replace(/(?<=zstd failed with exit code 1: ).*(?=\. Nothing was put in place)/, "<why>")
    .replaceAll(/\b(?!0{64})[0-9a-f]{64}\b/g, "<hex>")
    .replaceAll(/127\.0\.0\.1:\d{5}\b/g, "127.0.0.1:PORT");
}

/** In place of a digest: that of the plan as it is shown. */
export const digestShown = "DIGEST";

async function shown(stdin: unknown, plan: (spec: unknown) => Promise<{ says: string }>): Promise<unknown> {
  const spec = stdin as { planDigest?: string; plan?: unknown } | undefined;
  if (spec?.planDigest !== digestShown) return stdin;
  const { digest } = JSON.parse((await plan(spec.plan)).says) as { digest: string };
  return { ...spec, planDigest: digest };
}

async function arrange(world: World, call: Call, here: (text: string) => string): Promise<void> {
  const { config = {}, files = {} } = call;
  if (config === null) fs.rmSync(world.configFile, { force: true });
  else if (typeof config === "string") fs.writeFileSync(world.configFile, here(config));
  else fs.writeFileSync(world.configFile, here(JSON.stringify(merged(world.config, config), null, 2)));
  for (const [name, content] of Object.entries(files)) {
    const file = here(name);
    if (content === null) fs.rmSync(file, { recursive: true });
    else {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, typeof content === "string" ? here(content) : content);
    }
  }
  await call.prepare?.(world);
}

/** Objects are merged, all else is replaced; undefined takes a key out. */
function merged(base: object, change: object): object {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change) as [string, unknown][]) {
    const old = result[key];
    const both = [old, value].every((one) => typeof one === "object" && one !== null && !Array.isArray(one));
    result[key] = both ? merged(old as object, value as object) : value;
  }
  return result;
}

type Input = Readable | { isTTY: true };

function inputOf(stdin: unknown, here: (text: string) => string): Input {
  if (stdin === terminal) return { isTTY: true };
  const text = typeof stdin === "string" ? stdin : stdin === undefined ? "" : JSON.stringify(stdin);
  return Readable.from([Buffer.from(here(text))]);
}

/** In place of standard input: somebody sits there. */
export const terminal = Symbol("terminal");

/** Runs the agent's command line in this process: what it says on standard error, or where that is nothing, its result. */
export async function inProcess(
  words: readonly string[],
  stdin: Input = Readable.from([]),
): Promise<{ code: number; says: string }> {
  const texts = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      texts[name] += String(text);
      return true;
    }),
  );
  const usual = Object.getOwnPropertyDescriptor(process, "stdin") as PropertyDescriptor;
  Object.defineProperty(process, "stdin", { value: stdin, configurable: true });
  try {
    const code = await runCommandLine(["node", "neumann-backup", ...words]);
    return { code, says: complaintOf(texts.stderr) || texts.stdout };
  } finally {
    Object.defineProperty(process, "stdin", usual);
    for (const spy of spies) spy.mockRestore();
  }
}

/** The messages of events of kind `error`, and all that is no event. */
function complaintOf(stderr: string): string {
  const lines = stderr.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [line];
    const event = JSON.parse(line) as { event: string; message?: string };
    return event.event === "error" ? [event.message ?? ""] : [];
  });
  return lines.join("\n").trimEnd();
}

/** Every file below a folder with its mode and content. */
function stateOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of (fs.readdirSync(folder, { recursive: true }) as string[]).sort()) {
    const file = path.join(folder, name);
    const stats = fs.lstatSync(file);
    const content = stats.isFile() ? fs.readFileSync(file).toString("base64") : "";
    if (!stats.isDirectory()) found.set(name, `${stats.mode.toString(8)} ${content}`);
  }
  return found;
}

/** Claims come and go with every command that works: they are no trace. */
function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name) && !name.includes("/records/claims/"));
}
