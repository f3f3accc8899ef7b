import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyRestored } from "../../agent/commands/verifyRestored";
import { until } from "../../lab/neumann/harness";
import { createTable, Writer } from "../../lab/neumann/writer";
import type { AgentConfig } from "../../model/agentConfig";
import type { Manifest } from "../../model/manifest";
import type { BackupPolicyOverrides } from "../../model/policy";
import type { VerificationRecord } from "../../model/records";
import type { DirectoryLocation } from "../../model/reference";
import { killAt, untilDone } from "./killing";
import {
  agent,
  type AgentOptions,
  at,
  complaint,
  contentsOf,
  endAll,
  filesBelow,
  type FolderArchive,
  type Host,
  installSpec,
  must,
  noStraysOf,
  type Protected,
  protectedCluster,
  quickPolicy,
  type Ran,
  scratch,
} from "./support";

/** A cluster of one with a backup of each tier, and log that follows them. */
const folder = scratch("verify");
const rows = 400;
const queries = [{ statement: "SELECT COUNT(*) FROM t", minimumRows: 100 }];
let cluster: Protected;
let host: Host;
let stored: FolderArchive;
let count = 0;

beforeAll(async () => {
  const policy: BackupPolicyOverrides = { ...quickPolicy, verification: { queries } };
  cluster = await protectedCluster(path.join(folder, "cluster"), { policy });
  [host] = cluster.hosts as [Host];
  await createTable(cluster.cluster.nodes[0]!);
  const write = () =>
    new Writer({ nodes: () => cluster.cluster.nodes, rows: rows / 2, rowsPerSecond: 80 }).start().finished();
  await write();
  for (const command of ["full", "offsite", "snapshot"]) await must([...at(host), command]);
  // Half of the rows are in the log alone.
  await write();
  const end = Date.now();
  const wal = path.join(cluster.archive.location, "prod/wal");
  await until("the log has arrived", () => {
    const segments = filesBelow(wal).filter((name) => name.endsWith(".wal"));
    return segments.some((name) => fs.statSync(path.join(wal, name)).mtimeMs > end) || undefined;
  });
  // What the tests spoil are copies of this.
  stored = copyOf(cluster.archive, path.join(folder, "stored"));
}, 120_000);

