import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { execFileSync as run, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { hashTree, TreeCopy } from "../../agent/host/tree";
import { levelFor, usualLevel } from "../../agent/host/compression";
import { compareTree, packTree, unpackTree } from "../../agent/host/tarball";
import { checkTree } from "../../agent/restore/checkTree";
import { FileHashes } from "../../agent/restore/fileHashes";
import { Damaged } from "../../agent/run/errors";
import { contentsOf, scratch } from "./support";

const folder = scratch("tree");
let count = 0;
/** A folder on a disk: on tmpfs a map that is written never gives its file a new time, and no database is there. Null: none. */
const memoryMaps = ((): string | null => {
  if (process.platform !== "linux" || spawnSync("python3", ["-c", "import mmap"]).status !== 0) return null;
  const tmpfs = 0x01021994;
  return (
    [folder, path.resolve(__dirname, "../../.work")].find((at) => {
      fs.mkdirSync(at, { recursive: true });
      return fs.statfsSync(at).type !== tmpfs;
    }) ?? null
  );
})();

function pair(parent = folder): { source: string; target: string; copy: TreeCopy } {
  const base = path.join(parent, `case-${process.pid}-${count++}`);
  const source = path.join(base, "source");
  const target = path.join(base, "target");
  fs.mkdirSync(source, { recursive: true });
  return { source, target, copy: new TreeCopy(source, target) };
}
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const nothing = (): void => undefined;

describe("a copy in passes (protocol 10)", () => {
  it("catches a page that was rewritten with the same size, its times set back", async () => {
    const { source, target, copy } = pair();
    const page = path.join(source, "pages.db");
    fs.writeFileSync(page, Buffer.alloc(16_384, 1));
    const old = new Date(Date.now() - 3_600_000);
    fs.utimesSync(page, old, old);
    await copy.pass(nothing);
    const handle = fs.openSync(page, "r+");
    fs.writeSync(handle, Buffer.alloc(4096, 2), 0, 4096, 8192);
    fs.closeSync(handle);
    fs.utimesSync(page, old, old); // Only the inode's own time tells.
    await copy.pass(nothing);
    expect(contentsOf(target)).toEqual(contentsOf(source));
  });

  it.skipIf(memoryMaps === null)(
    "catches a page that is rewritten through a memory map",
    { timeout: 30_000 },
    async () => {
      const { source, target, copy } = pair(memoryMaps!);
      const page = path.join(source, "pages.db");
      fs.writeFileSync(page, Buffer.alloc(16_384, 1));
      const program = `import mmap, sys
with open(sys.argv[1], "r+b") as file:
    page = mmap.mmap(file.fileno(), 0)
    for line in sys.stdin:
        page[8192] = int(line)
        print("done", flush=True)`;
      const mapper = spawn("python3", ["-c", program, page], { stdio: ["pipe", "pipe", "inherit"] });
      const answers = createInterface({ input: mapper.stdout })[Symbol.asyncIterator]();
      const change = async (value: number): Promise<void> => {
        mapper.stdin.write(`${value}\n`);
        expect((await answers.next()).value).toBe("done");
      };
      try {
        await change(2);
        // Beyond the grain of the clock: what follows must show by itself.
        await new Promise((resolve) => setTimeout(resolve, 2500));
        await copy.pass(nothing);
        await change(3);
        await copy.lastPass(nothing);
        expect(fs.readFileSync(page)[8192]).toBe(3);
        expect(contentsOf(target)).toEqual(contentsOf(source));
      } finally {
        mapper.kill();
        fs.rmSync(path.dirname(source), { recursive: true });
      }
    },
  );

  it("catches a page that was written while the pass before ran", async () => {
    const { source, target, copy } = pair();
    const page = path.join(source, "a");
    fs.writeFileSync(page, Buffer.alloc(4096, 1));
    fs.writeFileSync(path.join(source, "b"), Buffer.alloc(20_000_000));
    await copy.pass(() => fs.writeFileSync(page, Buffer.alloc(4096, Math.ceil(Math.random() * 255))));
    fs.writeFileSync(page, Buffer.alloc(4096, 3));
    await copy.lastPass(nothing);
    expect(contentsOf(target)).toEqual(contentsOf(source));
  });

  it("copies only what may have changed", async () => {
    const { source, copy } = pair();
    for (const name of ["a", "b", "c"]) fs.writeFileSync(path.join(source, name), name.repeat(1000));
    expect((await copy.pass(nothing)).files).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 2100)); // The grain of the clock.
    await copy.pass(nothing);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    fs.writeFileSync(path.join(source, "b"), "B".repeat(1000));
    expect(await copy.pass(nothing)).toEqual({ files: 1, bytes: 1000 });
  });

  const name = fc.constantFrom("a", "b", "d/a", "d/e/b", "d");
  const change = fc.oneof(
    fc.record({ kind: fc.constant("rewrite" as const), name, byte: fc.nat(255) }),
    fc.record({ kind: fc.constant("write" as const), name, size: fc.nat(5000), byte: fc.nat(255) }),
    fc.record({ kind: fc.constant("replace" as const), name, size: fc.nat(100), byte: fc.nat(255) }),
    fc.record({ kind: fc.constant("remove" as const), name }),
    fc.record({ kind: fc.constant("folder" as const), name }),
    fc.record({ kind: fc.constant("link" as const), name }),
  );
  type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

  const changes = {
    rewrite: (at, { byte = 0 }) => fs.writeFileSync(at, Buffer.alloc(fs.statSync(at).size, byte), { flag: "r+" }),
    write: (at, { size = 0, byte = 0 }) => fs.writeFileSync(at, Buffer.alloc(size, byte)),
    replace(at, { size = 0, byte = 0 }) {
      fs.writeFileSync(`${at}.new`, Buffer.alloc(size, byte));
      fs.rmSync(at, { recursive: true, force: true });
      fs.renameSync(`${at}.new`, at);
    },
    remove: (at) => fs.rmSync(at, { recursive: true, force: true }),
    folder(at) {
      fs.rmSync(at, { recursive: true, force: true });
      fs.mkdirSync(at);
    },
    link(at) {
      fs.rmSync(at, { recursive: true, force: true });
      fs.symlinkSync("elsewhere", at);
    },
  } satisfies Record<Change["kind"], (at: string, change: { size?: number; byte?: number }) => void>;

  /** What does not fit, such as a file below a file, is left out. */
  function apply(source: string, step: Change): void {
    try {
      changes[step.kind](path.join(source, step.name), step as { size?: number; byte?: number });
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (!["ENOENT", "ENOTDIR", "EISDIR", "EEXIST", "ELOOP"].includes(code)) throw error;
    }
  }

  function shape(root: string): Record<string, string> {
    const found: Record<string, string> = {};
    for (const entry of fs.readdirSync(root, { recursive: true }) as string[]) {
      const stats = fs.lstatSync(path.join(root, entry));
      if (stats.isDirectory()) found[entry] = "folder";
      else if (stats.isSymbolicLink()) found[entry] = `link ${fs.readlinkSync(path.join(root, entry))}`;
      else found[entry] = fs.readFileSync(path.join(root, entry)).toString("hex");
    }
    return found;
  }

  it("is exact after a last pass, whatever changed between the passes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 8 }), { minLength: 1, maxLength: 4 }), async (rounds) => {
        const { source, target, copy } = pair();
        for (const [index, round] of rounds.entries()) {
          for (const step of round) apply(source, step);
          await (index === rounds.length - 1 ? copy.lastPass(nothing) : copy.pass(nothing));
        }
        expect(shape(target)).toEqual(shape(source));
      }),
      { numRuns: 40, interruptAfterTimeLimit: 12_000 },
    );
  });
});

