import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pruneVolumes } from "../../agent/kubernetes/volumePrune";
import { takeVolumeSnapshot } from "../../agent/kubernetes/volumeSnapshot";
import type { VolumesRun } from "../../agent/kubernetes/volumes";
import type { VolumeEntry } from "../../agent/archive/volumes";
import { type ControlPlane, type KubernetesObject, startControlPlane } from "../../lab/kubernetes";
import { type LabCluster, until } from "../../lab/neumann/harness";
import { createTable, Writer } from "../../lab/neumann/writer";
import { scheduleLease, scheduleRole, scheduleRoleBinding } from "../../model/kubernetes/access";
import type { Backups } from "../../model/kubernetes/request";
import { volumeSnapshot } from "../../model/kubernetes/volumeSnapshots";
import { serializeVolumeRecord, volumeKey, type VolumeRecord } from "../../model/volumeRecord";
import { inBuckets, type Keeper, type Kept } from "./keeping";
import { allSurvived, killAt, survived, tried, untilDone } from "./killing";
import { type LabPod, labPods } from "./pods";
import { killed } from "./procedures";
import { type Behaviour, TestDriver } from "./snapshotDriver";
import { at, complaint, endAll, filesBelow, must, quickPolicy, type Ran, scratch } from "./support";

/** Snapshots of the leader's volume, with a pod's own rights at a real API server; the test is the storage system. */
const folder = scratch("volume-killed");
const namespace = "neumann";
const policy = { ...quickPolicy, full: { maxPauseSeconds: 5 } };
const volumeSnapshots = { className: "fast", everyMinutes: 5, keep: 2, dataVolume: "data" };
let keeper: Keeper;
let kept: Kept;
let plane: ControlPlane;
let driver: TestDriver;
let cluster: LabCluster;
let pod: LabPod;
let writer: Writer;
let environment: Record<string, string>;

async function takeOnce(failpoint?: string): Promise<Ran> {
  // One that failed waits a while before the next: here none does.
  fs.rmSync(path.join(pod.host.agentDirectory, "state", "last-volumes.json"), { force: true });
  const ran = await pod.volumeSnapshot({ environment, failpoint });
  return ran;
}

const resultOf = (ran: Ran) => JSON.parse(ran.stdout.trim().split("\n").at(-1) ?? "") as VolumesRun;

/** Writes are taken, by whoever resumed them. */
async function writesGoOn(): Promise<void> {
  await writer.reached(writer.acknowledged + 3, 30_000);
}

async function listed(): Promise<VolumeEntry[]> {
  return (await must<{ volumes: VolumeEntry[] }>([...at(pod.host), "list"])).volumes;
}

/** What counts, as it lies in the bucket. */
function counting(): VolumeRecord[] {
  const records = path.join(kept.near, "prod", "records", "volumes");
  const names = filesBelow(records);
  return names
    .filter((name) => /^[^.]+\.json$/.test(name) && !names.includes(name.replace(".json", ".given-up.json")))
    .map((name) => JSON.parse(fs.readFileSync(path.join(records, name), "utf8")) as VolumeRecord)
    .sort((a, b) => (a.backupId < b.backupId ? -1 : 1));
}

/** What counts is there, ready, and holds what its record says. */
async function soundRecords(): Promise<VolumeRecord[]> {
  const found = counting();
  const objects = new Map((await driver.objects()).map((object) => [object.metadata.uid, object]));
  for (const { volume, files, index } of found) {
    const object = objects.get(volume.uid);
    expect(object?.status, volume.name).toMatchObject({ readyToUse: true });
    expect([object?.metadata.name, object?.spec.source.persistentVolumeClaimName]).toEqual([volume.name, volume.claim]);
    const cut = driver.cut.get(volume.uid) ?? new Map<string, string>();
    for (const { path: name, sha256 } of files) expect(cut.get(name.replace("data/", "")), name).toBe(sha256);
    const store = [...cut.keys()].filter((name) => name.startsWith("store/"));
    expect(files.filter(({ path: name }) => name.startsWith("data/store/")).map((file) => file.path)).toEqual(
      store.map((name) => `data/${name}`),
    );
    const snapshots = files.filter(({ path: name }) => name.startsWith("data/raft/snapshots/"));
    expect(snapshots.length).toBeGreaterThan(0);
    expect(index.low).toBe(index.high);
  }
  return found;
}

/** Somebody deletes all of them: the next look has one taken. */
async function deleteAll(): Promise<void> {
  await plane.kubectl(["delete", "volumesnapshots", "--all", "-n", namespace]);
}

