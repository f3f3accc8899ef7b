import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LabCluster } from "../../lab/neumann/harness";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { inBuckets, type Keeper, type Kept } from "./keeping";
import { type LabPod, labPods } from "./pods";
import { at, endAll, filesBelow, must, scratch } from "./support";

/** One pod of plain processes, its archive in a bucket: the tests follow each other, as in a pod's life. */
const folder = scratch("pod");
let keeper: Keeper;
let kept: Kept;
let cluster: LabCluster;
let pod: LabPod;

const segments = (): string[] =>
  filesBelow(path.join(kept.near, "prod", "wal"))
    .map((file) => path.basename(file))
    .filter((name) => name.endsWith(".wal"))
    .sort();

beforeAll(async () => {
  keeper = await inBuckets();
  kept = await keeper.at("pod");
  const made = await labPods(folder, { nodes: 1, archive: kept.archive });
  cluster = made.cluster;
  pod = made.pods[0] as LabPod;
});

afterAll(async () => {
  await cluster.close();
  await endAll();
  await keeper.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

it("is made ready by its init container, and what the user wrote stays", async () => {
  const given = path.join(folder, "neumann-0/pod/etc/neumann-backup-given/config.toml");
  fs.appendFileSync(given, '\n# the user\'s\n[custom]\nkey = "kept"\n');
  const before = fs.readFileSync(given, "utf8");
  for (const time of ["first", "again"]) {
    const ran = await pod.configure();
    expect(ran.code, `${time}: ${ran.stderr}`).toBe(0);
  }
  expect(fs.readFileSync(given, "utf8")).toBe(before);
  const text = fs.readFileSync(pod.node.configFile, "utf8");
  expect(text).toContain(`archive_command = "${pod.command}"`);
  expect(text).toContain("# the user's");
  expect(text).toContain('key = "kept"');
});

it("takes segments and the backups that are due", async () => {
  await pod.startSidecar();
  await pod.node.start();
  await cluster.whenHealthy();
  await createTable(pod.node);
  const writer = new Writer({ nodes: () => [pod.node], rows: 500 }).start();
  await writer.finished();
  const names = async (): Promise<string[]> =>
    (await must<{ entries: { manifest: { tier: string } }[] }>([...at(pod.host), "list"])).entries.map(
      ({ manifest }) => manifest.tier,
    );
  await until("both backups", async () => ((await names()).length === 2 ? true : undefined)).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${pod.log}`);
  });
  expect((await names()).sort()).toEqual(["full", "snapshots"]);
  expect(segments().length).toBeGreaterThan(0);
  expect(writer.compare(await readValues(pod.node))).toMatchObject({ lost: [], wrong: [] });
  expect(pod.log).toContain(
    "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this runs in no pod. The archive's claims alone keep two backups apart.",
  );
});
