import * as pulumi from "@pulumi/pulumi";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { ClusterBackups, type ClusterBackupsArgs } from "../../components/clusterBackups";
import type { HostArgs } from "../../components/hosts";
import { LookCode } from "../../model/drift";
import { runtimeFile } from "../../model/runtime";
import type { RemoteDriftSpec } from "../../model/specs";
import {
  archive,
  bundleFile,
  localHosts,
  Machine,
  messageOf,
  providerError,
  type RunOptions,
  run,
  sshHosts,
  usualAgent,
  valueOf,
} from "./harness";

vi.mock("../../components/agentBundle", async () => (await import("./harness")).fakeBundle());

const make = (args: Partial<ClusterBackupsArgs> = {}, options: RunOptions = { preview: true }) =>
  run((opts) => new ClusterBackups("prod", { nodes: localHosts(), archive, ...args }, opts), options);

/** An agent that finds something, or fails. */
const finds = (drift: object | Error): RunOptions => ({
  preview: true,
  agent: (words, specification) => {
    if (words[0] !== "drift") return usualAgent(words, specification);
    if (drift instanceof Error) throw drift;
    return { nodeId: "node1", state: "current", owner: null, differences: [], ...drift };
  },
});

interface Asked {
  command: string;
  stdin: string;
}
const asked = (calls: pulumi.runtime.MockCallArgs[]) =>
  calls.map(({ inputs }) => inputs as Asked).filter(({ command }) => command.includes("drift"));
const warnings = (logs: { severity: string; text: string }[]) =>
  logs.filter(({ severity }) => severity === "warn").map(({ text }) => text);

describe("a preview of ClusterBackups", () => {
  it("asks every host of this machine what differs from what is to be installed", async () => {
    const { calls, resources, logs } = await make();
    const line = `node ${bundleFile} drift --json`;
    expect(asked(calls).map(({ command }) => command)).toEqual([line, line, line]);
    const installed = resources.find(({ name }) => name === "prod-install-node2")?.inputs.stdin;
    expect(asked(calls)[1]?.stdin).toBe(installed);
    expect(warnings(logs)).toEqual([]);
  });

  it("asks hosts by SSH, with keys on standard input only, where this version is ready to run", async () => {
    const [first, second, third] = sshHosts();
    const jump = { host: "hop", user: "via", hostKey: first!.ssh.hostKey };
    const nodes = [{ ...first!, ssh: { ...first!.ssh, jump, privateKeyPassword: "word" } }, second!, third!];
    const { calls } = await make({ nodes });
    const found = asked(calls);
    expect(found.map(({ command }) => command)).toEqual(Array(3).fill(`node ${bundleFile} drift --by-ssh --json`));
    const specs = found.map(({ stdin }) => JSON.parse(stdin) as RemoteDriftSpec);
    specs.sort((a, b) => (a.server.host < b.server.host ? -1 : 1));
    const [one, two] = specs as [RemoteDriftSpec, RemoteDriftSpec];
    const { privateKey, hostKey } = first!.ssh;
    const server = { host: "10.0.0.1", port: 22, user: "admin", privateKey, hostKey, privateKeyPassword: "word" };
    expect(one).toMatchObject({ server, jump: { ...server, host: "hop", user: "via" } });
    expect(two).not.toHaveProperty("jump");
    expect(two.install.config.node.id).toBe("node2");
    expect(two.line).toMatch(/; \}; sudo -n sh \S+\/start-\w+\.sh x64 .* drift --json$/);
  });

  it("looks on a host before it starts anything there", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "drift-look-"));
    try {
      const [first] = sshHosts();
      const [agentDirectory, configFile] = [path.join(folder, "agent"), path.join(folder, "config.toml")];
      const node = { ...first!, agentDirectory, configFile, ssh: { ...first!.ssh, user: "root" } };
      const { calls } = await make({ nodes: [node] });
      const { line } = JSON.parse(asked(calls)[0]!.stdin) as RemoteDriftSpec;
      const look = () => spawnSync("sh", ["-c", line], { cwd: folder, encoding: "utf8" });
      const put = (name: string, text = "", mode = 0o644): void => {
        mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        writeFileSync(path.join(folder, name), text, { mode });
      };
      expect(look().status).toBe(LookCode.Absent);
      put("config.toml", `archive_command = "${agentDirectory}/neumann-backup wal-push %p %f"\n`);
      expect(look().status).toBe(LookCode.Taken);
      put("agent/neumann-backup");
      expect(look().status).toBe(LookCode.Unknown);
      const copies = [...line.matchAll(/test -f (\S+)/g)].map(([, name]) => name as string);
      put(copies[0] as string, 'echo "started $5 $6"\n');
      expect(look().status).toBe(LookCode.Unknown);
      put(copies[1] as string);
      expect(look().status).toBe(LookCode.NoNode);
      put(`agent/runtime/${runtimeFile("x64").replace(".tgz", "")}/node`, "", 0o755);
      expect(look()).toMatchObject({ status: 0, stdout: `started ${path.basename(copies[1] as string)} drift\n` });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("warns of what differs", async () => {
    const { logs } = await make({}, finds({ differences: ["agent.json was edited (policy)"] }));
    const text =
      "node1 is not as it was installed: agent.json was edited (policy). " +
      "An up leaves that as it is: to have it mended, write another value for `reconcile`, such as today's date.";
    expect(warnings(logs)).toEqual([text, text, text]);
  });

  it("goes on where a host cannot be asked, and says so in a line", async () => {
    const failure = providerError('exit status 4:\n{"event":"error","message":"no\\nword"}\n');
    const { logs, result } = await make({}, finds(failure));
    expect(warnings(logs).sort()).toEqual([1, 2, 3].map((n) => `node${n} was not asked what differs there: no word`));
    expect(await valueOf(result.generation)).toMatch(/^[0-9a-f]{16}$/);
  });

  it("goes on where another agent answers", async () => {
    const { logs } = await make({}, finds({ state: "strange" }));
    expect(warnings(logs)[0]).toMatch(/^node1 was not asked what differs there: What the agent found cannot be read/);
  });

  it("asks nothing while archive, host or key are not known", async () => {
    const [first, ...others] = localHosts();
    const unknown = (program: (machine: Machine) => Partial<ClusterBackupsArgs>) =>
      run((opts) => new ClusterBackups("prod", { nodes: localHosts(), archive, ...program(new Machine("m")) }, opts), {
        preview: true,
      });
    const runs = [
      await unknown(({ address }) => ({ nodes: [{ ...first, address } as HostArgs, ...others] })),
      await unknown(({ address }) => ({ archive: { ...archive, location: address } })),
      await unknown(({ address }) => ({ reconcile: address })),
      await unknown(({ address }) => ({
        nodes: sshHosts().map((host) => ({ ...host, ssh: { ...host.ssh, privateKey: address } })),
      })),
    ];
    for (const { calls, logs } of runs) {
      expect(asked(calls)).toEqual([]);
      expect(warnings(logs)).toEqual([]);
    }
  });

  it("is where hosts are asked: an up does not", async () => {
    expect(asked((await make({}, {})).calls)).toEqual([]);
  });
});

