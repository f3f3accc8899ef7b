import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LabCluster } from "../../lab/neumann/harness";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { inBuckets, type Keeper, type Kept } from "./keeping";
import { type LabPod, labPods } from "./pods";
import { at, endAll, filesBelow, must, type Ran, runProgram, scratch } from "./support";

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

/** Segments on the pod's own volume. */
const names = (): string[] =>
  fs
    .readdirSync(pod.wal)
    .filter((name) => /^[0-9a-f]{16}\.wal$/.test(name))
    .sort();

/** As the database's shell runs archive_command. */
function handOver(file: string, name: string): Promise<Ran> {
  const [program = "", socket = ""] = pod.command.split(" ");
  return runProgram(program, [socket, file, name]);
}

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
  const tiers = async (): Promise<string[]> =>
    (await must<{ entries: { manifest: { tier: string } }[] }>([...at(pod.host), "list"])).entries.map(
      ({ manifest }) => manifest.tier,
    );
  await until("both backups", async () => ((await tiers()).length === 2 ? true : undefined)).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${pod.log}`);
  });
  expect((await tiers()).sort()).toEqual(["full", "snapshots"]);
  expect(segments().length).toBeGreaterThan(0);
  expect(writer.compare(await readValues(pod.node))).toMatchObject({ lost: [], wrong: [] });
  expect(pod.log).toContain(
    "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this runs in no pod. The archive's claims alone keep two backups apart.",
  );
});

it("answers probes from what it knows", async () => {
  expect(await pod.probe("startz")).toEqual({ status: 200, text: "yes\n" });
  expect(await pod.probe("readyz")).toEqual({ status: 200, text: "yes\n" });
  expect(await pod.probe("livez")).toEqual({ status: 200, text: "yes\n" });
  const { status, text } = await pod.probe("metrics");
  expect(status).toBe(200);
  expect(text).toMatch(/^neumann_backup_\w+\{.*node="neumann-0".*\} \d/m);
});

it("takes nothing but plain segments of this pod's log", async () => {
  const known = path.join(pod.wal, "0000000000000000.wal");
  const link = path.join(pod.wal, "00000000000000ff.wal");
  const elsewhere = path.join(folder, "00000000000000fe.wal");
  fs.writeFileSync(elsewhere, "a secret");
  fs.symlinkSync(elsewhere, link);
  const before = segments();
  for (const [file, name] of [
    [elsewhere, path.basename(elsewhere)],
    [link, path.basename(link)],
    [path.join(pod.wal, "..", "wal", "..", "..", "..", path.basename(elsewhere)), path.basename(elsewhere)],
    [known, "0000000000000001.wal"],
    [path.join(pod.wal, ".neumann-backup-stream"), ".neumann-backup-stream"],
  ] as const) {
    const ran = await handOver(file, name);
    expect(ran.code, file).toBe(2);
    expect(ran.stderr).toContain("is no segment of this pod's log with its name");
  }
  fs.rmSync(link);
  expect(segments().filter((name) => !before.includes(name) && /f[ef]\.wal/.test(name))).toEqual([]);
  expect(fs.statSync(pod.socket).mode & 0o777).toBe(0o660);
});

it("stores after the end of the database what that one finished last", async () => {
  const hold = path.join(pod.host.agentDirectory, "state", "archiving-held");
  fs.writeFileSync(hold, "");
  const before = segments();
  for (const table of ["late", "later"]) {
    await createTable(pod.node, table);
    const known = names().length;
    await until("one more segment", () => names().length > known || undefined);
  }
  await pod.node.stop();
  const finished = names().slice(0, -1);
  expect(finished.filter((name) => !segments().includes(name)).length).toBeGreaterThan(1);
  expect(segments()).toEqual(before);
  fs.rmSync(hold);
  const ran = await pod.endSidecar();
  expect(ran.code, ran.stderr).toBe(0);
  expect(finished.filter((name) => !segments().includes(name))).toEqual([]);
  expect(JSON.parse(ran.stdout)).toMatchObject({ pod: "neumann-0" });
  expect(fs.existsSync(pod.socket)).toBe(false);
});
