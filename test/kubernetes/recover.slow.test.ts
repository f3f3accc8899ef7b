import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoHosts } from "../../lab/hosts";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { recordName } from "../../model/kubernetes/clusterObjects";
import { newcomer, rehearsed, RunSite } from "./runSite";
import { pods } from "./userSet";

const why = whyNoHosts();
if (why !== undefined) process.stderr.write(`skipped: a recovery in pods, run (${why})\n`);

/** Programs and images may have to be built first. */
const withProgramsMs = 1_200_000;

const target = "neumann-dr";
const recoveryId = "2026-11-23";

/** A cluster in pods is lost, and KubernetesCluster gets it back: real controllers, real processes, a real store. */
describe.skipIf(why !== undefined)("a cluster that is lost, recovered into pods", () => {
  let site: RunSite;
  let written: Writer;
  let backupId: string;

  interface Listed {
    entries: { manifest: { tier: string; backupId: string; createdAt: string } }[];
  }

  beforeAll(async () => {
    site = await RunSite.open();
    await site.startDatabase();
    await createTable(site.nodes[0]!);
    written = new Writer({ nodes: () => site.nodes, rows: 400 }).start();
    await written.finished();
    await site.applyBackups();
    const fulls = async () =>
      (await site.agent<Listed>("neumann-0", ["list"])).entries.filter(({ manifest }) => manifest.tier === "full");
    const [full] = await until(
      "a full backup",
      async () => ((await fulls()).length > 0 ? fulls() : undefined),
      120_000,
    );
    backupId = full!.manifest.backupId;
  }, withProgramsMs);
  afterAll(() => site?.close());

  const clusterOf = async (pod: string) => {
    const told = await site.nodesIn(target)[pods.indexOf(pod)]!.must(["cluster-info"]);
    return (JSON.parse(told) as { cluster_id: string }).cluster_id;
  };
  const record = async () =>
    (await site.plane.get<{ data?: object }>("configmap", recordName(recoveryId), target)).data;

  it("has all rows of the backup, three members and a first backup of its own; the record is in a ConfigMap too", async () => {
    await site.recover(target, { backupId, recoveryId });
    for (const node of site.nodesIn(target)) {
      expect(written.compare(await readValues(node))).toMatchObject({ lost: [], wrong: [] });
    }
    expect(JSON.stringify(await record())).toContain("accepted");
    expect(site.stored("archive", `records/recoveries/${recoveryId}`).join()).toContain("accepted");
  });

  it("is not restored again when the first pod's volume is lost: it joins", async () => {
    const cluster = await clusterOf("neumann-1");
    await site.loseVolume("neumann-0", target);
    await site.rolled(target);
    expect(await clusterOf("neumann-0")).toBe(cluster);
    expect(written.compare(await readValues(site.nodesIn(target)[0]!))).toMatchObject({ lost: [], wrong: [] });
    expect(pods.map((pod) => site.pod(pod, target).ready)).toEqual([true, true, true]);
  });

  it("is rehearsed beside the cluster that runs, within a quota, and writes nothing into its archive", async () => {
    const records = () => ["recoveries", "lineages"].flatMap((kind) => site.stored("archive", `records/${kind}`));
    const before = records();
    await site.rehearse(rehearsed, { backupId, recoveryId: "weekly-1", asked: target });
    for (const node of site.nodesIn(rehearsed)) {
      expect(written.compare(await readValues(node))).toMatchObject({ lost: [], wrong: [] });
    }
    expect(records()).toEqual(before);
    expect(site.stored("rehearsals", "records/recoveries/weekly-1", rehearsed).join()).toContain("accepted");
    const { status } = await site.plane.get<{ status: { used: object } }>(
      "resourcequota",
      "neumann-backup-rehearsal",
      rehearsed,
    );
    expect(status.used).toMatchObject({ "requests.storage": "3Gi" });
  });

  it("is not the only way to begin: without a backup the pods are a cluster too, and archive from the start", async () => {
    await site.begin(newcomer);
    const nodes = site.nodesIn(newcomer);
    await createTable(nodes[0]!);
    const writer = new Writer({ nodes: () => nodes, rows: 200 }).start();
    await writer.finished();
    for (const node of nodes) expect(writer.compare(await readValues(node))).toMatchObject({ lost: [], wrong: [] });
    const clusters = await Promise.all(nodes.map((node) => node.must(["cluster-info"])));
    expect(new Set(clusters.map((told) => (JSON.parse(told) as { cluster_id: string }).cluster_id)).size).toBe(1);
    await until("segments have arrived", () => site.stored("archive", "wal", newcomer).length > 0);
    await until("a full backup", () => site.stored("archive", "full/manifest", newcomer).length > 0, 120_000);
  });
});
