import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hashFile } from "../../agent/host/files";
import { podRestore } from "../../agent/kubernetes/restore";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import type { Manifest } from "../../model/manifest";
import { serializeVolumeRecord, volumeKey, type VolumeRecord } from "../../model/volumeRecord";
import type { PlanSpec } from "../../model/specs";
import { inFolders, type Kept } from "./keeping";
import { killAt, untilDone } from "./killing";
import { initialise, isRunning, type Namespace, namespaceOf, type Pod, podRecovery } from "./recoveringPods";
import { startServer, stopServer, untilReady } from "./recoveringPods";
import { adminOf, type AnyHost, at, complaint, contentsOf, endAll, filesBelow, must, protectedBy } from "./support";
import { scratch } from "./support";

/** Recovery in a pod whose claim was made of a volume snapshot: its volume holds the data already. */
const folder = scratch("pod-volume");
const keeper = inFolders(folder);
const namespaces: Namespace[] = [];
/** What a claim that is made of the snapshot holds. */
const cut = path.join(folder, "cut", "data");
let kept: Kept;
let record: VolumeRecord;
let writer: Writer;

const kubernetes = { namespace: "neumann" };
const recordFile = (part?: "given-up") => path.join(kept.near, volumeKey("prod", record.backupId, part));

beforeAll(async () => {
  kept = await keeper.at("source");
  const source = await protectedBy(kept.archive, path.join(folder, "cluster"));
  try {
    const [host] = source.hosts as [AnyHost];
    await createTable(source.cluster.nodes[0]!);
    writer = new Writer({ nodes: () => source.cluster.nodes, rows: 300 }).start();
    await writer.finished();
    await must([...at(host), "full"]);
    record = await recordOf();
  } finally {
    await source.cluster.close();
  }
  fs.mkdirSync(path.dirname(recordFile()), { recursive: true });
  fs.writeFileSync(recordFile(), serializeVolumeRecord(record));
});

/** As if the storage system had cut the volume when a full backup was taken: of the same files. */
async function recordOf(): Promise<VolumeRecord> {
  const manifests = path.join(kept.near, "prod/full/manifest");
  const text = fs.readFileSync(path.join(manifests, filesBelow(manifests)[0] ?? ""), "utf8");
  const { parts, tier, wal, source, encryption, pause, signature, ...same } = JSON.parse(text) as Manifest;
  void [parts, tier, wal, source, encryption, signature];
  const below = path.join(kept.near, "prod/full/data", same.lineage, same.backupId, "data.tar.zst");
  fs.mkdirSync(path.dirname(cut));
  execFileSync("tar", ["--zstd", "-xf", below, "-C", path.dirname(cut)]);
  // Of the log nothing is taken.
  fs.mkdirSync(path.join(cut, "raft/wal"), { recursive: true });
  fs.writeFileSync(path.join(cut, "raft/wal/00000000000000ff.wal"), "the old log");
  const files = same.files.filter((file) => file.path.startsWith("data/"));
  for (const file of files) expect(await hashFile(path.join(cut, file.path.slice(5))), file.path).toBe(file.sha256);
  const volume = {
    ...{ namespace: "neumann", name: "neumann-backup-one", uid: "0", claim: "data-neumann-2", className: null },
    ...{ content: null, cutAt: "2026-11-23T04:00:02Z", restoreSize: "1Gi" },
  };
  return { ...same, format: "neumann-volume-snapshot/1", pause: pause!, volume, files };
}

afterEach(async () => {
  for (const { pods } of namespaces.splice(0)) for (const pod of pods) await stopServer(pod);
});

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

let count = 0;

async function recovering(more: Partial<PlanSpec> = {}) {
  count += 1;
  const archive = path.join(folder, `archive-${count}`);
  execFileSync("cp", ["-a", kept.near, archive]);
  const location = { kind: "directory" as const, location: archive, clusterId: "prod" };
  const all = await namespaceOf(path.join(folder, `case-${count}`), location, { names: ["neumann-0"] });
  namespaces.push(all);
  const [one] = all.pods as [Pod];
  execFileSync("cp", ["-a", `${cut}/.`, one.volume]);
  const state = path.join(one.agentDirectory, "state");
  fs.mkdirSync(state, { recursive: true });
  // Notes of the pod that it was cut of, and the mark of an earlier recovery.
  fs.writeFileSync(path.join(state, "offered"), "00000000000000ff.wal\n");
  const mark = { format: "neumann-recovery-mark/1", recoveryId: "r0", digest: "0", how: "joined" };
  fs.writeFileSync(path.join(one.volume, ".neumann-backup-recovery"), JSON.stringify(mark));
  const restorePoint = `volume-snapshot:${record.backupId}`;
  const spec = (await podRecovery(all, { restorePoint, kubernetes, ...more }))(one);
  return { all, one, spec, near: archive };
}

