import fs from "node:fs";
import path from "node:path";
import { programPath } from "../agent/database/admin";
import type { LabNode } from "../lab/neumann/harness";
import { programsFolder } from "../lab/neumann/harness";
import { Writer } from "../lab/neumann/writer";
import { fill } from "./load";
import { type Bench, inFolder, must, protectedCluster, type Row, stepSeconds, timed } from "./support";
import { restoreRows } from "./restore";

const mebibyte = 1024 * 1024;

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
    const writer = new Writer({ nodes: () => [node], rowsPerSecond: 500, table: "load" });
    const end = async () => {
      await writer.stop();
      await bench.cluster.close();
    };
    try {
      await fill(node, megabytes * mebibyte, (done) => {
        say(`  ${Math.round(done / mebibyte)} of ${megabytes} MiB written`);
      });
      await node.must(["query", "-"], "CREATE TABLE load (k INT, v TEXT)\n");
      writer.start();
      await writer.reached(100);
      const ours = await takeOurs(bench, node);
      const rival = await takeRunbook(folder, node);
      say(
        `  our pause: snapshot ${seconds(ours.snapshot)}, copy ${seconds(ours.copy)}, the rest ${seconds(ours.rest)}`,
      );
      await end(); // A restore has its machine for itself; so has the pipe.
      const size = { ours: ours.result.storedBytes / mebibyte, rival: rival.bytes / mebibyte };
      return [
        row("write pause of a full backup, s", ours.result.pause.seconds, rival.pause, 1 / 20),
        row("full backup, wall, s", ours.wall, rival.wall, 1 / 3),
        { what: "full backup, size, MiB", ...size, kind: "size", atMost: 1, rivalName: "runbook's tar -czf" },
        ...(await restoreRows(folder, dataFile(bench, ours.result), say)),
      ];
    } finally {
      await end();
    }
  });
}

function row(what: string, ours: number, rival: number, atMost: number): Row {
  return { what, ours, rival, kind: "ratio", atMost, rivalName: "runbook's commands" };
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

async function takeOurs(bench: Bench, node: LabNode) {
  must("sync", []); // What was written before is on the disk: neither pays for the other.
  const { seconds: wall, result: run } = await timed(() => bench.agent(node, ["full"]));
  const result = JSON.parse(run.stdout) as BackupResult;
  const snapshot = stepSeconds(run.events, "snapshot");
  const copy = stepSeconds(run.events, "second-pass");
  return { wall, result, snapshot, copy, rest: result.pause.seconds - snapshot - copy };
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
  const environment = { env: { ...process.env, NEUMANN_CONFIG: node.configFile } };
  const step = (script: string): string => must("sh", ["-c", script], environment);
  must("sync", []);
  const pause = await timed(() => {
    step(`${admin} pause-writes`);
    step(`curl -sf -X POST ${node.adminUrl}/admin/snapshot`);
    // Exit code 1: files changed while it read them. Nobody who types the runbook would notice.
    step(`tar -czf ${tarball} ${data}/raft/snapshots/ ${data}/store/ ${node.configFile} 2>/dev/null || [ $? -eq 1 ]`);
    step(`${admin} resume-writes`);
  });
  const check = await timed(() => step(`tar -tzf ${tarball} | head`));
  return { pause: pause.seconds, wall: pause.seconds + check.seconds, bytes: fs.statSync(tarball).size };
}
