import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { hashFile } from "../agent/host/files";
import { usualLevel } from "../agent/host/compression";
import { packTree } from "../agent/host/tarball";
import { hashTree } from "../agent/host/tree";
import { awsProgram, type BenchBucket, withBucket } from "./bucket";
import { clusterId, createArchive, inFolder, median, must, type Row, text, timed, whileOthersGoOn } from "./support";

const mebibyte = 1024 * 1024;
const fileBytes = 64 * mebibyte;
const runs = 3;

/** Of the agent and of what it starts, together. */
const memoryAtMost = 250;

/**
 * The data's way of a restore out of a bucket (fetch, hash, decompress, unpack, check every file) beside the slowest of its
 * parts alone; and its memory, also for four times the data.
 */
export async function benchBucketRestore(say: (line: string) => void, megabytes: number): Promise<Row[]> {
  return inFolder((folder) =>
    withBucket(folder, say, async (bucket) => {
      createArchive(bucket.location);
      const once = await measure({ folder, bucket, megabytes }, say);
      const four = await measure({ folder, bucket, megabytes: 4 * megabytes, alone: true }, say);
      const memory = ({ of, peak }: Measured): Row => {
        const what = `memory of a restore of ${of} MiB, MiB`;
        return { what, ours: peak, rival: memoryAtMost, kind: "ratio", atMost: 1, rivalName: "the limit" };
      };
      const { ours, slowest } = once;
      const what = `restore of ${megabytes} MiB from S3, s`;
      const speed = { what, ours, rival: slowest.seconds, kind: "ratio" as const, atMost: 1.15 };
      return [{ ...speed, rivalName: `${slowest.name} alone` }, memory(once), memory(four)];
    }),
  );
}

interface Measured {
  of: number;
  ours: number;
  peak: number;
  slowest: { name: string; seconds: number };
}

interface Wanted {
  folder: string;
  bucket: BenchBucket;
  megabytes: number;
  /** Without the rivals, and once. */
  alone?: boolean;
}

async function measure(
  { folder, bucket, megabytes, alone = false }: Wanted,
  say: (line: string) => void,
): Promise<Measured> {
  const tree = path.join(folder, "tree");
  writeTree(tree, megabytes);
  const packed = path.join(folder, "data.tar.zst");
  await pipeline(packTree(tree, usualLevel), fs.createWriteStream(packed));
  const expected = path.join(folder, "expected.json");
  fs.writeFileSync(expected, JSON.stringify({ sha256: await hashFile(packed), files: await hashTree(tree) }));
  const key = `${clusterId}/full/data/bench-${megabytes}/data.tar.zst`;
  must(awsProgram(say), ["s3", "cp", "--quiet", packed, `s3://${bucket.location.bucket}/${key}`], { env: bucket.env });
  const stored = fs.statSync(packed).size / mebibyte;
  say(`  ${megabytes} MiB of files, stored in ${stored.toFixed(0)} MiB`);
  fs.rmSync(tree, { recursive: true });
  const object = JSON.stringify({ location: bucket.location, key });
  const ours: number[] = [];
  let peak = 0;
  const parts: Record<string, number[]> = { download: [], "zstd -d": [], "tar -x": [] };
  for (let run = 0; run < (alone ? 1 : runs); run += 1) {
    await inTarget(async (target) => {
      const child = spawn("node", [path.join(__dirname, "unpack.js"), object, target, expected], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const found = await watched(child);
      ours.push(Number(found.output));
      peak = Math.max(peak, found.peak);
    });
    if (alone) continue;
    const file = path.join(folder, "downloaded");
    const get = `curl -sf --header "x-amz-content-sha256: UNSIGNED-PAYLOAD" --aws-sigv4 "aws:amz:$AWS_DEFAULT_REGION:s3" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -o ${file} "$AWS_ENDPOINT_URL/${bucket.location.bucket}/${key}"`;
    parts.download?.push(await seconds(get, bucket.env));
    const plain = path.join(folder, "data.tar");
    parts["zstd -d"]?.push(await seconds(`zstd -dqf ${file} -o ${plain}`));
    await inTarget(async (target) => parts["tar -x"]?.push(await seconds(`tar -x -f ${plain} -C ${target}`)));
    for (const each of [file, plain]) fs.rmSync(each);
  }
  fs.rmSync(packed);
  const each = Object.entries(parts).map(([name, figures]) => ({ name, seconds: median(figures) }));
  if (!alone)
    say(
      `  ours ${ours.map((s) => s.toFixed(2)).join(" ")}; ${each.map((p) => `${p.name} ${p.seconds.toFixed(2)}`).join(", ")}`,
    );
  const slowest = each.reduce((a, b) => (b.seconds > a.seconds ? b : a));
  return { of: megabytes, ours: median(ours), peak, slowest };

  async function inTarget(work: (target: string) => Promise<unknown>): Promise<void> {
    const target = fs.mkdtempSync(path.join(folder, "target-"));
    must("sync", []);
    await work(target);
    fs.rmSync(target, { recursive: true });
  }
}

async function seconds(script: string, env?: NodeJS.ProcessEnv): Promise<number> {
  return (await timed(() => whileOthersGoOn("sh", ["-c", script], env))).seconds;
}

/** Files whose content shrinks to about a third, and far from which nothing alike is found. */
function writeTree(folder: string, megabytes: number): void {
  fs.mkdirSync(folder);
  const base = Buffer.from(text(fileBytes, 3));
  for (let n = 0; n * fileBytes < megabytes * mebibyte; n += 1) {
    for (let at = 0; at < base.length; at += 4096) randomBytes(512).copy(base, at);
    const bytes = Math.min(fileBytes, megabytes * mebibyte - n * fileBytes);
    fs.writeFileSync(path.join(folder, `pages-${n}.db`), base.subarray(0, bytes));
  }
}

/** The output of a program, and the most memory that it and its children held, each at its own peak, in MiB. */
async function watched(child: ChildProcess): Promise<{ output: string; peak: number }> {
  let output = "";
  child.stdout?.on("data", (part: Buffer) => (output += part.toString()));
  const peaks = new Map<number, number>();
  const ended = once(child, "close") as Promise<[number | null]>;
  let running = true;
  void ended.finally(() => (running = false));
  while (running) {
    for (const pid of family(child.pid ?? 0)) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, highest(pid)));
    await sleep(20);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`the restore ended with ${code}`);
  return { output, peak: [...peaks.values()].reduce((sum, value) => sum + value, 0) / 1024 };
}

function family(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return [pid, ...children.flatMap(family)];
}

/** KiB. */
function highest(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** A process may be gone by now. */
function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