describe("reconcile", () => {
  const stdin = async (args: Partial<ClusterBackupsArgs>) => {
    const { resources } = await make(args, {});
    return new Map(resources.map(({ name, inputs }) => [name, inputs.stdin]));
  };

  it("has everything installed and rolled out again by another value, and by nothing else", async () => {
    const [none, one, same, other] = [
      await stdin({}),
      await stdin({ reconcile: "2026-11-25" }),
      await stdin({ reconcile: "2026-11-25" }),
      await stdin({ reconcile: "2026-11-26" }),
    ];
    expect(same).toEqual(one);
    const changed = [...other].filter(([name, text]) => text !== one.get(name)).map(([name]) => name);
    const nodes = ["node1", "node2", "node3"];
    const roles = ["install", "rollout", "rollout-last"];
    expect(changed.sort()).toEqual(roles.flatMap((role) => nodes.map((node) => `prod-${role}-${node}`)).sort());
    expect(none.get("prod-install-node1")).not.toBe(one.get("prod-install-node1"));
  });

  it("is a text", async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
    const refusal = (reconcile: unknown) =>
      messageOf(() => new ClusterBackups("prod", { nodes: localHosts(), archive, reconcile } as ClusterBackupsArgs));
    const begin =
      'ClusterBackups "prod" cannot be created: 1 mistake\n  - reconcile: must be a text of 1 to 64 characters';
    const end = "Write a text that you change when hosts should be mended, such as 2026-11-25.";
    expect(refusal(true)).toBe(`${begin} (received true). ${end}`);
    expect(refusal("")).toBe(`${begin} (received ""). ${end}`);
    expect(refusal(" x")).toBe(`${begin} (received " x"). ${end}`);
    expect(refusal("x".repeat(65))).toContain(begin);
  });
});
