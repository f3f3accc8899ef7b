import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { Conflict } from "../../agent/archive/archive";
import { DirectoryArchive } from "../../agent/archive/directory";
import { createArchive, openArchive, openArchives, openReachable } from "../../agent/archive/open";
import { flipBit } from "../contract/support";
import { archiveSuite } from "./archiveSuite";
import { contentsOf, filesBelow, scratch } from "./support";

const folder = scratch("archive");
let places = 0;
function place(): { kind: "directory"; location: string } {
  const location = path.join(folder, `place-${places++}`);
  fs.mkdirSync(location);
  return { kind: "directory", location };
}

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

archiveSuite("a folder", {
  folder,
  place: () => Promise.resolve(place()),
  connect: ({ location }) => new DirectoryArchive(location),
  source: ({ location }) => ({
    imports: `import { DirectoryArchive } from ${JSON.stringify(path.resolve(__dirname, "../../agent/archive/directory"))};`,
    expression: `new DirectoryArchive(${JSON.stringify(location)})`,
  }),
});

describe("a folder as archive, on the disk", () => {
  function put(content: string): string {
    const file = path.join(folder, `file-${places++}`);
    fs.writeFileSync(file, content);
    return file;
  }

  it("writes the hash before the object: a death in between leaves a hash that only the same content matches", async () => {
    const { location } = place();
    const archive = new DirectoryArchive(location);
    await archive.putFile("w/segment", put("content"));
    fs.unlinkSync(path.join(location, "w/segment")); // As if it had died after the hash.
    expect(await archive.storedHash("w/segment")).toBeUndefined();
    expect(await archive.list("")).toEqual([]);
    await expect(archive.putFile("w/segment", put("another"))).rejects.toThrow(Conflict);
    await expect(archive.putStream("w/segment", Readable.from(["another"]))).rejects.toThrow(Conflict);
    expect(await archive.list("")).toEqual([]);
    expect(await archive.putFile("w/segment", put("content"))).toMatchObject({ created: true });
  });

  it("is rid of what killed writers left, once that is old, and of nothing else", async () => {
    const { location } = place();
    const archive = new DirectoryArchive(location);
    await archive.putText("prod/records/text", "content");
    const left = ["", "prod/full/data", "prod/records", "other"].flatMap((at) => {
      fs.mkdirSync(path.join(location, at), { recursive: true });
      return ["old", "young"].map((age) => path.join(location, at, `.neumann-backup-tmp-7-${age}`));
    });
    const day = 86_400_000;
    const old = new Date(Date.now() - 8 * day);
    for (const file of [...left, path.join(location, "notes")]) fs.writeFileSync(file, "half");
    const aged = [...left.filter((file) => file.endsWith("old")), path.join(location, "prod/records/text")];
    for (const file of [...aged, path.join(location, "notes")]) fs.utimesSync(file, old, old);
    expect(await archive.sweep("prod", new Date(Date.now() - 7 * day))).toBe(3);
    const there = [
      ...left.filter((file) => file.endsWith("young")),
      path.join(location, "other/.neumann-backup-tmp-7-old"),
    ];
    expect(left.filter((file) => fs.existsSync(file)).sort()).toEqual(there.sort());
    expect(await archive.getText("prod/records/text")).toBe("content");
    expect(fs.existsSync(path.join(location, "notes"))).toBe(true);
    expect(await archive.sweep("new", new Date())).toBeGreaterThan(0); // A folder that is not there yet is no fault.
  });

  it("is as open to others as any of its objects, whatever the stored file is", async () => {
    const { location } = place();
    const file = put("content");
    fs.chmodSync(file, 0o600);
    const archive = new DirectoryArchive(location);
    await archive.putFile("w/segment", file);
    await archive.putText("w/text", "content");
    const modeOf = (key: string) => fs.statSync(path.join(location, key)).mode;
    expect(modeOf("w/segment")).toBe(modeOf("w/text"));
  });

  it("refuses a file that grows while it is stored", async () => {
    const { location } = place();
    const file = put("x".repeat(40_000_000));
    const putting = new DirectoryArchive(location).putFile("w/segment", file);
    let over = false;
    const stored = putting.then(
      ({ sha256 }) => sha256,
      (error: unknown) => error,
    );
    void stored.finally(() => (over = true));
    while (!over) {
      fs.appendFileSync(file, "more");
      await new Promise((resolve) => setImmediate(resolve));
    }
    const result = await stored;
    const object = path.join(location, "w/segment");
    if (result instanceof Error) {
      expect(result.message).toContain("changed while it was copied");
      expect(fs.existsSync(object)).toBe(false);
    } else {
      expect(createHash("sha256").update(fs.readFileSync(object)).digest("hex")).toBe(result);
    }
  });

  it("never lists an object whose hash is not there yet", async () => {
    const { location } = place();
    const archive = new DirectoryArchive(location);
    const putting = archive.putFile("w/segment", put("x".repeat(2_000_000)));
    let done = false;
    void putting.then(() => (done = true));
    while (!done) {
      for (const { key } of await archive.list("w/")) expect(await archive.storedHash(key)).toMatch(/^[0-9a-f]{64}$/);
    }
    await putting;
  });

  it("does not take an object for stored whose bytes have changed on the disk", async () => {
    const { location } = place();
    const archive = new DirectoryArchive(location);
    const file = put("content");
    await archive.putFile("w/segment", file);
    flipBit(path.join(location, "w/segment"), 3);
    await expect(archive.putFile("w/segment", file)).rejects.toThrow(Conflict);
  });

  it("leaves no temporary file behind, whether it wins, finds the same or loses", async () => {
    const { location } = place();
    const archive = new DirectoryArchive(location);
    await archive.putFile("a/o", put("1"));
    await archive.putFile("a/o", put("1"));
    await archive.putFile("a/o", put("2")).catch(() => undefined);
    await archive.putText("a/t", "1");
    await archive.putText("a/t", "2").catch(() => undefined);
    expect(filesBelow(location)).toEqual(["a/o", "a/o.meta", "a/t"]);
  });

  it("writes nothing when the folder goes away while it is open, nor into what appears under its name", async () => {
    const spec = place();
    await createArchive(spec, "prod", "primary");
    const archive = await openArchive(spec, "prod", "primary");
    await archive.putText("prod/records/one.json", "1");
    fs.renameSync(spec.location, `${spec.location}.away`);
    await expect(archive.putText("prod/records/two.json", "2")).rejects.toThrow(
      `${spec.location} is gone: is the disk mounted? Nothing more was written; run the same command again when it is back.`,
    );
    expect(fs.existsSync(spec.location)).toBe(false);
    fs.mkdirSync(spec.location);
    await expect(archive.putFile("prod/wal/x", put("2"))).rejects.toThrow("is another folder than before");
    await expect(archive.getText("prod/records/one.json")).rejects.toThrow("is another folder than before");
    expect(fs.readdirSync(spec.location)).toEqual([]);
  });

  it("refuses to go on when it goes away in the middle of a stream", async () => {
    const spec = place();
    await createArchive(spec, "prod", "primary");
    const archive = await openArchive(spec, "prod", "primary");
    async function* content() {
      yield Buffer.from("first half");
      await new Promise((resolve) => setTimeout(resolve, 50));
      fs.renameSync(spec.location, `${spec.location}.away`);
      fs.mkdirSync(spec.location);
      yield Buffer.from("second half");
    }
    await expect(archive.putStream("prod/full/data/x", Readable.from(content()))).rejects.toThrow(/another folder/);
    expect(filesBelow(spec.location)).toEqual([]);
    expect([...contentsOf(`${spec.location}.away`).keys()].filter((name) => name.includes("full"))).toEqual([]);
  });
});

