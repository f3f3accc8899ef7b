import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { podAccepted, podFirst, podMember } from "../../agent/kubernetes/recovery";
import { podJoin, podRestore } from "../../agent/kubernetes/restore";
import { restoreAccept, restoreBase, restoreRelease } from "../../agent/restore/accept";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import type { RestoreSpec } from "../../model/specs";
import { inBuckets, type Keeper, type Kept } from "./keeping";
import { inPods } from "./procedures";
import { allSurvived, killAt, type Steps, survived, tried, untilDone } from "./killing";
import {
  initialise,
  isRunning,
  loseVolume,
  type Namespace,
  namespaceOf,
  peersOf,
  type Pod,
  podRecovery,
  readyOnce,
  sidecar,
  startServer,
  stopServer,
  untilReady,
} from "./recoveringPods";
import {
  adminOf,
  type AgentOptions,
  type AnyHost,
  at,
  complaint,
  contentsOf,
  countingPrograms,
  endAll,
  type FolderArchive,
  filesBelow,
  initialisations,
  lostFrom,
  must,
  protectedBy,
  scratch,
} from "./support";

/**
 * Recovery in pods: the init container's part and the sidecar's, with the test as the kubelet, which starts the database
 * once the init container has ended well. Killed (SIGKILL) before, in and after every step, and begun again.
 */
const folder = scratch("pod-restore");
const namespaces: Namespace[] = [];
let buckets: Keeper;
let stored: Kept;
let writer: Writer;

beforeAll(async () => {
  buckets = await inBuckets();
  stored = await buckets.at("source");
  const source = await protectedBy(stored.archive, path.join(folder, "source"));
  try {
    const [host] = source.hosts as [AnyHost];
    await createTable(source.cluster.nodes[0]!);
    writer = new Writer({ nodes: () => source.cluster.nodes, rows: 300 }).start();
    await writer.finished();
    await must([...at(host), "full"]);
    await must([...at(host), "offsite"]);
  } finally {
    await source.cluster.close();
  }
});

afterEach(async () => {
  for (const { pods } of namespaces.splice(0)) for (const pod of pods) await stopServer(pod);
});