beforeAll(async () => {
  keeper = await inBuckets();
  kept = await keeper.at("pod");
  plane = await startControlPlane();
  await plane.installCustomKinds();
  await plane.createNamespace(namespace);
  const backups = {
    archive: { clusterId: "prod" },
    namespace,
    statefulSet: { serviceAccount: "neumann" },
    volumeSnapshots,
  };
  const objects = [scheduleLease, scheduleRole, scheduleRoleBinding].map((make) => make(backups as unknown as Backups));
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "neumann", namespace } };
  await plane.apply([account, ...objects] as KubernetesObject[], { fieldManager: "test" });
  const made = await labPods(path.join(folder, "pods"), { nodes: 1, archive: kept.archive, policy, volumeSnapshots });
  cluster = made.cluster;
  pod = made.pods[0] as LabPod;
  fs.mkdirSync(pod.account, { recursive: true });
  fs.writeFileSync(path.join(pod.account, "token"), await plane.createToken(namespace, "neumann"));
  fs.writeFileSync(path.join(pod.account, "ca.crt"), plane.authority);
  fs.writeFileSync(path.join(pod.account, "namespace"), namespace);
  const { hostname, port } = new URL(plane.server);
  environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  driver = new TestDriver(plane, namespace, { "data-neumann-0": pod.host.node.dataDirectory }).start();
  expect((await pod.configure()).code).toBe(0);
}, 300_000);

beforeEach(() => {
  driver.behaviour = "good";
  driver.beforeCut = () => Promise.resolve();
});

afterAll(async () => {
  await writer.stop();
  await driver.stop();
  await cluster.close();
  await endAll();
  await plane.stop();
  await keeper.stop();
  console.log(`${tried.length} kill points, ${survived.length} survived`);
  fs.rmSync(folder, { recursive: true, force: true });
});

