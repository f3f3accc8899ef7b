import { createInterface } from "node:readline";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { Damaged, WorldFault } from "../run/errors";
import { interrupted } from "../run/interrupt";
import { together } from "../run/together";
import { isCode, pipeHashed, withFile } from "./files";
import { HashThread } from "./hashThread";
import { ProgramFailed, start } from "./piped";
import { mustRun } from "./run";

/** GNU tar: its options are in docs/format.md. */
const tar = process.platform === "darwin" ? "gtar" : "tar";

/**
 * Read in records of 512 KiB: with tar's own 10 KiB a third of its time goes into calls of the system. Never written so:
 * a tar that reads 10 KiB would leave the padding of the last record unread, and whoever types the pipe see zstd fail.
 */
const records = "--blocking-factor=1024";
/** Reads on behind the end's mark: were padding left in the pipe, zstd would now and then die of it. */
const toTheEnd = "--ignore-zeros";
const packOptions = ["--create", "--sort=name", "--numeric-owner", "--sparse", "--xattrs", "--format=posix"];
const unpackOptions = [
  "--extract",
  records,
  toTheEnd,
  "--numeric-owner",
  "--same-permissions",
  "--no-same-owner",
  "--delay-directory-restore",
];

/** Its own checksum would be computed beside our two: SHA-256 of the object and of every file. */
const decompressOptions = ["--decompress", "--no-check", "--quiet", "--stdout"];

/** From 1.5.4 on zstd writes in a thread of its own, which only takes turns with tar and our hashes where cores are few. */
async function zstdOptions(): Promise<string[]> {
  const said = await mustRun("zstd", ["--version"]);
  const [major = 0, minor = 0, patch = 0] = (/v(\d+)\.(\d+)\.(\d+)/.exec(said) ?? []).slice(1).map(Number);
  const has = major * 10_000 + minor * 100 + patch >= 10_504;
  return has ? [...decompressOptions, "--no-asyncio"] : decompressOptions;
}

/**
 * A folder as a zstd-compressed tar stream. It ends only when both programs have ended well, and fails with either: the
 * end of a pipe alone proves nothing (hazard 15).
 */
export function packTree(root: string, level: number): Readable {
  const packing = start(tar, [...packOptions, "--directory", root, "."], ["ignore", "pipe", "pipe"]);
  const compressing = start(
    "zstd",
    ["-T0", `-${level}`, "--quiet", "--stdout"],
    [packing.child.stdout as Readable, "pipe", "pipe"],
  );
  // The pipe belongs to zstd now; while we held it too, tar would never see zstd die.
  packing.child.stdout?.destroy();
  const content = new PassThrough({ highWaterMark: 1024 * 1024 });
  // Read from the first moment: Node throws away what a program that has ended left unread in its pipe.
  compressing.child.stdout?.pipe(content, { end: false });
  Promise.all([packing.ended, compressing.ended]).then(
    () => content.end(),
    (error: Error) => content.destroy(error),
  );
  return content;
}

/** A stored tarball: a stream, or the path of the file that it is, which zstd reads by itself. */
export type Tarball = Readable | string;

/**
 * Holds a stored tarball against the folder that it was made from, byte for byte, and tells its hash.
 * @throws Damaged with what tar says.
 */
export async function compareTree(
  content: Tarball,
  root: string,
  progress: (bytes: number) => void,
): Promise<Unpacked> {
  return throughTar(content, ["--compare", records, toTheEnd, "--directory", root], { progress });
}

/** What was unpacked, measured on the stream that was fetched. */
export interface Unpacked {
  bytes: number;
  sha256: string;
}

/**
 * Unpacks a stream of `packTree` into an empty folder: hashing, decompressing and unpacking at once. GNU tar refuses
 * names that lead out of the folder; `checkTree` refuses all that is no plain file afterwards.
 */
export async function unpackTree(content: Tarball, root: string, watch: UnpackWatch): Promise<Unpacked> {
  const options = [...unpackOptions, "--verbose", "--quoting-style=literal", "--directory", root];
  return throughTar(content, options, watch);
}

/** Who watches a folder being unpacked. */
export interface UnpackWatch {
  /** Bytes of the tarball that were read. */
  progress: (bytes: number) => void;
  /** A file or folder is whole: path below the folder. Names with line ends come in pieces. What it throws ends it all. */
  unpacked?: (name: string) => void;
  /** No file becomes larger: a tarball that would fill the disk ends there. */
  largestFileBytes?: number;
}

