import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { DueRun } from "../../agent/commands/schedule";
import { createTable, Writer } from "../../lab/neumann/writer";
import type { BackupPolicyOverrides } from "../../model/policy";
import type { VerificationRecord } from "../../model/records";
import type { Status } from "../../model/status";
import {
  agent,
  type AgentOptions,
  at,
  complaint,
  endAll,
  filesBelow,
  type Host,
  must,
  noStraysOf,
  type Protected,
  protectedCluster,
  quickPolicy,
  scratch,
} from "./support";

/** Three nodes that look at their schedules; time passes by making what the archive holds older. */
const folder = scratch("verify-due");
const policy: BackupPolicyOverrides = {
  ...quickPolicy,
  verification: { manifestEveryMinutes: 60, bytesEveryMinutes: 60, restoreEveryMinutes: 60 },
};
let cluster: Protected;
let leader: Host;
let followers: [Host, Host];

beforeAll(async () => {
  cluster = await protectedCluster(folder, { nodes: 3, policy });
  const [node] = cluster.cluster.nodes;
  await createTable(node!);
  await new Writer({ nodes: () => cluster.cluster.nodes, rows: 200 }).start().finished();
  for (const command of ["full", "offsite", "snapshot"]) {
    const ran = await cluster.onLeader([command]);
    expect(ran.code, complaint(ran)).toBe(0);
  }
}, 180_000);

beforeEach(async () => {
  leader = await cluster.leader();
  followers = cluster.hosts.filter((host) => host !== leader) as [Host, Host];
});

