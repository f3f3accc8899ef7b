import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programPath } from "../agent/database/admin";
import { awsProgram, withBucket } from "./bucket";
import type { ArchiveLocation } from "../model/reference";
import { dataPrefix } from "../model/layout";
import { Tier } from "../model/tier";
import type { LabNode } from "../lab/neumann/harness";
import { programsFolder } from "../lab/neumann/harness";
import { Writer } from "../lab/neumann/writer";
import { fill } from "./load";
import {
  type Bench,
  clusterId,
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

/** Where the backups go, and what is to be reached there. */
interface Place {
  location?: ArchiveLocation;
  /** The folder below which objects lie as files. */
  objects: string;
  /** What the rival does with its tarball, and its name. */
  rival: { script: string; env: NodeJS.ProcessEnv; bytes: () => number; check?: string; name: string };
  wallAtMost: number;
}

/** A full backup under load beside the runbook's own commands, its `sleep 10` left out; then the restore of it. */
export async function benchFullBackup(say: (line: string) => void, megabytes: number): Promise<Row[]> {
  return inFolder((folder) => {
    const tarball = path.join(folder, "runbook.tar.gz");
    const rival = {
      script: `cat >${tarball}`,
      env: process.env,
      bytes: () => fs.statSync(tarball).size,
      check: `tar -tzf ${tarball} >${tarball}.list; head ${tarball}.list`,
      name: "runbook's commands",
    };
    const place = { objects: path.join(folder, "archive"), rival, wallAtMost: 1 / 3 };
    return takeBoth(folder, place, { say, megabytes });
  });
}

/** The same into a bucket, beside `tar -czf` piped to `aws s3 cp -`. */
export async function benchFullToBucket(say: (line: string) => void, megabytes: number): Promise<Row[]> {
  const aws = awsProgram(say);
  return inFolder((folder) =>
    withBucket(folder, say, async ({ location, folder: store, env }) => {
      const objects = path.join(store, "data", location.bucket);
      const rival = {
        script: `${aws} s3 cp --quiet - s3://${location.bucket}/runbook.tar.gz`,
        env,
        bytes: () => fs.statSync(path.join(objects, "runbook.tar.gz")).size,
        name: "tar -czf into aws s3 cp",
      };
      return takeBoth(folder, { location, objects, rival, wallAtMost: 1 / 5 }, { say, megabytes });
    }),
  );
}

/** A pause is as long as the copy that the runbook makes in it: of more data, more times longer than ours. */
const pauseAtMost = (megabytes: number): number => (megabytes >= 2048 ? 1 / 100 : 1 / 20);

async function takeBoth(
  folder: string,
  place: Place,
  { say, megabytes }: { say: (line: string) => void; megabytes: number },
): Promise<Row[]> {
  const bench = await protectedCluster(folder, 3, place.location);
  const node = await bench.cluster.leader();
  const of = `${megabytes} MiB`;
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
    const rival = await takeRunbook(place, node);
    const last = ours.at(-1) as Taken;
    await end(); // A restore has its machine for itself; so has the pipe.
    const size = { ours: last.result.storedBytes / mebibyte, rival: rival.bytes / mebibyte };
    const wall = median(ours.map(({ wall }) => wall));
    const pause = median(ours.map(({ result }) => result.pause.seconds));
    return [
      row({ ours: pause, rival: rival.pause }, pauseAtMost(megabytes), `write pause of a full backup of ${of}, s`),
      row({ ours: wall, rival: rival.wall }, place.wallAtMost, `full backup of ${of}, wall, s`),
      { what: `full backup of ${of}, size, MiB`, ...size, kind: "size", atMost: 1, rivalName: place.rival.name },
      ...(await restored(path.join(place.objects, dataKey(last.result)))),
    ];
  } finally {
    await end();
  }

  function row(figures: { ours: number; rival: number }, atMost: number, what: string): Row {
    return { what, ...figures, kind: "ratio", atMost, rivalName: place.rival.name };
  }

  /** From a bucket it is another measurement: `restore-s3`. */
  async function restored(object: string): Promise<Row[]> {
    return place.location === undefined ? restoreRows(folder, object, say) : [];
  }
}

/** As every cluster has one after its first 10,000 entries: neither pays for it. */
async function firstSnapshot(node: LabNode): Promise<void> {
  await fetch(`${node.adminUrl}/admin/snapshot`, { method: "POST" });
  while (((await node.metric("snapshot_index")) ?? 0) === 0) await sleep(100);
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

/** Key of a backup's data. */
const dataKey = ({ backupId, lineage }: BackupResult): string =>
  `${dataPrefix(clusterId, Tier.Full, lineage, backupId)}data.tar.zst`;

async function takeRunbook({ rival }: Place, node: LabNode): Promise<{ pause: number; wall: number; bytes: number }> {
  const admin = programPath(programsFolder(), "neumann-admin");
  const data = node.dataDirectory;
  const environment = { ...rival.env, NEUMANN_CONFIG: node.configFile };
  const step = (script: string) => whileOthersGoOn("bash", ["-o", "pipefail", "-c", script], environment);
  // Exit code 1: files changed while it read them. Nobody who types the runbook would notice.
  const tar = `{ tar -cz ${data}/raft/snapshots/ ${data}/store/ ${node.configFile} 2>/dev/null || [ $? -eq 1 ]; }`;
  must("sync", []);
  const pause = await timed(async () => {
    await step(`${admin} pause-writes`);
    await step(`curl -sf -X POST ${node.adminUrl}/admin/snapshot`);
    await step(`${tar} | ${rival.script}`);
    await step(`${admin} resume-writes`);
  });
  const check = rival.check === undefined ? 0 : (await timed(() => step(rival.check as string))).seconds;
  return { pause: pause.seconds, wall: pause.seconds + check, bytes: rival.bytes() };
}
