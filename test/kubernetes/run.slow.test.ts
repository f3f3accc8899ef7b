import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoHosts } from "../../lab/hosts";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { podArchiveCommand } from "../../model/kubernetes/pod";
import { RunSite } from "./runSite";
import { pods, server } from "./userSet";

const why = whyNoHosts();
if (why !== undefined) process.stderr.write(`skipped: the pods of KubernetesBackups, run (${why})\n`);

/** Programs and images may have to be built first. */
const withProgramsMs = 1_200_000;

/** The tests follow each other, as in the life of a user's StatefulSet: real controllers, real processes, a real store. */
describe.skipIf(why !== undefined)("a StatefulSet with KubernetesBackups, run", () => {
  let site: RunSite;
  let rows = 1;

  beforeAll(async () => {
    site = await RunSite.open();
    await site.startDatabase();
    await createTable(site.nodes[0]!);
  }, withProgramsMs);
  afterAll(() => site?.close());

  /** Writes so many rows and waits until all were acknowledged. */
  async function write(count: number): Promise<Writer> {
    const writer = new Writer({ nodes: () => site.nodes, first: rows, rows: count }).start();
    rows += count;
    await writer.finished();
    return writer;
  }

  const configuration = (pod: string) => site.pod(pod).must(server, ["cat", "/etc/neumann/config.toml"]);

  /** Names of segments that the archive holds, of all streams. */
  const segments = () =>
    site
      .stored("archive", "wal")
      .filter((file) => file.endsWith(".wal"))
      .map((file) => path.basename(file));

  /** Segments of a node's log. */
  const onVolume = async (pod: string) => {
    const listed = await site.pod(pod).must(server, ["ls", "/var/lib/neumann/raft/wal"]);
    return listed
      .split("\n")
      .filter((name) => name.endsWith(".wal"))
      .sort();
  };

  it("gets helper, sidecar and archive_command in one revision, and its own lines stay", async () => {
    const before = await write(200);
    await site.applyBackups();
    for (const pod of pods) {
      const text = await configuration(pod);
      expect(text).toContain(`archive_command = "${podArchiveCommand}"`);
      expect(text).toContain("# the user's own");
      expect([...site.pod(pod).runners.keys()].sort()).toEqual([
        ...["neumann-backup", "neumann-backup-configure", "neumann-backup-programs", server],
      ]);
    }
    expect(before.compare(await readValues(site.nodes[1]!))).toMatchObject({ lost: [], wrong: [] });
  });

  it("has its segments and both kinds of backups in the archive, taken under the Lease", async () => {
    await write(300);
    await until("segments have arrived", () => segments().length > 0);
    const list = () => site.agent<{ entries: { manifest: { tier: string } }[] }>("neumann-0", ["list"]);
    const tiers = async () => (await list()).entries.map(({ manifest }) => manifest.tier).sort();
    await until("a full backup", async () => (await tiers()).includes("full")).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${site.account}`);
    });
    expect(await tiers()).toEqual(["full", "snapshots"]);
    const lease = await site.plane.get<{ spec?: { leaseTransitions?: number } }>("lease", "neumann-backup", "neumann");
    expect(lease.spec?.leaseTransitions).toBeGreaterThan(0);
    expect(site.account).not.toContain("The archive's claims alone keep two backups apart");
    await until("metrics", async () => (await site.metrics("neumann-0")).includes("neumann_backup_"));
  });

  it.each(["offsite", "look", "verify", "prune", "rehearsal"])("has a job that ends well: %s", async (duty) => {
    const copies = () => site.stored("offsite", "").filter((file) => file.includes("data.tar.zst")).length;
    const before = copies();
    await site.runJob(duty);
    expect(copies() > before).toBe(duty === "offsite");
  });

  it("keeps every segment while sidecars are killed under load", async () => {
    const writer = new Writer({ nodes: () => site.nodes, first: rows, rows: 3000, rowsPerSecond: 300 }).start();
    rows += 3000;
    for (let time = 0; time < 4; time++) {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      for (const pod of pods) site.pod(pod).kill("neumann-backup");
    }
    await writer.finished();
    expect(writer.acknowledged).toBeGreaterThan(2000);
    const restarts = pods.map((pod) => site.pod(pod).runners.get("neumann-backup")?.restarts ?? 0);
    expect(Math.min(...restarts)).toBeGreaterThan(0);
    expect(pods.map((pod) => site.pod(pod).runners.get(server)?.restarts)).toEqual([0, 0, 0]);
    // What a database has given up, its archive holds: no number is missing in any stream.
    for (const numbers of streams(site.stored("archive", "wal"))) {
      expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
    }
  });

  it("stores what the server has finished last, after that has ended", async () => {
    await write(50);
    const before = site.pod("neumann-2");
    const finished = (await onVolume("neumann-2")).slice(0, -1);
    const deleted = site.plane.kubectl(["delete", "pod", "neumann-2", "-n", "neumann"]);
    await until("the server has ended", () => before.runners.get(server)?.exitCode !== undefined);
    expect(before.runners.get("neumann-backup")?.container.running).toBe(true);
    await deleted;
    for (const name of finished) expect(segments()).toContain(name);
    await until("the controller has made it anew", () => site.kubelet.pod("neumann", "neumann-2")?.ready);
  });

  it("is as it was when the patch goes: no archive_command, no helper, and the database runs on", async () => {
    await site.removePatch();
    for (const pod of pods) {
      expect(await configuration(pod)).not.toContain("archive_command");
      expect([...site.pod(pod).runners.keys()]).toEqual([server]);
    }
    const writer = await write(50);
    expect(writer.compare(await readValues(site.nodes[0]!)).lost).toEqual([]);
  });
});

/** The numbers of the segments of each stream, sorted. */
function streams(files: readonly string[]): number[][] {
  const found = new Map<string, number[]>();
  for (const file of files.filter((each) => each.endsWith(".wal"))) {
    const folder = path.dirname(file);
    found.set(folder, [...(found.get(folder) ?? []), Number.parseInt(path.basename(file), 16)]);
  }
  return [...found.values()].map((numbers) => numbers.sort((one, other) => one - other));
}