/** tar names each member when it begins with it: the one before is whole then, and the last at the end. */
async function watchNames(names: Readable, unpacked: (name: string) => void): Promise<void> {
  let before: string | undefined;
  try {
    for await (const line of createInterface({ input: names })) {
      if (before !== undefined) unpacked(before);
      before = line.replace(/^\.\//, "");
    }
  } finally {
    names.destroy(); // Who has had enough ends tar.
  }
  if (before !== undefined) unpacked(before);
}

async function throughTar(content: Tarball, tarOptions: readonly string[], watch: UnpackWatch): Promise<Unpacked> {
  const options = { tar: tarOptions, zstd: await zstdOptions() };
  if (typeof content !== "string") {
    const { stdin, ended } = startUnpacking("pipe", options, watch);
    return whenEnded(ended, feed(content, stdin as Writable, watch.progress));
  }
  return withFile(content, "r", async (file) => {
    const { ended } = startUnpacking(file.fd, options, watch);
    return whenEnded(ended, readBeside(content, watch.progress));
  });
}

/** Both programs, with nothing waited for in between: Node would take what is in a pipe that it still holds. */
function startUnpacking(
  input: "pipe" | number,
  options: { tar: readonly string[]; zstd: readonly string[] },
  { unpacked, largestFileBytes }: UnpackWatch,
): { stdin: Writable | null; ended: Promise<unknown> } {
  const decompressing = start("zstd", options.zstd, [input, "pipe", "pipe"]);
  const listing = unpacked === undefined ? "ignore" : "pipe";
  const [program, ...words] = limited([tar, ...options.tar], largestFileBytes);
  const unpacking = start(program, words, [decompressing.child.stdout as Readable, listing, "pipe"]);
  decompressing.child.stdout?.destroy();
  const { stdout } = unpacking.child;
  const named = stdout === null || unpacked === undefined ? Promise.resolve() : watchNames(stdout, unpacked);
  named.catch(() => undefined); // Looked at when both programs have ended.
  return { stdin: decompressing.child.stdin, ended: inOrder(decompressing.ended, unpacking.ended, named) };
}

/** The system ends a program that writes a file beyond a limit, in its blocks of 512 bytes. */
function limited(command: [string, ...string[]], bytes: number | undefined): [string, ...string[]] {
  if (bytes === undefined) return command;
  return ["sh", "-c", 'ulimit -f "$1" && shift && exec "$@"', "sh", String(Math.ceil(bytes / 512)), ...command];
}

/**
 * When all have ended, the first that failed; zstd's failure to write is only that tar has ended, and tar's that nobody
 * reads its names any more.
 */
async function inOrder(decompressed: Promise<void>, unpacked: Promise<void>, named: Promise<void>): Promise<void> {
  await decompressed.catch(async (error: unknown) => {
    if (/SIGPIPE|Broken pipe|Connection reset/.test((error as Error).message)) await together(named, unpacked);
    throw error;
  });
  await together(named, unpacked);
}

const echoes = ["EPIPE", "ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"];

/** What was read, once the programs have ended well. A failure of the reading is the cause of theirs, unless it is their echo. */
async function whenEnded(programs: Promise<unknown>, reading: Promise<Unpacked>): Promise<Unpacked> {
  const [ended, read] = await Promise.allSettled([programs, reading]);
  // Whoever was asked to end knows nothing of the tarball.
  if (ended.status === "rejected" || read.status === "rejected") interrupted.throwIfAborted();
  if (read.status === "rejected" && !isCode(read.reason, ...echoes)) throw read.reason;
  if (ended.status === "rejected") throw explainEnd(ended.reason as Error);
  if (read.status === "rejected") throw read.reason;
  return read.value;
}

/** A disk that takes no more, or a program that is not there, says nothing of the tarball. */
function explainEnd(error: Error): Error {
  if (!(error instanceof ProgramFailed)) return error;
  const message = error.message.split("\n").join("; ");
  if (/SIGXFSZ|File too large/.test(message))
    return new Damaged("it holds a file that is larger than any of the backup's");
  if (!/No space left on device|Wrote only|Disk quota exceeded|Read-only file system/.test(message)) {
    return new Damaged(`the tarball is not whole: ${message}`);
  }
  return new WorldFault(`${message}. Free space there, or make it writable, and run the same command again.`);
}

/** Hashes a file that zstd reads by itself. */
async function readBeside(file: string, progress: (bytes: number) => void): Promise<Unpacked> {
  const thread = new HashThread();
  try {
    return await thread.hash(file, progress);
  } finally {
    await thread.close();
  }
}

async function feed(content: Readable, into: Writable, progress: (bytes: number) => void): Promise<Unpacked> {
  let bytes = 0;
  return pipeHashed(content, into, (more) => progress((bytes += more)));
}
