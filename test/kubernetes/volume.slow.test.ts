import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoHosts } from "../../lab/hosts";
import { until } from "../../lab/neumann/harness";
import { createTable, type Note, readValues, Writer } from "../../lab/neumann/writer";
import { resolvePolicy } from "../../model/policy";
import type { VolumeRecord } from "../../model/volumeRecord";
import { quickPolicy } from "../agent/support";
import { newcomer, RunSite } from "./runSite";
import { pods, server } from "./userSet";

const why = whyNoHosts();
if (why !== undefined) process.stderr.write(`skipped: snapshots of volumes in pods (${why})\n`);

/** Programs and images may have to be built first. */
const withProgramsMs = 1_200_000;

const className = "copies";
const recoveryId = "from-a-volume";

/** Room for a copy by a machine that does other things too. */
const policy = resolvePolicy({ ...quickPolicy, full: { maxPauseSeconds: 30 } });
const wanted = { policy, volumeSnapshots: { className, everyMinutes: 5, keep: 2 } };

interface Listed {
  volumes: { record: VolumeRecord; problem: string | null; givenUp: object | null }[];
}

interface Snapshot {
  metadata: { name: string; uid: string };
  status: { readyToUse: boolean };
}

/** The sidecar takes a snapshot of a volume, the cluster is lost with its volumes, and that snapshot brings it back. */
describe.skipIf(why !== undefined)("a cluster that is lost, recovered from a snapshot of a volume", () => {
  let site: RunSite;
  let writer: Writer;
  let record: VolumeRecord;

  /** Between two pods of a name, and before its init containers are done, there is no server to write to. */
  const serves = (pod: string) => {
    try {
      return site.pod(pod, newcomer).commandIn(server, []).length > 0;
    } catch {
      return false;
    }
  };
  const nodes = () => site.nodesIn(newcomer);
  const list = () => site.agent<Listed>("neumann-1", ["list"], { where: newcomer });
  const clusterOf = async (pod: string) => {
    const told = await nodes()[pods.indexOf(pod)]!.must(["cluster-info"]);
    return (JSON.parse(told) as { cluster_id: string }).cluster_id;
  };

  beforeAll(async () => {
    site = await RunSite.open({ snapshotClass: className });
    await site.begin(newcomer, { policy });
    await createTable(nodes()[0]!);
    const up = () => nodes().filter((_, at) => serves(pods[at]!));
    writer = new Writer({ nodes: up, rowsPerSecond: 50 }).start();
  }, withProgramsMs);
  afterAll(async () => {
    await writer?.stop();
    await site?.close();
  });

  it("has one, which the leader's sidecar took by itself while rows were written", async () => {
    // The set restarts its first pod last: by then another leads, and it takes one of its own volume.
    await site.begin(newcomer, wanted);
    const found = await until(
      "a snapshot of a volume is recorded",
      async () => {
        const { volumes } = await list();
        return volumes.length > 0 ? volumes : undefined;
      },
      60_000,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${site.account}`);
    });
    expect(found).toMatchObject([{ problem: null, givenUp: null }]);
    record = found[0]!.record;
    expect(record.node.id).not.toBe("neumann-0");
    expect(record.volume).toMatchObject({ namespace: newcomer, claim: `data-${record.node.id}`, className });
    const object = await site.plane.get<Snapshot>("volumesnapshot", record.volume.name, newcomer);
    expect(object).toMatchObject({ metadata: { uid: record.volume.uid }, status: { readyToUse: true } });
    const then = writer.acknowledged;
    await writer.reached(then + 50);
  });

  it("is back with every row of before the cut and none of after it, three members, and a new identity", async () => {
    await writer.stop();
    const { backupId, databaseClusterId } = record;
    const shown = await site.planVolume(newcomer, { backupId, recoveryId });
    expect(shown.plan.source).toMatchObject({ tier: "volume", volume: { name: record.volume.name } });
    await site.lose(newcomer);
    await site.recoverVolume(newcomer, shown, wanted);

    const { from, until: to } = record.pause;
    const promised = ({ acknowledgedAt = Infinity }: Note) => acknowledgedAt < Date.parse(from);
    const later = writer.notes.filter(({ sentAt }) => sentAt > Date.parse(to)).map(({ k }) => k);
    expect(writer.notes.filter(promised).length).toBeGreaterThan(50);
    expect(later.length).toBeGreaterThan(50);
    for (const node of nodes()) {
      const values = await readValues(node);
      expect(writer.compare(values, promised)).toMatchObject({ lost: [], wrong: [], double: [] });
      const there = values.map((value) => Number(/^row-(\d+)-/.exec(value)?.[1]));
      expect(there.filter((k) => later.includes(k))).toEqual([]);
    }
    const after = await Promise.all(pods.map(clusterOf));
    expect(new Set(after).size).toBe(1);
    expect(after[0]).not.toBe(databaseClusterId);
    expect(site.stored("archive", `records/recoveries/${recoveryId}`, newcomer).join()).toContain("accepted");
    expect(await site.plane.get("pvc", "data-neumann-0", newcomer)).toMatchObject({
      spec: { dataSource: { kind: "VolumeSnapshot", name: record.volume.name } },
      status: { phase: "Bound" },
    });
  });

  it("archives and takes backups again, of its own lineage, and the snapshot is still listed", async () => {
    const more = new Writer({ nodes, rows: 100, first: 1_000_000 }).start();
    await more.finished();
    for (const node of nodes()) expect(more.compare(await readValues(node))).toMatchObject({ lost: [] });
    // Archiving was held until the acceptance.
    const ofOthers = (files: string[]) => files.filter((file) => !file.includes(record.lineage));
    await until("segments have arrived", () => ofOthers(site.stored("archive", "wal", newcomer)).length > 0);
    await until("a full backup", () => ofOthers(site.stored("archive", "full/manifest", newcomer)).length > 0);
    const { volumes } = await list();
    expect(volumes.map((each) => each.record.backupId)).toContain(record.backupId);
  });
});