describe("the level of compression", () => {
  const mebibyte = 1024 * 1024;

  /** 80 MiB in two files. */
  async function levelOf(content: (bytes: number) => Buffer): Promise<number> {
    const { source } = pair();
    for (const name of ["a", "b"]) fs.writeFileSync(path.join(source, name), content(40 * mebibyte));
    return levelFor(source);
  }

  it("is the quickest where that packs as small", async () => {
    expect(await levelOf((bytes) => randomBytes(bytes))).toBe(1);
  });

  it("is the usual one where that packs smaller", async () => {
    const words = Array.from({ length: 3000 }, () => randomBytes(3).toString("base64"));
    const text = Array.from({ length: 200_000 }, (_, i) => words[(i * i * 31 + i) % words.length]).join(" ");
    expect(await levelOf((bytes) => Buffer.alloc(bytes, text))).toBe(usualLevel);
  });

  it("is the usual one where there is little to pack", async () => {
    const { source } = pair();
    fs.writeFileSync(path.join(source, "a"), randomBytes(mebibyte));
    expect(await levelFor(source)).toBe(usualLevel);
  });
});

describe("a tarball", () => {
  async function packed(source: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of packTree(source, usualLevel)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  async function sample(): Promise<{ source: string; content: Buffer }> {
    const { source } = pair();
    fs.mkdirSync(path.join(source, "data/store"), { recursive: true });
    fs.writeFileSync(path.join(source, "data/store/pages"), Buffer.alloc(300_000, "page"));
    fs.writeFileSync(path.join(source, "data/store/empty"), "");
    return { source, content: await packed(source) };
  }

  function target(): string {
    const at = path.join(folder, `unpacked-${count++}`);
    fs.mkdirSync(at);
    return at;
  }

  it("comes back as it was, and is the same for the same folder", async () => {
    const { source, content } = await sample();
    const at = target();
    const unpacked = await unpackTree(Readable.from([content]), at, { progress: nothing });
    expect(unpacked.bytes).toBe(content.length);
    await checkTree(at, { files: await hashTree(source), hashes: new FileHashes(at) }, nothing);
    expect(contentsOf(at)).toEqual(contentsOf(source));
    await compareTree(Readable.from([content]), source, nothing);
    const file = path.join(target(), "content");
    fs.writeFileSync(file, content);
    expect(await unpackTree(file, target(), { progress: nothing })).toEqual(unpacked);
    expect(await compareTree(file, source, nothing)).toEqual(unpacked);
  });

  it("tells each file when it is whole, and what is touched after that is read again", async () => {
    const { source, content } = await sample();
    const at = target();
    const hashes = new FileHashes(at);
    const names: string[] = [];
    await unpackTree(Readable.from([content]), at, {
      progress: nothing,
      unpacked: (name) => {
        names.push(name);
        hashes.add(name);
      },
    });
    await hashes.settled();
    expect(names).toEqual(["", "data/", "data/store/", "data/store/empty", "data/store/pages"]);
    const files = await hashTree(source);
    await checkTree(at, { files, hashes }, nothing);
    fs.writeFileSync(path.join(at, "data/store/pages"), Buffer.alloc(300_000, "PAGE"));
    await expect(checkTree(at, { files, hashes }, nothing)).rejects.toThrow(/data\/store\/pages has another SHA-256/);
  });

  it("a file that is in a tarball twice is judged by the second", async () => {
    const { source } = await sample();
    const files = await hashTree(source);
    const tar = path.join(folder, `twice-${count++}.tar`);
    const zstd = `${tar}.zst`;
    const pages = path.join(source, "data/store/pages");
    run("tar", ["-cf", tar, "-C", source, "."]);
    fs.writeFileSync(pages, Buffer.alloc(300_000, "PAGE"));
    run("tar", ["-rf", tar, "-C", source, "./data/store/pages"]);
    run("zstd", ["-q", tar, "-o", zstd]);
    const at = target();
    const hashes = new FileHashes(at);
    const watch = { progress: nothing, unpacked: (name: string) => hashes.add(name) };
    await unpackTree(fs.createReadStream(zstd), at, watch);
    await hashes.settled();
    await expect(checkTree(at, { files, hashes }, nothing)).rejects.toThrow(/data\/store\/pages has another SHA-256/);
  });

  it("cut anywhere is damage, never a smaller folder (hazard 15)", async () => {
    const { content } = await sample();
    for (const part of [0, 0.1, 0.5, 0.9, 0.999]) {
      const cut = content.subarray(0, Math.floor(content.length * part));
      const file = path.join(target(), "cut");
      fs.writeFileSync(file, cut);
      for (const tarball of [Readable.from([cut]), file]) {
        const unpacking = unpackTree(tarball, target(), { progress: nothing });
        await expect(unpacking).rejects.toThrow(/the tarball is not whole/);
      }
    }
  });

  it("is read to its very end, however much padding there is: zstd must not die of what nobody reads", async () => {
    const { source, target } = pair();
    fs.writeFileSync(path.join(source, "a"), randomBytes(5000));
    const padded = `${target}.zst`;
    const pack = `tar --create --blocking-factor=8192 --directory "$1" . | zstd --quiet -o "$2"`;
    run("bash", ["-c", `set -o pipefail; ${pack}`, "-", source, padded]);
    await compareTree(padded, source, nothing);
    fs.mkdirSync(target);
    await unpackTree(fs.createReadStream(padded), target, { progress: nothing });
    expect(contentsOf(target)).toEqual(contentsOf(source));
  });

  it("does not compare with a folder that has changed", async () => {
    const { source, content } = await sample();
    fs.writeFileSync(path.join(source, "data/store/pages"), Buffer.alloc(300_000, "PAGE"));
    await expect(compareTree(Readable.from([content]), source, nothing)).rejects.toThrow(Damaged);
  });

  it("fails when its folder goes away", async () => {
    await expect(packed(path.join(folder, "nowhere"))).rejects.toThrow(/tar failed/);
  });
});
