import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programPath } from "../agent/database/admin";
import type { LabNode } from "../lab/neumann/harness";
import { programsFolder } from "../lab/neumann/harness";
import { Writer } from "../lab/neumann/writer";
import { fill } from "./load";
import {
  type Bench,
  inFolder,
  median,
  must,
  protectedCluster,
  type Row,
  stepSeconds,
  timed,
  whileOthersGoOn,
} from "./support";
import { restoreRows } from "./restore";

const mebibyte = 1024 * 1024;

/** Each costs the lab's three processes some 4 ms of a core when it comes alone: they shall not be what is measured. */
const rowsPerSecond = 50;

/** Ours uses both cores whole and moves with the machine; the runbook's one compressor hardly does, and takes long. */
const runs = 3;

interface BackupResult {
  backupId: string;
  lineage: string;
  pause: { seconds: number };
  storedBytes: number;
}

/** A full backup under load beside the runbook's own commands, its `sleep 10` left out; then the restore of it. */
export async function benchFullBackup(say: (line: string) => void, megabytes: number): Promise<Row[]> {
  return inFolder(async (folder) => {
    const bench = await protectedCluster(folder, 3);
    const node = await bench.cluster.leader();
    const writer = new Writer({ nodes: () => [node], rowsPerSecond, table: "load" });
    const end = async () => {
      await writer.stop();
      await bench.cluster.close();
    };
    try {
      await fill(node, megabytes * mebibyte, (done) => {
        say(`  ${Math.round(done / mebibyte)} of ${megabytes} MiB written`);
      });
      await node.must(["query", "-"], "CREATE TABLE load (k INT, v TEXT)\n");
      await firstSnapshot(node);
      writer.start();
      await writer.reached(100);
      say(`  under a load of ${rowsPerSecond} acknowledged rows a second`);
      const ours: Taken[] = [];
      while (ours.length < runs) ours.push(await takeOurs(bench, node, say));
      const rival = await takeRunbook(folder, node);
      const last = ours.at(-1) as Taken;
      await end(); // A restore has its machine for itself; so has the pipe.
      const size = { ours: last.result.storedBytes / mebibyte, rival: rival.bytes / mebibyte };
      const pause = median(ours.map(({ result }) => result.pause.seconds));
      return [
        row("write pause of a full backup, s", pause, rival.pause, 1 / 20),
        row("full backup, wall, s", median(ours.map(({ wall }) => wall)), rival.wall, 1 / 3),
        { what: "full backup, size, MiB", ...size, kind: "size", atMost: 1, rivalName: "runbook's tar -czf" },
        ...(await restoreRows(folder, dataFile(bench, last.result), say)),
      ];
    } finally {
      await end();
    }
  });
}

/** As every cluster has one after its first 10,000 entries: neither pays for it. */
async function firstSnapshot(node: LabNode): Promise<void> {
  await fetch(`${node.adminUrl}/admin/snapshot`, { method: "POST" });
  while (((await node.metric("snapshot_index")) ?? 0) === 0) await sleep(100);
}

function row(what: string, ours: number, rival: number, atMost: number): Row {
  return { what, ours, rival, kind: "ratio", atMost, rivalName: "runbook's commands" };
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

interface Taken {
  wall: number;
  result: BackupResult;
}

async function takeOurs(bench: Bench, node: LabNode, say: (line: string) => void): Promise<Taken> {
  must("sync", []); // What was written before is on the disk: neither pays for the other.
  const { seconds: wall, result: run } = await timed(() => bench.agent(node, ["full"]));
  const result = JSON.parse(run.stdout) as BackupResult;
  const snapshot = stepSeconds(run.events, "snapshot");
  const copy = stepSeconds(run.events, "second-pass");
  const rest = result.pause.seconds - snapshot - copy;
  const steps = run.events.filter((event) => event.event === "done" && (event.seconds ?? 0) >= 0.1);
  say(
    `  ours took ${seconds(wall)}: ${steps.map(({ step, seconds: took }) => `${step} ${seconds(took ?? 0)}`).join(", ")}`,
  );
  say(`    its pause: snapshot ${seconds(snapshot)}, copy ${seconds(copy)}, the rest ${seconds(rest)}`);
  return { wall, result };
}

/** The data object of a backup in the archive. */
function dataFile(bench: Bench, { backupId, lineage }: BackupResult): string {
  const { location, clusterId } = bench.archive;
  return path.join(location, clusterId, "full", "data", lineage, backupId, "data.tar.zst");
}

async function takeRunbook(folder: string, node: LabNode): Promise<{ pause: number; wall: number; bytes: number }> {
  const tarball = path.join(folder, "runbook.tar.gz");
  const admin = programPath(programsFolder(), "neumann-admin");
  const data = node.dataDirectory;
  const environment = { ...process.env, NEUMANN_CONFIG: node.configFile };
  const step = (script: string) => whileOthersGoOn("sh", ["-c", script], environment);
  must("sync", []);
  const pause = await timed(async () => {
    await step(`${admin} pause-writes`);
    await step(`curl -sf -X POST ${node.adminUrl}/admin/snapshot`);
    // Exit code 1: files changed while it read them. Nobody who types the runbook would notice.
    await step(
      `tar -czf ${tarball} ${data}/raft/snapshots/ ${data}/store/ ${node.configFile} 2>/dev/null || [ $? -eq 1 ]`,
    );
    await step(`${admin} resume-writes`);
  });
  const check = await timed(() => step(`tar -tzf ${tarball} | head`));
  return { pause: pause.seconds, wall: pause.seconds + check.seconds, bytes: fs.statSync(tarball).size };
}
