import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bySsh } from "../../agent/host/sshClient";
import type { Drift } from "../../model/drift";
import type { InstallSpec, RemoteDriftSpec } from "../../model/specs";
import {
  agent,
  complaint,
  endSchedule,
  freshHost,
  type Host,
  installSpec,
  makeArchive,
  must,
  nodeSpec,
  scratch,
} from "./support";

/** A host with a real installation, of which one thing after the other is changed by hand. */
const directory = scratch("drift");
let host: Host;
let spec: InstallSpec;

const look = (of: InstallSpec = spec) => must<Drift & Record<string, unknown>>(["drift"], { spec: of });
const mend = (of: InstallSpec = spec) => must(["install"], { spec: of });
const file = (name: string): string => path.join(host.agentDirectory, name);
const edit = (name: string, change: (text: string) => string): void =>
  fs.writeFileSync(name, change(fs.readFileSync(name, "utf8")));

beforeAll(async () => {
  host = await freshHost(directory, "node1", { archive: await makeArchive(directory), install: false });
  spec = installSpec(host);
});

afterAll(async () => {
  await endSchedule(host);
  fs.rmSync(directory, { recursive: true, force: true });
});

/** Everything below the node's folder, but for what the schedule's process notes. */
function everything(): Map<string, string> {
  const root = path.join(directory, "node1");
  const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map(({ parentPath, name }) => {
      const at = path.join(parentPath, name);
      return [at, `${fs.statSync(at).mtimeMs} ${fs.readFileSync(at, "latin1")}`];
    }),
  );
}

describe("what differs on a host from what was installed", () => {
  it("is nothing where no agent was installed yet, and where all is as it was put", async () => {
    const nothing = { nodeId: "node1", owner: null, differences: [] };
    await must(["node-create"], { spec: nodeSpec(host) });
    expect(await look()).toEqual({ ...nothing, state: "absent" });
    await mend();
    fs.rmSync(file("state/restart-due"));
    const before = everything();
    expect(await look()).toEqual({ ...nothing, state: "current" });
    expect(everything()).toEqual(before);
  });

  const changes: [string, () => void | Promise<void>, (at: typeof file) => string][] = [
    [
      "archive_command",
      () =>
        edit(host.node.configFile, (text) => text.replace(/archive_command = .*/, 'archive_command = "cp %p /mnt"')),
      (at) =>
        `archive_command in ${host.node.configFile} is "cp %p /mnt", not "${at("neumann-backup")} wal-push %p %f"`,
    ],
    [
      "archive_timeout",
      () => edit(host.node.configFile, (text) => text.replace(/archive_timeout = .*/, "archive_timeout = 3600")),
      () => `archive_timeout in ${host.node.configFile} is 3600, not 1`,
    ],
    ["the schedule's process", () => endSchedule(host), () => "the process that looks for due backups does not run"],
    [
      "the program",
      () => edit(file("neumann-backup.cjs"), (text) => `${text}\n`),
      (at) => `${at("neumann-backup.cjs")} is another program (SHA-256 `,
    ],
    ["the program, gone", () => fs.rmSync(file("neumann-backup.cjs")), (at) => `${at("neumann-backup.cjs")} is gone`],
    [
      "what archive_command runs",
      () => fs.writeFileSync(file("neumann-wal-push.cjs"), "process.exit(0)"),
      (at) => `${at("neumann-wal-push.cjs")} was edited`,
    ],
    [
      "the launcher",
      () => fs.writeFileSync(file("neumann-backup"), "#!/bin/sh\nexit 0\n"),
      (at) => `${at("neumann-backup")} was edited`,
    ],
    [
      "the launcher's mode",
      () => fs.chmodSync(file("neumann-backup"), 0o644),
      (at) => `${at("neumann-backup")} cannot be run`,
    ],
    [
      "agent.json",
      () => edit(file("agent.json"), (text) => text.replace(/"maxPauseSeconds": \d+/, '"maxPauseSeconds": 900')),
      (at) => `${at("agent.json")} was edited (policy)`,
    ],
    [
      "agent.json, broken",
      () => fs.writeFileSync(file("agent.json"), "{"),
      (at) => `${at("agent.json")} was edited (it is no JSON)`,
    ],
    ["agent.json, gone", () => fs.rmSync(file("agent.json")), (at) => `${at("agent.json")} is gone`],
    [
      "the state folder",
      () => fs.rmSync(file("state/leases"), { recursive: true }),
      (at) => `${at("state/leases")} is gone`,
    ],
    [
      "a restart that is due",
      () => fs.writeFileSync(file("state/restart-due"), ""),
      () => "the database was not restarted since config.toml changed",
    ],
  ];

  it.each(changes)("is %s, until it is mended by an installation", async (_, change, expected) => {
    await change();
    const { state, differences } = await look();
    expect(state).toBe("current");
    const found = differences.filter((difference) => difference.startsWith(expected(file)));
    expect(found, differences.join("; ")).toHaveLength(1);
    await mend();
    fs.rmSync(file("state/restart-due"), { force: true });
    expect((await look()).differences).toEqual([]);
  });

  it("is told where the whole agent was taken away", async () => {
    await endSchedule(host);
    fs.rmSync(host.agentDirectory, { recursive: true });
    expect(await look()).toMatchObject({
      state: "other",
      differences: [`the agent is gone, and archive_command in ${host.node.configFile} still names it`],
    });
    await mend();
    fs.rmSync(file("state/restart-due"), { force: true });
    expect((await look()).differences).toEqual([]);
  });

  it("is told where config.toml can no longer be read", async () => {
    const text = fs.readFileSync(host.node.configFile, "utf8");
    fs.writeFileSync(host.node.configFile, "[wal\n");
    const { differences } = await look();
    expect(differences).toHaveLength(1);
    expect(differences[0]).toContain("is no TOML");
    fs.writeFileSync(host.node.configFile, text);
  });

  it("holds another installation against its own configuration, and names its owner", async () => {
    const policy = { ...host.policy, wal: { archiveTimeoutSeconds: 7 } };
    const later = installSpec({ ...host, policy }, { generation: "g2" });
    later.config.owner = "env/prod/ClusterBackups/prod";
    expect(await look(later)).toEqual({ nodeId: "node1", state: "other", owner: null, differences: [] });
    edit(host.node.configFile, (text) => text.replace("wal-push", "wal-pull"));
    expect((await look(later)).differences).toEqual([expect.stringContaining("wal-pull") as string]);
    await mend(later);
    expect(await look()).toMatchObject({ state: "other", owner: "env/prod/ClusterBackups/prod" });
    await mend();
  });

  it("is not told by another program", async () => {
    const ran = await agent(["--json", "drift"], { spec: { ...spec, sha256: "0".repeat(64) } });
    expect(ran.code).toBe(3);
    expect(complaint(ran)).toContain("this program is not the agent that is to be compared");
  });
});

