import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { PassThrough, type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Damaged, WorldFault } from "../run/errors";
import { interrupted } from "../run/interrupt";

/** GNU tar: its options are in docs/format.md. */
const tar = process.platform === "darwin" ? "gtar" : "tar";

/** Records of 128 KiB: with tar's own 10 KiB a third of its time goes into calls of the system. */
const records = "--blocking-factor=256";
const packOptions = ["--create", records, "--sort=name", "--numeric-owner", "--sparse", "--xattrs", "--format=posix"];
const unpackOptions = [
  "--extract",
  records,
  "--numeric-owner",
  "--same-permissions",
  "--no-same-owner",
  "--delay-directory-restore",
];

interface Ended {
  child: ChildProcess;
  /** Settles when the program has ended: rejects with its message unless it ended well. */
  ended: Promise<void>;
}

function start(program: string, args: readonly string[], stdio: (string | Readable)[]): Ended {
  const child = spawn(program, args, { stdio: stdio as never, signal: interrupted });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr = shorten(stderr + chunk.toString())));
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new WorldFault(`${program} was not found. Install it.`) : error),
    );
    child.on("close", (code, signal) => {
      if (code === 0) return resolve();
      reject(new WorldFault(`${program} failed with ${signal ?? `exit code ${code}`}: ${stderr.trim()}`));
    });
  });
  ended.catch(() => undefined); // Looked at by whoever waits; never an unhandled rejection before that.
  return { child, ended };
}

/** What a program said first, which names the cause, and last, which says how it ended. */
function shorten(text: string): string {
  return text.length <= 2000 ? text : `${text.slice(0, 1000)}\n…\n${text.slice(-900)}`;
}

/**
 * A folder as a zstd-compressed tar stream. It ends only when both programs have ended well, and fails with either: the
 * end of a pipe alone proves nothing (hazard 15).
 */
export function packTree(root: string, threads = 0): Readable {
  const packing = start(tar, [...packOptions, "--directory", root, "."], ["ignore", "pipe", "pipe"]);
  const compressing = start(
    "zstd",
    [`-T${threads}`, "-3", "--quiet", "--stdout"],
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

/**
 * Holds a stored tarball against the folder that it was made from, byte for byte, and tells its hash.
 * @throws Damaged with what tar says.
 */
export async function compareTree(
  content: Readable,
  root: string,
  progress: (bytes: number) => void,
): Promise<Unpacked> {
  return throughTar(content, ["--compare", records, "--directory", root], { progress });
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
export async function unpackTree(content: Readable, root: string, watch: UnpackWatch): Promise<Unpacked> {
  const options = [...unpackOptions, "--verbose", "--quoting-style=literal", "--directory", root];
  return throughTar(content, options, watch);
}

/** Who watches a folder being unpacked. */
export interface UnpackWatch {
  /** Bytes of the tarball that were read. */
  progress: (bytes: number) => void;
  /** A file or folder is whole: path below the folder. Names with line ends come in pieces that name nothing. */
  unpacked?: (name: string) => void;
}

/** tar names each member when it begins with it: the one before is whole then, and the last at the end. */
async function watchNames(names: Readable, unpacked: (name: string) => void): Promise<void> {
  let before: string | undefined;
  for await (const line of createInterface({ input: names })) {
    if (before !== undefined) unpacked(before);
    before = line.replace(/^\.\//, "");
  }
  if (before !== undefined) unpacked(before);
}

async function throughTar(
  content: Readable,
  options: readonly string[],
  { progress, unpacked }: UnpackWatch,
): Promise<Unpacked> {
  const decompressing = start("zstd", ["--decompress", "--no-check", "--quiet", "--stdout"], ["pipe", "pipe", "pipe"]);
  const listing = unpacked === undefined ? "ignore" : "pipe";
  const unpacking = start(tar, options, [decompressing.child.stdout as Readable, listing, "pipe"]);
  const named =
    unpacking.child.stdout === null ? undefined : watchNames(unpacking.child.stdout, unpacked ?? (() => undefined));
  decompressing.child.stdout?.destroy();
  const hash = createHash("sha256");
  let bytes = 0;
  const measure = new Transform({
    highWaterMark: 1024 * 1024,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      progress(bytes);
      done(null, chunk);
    },
  });
  try {
    await pipeline(content, measure, decompressing.child.stdin ?? new PassThrough());
  } catch (error) {
    // What the programs say is the cause; a broken pipe is only its echo.
    await Promise.all([decompressing.ended, unpacking.ended]).catch((cause: Error) => {
      throw new Damaged(`the tarball is not whole: ${cause.message}`);
    });
    throw error;
  }
  await Promise.all([decompressing.ended, unpacking.ended]).catch((cause: Error) => {
    throw new Damaged(`the tarball is not whole: ${cause.message}`);
  });
  await named;
  return { bytes, sha256: hash.digest("hex") };
}