afterAll(async () => {
  await cluster.cluster.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

function copyOf(archive: FolderArchive, to: string): FolderArchive {
  const place = ({ location }: { location: string }): DirectoryLocation => {
    const copy = path.join(to, path.basename(location));
    fs.cpSync(location, copy, { recursive: true, preserveTimestamps: true });
    return { kind: "directory", location: copy };
  };
  return { ...place(archive), clusterId: "prod", offsite: place(archive.offsite as DirectoryLocation) };
}

/** The same node, with a copy of the archive that may be spoilt, and another policy. */
function spoilable(policy: BackupPolicyOverrides = {}): Host {
  const directory = path.join(folder, `copy-${count++}`);
  const archive = copyOf(stored, directory);
  const configFile = path.join(directory, "agent.json");
  const spec = installSpec({ ...host, archive: archive, configFile });
  const config = { ...spec.config, policy: { ...spec.config.policy, ...policy } } as AgentConfig;
  fs.writeFileSync(configFile, JSON.stringify(config));
  return { ...host, archive, configFile };
}

const verified = (on: Host, ...words: string[]): Promise<Ran> => agent([...at(on), "--json", "verify", ...words]);

interface Verdicts {
  verdicts: { backupId: string; tier: string; place: string; good: boolean; problem: string | null; bytes: number }[];
}
const verdictsOf = ({ stdout }: Ran) => (JSON.parse(stdout) as Verdicts).verdicts;
const problemsOf = (ran: Ran): (string | null)[] =>
  verdictsOf(ran).flatMap(({ problem }) => (problem === null ? [] : [problem]));

/** Exit codes of the three depths. */
async function depthsOf(on: Host): Promise<Record<string, Ran>> {
  const found: Record<string, Ran> = {};
  for (const depth of ["manifest", "bytes", "restore"]) found[depth] = await verified(on, "--depth", depth);
  return found;
}
const codes = (ran: Record<string, Ran>): (number | null)[] => Object.values(ran).map(({ code }) => code);

const below = (on: Host, name: string): string => path.join(on.archive.location, "prod", name);
const only = (root: string, end: string): string =>
  path.join(
    root,
    filesBelow(root).find((n) => n.endsWith(end))!,
  );
const workOf = (on: Host): string[] => filesBelow(path.join(on.node.dataDirectory, ".neumann-backup-work"));

function records(on: Host, depth: string): VerificationRecord[] {
  const root = below(on, `records/verifications/${depth}`);
  return filesBelow(root).map((n) => JSON.parse(fs.readFileSync(path.join(root, n), "utf8")) as VerificationRecord);
}

/** Changes what was stored for good. */
function rewrite(file: string, change: (content: Buffer) => Buffer | string): void {
  fs.chmodSync(file, 0o644);
  const { atime, mtime } = fs.statSync(file);
  fs.writeFileSync(file, change(fs.readFileSync(file)));
  fs.utimesSync(file, atime, mtime);
}

/** As whoever may write into the archive could, where no key is trusted. */
function changeManifest(on: Host, tier: string, change: (manifest: Manifest) => void): void {
  rewrite(only(below(on, `${tier}/manifest`), ".json"), (content) => {
    const manifest = JSON.parse(content.toString()) as Manifest;
    change(manifest);
    delete manifest.signature;
    return JSON.stringify(manifest);
  });
}

describe("a good backup", () => {
  it("passes each depth, beside a database that goes on; nothing is left but a record", async () => {
    const on = spoilable();
    const before = contentsOf(on.archive.location);
    const beforeAway = contentsOf(on.archive.offsite!.location);
    const production = new Writer({ nodes: () => cluster.cluster.nodes, rowsPerSecond: 50, table: "now" });
    await createTable(cluster.cluster.nodes[0]!, "now");
    production.start();
    const ran = await depthsOf(on);
    expect(codes(ran), complaint(ran.restore!)).toEqual([0, 0, 0]);
    await production.reached(production.acknowledged + 20);
    await production.stop();
    const restored = verdictsOf(ran.restore!);
    expect(restored.map(({ tier, place, good }) => [tier, place, good])).toEqual([
      ["snapshots", "primary", true],
      ["full", "primary", true],
      ["offsite", "offsite", true],
    ]);
    for (const { bytes } of restored) expect(bytes).toBeGreaterThan(1000);
    const [record] = records(on, "restore");
    expect(record).toMatchObject({ depth: "restore", backupId: null, good: true, backups: 3, faults: [] });
    expect(record?.newest).toEqual(restored.map(({ tier, place, backupId }) => ({ tier, place, backupId })));
    const now = contentsOf(on.archive.location);
    const added = [...now.keys()].filter((name) => !before.has(name) && !name.endsWith(".meta"));
    expect(added.map((name) => name.split("/").slice(0, 4).join("/")).sort()).toEqual([
      "prod/records/verifications/bytes",
      "prod/records/verifications/manifest",
      "prod/records/verifications/restore",
    ]);
    for (const [name, sha256] of before) expect(now.get(name), name).toBe(sha256);
    expect(contentsOf(on.archive.offsite!.location)).toEqual(beforeAway);
    expect(workOf(on)).toEqual([]);
    await noStraysOf(host);
  });

  it("is restored with the log that follows it: rows that only the log holds are found", async () => {
    const statement = "SELECT COUNT(*) FROM t";
    const on = spoilable({ verification: { queries: [{ statement, minimumRows: rows }] } });
    const [snapshot] = verdictsOf(await verified(on, "--depth", "manifest")).filter((v) => v.tier === "snapshots");
    const ran = await verified(on, snapshot!.backupId, "--depth", "restore");
    // The snapshot itself holds fewer: what fails is the backup as it is.
    expect(ran.code).toBe(5);
    expect(problemsOf(ran)).toEqual([
      expect.stringMatching(
        /^SELECT COUNT\(\*\) FROM t finds \d+ in a restored copy; the policy expects 400 at least$/,
      ),
    ]);
    // With the log all of them are there: the steps say where it went on.
    const enough = spoilable({ verification: { queries: [{ statement, minimumRows: 1 }] } });
    const good = await verified(enough, snapshot!.backupId, "--depth", "restore");
    expect(good.code, complaint(good)).toBe(0);
    expect(good.stderr).toMatch(/replayed from index \d+ to \d+/);
    const [, from, to] = /replayed from index (\d+) to (\d+)/.exec(good.stderr)!;
    expect(Number(to)).toBeGreaterThan(Number(from) + 50);
  });
});

describe("what is wrong shows at the right depth", () => {
  it("a flipped byte in the data: when it is read", async () => {
    const on = spoilable();
    rewrite(only(below(on, "full/data"), ".zst"), (content) => {
      content[content.length >> 1]! ^= 1;
      return content;
    });
    const ran = await depthsOf(on);
    expect(codes(ran)).toEqual([0, 5, 5]);
    expect(problemsOf(ran.bytes!)).toEqual([
      expect.stringMatching(/^data\.tar\.zst has SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}$/),
    ]);
    expect(problemsOf(ran.restore!)).toEqual([
      expect.stringMatching(/the tarball is not whole|is not what its manifest says/),
    ]);
    expect(records(on, "restore")[0]).toMatchObject({ good: false, faults: [{ place: "primary" }] });
    expect(records(on, "restore")[0]?.newest?.map(({ tier }) => tier)).toEqual(["snapshots", "offsite"]);
  });

  it("a missing object: at every depth", async () => {
    const on = spoilable();
    fs.rmSync(only(below(on, "full/data"), ".zst"));
    const ran = await depthsOf(on);
    expect(codes(ran)).toEqual([5, 5, 5]);
    for (const one of Object.values(ran)) {
      expect(problemsOf(one)).toEqual([expect.stringMatching(/data\.tar\.zst is missing$/)]);
    }
  });

  it("a segment that is missing in the log: when a backup is rolled forward", async () => {
    const on = spoilable();
    const wal = below(on, "wal");
    const segments = filesBelow(wal).filter((name) => name.endsWith(".wal"));
    const gone = segments.at(-2)!;
    fs.rmSync(path.join(wal, gone));
    const ran = await depthsOf(on);
    expect(codes(ran), complaint(ran.restore!)).toEqual([0, 0, 5]);
    const [, stream, segment] = gone.split("/");
    const words = `the log that follows it is not whole: ${segment} of stream ${stream} is missing`;
    expect(problemsOf(ran.restore!)).toEqual([words, words]);
  });

  it("a count that the manifest got wrong: when the copy is counted", async () => {
    const on = spoilable();
    changeManifest(on, "snapshots", (manifest) => (manifest.totalEntries = 1_000_000));
    const ran = await depthsOf(on);
    expect(codes(ran)).toEqual([0, 0, 5]);
    expect(problemsOf(ran.restore!)).toEqual([
      expect.stringMatching(/counts \d+ entries; the manifest promises at least 1000000$/),
    ]);
  });

  it("a query that finds too few rows, or no table", async () => {
    const statements = ["SELECT COUNT(*) FROM t", "SELECT COUNT(*) FROM missing"];
    for (const statement of statements) {
      const on = spoilable({ verification: { queries: [{ statement, minimumRows: 1_000_000 }] } });
      const ran = await depthsOf(on);
      expect(codes(ran)).toEqual([0, 0, 5]);
      const problems = problemsOf(ran.restore!);
      expect(problems).toHaveLength(3);
      for (const problem of problems) {
        expect(problem).toMatch(
          statement.endsWith("t")
            ? /^SELECT COUNT\(\*\) FROM t finds \d+ in a restored copy; the policy expects 1,000,000 at least$/
            : /^SELECT COUNT\(\*\) FROM missing: a restored copy does not answer: ./,
        );
      }
      expect(workOf(on)).toEqual([]);
    }
  });

  it("too little room: nothing is said of the backups, and nothing recorded", async () => {
    const on = spoilable({ wal: { ...quickPolicy.wal, freeSpaceAlarmMebibytes: 1e9 } });
    const ran = await verified(on, "--depth", "restore");
    expect(ran.code).toBe(4);
    expect(complaint(ran)).toMatch(
      /has .* free; this recovery needs .* stay free for the database\. Use a larger disk\./,
    );
    expect(records(on, "restore")).toEqual([]);
    expect(workOf(on)).toEqual([]);
  });

  it("without a node there is nothing to restore with", async () => {
    const ran = await agent([
      ...["--json", "verify", "--depth", "restore", "--cluster", "prod"],
      ...["--archive", stored.location],
    ]);
    expect(ran.code).toBe(2);
    expect(complaint(ran)).toContain(
      `- --depth: needs the database's programs, and so the agent of a node (received "restore"). Run it on a node, without --archive and --offsite; or write bytes.`,
    );
  });
});

describe("killed", { timeout: 600_000 }, () => {
  it("at any step it leaves nothing that the next run does not take away", async () => {
    const on = spoilable();
    const before = contentsOf(on.archive.location);
    const [snapshot] = verdictsOf(await verified(on, "--depth", "manifest")).filter((v) => v.tier === "snapshots");
    const words = [...at(on), "--json", "verify", snapshot!.backupId, "--depth", "restore"];
    const run = (options: AgentOptions) => agent(words, options);
    for (const { name } of verifyRestored.steps) await killAt(name, { procedure: verifyRestored, run });
    // A death leaves no verdict.
    expect(records(on, "restore")).toEqual([]);
    expect(workOf(on)).not.toEqual([]);
    await untilDone(() => run({}));
    expect(workOf(on)).toEqual([]);
    expect(records(on, "restore")).toMatchObject([{ backupId: snapshot!.backupId, good: true }]);
    const now = contentsOf(on.archive.location);
    for (const [name, sha256] of before) expect(now.get(name), name).toBe(sha256);
    await noStraysOf(host);
  });

  it("alone, its server goes on; the next run ends that", async () => {
    const on = spoilable();
    const words = [...at(on), "verify", "--depth", "restore"];
    const dying = agent(words, {
      started(child) {
        const timer = setInterval(() => {
          if (!workOf(on).some((name) => name.endsWith("alone/neumann.pid"))) return;
          clearInterval(timer);
          child.kill("SIGKILL");
        }, 5);
        child.once("close", () => clearInterval(timer));
      },
    });
    expect((await dying).code).toBeNull();
    expect(workOf(on)).not.toEqual([]);
    await must(words);
    expect(workOf(on)).toEqual([]);
    await noStraysOf(host);
  });
});