describe("a host that is asked by SSH", () => {
  const server = {
    host: "127.0.0.1",
    port: 1,
    user: "nobody",
    privateKey: "KEY-OF-A-TEST",
    hostKey: "ssh-ed25519 AAAA",
  };
  const ask = (more: Partial<RemoteDriftSpec["server"]>, environment: Record<string, string> = {}) =>
    must<Drift & Record<string, unknown>>(["drift", "--by-ssh"], {
      spec: { install: spec, server: { ...server, ...more }, line: "true" },
      environment,
    });

  it("and does not answer is no failure", async () => {
    const { state, differences } = await ask({});
    expect(state).toBe("silent");
    expect(differences).toEqual([expect.stringMatching(/Connection refused$/) as string]);
  });

  it("and cannot be named to ssh is none either", async () => {
    const { state, differences } = await ask({ host: 'a"b' });
    expect(state).toBe("silent");
    expect(differences[0]).toContain("ssh.host: has a quote, percent sign, backslash or space");
  });

  it("holds nobody up when it falls silent in the middle", async () => {
    const programs = path.join(directory, "silent");
    fs.mkdirSync(programs);
    // A way through another host is a process of its own, which holds what the first one prints.
    fs.writeFileSync(path.join(programs, "ssh"), "#!/bin/sh\nsleep 600 &\nwait\n", { mode: 0o755 });
    vi.stubEnv("PATH", `${programs}:${process.env.PATH}`);
    try {
      const began = performance.now();
      const { code, stderr } = await bySsh({ server, line: "true", input: "", timeoutSeconds: 1 });
      expect(performance.now() - began).toBeLessThan(10_000);
      expect({ code, stderr }).toEqual({ code: 128, stderr: "\nssh was ended by SIGKILL" });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("tells by an exit code that there is no agent to be asked", async () => {
    const programs = path.join(directory, "codes");
    fs.mkdirSync(programs);
    fs.writeFileSync(path.join(programs, "ssh"), "#!/bin/sh\necho sudo: no >&2\nexit $CODE\n", { mode: 0o755 });
    const answer = async (code: number) => {
      const { state, differences } = await ask({}, { CODE: `${code}`, PATH: `${programs}:${process.env.PATH}` });
      return [state, ...differences];
    };
    expect(await answer(64)).toEqual(["absent"]);
    expect(await answer(65)).toEqual(["unknown"]);
    expect(await answer(66)).toEqual(["other", `the Node below ${host.agentDirectory}/runtime is gone`]);
    const gone = `the agent is gone, and archive_command in ${host.node.configFile} still names it`;
    expect(await answer(67)).toEqual(["other", gone]);
    expect(await answer(1)).toEqual(["silent", "exit code 1: sudo: no"]);
    expect(await answer(0)).toEqual(["silent", expect.stringContaining("cannot be read") as string]);
  });

  it("leaves no key behind", async () => {
    const folder = path.join(directory, "runtime");
    fs.mkdirSync(folder);
    // In the place of ssh: what it is given, as it sees it.
    const programs = path.join(directory, "programs");
    fs.mkdirSync(programs);
    const report = path.join(directory, "report");
    const script = `#!/bin/sh\n{ echo "$@"; ls -l "$(dirname "$3")"; cat "$3" "$(dirname "$3")/key-target"; } >${report}\nexit 64\n`;
    fs.writeFileSync(path.join(programs, "ssh"), script, { mode: 0o755 });
    const environment = { XDG_RUNTIME_DIR: folder, PATH: `${programs}:${process.env.PATH}` };
    expect(await ask({}, environment)).toMatchObject({ state: "absent", differences: [] });
    const [words = "", ...seen] = fs.readFileSync(report, "utf8").split("\n");
    expect(words).toMatch(new RegExp(`^-T -F ${folder}/neumann-ssh-\\w+/config target true$`));
    expect(seen.filter((line) => line.endsWith("key-target"))[0]).toMatch(/^-rw------- /);
    expect(seen).toContain(server.privateKey);
    expect(seen).toContain("  StrictHostKeyChecking yes");
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});
