import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../model/manifest";
import { programsFolder, until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import {
  admin,
  adminOf,
  agent,
  at,
  complaint,
  endAll,
  filesBelow,
  freshHost,
  type Host,
  must,
  mustPhase,
  type Protected,
  protectedCluster,
  type Ran,
  recoveryOf,
  scratch,
} from "./support";
import { settling } from "./settling";

/** Backups of three nodes under load. */
const folder = scratch("full");
let cluster: Protected;
let writer: Writer;

beforeAll(async () => {
  cluster = await protectedCluster(path.join(folder, "cluster"), { nodes: 3 });
  await createTable(cluster.cluster.nodes[0]!);
  writer = new Writer({ nodes: () => cluster.cluster.nodes.filter((n) => n.running), rowsPerSecond: 200 }).start();
});

afterAll(async () => {
  await writer.stop();
  await cluster.cluster.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

function manifests(): Manifest[] {
  return ["full", "snapshots", "offsite"].flatMap((tier) => {
    const at = path.join(
      tier === "offsite" ? cluster.archive.offsite!.location : cluster.archive.location,
      "prod",
      tier,
    );
    return filesBelow(path.join(at, "manifest")).map(
      (name) => JSON.parse(fs.readFileSync(path.join(at, "manifest", name), "utf8")) as Manifest,
    );
  });
}

/** A command that is voided by a busy machine is tried again. */
async function good(args: readonly string[]): Promise<Record<string, unknown>> {
  let last: Ran | undefined;
  return until(
    args.join(" "),
    async () => {
      last = await cluster.onLeader(args);
      return last.code === 0 ? (JSON.parse(last.stdout) as Record<string, unknown>) : undefined;
    },
    90_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)} ${last && complaint(last)}`);
  });
}

/** Starts `full` on the leader and acts when a step begins. */
async function atStep(
  step: string,
  act: (host: Host, child: ChildProcess) => void | Promise<void>,
): Promise<{ ran: Ran; host: Host }> {
  for (let attempt = 0; attempt < 6; attempt++) {
    const host = await cluster.leader();
    let acted: Promise<void> | undefined;
    const ran = await agent([...at(host), "--json", "full"], {
      started: (child) =>
        child.stderr?.on("data", (text: Buffer) => {
          if (acted || !String(text).includes(`"event":"step","step":"${step}"`)) return;
          acted = Promise.resolve(act(host, child));
        }),
    });
    await acted;
    if (acted) return { ran, host };
  }
  throw new Error(`full never reached ${step}`);
}

function leasesOf(host: Host): string {
  return path.join(host.agentDirectory, "state/leases");
}

async function writesAreTaken(ms: number): Promise<void> {
  await writer.reached(writer.acknowledged + 50, ms);
}

describe("a full backup under load", () => {
  it("holds what was acknowledged before the pause and nothing that was sent after it (protocol 31)", async () => {
    await writer.reached(500);
    const { backupId } = await good(["full"]);
    await writesAreTaken(10_000);
    const made = manifests().find((manifest) => manifest.backupId === backupId)!;
    expect(made.index.low).toBe(made.index.high);
    const from = Date.parse(made.pause!.from);
    const until = Date.parse(made.pause!.until);
    const offsite = await good(["offsite"]);
    expect(offsite).toMatchObject({ source: backupId, created: true });
    expect(await good(["offsite"])).toMatchObject({ source: backupId, created: false });

    const archive = { ...cluster.archive, location: path.join(folder, "restored-archive") };
    const { location } = archive;
    await must(["archive-create"], {
      spec: { archive: { kind: "directory", location }, clusterId: "prod", role: "primary" },
    });
    const host = await freshHost(path.join(folder, "restored"), "node1", { archive });
    const spec = await recoveryOf([host], { restorePoint: `backup:${String(offsite.backupId)}` });
    await mustPhase("first", host, spec(host));
    const values = await readValues(adminOf(host));
    const { lost, wrong, double } = writer.compare(values, (note) => (note.acknowledgedAt ?? Infinity) < from);
    expect({ lost, wrong, double }).toEqual({ lost: [], wrong: [], double: [] });
    const there = new Set(values.map((value) => Number(/^row-(\d+)-/.exec(value)?.[1])));
    expect(writer.notes.filter((note) => note.sentAt > until && there.has(note.k))).toEqual([]);
    expect(there.size).toBeGreaterThanOrEqual(500);
  });

  it("a snapshot is a backup too, and everything verifies byte by byte", async () => {
    const { backupId } = await good(["snapshot"]);
    const { verdicts } = (await good(["verify"])) as { verdicts: { backupId: string; good: boolean }[] };
    expect(verdicts.find((verdict) => verdict.backupId === backupId)?.good).toBe(true);
    expect(verdicts.every((verdict) => verdict.good)).toBe(true);
  });

  it("a follower takes none: it says who leads and that it is not the time", async () => {
    const leader = await cluster.leader();
    const follower = cluster.hosts.find((host) => host !== leader)!;
    for (const command of ["full", "snapshot"]) {
      const ran = await agent([...at(follower), "--json", command]);
      expect(ran.code).toBe(75);
      expect(complaint(ran)).toMatch(/^node node\d does not lead; node\d does\. Backups are taken on the leader\.$/);
    }
  });
});

describe("claims (protocol 15)", () => {
  function claim(name: string, epoch: number, change: object): void {
    const record = {
      format: "neumann-claim/1",
      name,
      epoch,
      holder: { node: "node9", host: "elsewhere/boot", pid: 1, started: "1" },
      timeToLiveSeconds: 3600,
      ...change,
    };
    const folderOf = path.join(cluster.archive.location, "prod/records/claims", name);
    fs.mkdirSync(folderOf, { recursive: true });
    fs.writeFileSync(path.join(folderOf, `${String(epoch).padStart(8, "0")}.json`), JSON.stringify(record));
  }
  const highest = (name: string): number =>
    Math.max(
      ...filesBelow(path.join(cluster.archive.location, "prod/records/claims", name)).map((file) =>
        Number(file.slice(0, 8)),
      ),
    );

  it("a live one of another host: try later, with its holder's name; once its time is up it is taken over", async () => {
    await good(["snapshot"]);
    const epoch = highest("snapshots") + 1;
    claim("snapshots", epoch, {});
    const ran = await cluster.onLeader(["snapshot"]);
    expect(ran.code).toBe(75);
    expect(complaint(ran)).toMatch(
      /^snapshots is being worked on by node node9 \(process 1 on elsewhere\/boot\) until \S+Z at the latest; run it again afterwards$/,
    );
    claim("snapshots", epoch + 1, { timeToLiveSeconds: 0 });
    await good(["snapshot"]);
    expect(highest("snapshots")).toBeGreaterThan(epoch + 1);
  });

  it("a second run on the same node is told to wait and leaves the copy of the first alone", async () => {
    let second: Ran | undefined;
    const { ran } = await atStep("pack", async (host, child) => {
      process.kill(-child.pid!, "SIGSTOP");
      second = await agent([...at(host), "--json", "full"]);
      process.kill(-child.pid!, "SIGCONT");
    });
    expect(second?.code, second && complaint(second)).toBe(75);
    expect(complaint(second!)).toMatch(/^full is being worked on by node node\d /);
    expect(ran.code, complaint(ran)).toBe(0);
  });

  it("whoever was taken over writes no manifest", async () => {
    const before = manifests().length;
    for (;;) {
      const host = await cluster.leader();
      let taken = false;
      const ran = await agent([...at(host), "--json", "snapshot"], {
        started: (child) =>
          child.stderr?.on("data", (text: Buffer) => {
            if (taken || !String(text).includes('"event":"step","step":"anchors"')) return;
            taken = true;
            claim("snapshots", highest("snapshots") + 1, { timeToLiveSeconds: 0 });
          }),
      });
      if (!taken) continue;
      expect(ran.code).toBe(4);
      expect(complaint(ran)).toBe("snapshots was taken over by another run; this one is void");
      break;
    }
    expect(manifests()).toHaveLength(before);
  });
});

describe("a backup that went wrong is none", () => {
  it("asleep under the pause for longer than the lease: it voids itself, writes came back, the operator's pause stays (protocol 13)", async () => {
    const before = manifests().length;
    let pausedByOperator = false;
    const { ran, host } = await atStep("second-pass", async (asleep, child) => {
      process.kill(-child.pid!, "SIGSTOP");
      // Lease of 5 s, and some for a busy machine.
      await writesAreTaken(15_000);
      // The watchdog resumes once more when nothing can land any more, and only then is done.
      const leases = leasesOf(asleep);
      await until("the watchdog is done", () => filesBelow(leases).length === 0 || undefined);
      pausedByOperator = (await admin(asleep, ["pause-writes"])).code === 0;
      process.kill(-child.pid!, "SIGCONT");
    });
    expect(pausedByOperator).toBe(true);
    expect(ran.code, complaint(ran)).toBe(4);
    expect(complaint(ran)).toMatch(/void|log went on|another program writing/);
    expect(manifests()).toHaveLength(before);
    const acknowledged = writer.acknowledged;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(writer.acknowledged).toBe(acknowledged);
    expect((await admin(host, ["resume-writes"])).code).toBe(0);
    await writesAreTaken(15_000);
    expect(filesBelow(path.join(host.node.dataDirectory, ".neumann-backup-work"))).toEqual([]);
  });

  it("killed under the pause: `resume-writes` has nothing left to do, and an operator's pause is none of its business", async () => {
    const { host } = await atStep("recheck", (_host, child) => void process.kill(-child.pid!, "SIGKILL"));
    await writesAreTaken(15_000);
    await must([...at(host), "resume-writes", "--expired"]);
    expect((await admin(host, ["pause-writes"])).code).toBe(0);
    expect(await must([...at(host), "resume-writes", "--expired"])).toEqual({ leases: [] });
    const acknowledged = writer.acknowledged;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(writer.acknowledged).toBe(acknowledged);
    await admin(host, ["resume-writes"]);
    await writesAreTaken(15_000);
  });

  it("an archive that is away does not keep writes paused: `resume-writes` needs none", async () => {
    const host = await cluster.leader();
    const leases = leasesOf(host);
    fs.mkdirSync(leases, { recursive: true });
    const lease = { format: "neumann-local-lease/1", leaseId: "left", host: "another boot", deadlineUptime: 1 };
    fs.writeFileSync(path.join(leases, "left.json"), JSON.stringify({ ...lease, holder: { pid: 1, started: "0" } }));
    await admin(host, ["pause-writes"]);
    fs.renameSync(cluster.archive.location, `${cluster.archive.location}.away`);
    try {
      expect(await must([...at(host), "resume-writes"])).toEqual({ leases: ["left"] });
    } finally {
      fs.renameSync(`${cluster.archive.location}.away`, cluster.archive.location);
    }
    await writesAreTaken(15_000);
    expect(filesBelow(leases)).toEqual([]);
  });

  it("a pause that lands after writes were resumed is ended once more (protocol 13)", async () => {
    const before = manifests().length;
    const host = await cluster.leader();
    // `pause-writes` fails at once and happens two seconds later: nobody can know.
    const programs = path.join(folder, "late-pause");
    fs.rmSync(programs, { recursive: true, force: true });
    fs.mkdirSync(programs);
    const landed = path.join(programs, "landed");
    const real = path.join(programsFolder(), "neumann-admin");
    const script = `#!/bin/sh
[ "$1" = pause-writes ] || exec "${real}" "$@"
(sleep 2; "${real}" pause-writes && touch "${landed}") >/dev/null 2>&1 &
echo "connection lost" >&2
exit 1
`;
    fs.writeFileSync(path.join(programs, "neumann-admin"), script, { mode: 0o755 });
    const config = JSON.parse(fs.readFileSync(host.configFile, "utf8")) as { node: object };
    const late = path.join(host.agentDirectory, "late.json");
    fs.writeFileSync(late, JSON.stringify({ ...config, node: { ...config.node, programDirectory: programs } }));
    const ran = await agent(["--config", late, "--json", "full"]);
    expect(ran.code, complaint(ran)).toBe(4);
    expect(complaint(ran)).toContain("connection lost");
    await until("the pause has landed", () => fs.existsSync(landed) || undefined);
    // The watchdog is still there; it goes when nothing can land any more.
    await until("nothing is left of the pause", () => filesBelow(leasesOf(host)).length === 0 || undefined);
    await writesAreTaken(15_000);
    expect(manifests()).toHaveLength(before);
  });

  it("waits for what was under way when the pause began, on a slow disk too", async () => {
    const host = await cluster.leader();
    const node = await settling(host.node.adminUrl, 20);
    try {
      const config = JSON.parse(fs.readFileSync(host.configFile, "utf8")) as { node: object };
      const slow = path.join(host.agentDirectory, "slow.json");
      fs.writeFileSync(slow, JSON.stringify({ ...config, node: { ...config.node, adminUrl: node.url } }));
      const ran = await agent(["--config", slow, "--json", "full"], {
        started: (child) =>
          child.stderr?.on("data", (text: Buffer) => {
            if (String(text).includes('"event":"done","step":"pause"')) node.begin();
          }),
      });
      expect(ran.code, complaint(ran)).toBe(0);
      const { backupId } = JSON.parse(ran.stdout) as { backupId: string };
      expect(manifests().find((manifest) => manifest.backupId === backupId)?.index.low).toBeGreaterThan(0);
    } finally {
      node.close();
    }
    await writesAreTaken(10_000);
  });

  it("a clock that is ten minutes off: no backup, but WAL still flows (protocol 16)", async () => {
    const before = manifests().length;
    const host = await cluster.leader();
    const shift = path.join(folder, "shift.cjs");
    fs.writeFileSync(
      shift,
      `const real = Date; const now = () => real.now() + 600_000;
       globalThis.Date = class extends real { constructor(...a) { super(...(a.length === 0 ? [now()] : a)); } static now() { return now(); } };`,
    );
    const environment = { NODE_OPTIONS: `--require=${shift}` };
    for (const tier of ["full", "snapshot"]) {
      const ran = await agent([...at(host), "--json", tier], { environment });
      expect(ran.code, complaint(ran)).toBe(3);
      expect(complaint(ran)).toMatch(
        /this node's clock and the archive's are (599|600|601) s apart: no backup is made/,
      );
    }
    expect(manifests()).toHaveLength(before);
    const wal = path.join(cluster.archive.location, "prod", "wal");
    const [stored] = filesBelow(wal).filter((name) => name.includes(`/${host.node.id}-`) && name.endsWith(".wal"));
    const segment = path.basename(stored!);
    const copy = path.join(folder, segment);
    fs.copyFileSync(path.join(wal, stored!), copy);
    // The same segment again, by a clock that is wrong: a success, because the archive holds it.
    await must([...at(host), "wal-push", copy, segment], { environment });
  });

  it("WAL that never arrives: void at the deadline, exit code 4, nothing listed (protocol 7)", async () => {
    const host = await cluster.leader();
    const before = manifests().length;
    const config = JSON.parse(fs.readFileSync(host.configFile, "utf8")) as { policy: object };
    const impatient = path.join(host.agentDirectory, "impatient.json");
    const policy = { ...config.policy, wal: { archiveTimeoutSeconds: 1, arrivalDeadlineSeconds: 5 } };
    fs.writeFileSync(impatient, JSON.stringify({ ...config, policy }));
    // The launcher fails from now on: archive_command keeps every segment.
    const launcher = path.join(host.agentDirectory, "neumann-backup");
    fs.renameSync(launcher, `${launcher}.away`);
    try {
      const ran = await agent(["--config", impatient, "--json", "snapshot"]);
      expect(ran.code).toBe(4);
      expect(complaint(ran)).toMatch(
        /^the WAL of backup \S+ did not arrive in 5 s \(segment [0-9a-f]{16}\.wal\): it is void\. Look at archive_command/,
      );
      expect(manifests()).toHaveLength(before);
      const { entries } = await must<{ entries: unknown[] }>([...at(host), "list"]);
      expect(entries).toHaveLength(before);
    } finally {
      fs.renameSync(`${launcher}.away`, launcher);
    }
  });

  it("the leader dies under the pause: no manifest; another node ends the pause when the lease is over (protocols 11 and 13)", async () => {
    const before = manifests().length;
    const { host } = await atStep("second-pass", async (leading, child) => {
      await cluster.cluster.nodes.find((node) => node.id === leading.node.id)!.stop("SIGKILL");
      // The host is gone, and all that ran there: also its watchdog.
      process.kill(-child.pid!, "SIGKILL");
      const leases = leasesOf(leading);
      for (const name of filesBelow(leases).filter((file) => file.endsWith(".watched"))) {
        process.kill(Number(fs.readFileSync(path.join(leases, name), "utf8")), "SIGKILL");
      }
    });
    expect(manifests()).toHaveLength(before);
    const survivor = await cluster.leader();
    expect(survivor).not.toBe(host);
    await until(
      "a survivor's timer ends the pause",
      async () => {
        const ran = await agent([...at(survivor), "--json", "resume-writes", "--expired"]);
        return (ran.code === 0 && ran.stdout.includes(`${host.node.id}-`)) || undefined;
      },
      40_000,
    );
    await writesAreTaken(15_000);
    await cluster.cluster.nodes.find((node) => node.id === host.node.id)!.start();
    await cluster.cluster.whenHealthy();
    // The same slot is taken by whoever leads now.
    await good(["full"]);
  });
});

it("lost nothing that was acknowledged through all of this", async () => {
  await writer.stop();
  const { lost, wrong, double } = writer.compare(await readValues(await cluster.cluster.leader()));
  expect({ lost, wrong, double }).toEqual({ lost: [], wrong: [], double: [] });
});