afterAll(async () => {
  await endAll();
  await buckets.stop();
  console.log(`${tried.length} kill points, ${survived.length} survived`);
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Recovering extends Namespace {
  one: Pod;
  two: Pod;
  /** Where the store keeps the two places of its archive. */
  near: string;
  away: string;
  spec: (pod: Pod) => RestoreSpec;
}

let count = 0;

/** A namespace whose pods have empty volumes, and a copy of the off-site archive. */
async function recovering(replicas = 2): Promise<Recovering> {
  const name = `case-${(count += 1)}`;
  const directory = path.join(folder, name);
  const { archive, near, away } = await buckets.copied(stored, name);
  const programDirectory = countingPrograms(path.join(directory, "programs"));
  const names = Array.from({ length: replicas }, (_, at) => `neumann-${at}`);
  const namespace = await namespaceOf(directory, archive, { names, programDirectory });
  namespaces.push(namespace);
  const [one, two] = namespace.pods as [Pod, Pod];
  return { ...namespace, one, two, near, away, spec: await podRecovery(namespace) };
}

/** The whole recovery without trouble. Three pods: two are left to decide when one loses its volume. */
async function accepted(): Promise<Recovering> {
  const all = await recovering(3);
  const ends: Promise<unknown>[] = [];
  for (const pod of all.pods) {
    const spec = all.spec(pod);
    const init = await initialise(pod, all, { spec });
    expect(init.code, complaint(init)).toBe(0);
    await startServer(pod);
    ends.push((await untilReady(pod, all, { spec })).ended);
  }
  await Promise.all(ends);
  return all;
}

async function allRows(pod: Pod): Promise<void> {
  const { lost, wrong, double } = writer.compare(await readValues(adminOf(pod)));
  expect({ lost, wrong, double }, pod.node.id).toEqual({ lost: [], wrong: [], double: [] });
}

function kept({ record }: Namespace): unknown {
  return fs.existsSync(record) ? JSON.parse(fs.readFileSync(record, "utf8")) : undefined;
}

function histories({ near }: Recovering): string[] {
  return filesBelow(path.join(near, "prod/records/lineages"));
}

async function refusal(pod: Pod, namespace: Recovering, spec = namespace.spec(pod)): Promise<string> {
  const before = contentsOf(pod.volume);
  const ran = await initialise(pod, namespace, { spec });
  expect(ran.code, complaint(ran)).toBe(3);
  const own = (files: Map<string, string>) => [...files].filter(([name]) => !name.startsWith(".neumann-backup-agent"));
  expect(own(contentsOf(pod.volume))).toEqual(own(before));
  return complaint(ran);
}

describe("a recovery in pods that is accepted", () => {
  let all: Recovering;

  it("joins the first pod when its volume is lost", async () => {
    all = await accepted();
    const { one, two, spec } = all;
    expect(kept(all)).toMatchObject({ state: "accepted", pod: expect.any(String) as string });
    await loseVolume(one);
    const init = await initialise(one, all, { spec: spec(one) });
    expect(init.code, complaint(init)).toBe(0);
    expect(peersOf(one)).toContain(two.node.address);
    await startServer(one);
    await (
      await untilReady(one, all, { spec: spec(one) })
    ).ended;
    expect(initialisations(one)).toBe(0);
    for (const pod of all.pods) await allRows(pod);
    expect(histories(all)).toHaveLength(1);
  });

  it("starts a pod whose volume is there without the archive and without the API server", async () => {
    const { one, near, away, record, spec } = all;
    await stopServer(one);
    for (const place of [near, away]) fs.renameSync(place, `${place}.gone`);
    fs.renameSync(record, `${record}.gone`);
    const init = await initialise(one, all, { spec: spec(one) });
    expect(init.code, complaint(init)).toBe(0);
    expect(init.stdout).toContain('"accepted"');
    expect((await sidecar(one, all, { spec: spec(one) })).code).toBe(0);
    expect(fs.existsSync(one.ready)).toBe(true);
    for (const place of [near, away, record]) fs.renameSync(`${place}.gone`, place);
  });

  it("refuses another recovery on its volumes", async () => {
    const other = await podRecovery(all, { recoveryId: "r2", restorePoint: "latest" });
    const elsewhere = { ...all, record: `${all.record}.r2` };
    for (const pod of all.pods) {
      expect(await refusal(pod, elsewhere, other(pod))).toMatch(
        /holds the data of recovery r1 \(\w+\); recovery r2 does not/,
      );
    }
  });

  it("refuses to restore once more where the records do not fit together", async () => {
    const { one, record, away } = all;
    await loseVolume(one);
    const text = fs.readFileSync(record, "utf8");
    fs.rmSync(record);
    expect(await refusal(one, all)).toContain("is accepted, and ConfigMap test knows nothing of it");
    fs.writeFileSync(record, text.replace('"r1"', '"r0"'));
    expect(await refusal(one, all)).toContain("ConfigMap test is of recovery r0");
    fs.writeFileSync(record, text);
    const records = path.join(away, "prod/records/recoveries/r1");
    fs.renameSync(records, `${records}.gone`);
    expect(await refusal(one, all)).toContain(
      "ConfigMap test says that recovery r1 is accepted, and the archive does not",
    );
    fs.renameSync(`${records}.gone`, records);
  });
});

describe("a recovery in pods that is not accepted", () => {
  it("is not made twice: a first pod that lost its volume is refused", async () => {
    const all = await recovering();
    const { one, spec } = all;
    expect((await initialise(one, all, { spec: spec(one) })).code).toBe(0);
    await startServer(one);
    await readyOnce(one, all, { spec: spec(one) });
    await loseVolume(one);
    const said = await refusal(one, all);
    expect(said).toContain("recovery r1 is restored, and the volume of neumann-0 does not hold it");
    expect(said).toContain("under a new recoveryId");
  });

  it("leaves a volume as it was where it fails", async () => {
    const all = await recovering();
    const { one, two, away, spec } = all;
    const data = filesBelow(path.join(away, "prod/offsite/data")).find((name) => name.endsWith(".zst"))!;
    const file = path.join(away, "prod/offsite/data", data);
    const bytes = fs.readFileSync(file);
    fs.writeFileSync(
      file,
      bytes.map((byte, at) => (at === 2000 ? byte ^ 1 : byte)),
    );
    fs.writeFileSync(path.join(one.volume, ".neumann-backup-of-the-user"), "kept");
    const ran = await initialise(one, all, { spec: spec(one) });
    expect(ran.code, complaint(ran)).toBe(5);
    const visible = filesBelow(one.volume).filter((name) => !/^\.neumann-backup-(agent|staging)\//.test(name));
    expect(visible).toEqual([".neumann-backup-of-the-user"]);
    expect((await initialise(two, all, { spec: spec(two) })).code).toBe(75);
    // A volume with somebody's data is nobody's to take.
    fs.mkdirSync(path.join(one.volume, "raft"));
    fs.writeFileSync(path.join(one.volume, "raft", "log"), "somebody's");
    expect(await refusal(one, all)).toContain("is not empty: it holds 1 file, such as raft/log");
    fs.rmSync(path.join(one.volume, "raft"), { recursive: true });
    fs.writeFileSync(file, bytes);
    expect((await initialise(one, all, { spec: spec(one) })).code).toBe(0);
  });

  it("is a clone that writes nothing into the other archive", async () => {
    const directory = path.join(folder, "clone");
    const location = path.join(directory, "archive");
    const ofFolder = { archive: { kind: "directory", location }, clusterId: "copy", role: "primary" };
    await must(["archive-create"], { spec: ofFolder });
    const own: FolderArchive = { kind: "directory", location, clusterId: "copy" };
    const namespace = await namespaceOf(directory, own, { names: ["neumann-0"] });
    namespaces.push(namespace);
    const [one] = namespace.pods as [Pod];
    const spec = await podRecovery(namespace, { restorePoint: "latest", cloneOf: stored.archive });
    const before = [contentsOf(stored.near), contentsOf(stored.away)];
    const init = await initialise(one, namespace, { spec: spec(one) });
    expect(init.code, complaint(init)).toBe(0);
    await startServer(one);
    await (
      await untilReady(one, namespace, { spec: spec(one) })
    ).ended;
    await allRows(one);
    expect([contentsOf(stored.near), contentsOf(stored.away)]).toEqual(before);
    // Its archive may not be the other's.
    const mixed = spec(one);
    const ran = await initialise(one, namespace, {
      spec: { ...mixed, plan: { ...mixed.plan, recoveryId: "r2", archive: { ...stored.archive, clusterId: "copy" } } },
    });
    expect(ran.code).toBe(2);
    expect(complaint(ran)).toContain("is an archive of the cluster that is cloned");
  });
});
describe("a recovery in pods", () => {
  it("that is killed anywhere is made once, and every row is there", { timeout: 600_000 }, async () => {
    const all = await recovering();
    const { one, two, away, spec } = all;
    const before = contentsOf(away);
    const each = async (procedures: readonly Steps[], run: (options: AgentOptions) => ReturnType<typeof sidecar>) => {
      for (const procedure of procedures) {
        for (const { name } of procedure.steps) {
          await killAt(name, {
            kind: "buckets",
            procedure,
            run,
            afterKill: (point) => Promise.resolve(expect(lostFrom(before, away), point).toEqual([])),
          });
        }
      }
    };
    const init = (pod: Pod) => (options: AgentOptions) => initialise(pod, all, { ...options, spec: spec(pod) });
    const side = (pod: Pod) => (options: AgentOptions) => sidecar(pod, all, { ...options, spec: spec(pod) });

    expect((await init(two)({})).code, "an empty pod waits for the first").toBe(75);
    await each([podRestore], init(one));
    await untilDone(() => init(one)({}));
    expect(isRunning(one)).toBe(false);
    expect(peersOf(one)).toBe("[]");
    expect((await init(two)({})).code, "an empty pod waits until the first one runs").toBe(75);
    await startServer(one);
    await each([podFirst], side(one));
    await readyOnce(one, all, { spec: spec(one) });
    expect(kept(all)).toMatchObject({ state: "restored", recoveryId: "r1", pod: "neumann-0" });

    await each([podJoin], init(two));
    await untilDone(() => init(two)({}));
    expect(isRunning(two)).toBe(false);
    expect(peersOf(two)).toContain(one.node.address);
    await startServer(two);
    await each([podMember], side(two));
    const other = side(two)({});

    await each([restoreRelease, restoreBase, restoreAccept, podAccepted], side(one));
    expect((await side(one)({})).code).toBe(0);
    expect((await other).code).toBe(0);
    expect(kept(all)).toMatchObject({ state: "accepted", recoveryId: "r1" });
    expect([initialisations(one), initialisations(two)]).toEqual([1, 0]);
    // The one that was restored from, and one of its own: it came off-site with the copy, or went there by acceptance.
    expect(histories(all)).toHaveLength(1);
    for (const pod of all.pods) await allRows(pod);
    allSurvived([...inPods, restoreRelease, restoreBase, restoreAccept], "buckets");
  });
});
