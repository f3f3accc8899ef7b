import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { Conflict } from "../../agent/archive/archive";
import { DirectoryArchive } from "../../agent/archive/directory";
import { forgetBefore, sealSegment } from "../../agent/sealedSegment";
import { scratch } from "./support";

const installed = spawnSync("age", ["--version"]).status === 0;
if (!installed) console.warn("skipped: the program age is not on PATH (Debian: apt-get install age)");

const segment = "00000000000000a1.wal";
const next = "00000000000000a2.wal";
const key = `prod/wal/lineage/stream/${segment}`;
let root: string;
let folder: string;
let file: string;
let archive: DirectoryArchive;

function makePair(name: string): { keyFile: string; recipient: string } {
  const keyFile = path.join(root, name);
  execFileSync("age-keygen", ["--output", keyFile], { stdio: "ignore" });
  return { keyFile, recipient: execFileSync("age-keygen", ["-y", keyFile]).toString().trim() };
}

beforeEach(() => {
  root = scratch("sealed");
  folder = path.join(root, "sealed");
  file = path.join(root, segment);
  fs.writeFileSync(file, Buffer.concat([randomBytes(300_000), Buffer.from("a row that nobody may read")]));
  fs.mkdirSync(path.join(root, "archive"));
  archive = new DirectoryArchive(path.join(root, "archive"));
});

describe.skipIf(!installed)("an encrypted segment", () => {
  it("is stored twice as one, opened by hand, and read by nobody else", async () => {
    const { keyFile, recipient } = makePair("ours");
    const sealing = { folder, recipients: [recipient] };
    expect(await archive.putFile(key, await sealSegment(file, sealing))).toMatchObject({ created: true });
    await forgetBefore(segment, sealing);
    expect(await archive.putFile(key, await sealSegment(file, sealing))).toMatchObject({ created: false });
    const stored = fs.readFileSync(archive.fileOf(key));
    expect(stored.includes("a row that nobody may read")).toBe(false);
    const opened = execFileSync("age", ["-d", "-i", keyFile, archive.fileOf(key)]);
    expect(opened.equals(fs.readFileSync(file))).toBe(true);
  });

  it("is kept until a later one is stored; without it the archive's stays as it is", async () => {
    const sealing = { folder, recipients: [makePair("ours").recipient] };
    const first = await sealSegment(file, sealing);
    await archive.putFile(key, first);
    const stored = fs.readFileSync(archive.fileOf(key));
    await forgetBefore(next, sealing);
    expect(fs.readdirSync(folder)).toEqual([]);
    await expect(archive.putFile(key, await sealSegment(file, sealing))).rejects.toThrow(Conflict);
    expect(fs.readFileSync(archive.fileOf(key)).equals(stored)).toBe(true);
  });

  it("is another one for one flipped byte, and for other recipients in whatever order", async () => {
    const [a, b] = [makePair("a").recipient, makePair("b").recipient];
    const first = await sealSegment(file, { folder, recipients: [a] });
    await archive.putFile(key, first);
    const both = await sealSegment(file, { folder, recipients: [a, b] });
    expect(both).not.toBe(first);
    expect(await sealSegment(file, { folder, recipients: [b, a] })).toBe(both);
    const content = fs.readFileSync(file);
    content.writeUInt8(content.readUInt8(7) ^ 1, 7);
    fs.writeFileSync(file, content);
    const flipped = await sealSegment(file, { folder, recipients: [a] });
    await expect(archive.putFile(key, flipped)).rejects.toThrow(Conflict);
  });

  it("is made anew beside what a run that died left half-written, which the next segment takes away", async () => {
    const { keyFile, recipient } = makePair("ours");
    const sealing = { folder, recipients: [recipient] };
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, ".neumann-backup-tmp-dead"), "age-encryption.org/v1\n-> half");
    const sealed = await sealSegment(file, sealing);
    expect(execFileSync("age", ["-d", "-i", keyFile, sealed]).equals(fs.readFileSync(file))).toBe(true);
    await forgetBefore(segment, sealing);
    expect(fs.readdirSync(folder)).toEqual([path.basename(sealed)]);
  });

  it("lies where only its owner looks, and leaves nothing when it cannot be made", async () => {
    const sealing = { folder, recipients: [makePair("ours").recipient] };
    await sealSegment(file, sealing);
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    await forgetBefore(next, sealing);
    await expect(sealSegment(file, { folder, recipients: ["age1none"] })).rejects.toThrow(/malformed recipient/);
    await expect(sealSegment(file, { folder, recipients: [] })).rejects.toThrow("nobody could decrypt it");
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});

it("has nothing to forget where nothing was encrypted", async () => {
  await expect(forgetBefore(segment, { folder: path.join(root, "none") })).resolves.toBeUndefined();
});