afterAll(async () => {
  await cluster.cluster.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Look {
  code: number | null;
  run: DueRun;
  said: string;
}

async function look(host: Host, options: AgentOptions & { words?: string[] } = {}): Promise<Look> {
  const ran = await agent([...at(host), "--json", "run-due", ...(options.words ?? [])], options);
  return { code: ran.code, run: JSON.parse(ran.stdout || "{}") as DueRun, said: complaint(ran) };
}

const outcomes = ({ run }: Look): string[] => run.verifications.map(({ outcome }) => outcome);
const below = (name: string): string => path.join(cluster.archive.location, "prod", name);
const verifications = below.bind(undefined, "records/verifications");

function records(depth: string): VerificationRecord[] {
  const root = path.join(verifications(), depth);
  return filesBelow(root).map((n) => JSON.parse(fs.readFileSync(path.join(root, n), "utf8")) as VerificationRecord);
}

const numbers = (): number[] => ["manifest", "bytes", "restore"].map((depth) => records(depth).length);

/** Lets time pass for what lies below a folder of the archive. */
function pass(root: string, seconds: number): void {
  for (const name of filesBelow(root)) {
    const file = path.join(root, name);
    const { atime, mtime } = fs.statSync(file);
    fs.utimesSync(file, atime, new Date(mtime.getTime() - seconds * 1000));
  }
}

it("makes none before the first backup is an hour old", async () => {
  const found = await look(followers[0]);
  expect([found.code, outcomes(found)], found.said).toEqual([0, ["not due", "not due", "not due"]]);
  expect(numbers()).toEqual([0, 0, 0]);
});

it("makes each once, on a follower, however many nodes look at the same time", async () => {
  // Old enough to be verified, not so old that others are due.
  pass(below("full/manifest"), 3700);
  const dry = await look(followers[0], { words: ["--dry-run"] });
  expect(outcomes(dry)).toEqual(["due", "due", "due"]);
  expect(numbers()).toEqual([0, 0, 0]);
  // The leader leaves it to the others, whoever comes first.
  const first = await look(leader);
  expect([first.code, outcomes(first)], first.said).toEqual([0, ["elsewhere", "elsewhere", "elsewhere"]]);
  expect(first.run.skipped).toBeNull();
  const looks = await Promise.all([...followers, leader].map((host) => look(host)));
  for (const { code, said } of looks) expect(code, said).toBe(0);
  expect(numbers()).toEqual([1, 1, 1]);
  const made = looks.map((one) => outcomes(one).filter((outcome) => outcome === "done").length);
  expect(made[2]).toBe(0);
  expect(made[0]! + made[1]!).toBe(3);
  expect(records("restore")[0]).toMatchObject({ good: true, backups: 3, places: ["primary", "offsite"] });
  const again = await look(followers[0]);
  expect(outcomes(again)).toEqual(["not due", "not due", "not due"]);
  const status = await must<Status>([...at(followers[1]), "status"]);
  expect(status.verificationFailures).toEqual({});
  const { verifications: found, verificationRuns } = status;
  expect(found.map(({ depth, good, newest }) => [depth, good, newest.map(({ tier }) => tier)])).toEqual([
    ["bytes", true, ["snapshots", "full", "offsite"]],
    ["manifest", true, ["snapshots", "full", "offsite"]],
    ["restore", true, ["snapshots", "full", "offsite"]],
  ]);
  for (const { due, nextAt } of verificationRuns) {
    expect(due).toBe(false);
    expect(Date.parse(nextAt!)).toBeGreaterThan(Date.now() + 3000 * 1000);
  }
});

it("killed in the middle leaves the slot free: the next look makes it, and nothing is left behind", async () => {
  pass(path.join(verifications(), "restore"), 3700);
  const [host] = followers;
  const dead = await look(host, { failpoint: "verify-restored/replay:in" });
  expect(dead.code).toBeNull();
  const work = path.join(host.node.dataDirectory, ".neumann-backup-work");
  expect(filesBelow(work)).not.toEqual([]);
  expect(records("restore")).toHaveLength(1);
  // Another node waits for as long as the claim lives: it cannot tell whether its holder is dead; on this host it can.
  const next = await look(host);
  expect([next.code, outcomes(next)], next.said).toEqual([0, ["not due", "not due", "done"]]);
  expect(records("restore")).toHaveLength(2);
  expect(filesBelow(work)).toEqual([]);
  await noStraysOf(...cluster.hosts);
});

it("asked to stop it ends in order, and is no failure", async () => {
  pass(path.join(verifications(), "restore"), 3700);
  const [host] = followers;
  const work = path.join(host.node.dataDirectory, ".neumann-backup-work");
  const stopped = await look(host, {
    started(child) {
      const timer = setInterval(() => {
        if (!filesBelow(work).some((name) => name.includes("/tree/"))) return;
        clearInterval(timer);
        child.kill("SIGTERM");
      }, 5);
      child.once("close", () => clearInterval(timer));
    },
  });
  expect(outcomes(stopped)[2], stopped.said).toBe("later");
  expect(filesBelow(work)).toEqual([]);
  await noStraysOf(...cluster.hosts);
  const next = await look(followers[1]);
  expect([next.code, outcomes(next)[2]], next.said).toEqual([0, "done"]);
});

it("waits while a backup is being made", async () => {
  pass(path.join(verifications(), "restore"), 3700);
  const taken = filesBelow(below("records/claims/full")).filter((name) => /^\d+\.json$/.test(name));
  const epoch = Math.max(0, ...taken.map((name) => Number.parseInt(name))) + 1;
  const claim = below(`records/claims/full/${String(epoch).padStart(8, "0")}.json`);
  const holder = { node: "node9", host: "elsewhere", pid: 1, started: "1" };
  const record = { format: "neumann-claim/1", name: "full", epoch, holder, timeToLiveSeconds: 60 };
  fs.mkdirSync(path.dirname(claim), { recursive: true });
  fs.writeFileSync(claim, JSON.stringify(record));
  const waiting = await look(followers[0]);
  expect([waiting.code, waiting.run.verifications[2]], waiting.said).toMatchObject([
    0,
    { outcome: "later", message: "a backup (full) is being made on node node9; it is verified afterwards" },
  ]);
  fs.rmSync(claim);
  expect(outcomes(await look(followers[0]))[2]).toBe("done");
});

it("the leader makes what no follower has made for an hour", async () => {
  pass(path.join(verifications(), "manifest"), 3600 + 3600);
  const found = await look(leader);
  expect([found.code, outcomes(found)[0]], found.said).toEqual([0, "done"]);
});

it("a run that fails is said by status, and tried again after an hour", async () => {
  pass(path.join(verifications(), "restore"), 3700);
  const [host, other] = followers;
  const config = fs.readFileSync(host.configFile, "utf8");
  const tight = JSON.parse(config) as { policy: { wal: { freeSpaceAlarmMebibytes: number } } };
  tight.policy.wal.freeSpaceAlarmMebibytes = 1e9;
  fs.writeFileSync(host.configFile, JSON.stringify(tight));
  try {
    const failed = await look(host);
    expect([failed.code, outcomes(failed)[2]], failed.said).toEqual([4, "failed"]);
    expect(failed.said).toMatch(/verification \(restore\): .* free; this recovery needs .* Use a larger disk\./);
    const again = await look(host);
    expect([again.code, outcomes(again)[2]], again.said).toEqual([0, "not due"]);
    expect(again.run.verifications[2]?.reason).toMatch(/; the last run failed, wait until /);
  } finally {
    fs.writeFileSync(host.configFile, config);
  }
  const status = async () => {
    const ran = await agent([...at(host), "--json", "status"]);
    const { problems } = JSON.parse(ran.stdout) as Status;
    return { code: ran.code, problems: problems.filter((problem) => problem.startsWith("verification")) };
  };
  expect(await status()).toMatchObject({
    code: 4,
    problems: [expect.stringMatching(/^verification \(restore\) failed on this node at .*Z: .* Use a larger disk\.$/)],
  });
  // Another node has room.
  expect(outcomes(await look(other))[2]).toBe("done");
  expect((await status()).problems).toEqual([]);
});

it("damage is an exit code, a record and a problem of status on every node", async () => {
  pass(path.join(verifications(), "bytes"), 3700);
  const data = path.join(
    below("full/data"),
    filesBelow(below("full/data")).find((name) => name.endsWith(".zst"))!,
  );
  const good = fs.readFileSync(data);
  const bad = Buffer.from(good);
  bad[bad.length >> 1]! ^= 1;
  fs.chmodSync(data, 0o644);
  fs.writeFileSync(data, bad);
  const found = await look(followers[0]);
  expect([found.code, outcomes(found)[1]], found.said).toEqual([5, "damaged"]);
  expect(found.run.verifications[1]?.message).toMatch(/^found damage: \S+ \(primary\): data\.tar\.zst has SHA-256 /);
  for (const host of cluster.hosts) {
    const ran = await agent([...at(host), "--json", "status"]);
    expect(ran.code).toBe(4);
    expect((JSON.parse(ran.stdout) as Status).problems).toContainEqual(
      expect.stringMatching(/^verification \(bytes\) of .* found damage: .* data\.tar\.zst has SHA-256/),
    );
  }
  // It is not made again at once: that is for whoever has mended it.
  expect(outcomes(await look(followers[0]))[1]).toBe("not due");
  fs.writeFileSync(data, good);
  await must([...at(followers[0]), "verify", "--depth", "bytes"]);
});