describe("which archive it is", () => {
  const reference = (location: string, more = {}) => ({
    kind: "directory" as const,
    location,
    clusterId: "prod",
    ...more,
  });

  it("is made once and recognised ever after", async () => {
    const spec = { ...place(), location: path.join(folder, "new", "deep") };
    expect(await createArchive(spec, "prod", "primary")).toBe(true);
    expect(await createArchive(spec, "prod", "primary")).toBe(false);
    const marker = fs.readFileSync(path.join(spec.location, "prod/records/archive.json"), "utf8");
    expect(JSON.parse(marker)).toEqual({ format: "neumann-archive/1", clusterId: "prod", role: "primary" });
  });

  it("refuses a folder without the marker: a mount that is gone", async () => {
    const { location } = place();
    await expect(openArchive(reference(location), "prod", "primary")).rejects.toThrow(
      `${location} is not the primary archive of cluster prod: prod/records/archive.json is missing. Is the disk mounted?`,
    );
    expect(fs.readdirSync(location)).toEqual([]);
    await expect(openArchive(reference(`${location}/nowhere`), "prod", "primary")).rejects.toThrow("is missing");
    expect(fs.existsSync(`${location}/nowhere`)).toBe(false);
  });

  it("refuses the copy for the first archive, and another cluster's for this one's", async () => {
    const spec = place();
    await createArchive(spec, "prod", "offsite");
    await expect(openArchive(spec, "prod", "primary")).rejects.toThrow(
      `${spec.location} is the offsite archive of cluster prod, not the primary archive of prod. Name the right folder.`,
    );
    await expect(createArchive(spec, "prod", "primary")).rejects.toThrow("is the offsite archive");
    await expect(openArchive(spec, "test", "offsite")).rejects.toThrow("test/records/archive.json is missing");
  });

  it("refuses a foreign folder that holds something under the cluster's name", async () => {
    const spec = place();
    fs.mkdirSync(path.join(spec.location, "prod"));
    fs.writeFileSync(path.join(spec.location, "prod", "precious"), "x");
    await expect(createArchive(spec, "prod", "primary")).rejects.toThrow(
      `${spec.location} holds prod/precious but no prod/records/archive.json: it is not an archive that this library made. Name an empty folder.`,
    );
    expect(filesBelow(spec.location)).toEqual(["prod/precious"]);
  });

  it("refuses a damaged marker as damage", async () => {
    const spec = place();
    await createArchive(spec, "prod", "primary");
    fs.writeFileSync(path.join(spec.location, "prod/records/archive.json"), '{"format":"neumann-arch');
    await expect(openArchive(spec, "prod", "primary")).rejects.toThrow(
      /records\/archive\.json cannot be read: .* It is damaged, or a later version wrote it/,
    );
  });

  it("holds two clusters side by side", async () => {
    const spec = place();
    await createArchive(spec, "prod", "primary");
    await createArchive(spec, "test", "primary");
    await openArchive(spec, "prod", "primary");
    await openArchive(spec, "test", "primary");
  });

  it("reads what is left: either of the two, never neither", async () => {
    const [one, two] = [place(), place()];
    await createArchive(one, "prod", "primary");
    await createArchive(two, "prod", "offsite");
    const spec = reference(one.location, { offsite: two });
    expect((await openReachable(spec)).map(({ place: found }) => found)).toEqual(["primary", "offsite"]);
    fs.rmSync(one.location, { recursive: true });
    expect((await openReachable(spec)).map(({ place: found }) => found)).toEqual(["offsite"]);
    await expect(openArchives(spec)).rejects.toThrow("is not the primary archive");
    fs.rmSync(two.location, { recursive: true });
    await expect(openReachable(spec)).rejects.toThrow(/primary archive[^]*offsite archive/);
  });

  it("stores the hash that everybody else computes", async () => {
    const { location } = place();
    const archive = new DirectoryArchive(location);
    await archive.putStream("x", Readable.from([Buffer.from("abc")]));
    const meta = JSON.parse(fs.readFileSync(path.join(location, "x.meta"), "utf8")) as { sha256: string };
    expect(meta.sha256).toBe(createHash("sha256").update("abc").digest("hex"));
  });
});
