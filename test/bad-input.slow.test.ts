import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, expect, it } from "vitest";
import { packTree, unpackTree } from "../agent/host/tarball";
import { WorldFault } from "../agent/run/errors";
import { serializeManifest } from "../model/manifest";
import {
  agent,
  type AgentOptions,
  bundle,
  complaint,
  contentsOf,
  endAll,
  filesBelow,
  must,
  scratch,
} from "./agent/support";
import { at, known, makeWorld, manifestOf, specs, type World } from "./bad-input/world";

/** What test/bad-input.test.ts cannot show in one process: the programs as they are shipped, signals and full disks. */
const folder = scratch("bad");

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

function worldIn(name: string): World {
  const world = makeWorld(path.join(folder, name));
  fs.writeFileSync(world.configFile, JSON.stringify(world.config).replaceAll("…", world.folder));
  return world;
}

const cases: { what: string; args: string[]; options?: AgentOptions; code: number; says: string }[] = [
  {
    what: "no configuration",
    args: ["--config", "/none.json", "status"],
    code: 2,
    says: `The agent has no configuration: 1 mistake
  - --config: names no file (received "/none.json"). Name the agent's configuration with --config FILE; the install step of ClusterBackups writes it.`,
  },
  {
    what: "an unknown command",
    args: ["ful"],
    code: 2,
    says: "error: unknown command 'ful'\n(Did you mean full?)\n(neumann-backup --help shows examples)",
  },
  {
    what: "a specification that was cut off, with a key in it",
    args: ["archive-create"],
    options: { spec: '{"archive":{"kind":"s3","credentials":{"secretAccessKey":"sec' },
    code: 2,
    says: `The specification of archive-create on standard input is wrong: 1 mistake
  - (the whole): is not JSON: it cannot be parsed (received "(not shown)"). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a restore point without a zone",
    args: ["plan", "time:2026-11-23T10:30:00"],
    code: 2,
    says: `The restore point cannot be used: 1 mistake
  - restorePoint: has no time zone (received "time:2026-11-23T10:30:00"). Write the time in UTC, to the second, with a Z at its end: time:2026-11-23T10:30:00Z.`,
  },
];

it.each(cases)("the shipped program on $what: code, the whole message, nothing else", async (bad) => {
  const world = worldIn(bad.what);
  const before = contentsOf(world.folder);
  const ran = await agent(["--config", world.configFile, "--json", ...bad.args], bad.options);
  expect({ code: ran.code, says: complaint(ran), stdout: ran.stdout }).toEqual({
    code: bad.code,
    says: bad.says,
    stdout: "",
  });
  expect(contentsOf(world.folder)).toEqual(before);
});

it("the small program of archive_command says it in the same words", () => {
  const world = worldIn("small");
  const segment = path.basename(at.segment(6));
  const file = path.join(world.folder, segment);
  const before = contentsOf(world.folder);
  const words = [bundle().walPush, world.configFile, file, segment];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: "",
    stderr: `neumann-backup: wal-push cannot store this: 1 mistake
  - %p: is not there (received "${file}"). Give the path of a finished segment, as the database does: nothing else is ever archived.
`,
  });
  expect(contentsOf(world.folder)).toEqual(before);
});

it("Ctrl-C in the middle of a fetch is no damage", async () => {
  const world = worldIn(`interrupted-${Date.now()}`);
  const source = fs.mkdtempSync(path.join(folder, "large-"));
  fs.writeFileSync(path.join(source, "rows"), randomBytes(256 * 1024 * 1024));
  const data = at.data().replace("…", world.folder);
  await pipeline(packTree(source, 1), fs.createWriteStream(data));
  const parts = [{ name: "data.tar.zst", bytes: fs.statSync(data).size, sha256: "0".repeat(64) }];
  fs.writeFileSync(at.manifest().replace("…", world.folder), serializeManifest(manifestOf(known.newest, { parts })));
  const before = contentsOf(world.folder);
  const fetching = '"step":"fetch"';
  const words = ["query", "--at", `backup:${known.newest}`, "SELECT 1"];
  const ran = await agent(["--config", world.configFile, "--json", ...words], {
    started(child) {
      let said = "";
      child.stderr?.on("data", (text: string) => {
        const fetched = said.includes(fetching);
        said += text;
        // As a terminal does it: tar and zstd get it too.
        if (!fetched && said.includes(fetching)) process.kill(-(child.pid as number), "SIGINT");
      });
    },
  });
  expect({ code: ran.code, says: complaint(ran) }).toEqual({
    code: 4,
    says: "stopped by SIGINT; run the same command again",
  });
  expect(contentsOf(world.folder)).toEqual(before);
});

/** A file system of so many bytes. */
async function onSmallDisk(size: string, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = fs.mkdtempSync(path.join(folder, "disk-"));
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk]);
  if (status !== 0) throw new Error(`no small disk can be mounted here: ${stderr.toString()}`);
  try {
    await work(disk);
  } finally {
    spawnSync("umount", ["-l", disk]);
  }
}

const asRoot = it.skipIf(process.getuid?.() !== 0);

asRoot("a full disk under the archive says so and what to do", () =>
  onSmallDisk("16k", async (disk) => {
    const filler = path.join(disk, "filler");
    expect(() => fs.writeFileSync(filler, Buffer.alloc(64_000))).toThrow("ENOSPC");
    const spec = { ...specs.archive, archive: { kind: "directory", location: path.join(disk, "new") } };
    const ran = await agent(["--json", "archive-create"], { spec });
    expect(ran.code).toBe(4);
    expect(complaint(ran)).toMatch(
      /^ENOSPC: no space left on device, \w+.*\. The disk is full: free space there and run the same command again\.$/,
    );
    fs.rmSync(filler);
    expect(await must(["archive-create"], { spec })).toMatchObject({ created: true });
    expect(filesBelow(path.join(disk, "new"))).toEqual(["prod/records/archive.json"]);
  }),
);

asRoot("a disk that fills up while a backup is unpacked is no damage of the backup", () =>
  onSmallDisk("1m", async (disk) => {
    const source = fs.mkdtempSync(path.join(folder, "rows-"));
    fs.writeFileSync(path.join(source, "rows"), Buffer.alloc(4 * 1024 * 1024, "a row\n"));
    const packed = Buffer.concat((await packTree(source, 3).toArray()) as Buffer[]);
    const unpacking = unpackTree(Readable.from([packed]), disk, { progress: () => undefined });
    const error = (await unpacking.catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(WorldFault);
    expect(error.message).toMatch(
      /^tar failed with exit code 2: .*(?:No space left on device|Wrote only).*\. Free space there, or make it writable, and run the same command again\.$/,
    );
  }),
);
