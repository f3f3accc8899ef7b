/* eslint-disable max-lines -- a table */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AgentConfig } from "../../model/agentConfig";
import { segmentName } from "../../model/layout";
import type { Manifest } from "../../model/manifest";
import {
  agent,
  type AgentOptions,
  at,
  complaint,
  contentsOf,
  endAll,
  filesBelow,
  freshHost,
  type Host,
  installSpec,
  makeArchive,
  must,
  nodeSpec,
  scratch,
} from "../agent/support";

/**
 * What a user can get wrong, and what the agent says: where, what is wrong, the value received, what to do instead.
 * `…` stands for the test's folder.
 */
const folder = scratch("bad");
let host: Host;

beforeAll(async () => {
  const archive = await makeArchive(path.join(folder, "place"));
  host = await freshHost(path.join(folder, "hosts"), "node1", { archive, hold: false });
});

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Bad {
  what: string;
  /** Command and how it is called. */
  run: () => { args: string[]; options?: AgentOptions };
  code: number;
  message: string | RegExp;
}

function config(): AgentConfig {
  return JSON.parse(fs.readFileSync(host.configFile, "utf8")) as AgentConfig;
}

let count = 0;
/** An `agent.json` with some text. */
function configured(text: string): string[] {
  const file = path.join(folder, `agent-${count++}.json`);
  fs.writeFileSync(file, text);
  return ["--config", file];
}

function withPolicy(policy: object): string[] {
  return configured(JSON.stringify({ ...config(), policy }));
}

const plan = (more: object = {}) => ({
  archive: host.archive,
  restorePoint: "latest-offsite",
  recoveryId: "r1",
  nodes: ["node1"],
  ...more,
});

const restore = (more: object = {}) => ({
  plan: plan(),
  planDigest: "0".repeat(64),
  node: "node1",
  clusterName: "lab",
  members: [{ id: "node1", address: host.node.address }],
  ...more,
});