/** What lies on a volume but for the agent's own folders. */
function data(pod: Pod): Map<string, string> {
  return new Map([...contentsOf(pod.volume)].filter(([name]) => !/^\.neumann-backup-(agent|staging)\//.test(name)));
}

describe("a recovery from a volume snapshot", () => {
  it("is made once wherever it is killed, and has every row; the data as it was cut stays aside", async () => {
    const { all, one, spec, near } = await recovering();
    const run = (options: object) => initialise(one, all, { ...options, spec });
    const steps = ["recognise", "keep", "forget", "hold", "fetch", "check-files", "bootstrap", "prove", "swap"];
    for (const step of [...steps, "configure"]) await killAt(step, { procedure: podRestore, run });
    await untilDone(() => run({}));
    expect(isRunning(one)).toBe(false);
    expect(fs.readdirSync(path.join(one.agentDirectory, "state")).sort()).toEqual(["archiving-held", "leases"]);
    const aside = path.join(one.volume, ".neumann-backup-aside/r1");
    const [name = ""] = record.files.map((file) => file.path.slice(5)).filter((file) => file.startsWith("store/"));
    expect(fs.readFileSync(path.join(aside, name))).toEqual(fs.readFileSync(path.join(cut, name)));
    await startServer(one);
    await (
      await untilReady(one, all, { spec })
    ).ended;
    const { lost, wrong, double } = writer.compare(await readValues(adminOf(one)));
    expect({ lost, wrong, double }).toEqual({ lost: [], wrong: [], double: [] });
    expect(filesBelow(path.join(near, "prod/records/lineages"))).toHaveLength(2);
    expect(filesBelow(path.join(near, "prod/records/recoveries/r1"))).toContain("accepted.json");
  });

  const first = () => record.files.map((file) => file.path.slice(5)).find((name) => name.startsWith("store/"))!;
  it.each<[string, (volume: string) => void, number, string]>([
    ["lacks a file", (volume) => fs.rmSync(path.join(volume, first())), 3, "is missing"],
    ["has another one", (volume) => fs.writeFileSync(path.join(volume, "store/new"), "x"), 3, "store/new is not of it"],
    ["has a longer file", (volume) => fs.appendFileSync(path.join(volume, first()), "x"), 3, " bytes, not "],
    [
      "has another byte",
      (volume) => {
        const file = path.join(volume, first());
        fs.writeFileSync(
          file,
          fs.readFileSync(file).map((byte, place) => (place === 0 ? byte ^ 1 : byte)),
        );
      },
      5,
      "has another SHA-256",
    ],
  ])("is refused where the volume %s, and nothing on it is changed", async (_, change, code, words) => {
    const { all, one, spec } = await recovering();
    change(one.volume);
    const before = data(one);
    const ran = await initialise(one, all, { spec });
    expect(ran.code, complaint(ran)).toBe(code);
    expect(complaint(ran)).toContain(words);
    expect(complaint(ran)).toContain(`volume snapshot ${record.backupId}`);
    expect(data(one)).toEqual(before);
  });

  it("is refused on an empty volume, which somebody else made", async () => {
    const { all, one, spec } = await recovering();
    fs.rmSync(one.volume, { recursive: true });
    fs.mkdirSync(one.volume);
    const ran = await initialise(one, all, { spec });
    expect([ran.code, complaint(ran)]).toEqual([3, expect.stringContaining("The first pod's claim must be made of")]);
  });

  it("is refused outside its namespace, outside Kubernetes, once it was given up, and unsigned where keys are trusted", async () => {
    const plan = (more: Partial<PlanSpec>) => recovering(more).then(() => "planned", String);
    expect(await plan({ kubernetes: { namespace: "other" } })).toContain(
      "lies in namespace neumann, and this cluster is to be in other",
    );
    expect(await plan({ kubernetes: undefined })).toContain("only KubernetesCluster restores it");
    const trustedKeys = ["MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="];
    expect(await plan({ trustedKeys })).toContain("is not restored: it is not signed");
    expect(await plan({ restorePoint: "volume-snapshot:20261123T040000Z-01234567" })).toContain(
      "is not in the archive",
    );
    fs.writeFileSync(recordFile("given-up"), "{}");
    expect(await plan({})).toContain("was given up: its VolumeSnapshot is deleted");
    fs.rmSync(recordFile("given-up"));
  });
});
