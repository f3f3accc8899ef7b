import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { type Archive, Conflict } from "../../agent/archive/archive";
import type { ArchiveLocation } from "../../model/reference";
import { until } from "../../lab/neumann/harness";

/** A kind of archive under test. */
export interface ArchiveKindUnderTest<L extends ArchiveLocation> {
  /** An empty place of this kind. */
  place(): Promise<L>;
  /** Opens it without asking for its marker. */
  connect(location: L): Archive;
  /** Module and class for a program of its own that is killed: a string that evaluates to an `Archive` on `location`. */
  source(location: L): { imports: string; expression: string };
  /** A folder for the files that are put. */
  folder: string;
}

function sha(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

async function read(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What every archive must do, whatever holds it. */
export function archiveSuite<L extends ArchiveLocation>(name: string, kind: ArchiveKindUnderTest<L>): void {
  const fresh = async () => {
    const location = await kind.place();
    return { location, archive: kind.connect(location) };
  };
  let files = 0;
  const file = (content: string | Buffer): string => {
    const at = path.join(kind.folder, `put-${files++}`);
    fs.writeFileSync(at, content);
    return at;
  };

  describe(`${name}: every put is create-only`, () => {
    const puts = {
      putText: (archive: Archive, content: string) => archive.putText("a/b/object", content),
      putFile: (archive: Archive, content: string) => archive.putFile("a/b/object", file(content)),
      putStream: (archive: Archive, content: string) =>
        archive.putStream("a/b/object", Readable.from([Buffer.from(content)])),
    };
    for (const [method, put] of Object.entries(puts)) {
      it(`${method} stores what is not there and tells size and hash`, async () => {
        const { archive } = await fresh();
        expect(await put(archive, "one")).toEqual({ created: true, bytes: 3, sha256: sha("one") });
        expect(await archive.getText("a/b/object")).toBe("one");
        expect((await read(await archive.getStream("a/b/object"))).toString()).toBe("one");
      });

      it(`${method} of the same content again is success and changes nothing`, async () => {
        const { archive } = await fresh();
        await put(archive, "one");
        const before = await archive.list("");
        expect(await put(archive, "one")).toMatchObject({ created: false, sha256: sha("one") });
        expect(await archive.list("")).toEqual(before);
      });

      it(`${method} of other content is a conflict and leaves the first as it is`, async () => {
        const { archive } = await fresh();
        await put(archive, "one");
        for (const other of ["two", "one and more", ""]) await expect(put(archive, other)).rejects.toThrow(Conflict);
        expect(await archive.getText("a/b/object")).toBe("one");
        expect(await archive.list("")).toHaveLength(1);
      });
    }

    it("keeps the hash of a file beside it", async () => {
      const { archive } = await fresh();
      await archive.putFile("w/segment", file("content"));
      expect(await archive.storedHash("w/segment")).toBe(sha("content"));
      expect(await archive.storedHash("w/other")).toBeUndefined();
    });

    it("stores empty and large content", async () => {
      const { archive } = await fresh();
      await archive.putFile("empty", file(""));
      const large = Buffer.alloc(9_000_001, "x");
      expect(await archive.putStream("large", Readable.from([large.subarray(0, 4_000_000), large.subarray(4_000_000)])))
        // The stream came in pieces.
        .toEqual({ created: true, bytes: large.length, sha256: sha(large) });
      expect((await archive.list("")).map(({ key, bytes }) => [key, bytes])).toEqual([
        ["empty", 0],
        ["large", large.length],
      ]);
    });

    it.each([0, 1, 30])("fails with the stream after %i ms, and nothing of it is visible", async (milliseconds) => {
      const { archive } = await fresh();
      const broken = new PassThrough();
      broken.write("half");
      if (milliseconds === 0) broken.destroy(new Error("tar died"));
      else setTimeout(() => broken.destroy(new Error("tar died")), milliseconds);
      await expect(archive.putStream("x/broken", broken)).rejects.toThrow("tar died");
      expect(await archive.list("")).toEqual([]);
      expect(await archive.getText("x/broken")).toBeUndefined();
      // The name is still free for the next try.
      expect(await archive.putStream("x/broken", Readable.from([Buffer.from("whole")]))).toMatchObject({
        created: true,
      });
    });
  });

  describe(`${name}: writers at the same time`, () => {
    it("lets exactly one of eight win; the others see the same", async () => {
      const { location } = await fresh();
      const source = file(Buffer.alloc(300_000, "s"));
      const results = await Promise.all(
        Array.from({ length: 8 }, () => kind.connect(location).putFile("race/same", source)),
      );
      expect(results.filter((result) => result.created)).toHaveLength(1);
      expect(new Set(results.map((result) => result.sha256)).size).toBe(1);
    });

    for (const method of ["putText", "putFile", "putStream"] as const) {
      it(`lets exactly one of eight with other contents win: ${method}`, async () => {
        const { location } = await fresh();
        const contents = Array.from({ length: 8 }, (_, i) => `content ${i} `.repeat(5000));
        const results = await Promise.allSettled(
          contents.map((content) => {
            const archive = kind.connect(location);
            if (method === "putText") return archive.putText("race/other", content);
            if (method === "putFile") return archive.putFile("race/other", file(content));
            return archive.putStream("race/other", Readable.from([Buffer.from(content)]));
          }),
        );
        const won = results.flatMap((result, i) => (result.status === "fulfilled" ? [i] : []));
        expect(won).toHaveLength(1);
        for (const result of results) if (result.status === "rejected") expect(result.reason).toBeInstanceOf(Conflict);
        const archive = kind.connect(location);
        expect(await archive.getText("race/other")).toBe(contents[won[0]!]);
        if (method !== "putText") expect(await archive.storedHash("race/other")).toBe(sha(contents[won[0]!]!));
      });
    }
  });

  describe(`${name}: listings and keys`, () => {
    it("lists by prefix, sorted, with sizes and the store's times", async () => {
      const { archive } = await fresh();
      for (const key of ["p/b", "p/a/2", "p/a/10", "pq/z", "other"]) await archive.putText(key, key);
      await archive.putFile("p/f", file("12345"));
      const keys = async (prefix: string) => (await archive.list(prefix)).map((object) => object.key);
      expect(await keys("")).toEqual(["other", "p/a/10", "p/a/2", "p/b", "p/f", "pq/z"]);
      expect(await keys("p/")).toEqual(["p/a/10", "p/a/2", "p/b", "p/f"]);
      expect(await keys("p")).toEqual(["p/a/10", "p/a/2", "p/b", "p/f", "pq/z"]);
      expect(await keys("p/a/1")).toEqual(["p/a/10"]);
      expect(await keys("nothing/")).toEqual([]);
      const [stored] = await archive.list("p/f");
      expect(stored?.bytes).toBe(5);
      expect(Math.abs((stored?.storedAt.getTime() ?? 0) - (await archive.now()).getTime())).toBeLessThan(10_000);
    });

    it.each(["../outside", "a/../../outside", "/absolute", "a//b", "a/./b", "", "a/", "a\0b", "..", "x.meta"])(
      "refuses the key %j",
      async (key) => {
        const { archive } = await fresh();
        await expect(archive.putText(key, "text")).rejects.toThrow("not a key");
        await expect(archive.putFile(key, file("text"))).rejects.toThrow("not a key");
        await expect(archive.getText(key)).rejects.toThrow("not a key");
        expect(await archive.list("")).toEqual([]);
      },
    );

    it("tells what is not there", async () => {
      const { archive } = await fresh();
      expect(await archive.getText("not/there")).toBeUndefined();
      await expect(archive.getStream("not/there").then(read)).rejects.toThrow();
    });
  });

  describe(`${name}: a writer that is killed`, () => {
    const killed = async (method: "putStream" | "putFile" | "putText", afterMs: number) => {
      const { location, archive } = await fresh();
      const { imports, expression } = kind.source(location);
      const program = path.join(kind.folder, `writer-${files++}.cjs`);
      const entry = path.join(kind.folder, `writer-${files++}.ts`);
      const put = {
        putStream: `archive.putStream("k/object", Readable.from((async function* () { for (let i = 0; ; i++) { yield Buffer.alloc(1 << 20, "x"); } })()))`,
        putFile: `Promise.all(Array.from({ length: 500 }, (_, i) => archive.putFile("k/object-" + i, process.argv[2])))`,
        putText: `Promise.all(Array.from({ length: 500 }, (_, i) => archive.putText("k/object-" + i, "x".repeat(100000))))`,
      }[method];
      fs.writeFileSync(
        entry,
        `${imports}\nimport { Readable } from "node:stream";\nconst archive = ${expression};\nprocess.stdout.write("ready\\n");\nvoid ${put};\n`,
      );
      buildSync({
        entryPoints: [entry],
        outfile: program,
        bundle: true,
        platform: "node",
        format: "cjs",
        logLevel: "error",
      });
      const content = file(Buffer.alloc(100_000, "x"));
      const child = spawn(process.execPath, [program, content], { stdio: ["ignore", "pipe", "inherit"] });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      child.kill("SIGKILL");
      await until("the writer is dead", () => child.signalCode !== null || undefined);
      return { archive, content };
    };

    it("in the middle of a stream leaves nothing visible, and the key is free", async () => {
      const { archive } = await killed("putStream", 150);
      expect(await archive.list("")).toEqual([]);
      expect(await archive.getText("k/object")).toBeUndefined();
      expect(await archive.putStream("k/object", Readable.from([Buffer.from("whole")]))).toMatchObject({
        created: true,
      });
      expect(await archive.getText("k/object")).toBe("whole");
    });

    for (const method of ["putFile", "putText"] as const) {
      it(`among many objects leaves only whole ones, and the rest can be put again: ${method}`, async () => {
        for (const afterMs of [5, 40]) {
          const { archive, content } = await killed(method, afterMs);
          const whole = Buffer.alloc(100_000, "x");
          for (const object of await archive.list("k/")) {
            expect(object.bytes).toBe(whole.length);
            if (method === "putFile") expect(await archive.storedHash(object.key)).toBe(sha(whole));
          }
          for (let i = 0; i < 500; i += 50) {
            const key = `k/object-${i}`;
            await (method === "putFile" ? archive.putFile(key, content) : archive.putText(key, whole.toString()));
          }
        }
      });
    }
  });
}
