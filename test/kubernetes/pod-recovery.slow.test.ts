import fs from "node:fs";
import path from "node:path";
import { stringify } from "smol-toml";
import { afterAll, beforeAll, expect, it } from "vitest";
import { podJoin, podRestore } from "../../agent/kubernetes/restore";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import type { PodRecovery } from "../../model/kubernetes/pod";
import { inFolders } from "../agent/keeping";
import type { Steps } from "../agent/killing";
import { PodContainers } from "../agent/podContainers";
import { isRunning, type Namespace, namespaceOf, podRecovery, startServer, stopServer } from "../agent/recoveringPods";
import {
  adminOf,
  type AnyHost,
  at,
  calm,
  complaint,
  endAll,
  filesBelow,
  must,
  protectedBy,
  quickPolicy,
  type Ran,
  runProgram,
  scratch,
} from "../agent/support";
import { PodApi } from "./podApi";
import { nothingWritten, StandingStill } from "./standingStill";

/**
 * A recovery into two pods by the command lines of their containers, its record at a real API server, with the test as the
 * kubelet. The tests follow each other, as the recovery does.
 */
const folder = scratch("pod-recovery");
const record = "neumann-backup-recovery-r1";
const policy = { ...quickPolicy, full: { maxPauseSeconds: 120 } };
let api: PodApi;
let namespace: Namespace;
let one: PodContainers;
let two: PodContainers;
let rows: Writer;
let writer: Writer;
const still = new StandingStill(folder);

async function mount(host: AnyHost, pods: string[], recovery: PodRecovery): Promise<PodContainers> {
  const { node } = host;
  const containers = new PodContainers(
    { ...host, policy, node: { ...node, serviceManager: "kubelet" } },
    path.join(path.dirname(path.dirname(node.configFile)), "pod"),
  );
  const given = stringify({
    node: { id: node.id, data_dir: node.dataDirectory, bind_address: node.address },
    cluster: {
      name: "lab",
      peers: namespace.pods.filter(({ node: { id } }) => id !== node.id).map((pod) => pod.node.address),
    },
    metrics: { bind_address: node.adminUrl.replace("http://", "") },
    ...calm,
  });
  await containers.mount({ given, pods, recovery });
  api.mount(containers.account);
  return containers;
}

beforeAll(async () => {
  const stored = await inFolders(folder).at("kept");
  const [source, started] = await Promise.all([
    protectedBy(stored.archive, path.join(folder, "source")),
    PodApi.start(record),
  ]);
  api = started;
  try {
    const [host] = source.hosts as [AnyHost];
    await createTable(source.cluster.nodes[0]!);
    rows = new Writer({ nodes: () => source.cluster.nodes, rows: 300 }).start();
    await rows.finished();
    await must([...at(host), "full"]);
    await must([...at(host), "offsite"]);
  } finally {
    await source.cluster.close();
  }
  const { archive } = await inFolders(folder).copied(stored, "new");
  const names = ["neumann-0", "neumann-1"];
  const { programDirectory } = still;
  namespace = await namespaceOf(path.join(folder, "pods"), archive, { names, programDirectory });
  const { plan, planDigest, clusterName, members } = (await podRecovery(namespace))(namespace.pods[0]!);
  const recovery = { plan, planDigest, clusterName, members, record };
  [one, two] = (await Promise.all(namespace.pods.map((pod) => mount(pod, names, recovery)))) as [
    PodContainers,
    PodContainers,
  ];
});