it("the sidecar takes one beside the backups, and only when one is due", async () => {
  await pod.startSidecar({ environment });
  await pod.node.start();
  await cluster.whenHealthy();
  await createTable(pod.node);
  writer = new Writer({ nodes: () => [pod.node], rowsPerSecond: 20 }).start();
  await until("one is listed", () => Promise.resolve(counting().length === 1 || undefined), 60_000).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}: ${pod.log}`);
    },
  );
  const [record] = await soundRecords();
  await writesGoOn();
  expect(record).toMatchObject({
    node: { id: "neumann-0" },
    volume: { namespace, claim: "data-neumann-0", className: "fast", restoreSize: "1Gi" },
  });
  expect(record?.signature?.keyId).toMatch(/^[0-9a-f]{16}$/);
  expect(record?.pause.seconds).toBeLessThan(policy.full.maxPauseSeconds);
  const { entries } = await must<{ entries: { manifest: { tier: string } }[] }>([...at(pod.host), "list"]);
  expect(entries.map(({ manifest }) => manifest.tier).sort()).toEqual(["full", "snapshots"]);
  expect((await pod.endSidecar()).code).toBe(0);
  expect(resultOf(await takeOnce())).toMatchObject({ outcome: "not due", deleted: [] });
  expect(await driver.objects()).toHaveLength(1);
});

it("one whose object somebody deleted counts no more and is shown as gone, and another is taken", async () => {
  const [before] = await soundRecords();
  await deleteAll();
  const ran = await takeOnce();
  expect(resultOf(ran), ran.stderr).toMatchObject({ outcome: "done" });
  const [gone, taken] = await listed();
  expect(gone).toMatchObject({ record: { backupId: before?.backupId }, givenUp: { cause: "gone" } });
  expect(taken?.record.backupId).toBe(resultOf(ran).backupId);
  expect((await soundRecords()).map(({ backupId }) => backupId)).toEqual([taken?.record.backupId]);
  await deleteAll();
});

describe("is void, deleted, and said so, with writes that go on,", () => {
  const voids: [string, Behaviour, RegExp][] = [
    ["where the storage system fails", "fails", /could not take VolumeSnapshot .*: the disk is on fire\. It is void/],
    ["where it fails after the cut", "fails after the cut", /the disk is on fire/],
    ["where it does not cut in time", "never cuts", /did not cut the volume within the policy's longest pause of 5 s/],
  ];

  it.each(voids)("%s", async (_what, behaviour, said) => {
    await deleteAll();
    driver.behaviour = behaviour;
    const ran = await takeOnce();
    expect(ran.code, ran.stderr).toBe(4);
    expect(complaint(ran)).toMatch(said);
    await writesGoOn();
    expect(counting()).toEqual([]);
    expect(await driver.objects()).toEqual([]);
    // It is not tried again at once.
    const again = await pod.volumeSnapshot({ environment });
    expect(resultOf(again)).toMatchObject({ outcome: "not due" });
    expect(resultOf(again).reason).toMatch(said);
  });

  it("where the leader has changed meanwhile", async () => {
    driver.beforeCut = async () => {
      await pod.node.stop();
      await pod.node.start();
      await cluster.whenHealthy();
    };
    const ran = await takeOnce();
    expect(ran.code, ran.stderr).toBe(4);
    expect(complaint(ran)).toMatch(/is void/);
    driver.beforeCut = () => Promise.resolve();
    await writesGoOn();
    expect(counting()).toEqual([]);
    expect(await driver.objects()).toEqual([]);
  });
});

it("the oldest beyond those that are kept go, and nobody else's", async () => {
  await untilDone(() => takeOnce());
  const [newest] = await soundRecords();
  const bucket = kept.near;
  const older = ["20260101T000000Z-00000001", "20260101T000000Z-00000002"];
  const foreign = "20260101T000000Z-00000003";
  for (const backupId of [...older, foreign]) {
    const object = volumeSnapshot({ clusterId: "prod", namespace, backupId, claim: "data-neumann-0" });
    await plane.apply([object], { fieldManager: "test" });
  }
  const ready = await until("all are ready", async () => {
    const found = await driver.objects();
    return found.every(({ status }) => status?.readyToUse === true) ? found : undefined;
  });
  // As they were stored: before the newest.
  const put = (key: string, text: string): void => {
    const file = path.join(bucket, key);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    fs.utimesSync(file, new Date("2026-01-01"), new Date(`2026-01-01T00:00:0${key.includes("00001") ? 1 : 2}Z`));
  };
  for (const backupId of older) {
    const { metadata } = ready.find((one) => one.metadata.labels?.["neumann-backup/backup-id"] === backupId)!;
    const { signature, ...unsigned } = newest as VolumeRecord;
    void signature;
    const volume = { ...unsigned.volume, name: metadata.name, uid: metadata.uid ?? "" };
    put(volumeKey("prod", backupId), serializeVolumeRecord({ ...unsigned, backupId, volume }));
    put(volumeKey("prod", backupId, "begun"), "{}\n");
  }
  const result = resultOf(await pod.volumeSnapshot({ environment }));
  expect(result).toMatchObject({ outcome: "not due", deleted: [`neumann-backup-${older[0]?.toLowerCase()}`] });
  expect(counting().map(({ backupId }) => backupId)).toEqual([older[1], newest?.backupId]);
  // Of what no record of this archive ever spoke, nothing is known.
  expect((await driver.objects()).map(({ metadata }) => metadata.name)).toContain(
    `neumann-backup-${foreign.toLowerCase()}`,
  );
  expect(filesBelow(path.join(bucket, "prod", "records", "volumes"))).toContain(`${older[0]}.given-up.json`);
});

describe("killed at every step", () => {
  const run = ({ failpoint }: { failpoint?: string }) => takeOnce(failpoint);
  const afterKill = async (): Promise<void> => {
    await writesGoOn();
    await soundRecords();
  };

  /** A dead run's VolumeSnapshot: something to delete. */
  const leaveOne = async (): Promise<void> => {
    await until(
      "a run has died",
      async () => (await takeOnce("volume-snapshot/ready:before")).code === null || undefined,
    );
  };

  it.each(takeVolumeSnapshot.steps)(
    "$name, while one is taken: writes go on, what counts is whole",
    async ({ name }) => {
      await deleteAll();
      await killAt(name, { procedure: takeVolumeSnapshot, kind: "buckets", run, afterKill });
    },
  );

  it("has its remains taken away by the next run", async () => {
    // Killed after the last step: it is there.
    await untilDone(() => takeOnce());
    const [only, ...others] = await soundRecords();
    expect(others).toEqual([]);
    expect((await driver.objects()).map(({ metadata }) => metadata.uid)).toEqual([only?.volume.uid]);
  });

  it("while what is too much is deleted", async () => {
    await deleteAll();
    for (const { name: step } of pruneVolumes.steps) {
      await leaveOne();
      await killAt(step, { procedure: pruneVolumes, kind: "buckets", run, afterKill });
    }
    await untilDone(() => takeOnce());
    const found = await soundRecords();
    expect(found).toHaveLength(1);
    expect((await driver.objects()).map(({ metadata }) => metadata.uid)).toEqual([found[0]?.volume.uid]);
  });

  it("survived every kill point", () => {
    allSurvived(killed.buckets["volume-killed"], "buckets");
  });
});
