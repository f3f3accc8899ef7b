import path from "node:path";
import { walkTree, withFile } from "./files";
import { start } from "./piped";

/** zstd's own choice; larger ones cost much time for little. */
export const usualLevel = 3;
const quickLevel = 1;

const pieces = 16;
const pieceBytes = 512 * 1024;
/** Less than this is soon compressed at any level. */
const worthwhileBytes = 64 * 1024 * 1024;
/** So much larger a quick backup may be. */
const tolerance = 1.005;

/**
 * The level at which zstd shall compress a folder: the quickest where a sample of its files becomes as small with it.
 * Rows of numbers, keys and vectors do, and need half the time then; text does not.
 */
export async function levelFor(root: string): Promise<number> {
  const sample = await sampleOf(root);
  if (sample === undefined) return usualLevel;
  const [usual, quick] = await Promise.all([packedBytes(sample, usualLevel), packedBytes(sample, quickLevel)]);
  return quick <= usual * tolerance ? quickLevel : usualLevel;
}

/** Pieces from all over the files; undefined where there is too little of them. */
async function sampleOf(root: string): Promise<Buffer | undefined> {
  const files = (await walkTree(root)).filter(({ stats }) => stats.isFile());
  const total = files.reduce((sum, { stats }) => sum + stats.size, 0);
  if (total < worthwhileBytes) return undefined;
  const found: Buffer[] = [];
  let before = 0;
  for (const { path: name, stats } of files) {
    const offsets = Array.from({ length: pieces }, (_, i) => Math.floor((total * i) / pieces) - before);
    for (const at of offsets.filter((offset) => offset >= 0 && offset < stats.size)) {
      found.push(await piece(path.join(root, name), at));
    }
    before += stats.size;
  }
  return Buffer.concat(found);
}

function piece(file: string, at: number): Promise<Buffer> {
  return withFile(file, "r", async (handle) => {
    const buffer = Buffer.allocUnsafe(pieceBytes);
    const { bytesRead } = await handle.read(buffer, 0, pieceBytes, at);
    return buffer.subarray(0, bytesRead);
  });
}

async function packedBytes(sample: Buffer, level: number): Promise<number> {
  const { child, ended } = start("zstd", [`-${level}`, "--quiet", "--stdout"], ["pipe", "pipe", "pipe"]);
  let bytes = 0;
  child.stdout?.on("data", (chunk: Buffer) => (bytes += chunk.length));
  child.stdin?.on("error", () => undefined); // How it ended says more.
  child.stdin?.end(sample);
  await ended;
  return bytes;
}