const table: Bad[] = [
  // agent.json
  {
    what: "no configuration",
    run: () => ({ args: ["--config", `${folder}/none.json`, "status"] }),
    code: 2,
    message: `The agent has no configuration: 1 mistake
  - --config: names no file (received "…/none.json"). Name the agent's configuration with --config FILE; the install step of ClusterBackups writes it.`,
  },
  {
    what: "a configuration that is no JSON",
    run: () => ({ args: [...configured('{"format": "neumann-agent/1",'), "status"] }),
    code: 2,
    message:
      /is no configuration of this agent: 1 mistake\n {2}- \(the whole\): is not JSON: .* \(received "\{\\"format/,
  },
  {
    what: "a configuration of another version",
    run: () => ({ args: [...configured(JSON.stringify({ ...config(), format: "neumann-agent/9" })), "status"] }),
    code: 2,
    message: /- format: must be "neumann-agent\/1" \(received "neumann-agent\/9"\)/,
  },
  {
    what: "a configuration without a node",
    run: () => ({ args: [...configured(JSON.stringify({ ...config(), node: undefined })), "status"] }),
    code: 2,
    message: /- node: must be .* \(received nothing\)/,
  },
  {
    what: "an unknown service manager",
    run: () => ({
      args: [...configured(JSON.stringify({ ...config(), node: { ...host.node, serviceManager: "init" } })), "status"],
    }),
    code: 2,
    message: /- node\.serviceManager: must be \("process" \| "systemd"\) \(received "init"\)/,
  },
  {
    what: "a kind of archive that is not known",
    run: () => ({
      args: [...configured(JSON.stringify({ ...config(), archive: { ...host.archive, kind: "tape" } })), "status"],
    }),
    code: 2,
    message: /- archive\.kind: must be \("directory" \| "s3"\) \(received "tape"\)/,
  },
  // Policy values
  {
    what: "a retention of zero days",
    run: () => ({ args: [...withPolicy({ full: { retentionDays: 0 } }), "status"] }),
    code: 2,
    message: `- policy.full.retentionDays: must be a whole number from 1 to 36500 (received 0). Leave it out for the standard value, 30.`,
  },
  {
    what: "a number that is a text",
    run: () => ({ args: [...withPolicy({ full: { maxPauseSeconds: "60" } }), "status"] }),
    code: 2,
    message: `- policy.full.maxPauseSeconds: must be a whole number from 5 to 3600 (received "60").`,
  },
  {
    what: "a setting that is misspelt",
    run: () => ({ args: [...withPolicy({ wal: { archiveTimeoutSecond: 3 } }), "status"] }),
    code: 2,
    message: /- policy\.wal\.archiveTimeoutSecond: is not known \(received 3\)\. Use one of: archiveTimeoutSeconds, /,
  },
  {
    what: "a section that does not exist",
    run: () => ({ args: [...withPolicy({ incremental: {} }), "status"] }),
    code: 2,
    message:
      /- policy\.incremental: is no part of a policy \(received \{\}\)\. Use one of: snapshots, full, offsite, wal/,
  },
  {
    what: "settings that contradict each other",
    run: () => ({ args: [...withPolicy({ wal: { archiveTimeoutSeconds: 600 } }), "status"] }),
    code: 2,
    message:
      /- policy\.wal\.arrivalDeadlineSeconds: a segment may take 600 s to be finished, so good backups would be called void \(received 900\)\. Write more than 1200\./,
  },
  {
    what: "two mistakes at once",
    run: () => ({ args: [...withPolicy({ full: { keepAtLeast: -1 }, wal: { retentionDays: 1.5 } }), "status"] }),
    code: 2,
    message:
      /The backup policy cannot be used: 2 mistakes\n {2}- policy\.full\.keepAtLeast.*\n {2}- policy\.wal\.retentionDays/,
  },
  // Flags
  {
    what: "flags without a cluster",
    run: () => ({ args: ["list", "--archive", host.archive.location] }),
    code: 2,
    message: `The archive cannot be opened: 1 mistake
  - --cluster: is missing (received nothing). Name the cluster as in the archive's first folder: --cluster prod.`,
  },
  {
    what: "a relative archive",
    run: () => ({ args: ["list", "--archive", "backup", "--cluster", "prod"] }),
    code: 2,
    message: `- archive.location: must be an absolute path (received "backup"). Write the whole path, such as /mnt/backup/neumann.`,
  },
  {
    what: "a cluster's name that is none",
    run: () => ({ args: ["list", "--archive", host.archive.location, "--cluster", "../etc"] }),
    code: 2,
    message: `- archive.clusterId: is no name for a cluster (received "../etc"). Use lower-case letters, digits and dashes, at most 63, such as prod.`,
  },
  {
    what: "a depth that is not known",
    run: () => ({ args: [...at(host), "verify", "--depth", "deep"] }),
    code: 2,
    message: `- --depth: is not known (received "deep"). Write manifest or bytes.`,
  },
  {
    what: "a backup that is not there",
    run: () => ({ args: [...at(host), "verify", "20260101T000000Z-00000000"] }),
    code: 2,
    message: `- backup: is not in the archive (received "20260101T000000Z-00000000"). Known backups: none.`,
  },
  {
    what: "a turn that is not known",
    run: () => ({ args: ["rollout", "--turn", "first"], options: { spec: installSpec(host) } }),
    code: 2,
    message: `- --turn: is not known (received "first"). Write follower or last.`,
  },
  {
    what: "a phase that is not known",
    run: () => ({ args: [...at(host), "restore", "--phase", "second"], options: { spec: restore() } }),
    code: 2,
    message: `- --phase: is not known (received "second"). Write one of: first, join, release, base, accept, status.`,
  },
  // Specifications on standard input
  {
    what: "nothing on standard input",
    run: () => ({ args: ["archive-create"] }),
    code: 2,
    message:
      /The specification of archive-create on standard input is wrong: 1 mistake\n {2}- \(the whole\): is not JSON/,
  },
  {
    what: "a list where an object belongs",
    run: () => ({ args: ["node-create"], options: { spec: [] } }),
    code: 2,
    message: /The specification of node-create on standard input is wrong/,
  },
  {
    what: "a role that is not known",
    run: () => ({
      args: ["archive-create"],
      options: { spec: { archive: { kind: "directory", location: "/x" }, clusterId: "prod", role: "backup" } },
    }),
    code: 2,
    message: /- role: must be \("primary" \| "offsite"\) \(received "backup"\)/,
  },
  {
    what: "an archive at the root",
    run: () => ({
      args: ["archive-create"],
      options: { spec: { archive: { kind: "directory", location: "/" }, clusterId: "prod", role: "primary" } },
    }),
    code: 2,
    message: `- archive.location: must be an absolute path (received "/").`,
  },
  {
    what: "an off-site copy inside the first archive",
    run: () => ({
      args: ["plan"],
      options: {
        spec: plan({
          archive: { ...host.archive, offsite: { kind: "directory", location: `${host.archive.location}/copy` } },
        }),
      },
    }),
    code: 2,
    message: `- archive.offsite.location: shares the fate of the first archive (received "…/place/archive/copy"). Choose a folder on another disk, outside the first.`,
  },
  {
    what: "a restore point that is none",
    run: () => ({ args: ["plan"], options: { spec: plan({ restorePoint: "yesterday" }) } }),
    code: 2,
    message: `- restorePoint: is no restore point (received "yesterday"). Write one of: latest-offsite | latest | end-of-log[@STREAM] | backup:ID | time:UTC[@STREAM] | index:N.`,
  },
  {
    what: "a recovery's name that leads out",
    run: () => ({ args: ["plan"], options: { spec: plan({ recoveryId: "../r1" }) } }),
    code: 2,
    message: `- recoveryId: cannot name a recovery (received "../r1"). Use letters, digits, dots and dashes, such as 2026-11-23.`,
  },
  {
    what: "no node to restore on",
    run: () => ({ args: ["plan"], options: { spec: plan({ nodes: [] }) } }),
    code: 2,
    message: /- nodes: must be .* \(received/,
  },
  {
    what: "a digest that is none",
    run: () => ({
      args: [...at(host), "restore", "--phase", "first"],
      options: { spec: restore({ planDigest: "abc" }) },
    }),
    code: 2,
    message: /- planDigest: must be .* \(received "abc"\)/,
  },
  {
    what: "a path that cannot stand in archive_command",
    run: () => {
      const spec = installSpec(host);
      return {
        args: ["install"],
        options: { spec: { ...spec, config: { ...spec.config, agentDirectory: "/opt/my agent" } } },
      };
    },
    code: 2,
    message: `- agentDirectory: has a space, quote, percent sign or backslash (received "/opt/my agent"). Choose a plain path: it goes into archive_command.`,
  },
  {
    what: "a relative data folder",
    run: () => ({
      args: ["node-create"],
      options: { spec: nodeSpec({ ...host, node: { ...host.node, dataDirectory: "data" } }) },
    }),
    code: 2,
    message: `- node.dataDirectory: must be an absolute path (received "data"). Write the whole path.`,
  },
  {
    what: "a node of another manager",
    run: () => ({
      args: ["node-create"],
      options: { spec: nodeSpec({ ...host, node: { ...host.node, serviceManager: "systemd" } }) },
    }),
    code: 2,
    message: `- node.serviceManager: only nodes of kind process are made here (received "systemd"). Install the database on the host by its package.`,
  },
  // The world is another than the input says
  {
    what: "no database's configuration",
    run: () => {
      const spec = installSpec({ ...host, node: { ...host.node, configFile: `${folder}/none.toml` } });
      return { args: ["install"], options: { spec } };
    },
    code: 2,
    message: `- node.configFile: is not there (received "…/none.toml"). Install the database first.`,
  },
  {
    what: "another node's configuration",
    run: () => ({
      args: ["install"],
      options: { spec: installSpec({ ...host, node: { ...host.node, id: "node7" } }) },
    }),
    code: 3,
    message: `…/hosts/node1/etc/config.toml is of node node1, not of node7: nothing was changed`,
  },
  {
    what: "a configuration that is no TOML",
    run: () => {
      const file = path.join(folder, "broken.toml");
      fs.writeFileSync(file, "[node\nid =");
      return {
        args: ["install"],
        options: { spec: installSpec({ ...host, node: { ...host.node, configFile: file } }) },
      };
    },
    code: 2,
    message: /- …\/broken\.toml: is no TOML: .*Mend the file; it was not touched\./,
  },
  {
    what: "another agent than was promised",
    run: () => ({ args: ["install"], options: { spec: { ...installSpec(host), sha256: "0".repeat(64) } } }),
    code: 3,
    message:
      /^this program is not the agent that was to be installed \(SHA-256 0{64}\): build or install the package again$/,
  },
  {
    what: "a missing mount",
    run: () => ({ args: ["list", "--archive", `${folder}/mnt`, "--cluster", "prod"] }),
    code: 4,
    message: `…/mnt is not the primary archive of cluster prod: prod/records/archive.json is missing. Is the disk mounted? A new archive is made by DirectoryArchive or \`neumann-backup archive-create\`.`,
  },
  {
    what: "the copy named as the first archive",
    run: () => ({ args: ["list", "--archive", host.archive.offsite!.location, "--cluster", "prod"] }),
    code: 3,
    message: `…/place/offsite is the offsite archive of cluster prod, not the primary archive of prod. Name the right folder.`,
  },
  {
    what: "a database that does not run",
    run: () => ({ args: [...at(host), "full"] }),
    code: 4,
    message: /neumann-admin cluster-info failed with exit code \d+: /,
  },
  {
    what: "programs that are not there",
    run: () => ({
      args: [
        ...configured(JSON.stringify({ ...config(), node: { ...host.node, programDirectory: "/nowhere" } })),
        "full",
      ],
    }),
    code: 4,
    message: "/nowhere/neumann-admin was not found. Install it or put it on PATH.",
  },
  {
    what: "a recovery without any backup",
    run: () => ({ args: ["plan"], options: { spec: plan() } }),
    code: 3,
    message: "Refused: no lineage of prod is recorded in this archive. No good backup is listed.",
  },
];

describe("wrong input", () => {
  it.each(table)("$what", async ({ run, code, message }) => {
    const { args, options } = run();
    const before = contentsOf(path.join(folder, "place"));
    const ran = await agent(["--json", ...args], options);
    const said = complaint(ran).replaceAll(folder, "…");
    expect(ran.code, said).toBe(code);
    if (typeof message === "string") expect(said).toContain(message);
    else expect(said).toMatch(message);
    expect(said).not.toMatch(/unexpected|\bat .*\.cjs/);
    expect(ran.stdout).toBe("");
    expect(contentsOf(path.join(folder, "place"))).toEqual(before);
  });
});

describe("manifests that are none", () => {
  const id = "20260101T000000Z-00000000";
  const file = () => path.join(host.archive.location, `prod/full/manifest/l-1/${id}.json`);
  const whole: Manifest = {
    format: "neumann-backup/1",
    backupId: id,
    tier: "full",
    clusterId: "prod",
    lineage: "l-1",
    databaseClusterId: "db",
    createdAt: "2026-01-01T00:00:00.000Z",
    copiedAt: "2026-01-01T00:00:01.000Z",
    node: { id: "node1", term: 1 },
    index: { low: 1, high: 1 },
    pause: null,
    totalEntries: 1,
    plainBytes: 1,
    parts: [{ name: "data.tar.zst", bytes: 3, sha256: "0".repeat(64) }],
    files: [],
    wal: { stream: null, anchors: [], open: { first: segmentName(0n), last: segmentName(0n) }, segments: [] },
    source: null,
    agent: { version: "1", sha256: "0" },
  };
  const text = JSON.stringify(whole);
  const cases: { what: string; content: string; data?: string; problem: RegExp }[] = [
    { what: "empty", content: "", problem: /is not JSON/ },
    { what: "cut off", content: text.slice(0, 200), problem: /is not JSON/ },
    {
      what: "of another format",
      content: text.replace("backup/1", "backup/2"),
      problem: /format: must be "neumann-backup\/1"/,
    },
    { what: "of another cluster", content: text.replace('"prod"', '"test"'), problem: /belongs to test\/full/ },
    { what: "under another name", content: text.replace(id, `${id.slice(0, -1)}1`), problem: /belongs to prod\/full/ },
    { what: "with a negative size", content: text.replace('"bytes":3', '"bytes":-3'), problem: /parts\.0\.bytes/ },
    { what: "without its data", content: text, problem: /data\.tar\.zst is missing/ },
    { what: "with data cut off", content: text, data: "xy", problem: /has 2 bytes, not 3/ },
    {
      what: "with other data of the same size",
      content: text,
      data: "xyz",
      problem: /has SHA-256 [0-9a-f]{64}, not 0{64}/,
    },
    {
      what: "that lists nothing",
      content: JSON.stringify({ ...whole, parts: [] }),
      problem: /the manifest lists no data/,
    },
  ];
  it.each(cases)(
    "$what: listed with its problem, verified as damaged, never planned",
    async ({ content, data, problem }) => {
      const object = path.join(host.archive.location, `prod/full/data/l-1/${id}/data.tar.zst`);
      fs.mkdirSync(path.dirname(file()), { recursive: true });
      fs.mkdirSync(path.dirname(object), { recursive: true });
      fs.writeFileSync(file(), content);
      if (data !== undefined) fs.writeFileSync(object, data);
      try {
        const verified = await agent([...at(host), "--json", "verify"]);
        expect(verified.code).toBe(5);
        const { verdicts } = JSON.parse(verified.stdout) as { verdicts: { good: boolean; problem: string }[] };
        expect(verdicts).toHaveLength(1);
        expect(verdicts[0]).toMatchObject({ good: false, problem: expect.stringMatching(problem) as string });
        expect((await agent([...at(host), "list"])).code).toBe(0);
        expect((await agent(["--json", "plan"], { spec: plan({ restorePoint: "latest" }) })).code).toBe(3);
      } finally {
        fs.rmSync(file());
        fs.rmSync(object, { force: true });
      }
    },
  );
});

it.skipIf(process.getuid?.() !== 0)("a full disk under the archive says so and what to do", async () => {
  const disk = path.join(folder, "disk");
  fs.mkdirSync(disk);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]);
  if (status !== 0) return console.log("skipped: no small disk can be mounted here");
  try {
    try {
      fs.writeFileSync(path.join(disk, "filler"), Buffer.alloc(64_000));
    } catch {
      // It is full now.
    }
    const spec = {
      archive: { kind: "directory", location: path.join(disk, "new") },
      clusterId: "prod",
      role: "primary",
    };
    const ran = await agent(["--json", "archive-create"], { spec });
    expect(ran.code).toBe(4);
    expect(complaint(ran)).toMatch(/ENOSPC.*The disk is full: free space there and run the same command again\.$/);
    fs.rmSync(path.join(disk, "filler"));
    expect(await must(["archive-create"], { spec })).toMatchObject({ created: true });
    expect(filesBelow(path.join(disk, "new"))).toEqual(["prod/records/archive.json"]);
  } finally {
    spawnSync("umount", ["-l", disk]);
  }
});
