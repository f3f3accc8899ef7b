import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { walPush } from "../../agent/commands/walPush";
import { podConfigure } from "../../agent/kubernetes/configure";
import { podSidecar } from "../../agent/kubernetes/sidecar";
import type { LabCluster } from "../../lab/neumann/harness";
import { inBuckets, type Keeper, type Kept } from "./keeping";
import { allSurvived, killAt, survived, tried } from "./killing";
import { name } from "./offering";
import { type LabPod, labPods } from "./pods";
import { killed } from "./procedures";
import { contentsOf, endAll, filesBelow, lostFrom, type Ran, runProgram, scratch } from "./support";

/** What runs in a pod, killed at every step: by the kubelet's own signal, which takes a container's processes all at once. */
const folder = scratch("pod-killed");
let keeper: Keeper;
let kept: Kept;
let cluster: LabCluster;
let pod: LabPod;
let offered = 0;

/** As the database's shell runs archive_command. */
async function handOver(file: string): Promise<Ran> {
  const [program = "", socket = ""] = pod.command.split(" ");
  return runProgram(program, [socket, file, path.basename(file)]);
}

/** A segment of this pod's log that nobody has offered yet. */
function finished(): string {
  const file = path.join(pod.wal, name((offered += 1)));
  fs.writeFileSync(file, Buffer.alloc(50_000, file));
  return file;
}

/** Copies of a segment in the archive: all of them are what was offered. */
function copiesOf(file: string): number {
  const wal = path.join(kept.near, "prod", "wal");
  const copies = filesBelow(wal).filter((stored) => path.basename(stored) === path.basename(file));
  for (const copy of copies) expect(fs.readFileSync(path.join(wal, copy)).equals(fs.readFileSync(file))).toBe(true);
  return copies.length;
}

beforeAll(async () => {
  keeper = await inBuckets();
  kept = await keeper.at("pod");
  const data = path.join(folder, "offered");
  const made = await labPods(folder, { nodes: 1, archive: kept.archive, data });
  cluster = made.cluster;
  pod = made.pods[0] as LabPod;
  // A stream begins with the history that the database names.
  await pod.node.start();
  await cluster.whenHealthy();
});

afterAll(async () => {
  await cluster.close();
  await endAll();
  await keeper.stop();
  console.log(`${tried.length} kill points, ${survived.length} survived`);
  fs.rmSync(folder, { recursive: true, force: true });
});

it("the init container, which the kubelet starts again", async () => {
  const run = (options: Parameters<LabPod["configure"]>[0]) => pod.configure(options);
  for (const step of podConfigure.steps) await killAt(step.name, { procedure: podConfigure, run });
  expect((await pod.configure()).code).toBe(0);
  expect(fs.readFileSync(pod.host.node.configFile, "utf8")).toContain(`archive_command = "${pod.command}"`);
  const shared = path.dirname(path.dirname(pod.host.node.configFile));
  expect(filesBelow(shared)).toEqual(["bin/neumann-wal-handover", "etc/config.toml"]);
});

it("the sidecar, while segments are handed over: none is acknowledged that is not stored (I1)", async () => {
  for (const { name: step } of walPush.steps) {
    const file = finished();
    const before = contentsOf(kept.near);
    const run = async ({ failpoint }: { failpoint?: string }): Promise<Ran> => {
      await pod.startSidecar({ failpoint });
      const ran = await handOver(file);
      // Whoever is told 0 believes it for ever; all else is offered again.
      expect([ran.code, copiesOf(file) > 0], ran.stderr).not.toEqual([0, false]);
      if (failpoint !== undefined) expect(ran.code, ran.stderr).toBe(75);
      return pod.sidecarEnded();
    };
    await killAt(step, { procedure: walPush, kind: "buckets", run });
    await pod.startSidecar();
    for (const time of ["offered again", "and once more"]) {
      const ran = await handOver(file);
      expect(ran, time).toMatchObject({ code: 0 });
    }
    expect(copiesOf(file)).toBe(1);
    expect(lostFrom(before, kept.near)).toEqual([]);
    expect((await pod.endSidecar("SIGKILL")).code).toBeNull();
    // The name of a dead sidecar's socket is there: nobody answers.
    expect(fs.existsSync(pod.socket)).toBe(true);
    const ran = await handOver(file);
    expect(ran.code).toBe(75);
    expect(ran.stderr).toContain("is not stored yet and stays in raft/wal: the backup sidecar at");
  }
});

it("the sidecar itself, from its start to its end", async () => {
  const run = async ({ failpoint }: { failpoint?: string }): Promise<Ran> => {
    await pod.startSidecar({ failpoint });
    return failpoint?.startsWith("pod-sidecar/end") || failpoint?.endsWith("serve:after")
      ? pod.endSidecar()
      : pod.sidecarEnded();
  };
  for (const { name: step } of podSidecar.steps) {
    const file = finished();
    finished(); // So that the one before is.
    await killAt(step, { procedure: podSidecar, kind: "buckets", run });
    await pod.startSidecar();
    expect((await handOver(file)).code, step).toBe(0);
    expect(await pod.endSidecar()).toMatchObject({ code: 0 });
    expect(copiesOf(file)).toBe(1);
  }
});

it("survived every kill point", () => {
  allSurvived(killed.folders["pod-killed"]);
  allSurvived(killed.buckets["pod-killed"], "buckets");
});
