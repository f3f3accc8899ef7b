import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LabCluster, until } from "../../lab/neumann/harness";
import { createTable, Writer } from "../../lab/neumann/writer";
import { inFolders } from "./keeping";
import { type LabPod, labPods } from "./pods";
import { endAll, filesBelow, quickPolicy, scratch } from "./support";

/** One pod whose backups may pause writes for longer than any of these tests takes. */
const folder = scratch("pod-pause");
let cluster: LabCluster;
let pod: LabPod;
let writer: Writer;

beforeAll(async () => {
  const { archive } = await inFolders(folder).at("kept");
  const policy = { ...quickPolicy, full: { maxPauseSeconds: 120 } };
  const made = await labPods(path.join(folder, "pods"), { nodes: 1, archive, policy });
  cluster = made.cluster;
  pod = made.pods[0] as LabPod;
  expect((await pod.configure()).code).toBe(0);
});

afterAll(async () => {
  await writer.stop();
  await cluster.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** The process of a watchdog that has begun to guard. */
async function guarding(leases: string): Promise<number> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(5)) {
    const note = fs.readdirSync(leases).find((name) => name.endsWith(".watched"));
    const pid = note === undefined ? 0 : Number(fs.readFileSync(path.join(leases, note), "utf8"));
    if (pid > 1) return pid;
  }
  throw new Error(`nobody guards a pause: ${pod.log}`);
}

it("a pause whose container was killed with its watchdog is ended by the sidecar's next start (I10)", async () => {
  // The part that makes the backup dies with the sidecar, as all of a container does.
  await pod.startSidecar({ failpoint: "full/pause:in" });
  await pod.node.start();
  await cluster.whenHealthy();
  await createTable(pod.node);
  writer = new Writer({ nodes: () => [pod.node], rowsPerSecond: 50 }).start();
  // Once it guards, and before there is anything to end.
  const watchdog = await guarding(path.join(pod.host.agentDirectory, "state", "leases"));
  process.kill(watchdog, "SIGSTOP");
  expect((await pod.sidecarEnded()).code).toBeNull();
  process.kill(watchdog, "SIGKILL");
  const { acknowledged } = writer;
  await sleep(1500);
  expect(writer.acknowledged - acknowledged).toBeLessThan(5);
  await pod.startSidecar();
  // Sooner than the next backup would end a pause of its own.
  await writer.reached(acknowledged + 20, 5000);
});

it("a backup that is being made when the pod ends is given up in order", async () => {
  // The killed one was the first.
  await until("a backup is being made", () => pod.log.split("full is due").length > 2 || undefined);
  const began = Date.now();
  const ran = await pod.endSidecar();
  expect(ran.code, ran.stderr).toBe(0);
  expect(Date.now() - began).toBeLessThan(25_000);
  expect(filesBelow(path.join(pod.host.node.dataDirectory, ".neumann-backup-work"))).toEqual([]);
  expect(filesBelow(path.join(pod.host.agentDirectory, "state", "leases"))).toEqual([]);
  await writer.reached(writer.acknowledged + 20, 10_000);
});