afterAll(async () => {
  await writer?.stop();
  for (const pod of namespace.pods) await stopServer(pod);
  await endAll();
  await api.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const kept = async (): Promise<string> =>
  (await api.plane.get<{ data?: object }>("configmap", record, "neumann")).data?.["record.json" as never] ?? "";

/** The kubelet starts the init container again and again; each time it dies in the next step. */
async function killedAtEach(pod: PodContainers, { name, steps }: Steps): Promise<void> {
  const { environment } = api;
  expect((await pod.configure()).code).toBe(0);
  for (const step of steps) {
    const ran = await pod.restore({ environment, failpoint: `${name}/${step.name}:in` });
    expect(ran.code, `${step.name}: ${complaint(ran)}`).toBeNull();
  }
  for (const time of ["the first time", "and once more"]) {
    const ran = await pod.restore({ environment });
    expect(ran.code, `${time}: ${complaint(ran)}`).toBe(0);
  }
}

const hasRows = async (pod: AnyHost): Promise<void> => {
  const { lost, wrong, double } = rows.compare(await readValues(adminOf(pod)));
  expect({ lost, wrong, double }, pod.node.id).toEqual({ lost: [], wrong: [], double: [] });
};

/** As the database's shell runs archive_command, with the oldest segment of the pod's log. */
function handOver(pod: PodContainers): Promise<Ran> {
  const [segment = ""] = fs
    .readdirSync(pod.wal)
    .filter((name) => name.endsWith(".wal"))
    .sort();
  const [program = "", socket = ""] = pod.command.split(" ");
  return runProgram(program, [socket, path.join(pod.wal, segment), segment]);
}

it("init containers that are killed in every step prepare both volumes, the second after the first", async () => {
  const { environment } = api;
  expect((await two.configure()).code).toBe(0);
  expect((await two.restore({ environment })).code).toBe(75);
  await killedAtEach(one, podRestore);
  expect(JSON.parse(await kept())).toMatchObject({ state: "claimed", pod: "neumann-0" });
  expect((await two.restore({ environment })).code).toBe(75);
  await one.startSidecar({ environment });
  expect((await one.probe("readyz")).status).toBe(503);
  await startServer(namespace.pods[0]!);
  await until("the first pod is ready", async () => (await one.probe("readyz")).status === 200 || undefined);
  expect(JSON.parse(await kept())).toMatchObject({ state: "restored" });
  await hasRows(namespace.pods[0]!);
  const held = await handOver(one);
  expect(held.code).toBe(75);
  expect(held.stderr).toContain("held");
  await killedAtEach(two, podJoin);
  expect(isRunning(namespace.pods[1]!)).toBe(false);
});

it("a sidecar that is ended in the middle of the first backup gives it up in order, and writes go on (I10)", async () => {
  const { environment } = api;
  await createTable(adminOf(namespace.pods[0]!), "later");
  writer = new Writer({ nodes: () => [adminOf(namespace.pods[0]!)], table: "later", rowsPerSecond: 50 }).start();
  still.ask("stats");
  await two.startSidecar({ environment });
  await startServer(namespace.pods[1]!);
  await still.reached("stats", () => one.log);
  await nothingWritten(writer);
  expect((await one.probe("livez")).status).toBe(200);
  expect((await handOver(one)).code).toBe(0);
  const { acknowledged } = writer;
  const ran = await one.endSidecar();
  expect(ran.code, complaint(ran)).toBe(0);
  await writer.reached(acknowledged + 20, 5000);
  const { dataDirectory } = one.host.node;
  expect(filesBelow(path.join(dataDirectory, ".neumann-backup-work"))).toEqual([]);
  expect(filesBelow(path.join(one.host.agentDirectory, "state", "leases"))).toEqual([]);
  expect(JSON.parse(await kept())).toMatchObject({ state: "restored" });
});

/** What guards a pause dies with its container. */
function killWatchdog(): void {
  const leases = path.join(one.host.agentDirectory, "state", "leases");
  const note = fs.readdirSync(leases).find((name) => name.endsWith(".watched"))!;
  process.kill(Number(fs.readFileSync(path.join(leases, note), "utf8")), "SIGKILL");
}

it("one that is killed there ends the pause when it starts again, and the recovery is accepted", async () => {
  const { environment } = api;
  still.ask("stats");
  await one.startSidecar({ environment });
  await still.reached("stats", () => one.log);
  await nothingWritten(writer);
  killWatchdog();
  expect((await one.endSidecar("SIGKILL")).code).toBeNull();
  await nothingWritten(writer);
  const { acknowledged } = writer;
  still.letGo("stats");
  await one.startSidecar({ environment });
  await writer.reached(acknowledged + 20, 10_000);
  await until("it is accepted", async () => (await kept()).includes('"accepted"') || undefined, 90_000).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}: ${one.log}${two.log}`);
    },
  );
  for (const pod of namespace.pods) await hasRows(pod);
  for (const pod of [one, two]) expect((await pod.endSidecar()).code).toBe(0);
});
