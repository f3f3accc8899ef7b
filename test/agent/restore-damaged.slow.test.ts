import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { flipBit } from "../contract/support";
import { archiveCopy, backups, changeManifest, dataFile, folder, nothingInPlace, recovery, rows } from "./restoreCases";
import { agent, complaint, contentsOf, filesBelow, must, mustPhase, phase, recoveryOf } from "./support";

function bash(command: string): void {
  const { status, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", command], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
}

describe("a damaged backup is refused with nothing put in place", () => {
  const spoil: [string, (away: string, backupId: string) => void, string | RegExp][] = [
    [
      "one byte flipped in the middle",
      (away, id) => flipBit(dataFile(away, id), Math.floor(fs.statSync(dataFile(away, id)).size / 2)),
      /the tarball is not whole|is not what its manifest says/,
    ],
    [
      "swapped with the tarball of another backup",
      (away, id) => {
        fs.copyFileSync(dataFile(away, backups[0]!), dataFile(away, id));
        changeManifest(away, id, ({ parts }) => (parts[0]!.bytes = fs.statSync(dataFile(away, id)).size));
      },
      /is not what its manifest says \(\d+ bytes, SHA-256 [0-9a-f]{64}\)\. Nothing was put in place\. Choose another backup: restorePoint backup:ID\.|cannot be unpacked: .*\. Nothing was put in place\./,
    ],
    [
      "a file less in the list",
      (away, id) => changeManifest(away, id, ({ files }) => files.pop()),
      /cannot be unpacked: \S+ is not in the manifest\. Nothing was put in place\./,
    ],
    [
      "a file more in the list",
      (away, id) => changeManifest(away, id, ({ files }) => files.push({ ...files[0]!, path: "data/store/more" })),
      "data/store/more is missing",
    ],
    [
      "another hash in the list",
      (away, id) => changeManifest(away, id, ({ files }) => (files[0]!.sha256 = "0".repeat(64))),
      "has another SHA-256",
    ],
    [
      "more entries promised than there are",
      (away, id) => changeManifest(away, id, (manifest) => (manifest.totalEntries = 99_999_999)),
      /a copy of the restored data counts \d+ entries; the manifest promises at least 99999999/,
    ],
  ];
  it.each(spoil)("%s", async (what, change, message) => {
    const found = await recovery((away) => change(away, backups[1]!));
    const before = contentsOf(path.join(found.away, "prod/offsite"));
    const ran = await phase("first", found.host, found.spec);
    expect(ran.code, complaint(ran)).toBe(5);
    expect(complaint(ran)).toMatch(message);
    await nothingInPlace(found);
    expect(contentsOf(path.join(found.away, "prod/offsite"))).toEqual(before);
    if (what !== "another hash in the list") return;
    // Another backup, under another id, goes onto the same node.
    const other = (await recoveryOf([found.host], { recoveryId: "r2", restorePoint: `backup:${backups[0]}` }))(
      found.host,
    );
    await mustPhase("first", found.host, other);
    expect(await rows(found.host)).toHaveLength(1000);
  });

  const bombs: [string, (tree: string) => void, RegExp][] = [
    [
      "one file that fills the disk",
      (tree) => fs.writeFileSync(path.join(tree, "data/store/header"), Buffer.alloc(512 * 1024 * 1024)),
      /cannot be unpacked: (it holds a file that is larger than any of the backup's|data\/store\/header has \d{5,6} bytes, not 32768)\. Nothing was put in place\./,
    ],
    [
      "a file of the right name that is larger than it was",
      (tree) => {
        const name = filesBelow(tree).find((file) => file.startsWith("config/"))!;
        fs.appendFileSync(path.join(tree, name), "x");
      },
      /cannot be unpacked: config\/\S+ has \d+ bytes, not \d+\. Nothing was put in place\./,
    ],
    [
      "more files than it had",
      (tree) => {
        for (let n = 0; n < 50_000; n += 1) fs.writeFileSync(path.join(tree, `data/store/00-${n}`), "");
      },
      /cannot be unpacked: data\/store\/00-\d+ is not in the manifest\. Nothing was put in place\./,
    ],
  ];
  it.each(bombs)("ended before it has filled the disk: %s", async (_what, change, message) => {
    const found = await recovery((away) => {
      const file = dataFile(away, backups[1]!);
      const tree = fs.mkdtempSync(path.join(folder, "bomb-"));
      bash(`zstd -dqc ${file} | tar -x -C ${tree}`);
      change(tree);
      bash(`tar --create --sort=name --numeric-owner --format=posix --directory ${tree} . | zstd -q >${file}.new`);
      fs.rmSync(tree, { recursive: true });
      fs.renameSync(`${file}.new`, file);
      // As the catalog looks at sizes: it is found only when it is read.
      changeManifest(away, backups[1]!, ({ parts }) => (parts[0]!.bytes = fs.statSync(file).size));
    });
    const ran = await phase("first", found.host, found.spec);
    expect(ran.code, complaint(ran)).toBe(5);
    expect(complaint(ran)).toMatch(message);
    await nothingInPlace(found);
    const left = filesBelow(found.host.node.dataDirectory);
    expect(left.length).toBeLessThan(1000);
    const bytes = left.map((name) => fs.statSync(path.join(found.host.node.dataDirectory, name)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(64 * 1024 * 1024);
  });

  it("truncated: it is not even planned", async () => {
    const { archive, away } = await archiveCopy();
    fs.truncateSync(dataFile(away, backups[1]!), 5000);
    const plan = { archive, restorePoint: `backup:${backups[1]}`, recoveryId: "r1", nodes: ["node1"] };
    const ran = await agent(["--json", "plan"], { spec: plan });
    expect(ran.code).toBe(3);
    expect(complaint(ran)).toMatch(/cannot be restored: .*data\.tar\.zst has 5000 bytes, not \d+/);
    // The newest good one is the other.
    const { plan: found } = await must<{ plan: { source: { backupId: string } } }>(["plan"], {
      spec: { ...plan, restorePoint: "latest-offsite" },
    });
    expect(found.source.backupId).toBe(backups[0]);
  });

  it("truncated after the plan was made", async () => {
    const found = await recovery();
    fs.truncateSync(dataFile(found.away, backups[1]!), 5000);
    const ran = await phase("first", found.host, found.spec);
    expect([3, 5]).toContain(ran.code);
    await nothingInPlace(found, false);
  });

  it("a manifest changed after the plan was pinned", async () => {
    const found = await recovery();
    await phase("first", found.host, found.spec, { failpoint: "restore-first/pin:after" });
    changeManifest(found.away, backups[1]!, (manifest) => (manifest.plainBytes += 1));
    const ran = await phase("first", found.host, found.spec);
    expect(ran.code).toBe(5);
    expect(complaint(ran)).toMatch(/is gone or was changed after the plan was made\. Choose another backup/);
    await nothingInPlace(found, false);
  });

  /** Python writes what GNU tar would not. */
  const forge = (away: string, entry: string): void => {
    const file = dataFile(away, backups[1]!);
    const script = `
import tarfile, io, subprocess, sys
plain = subprocess.run(["zstd", "-dc", sys.argv[1]], capture_output=True, check=True).stdout
source = tarfile.open(fileobj=io.BytesIO(plain))
out = io.BytesIO()
target = tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT)
for member in source.getmembers():
    target.addfile(member, source.extractfile(member) if member.isfile() else None)
def add(name, kind=tarfile.REGTYPE, link="", data=b""):
    info = tarfile.TarInfo(name); info.type = kind; info.linkname = link; info.size = len(data); info.mode = 0o644
    info.devmajor, info.devminor = 1, 3
    target.addfile(info, io.BytesIO(data) if data else None)
${entry}
target.close()
open(sys.argv[1], "wb").write(subprocess.run(["zstd", "-3", "-q", "-c"], input=out.getvalue(), capture_output=True, check=True).stdout)
`;
    const { status, stderr } = spawnSync("python3", ["-c", script, file]);
    if (status !== 0) throw new Error(stderr.toString());
    const bytes = fs.readFileSync(file);
    changeManifest(away, backups[1]!, ({ parts }) => {
      parts[0]!.bytes = bytes.length;
      parts[0]!.sha256 = createHash("sha256").update(bytes).digest("hex");
    });
  };
  const victim = path.join(folder, "victim");
  it.each([
    [
      "a symbolic link",
      `add("data/store/link", tarfile.SYMTYPE, "/etc/passwd")`,
      "data/store/link is a link or a device",
    ],
    ["a hard link", `add("data/store/hard", tarfile.LNKTYPE, source.getnames()[-1])`, "is a link or a device"],
    [
      "a link to a folder and a file through it",
      `add("data/out", tarfile.SYMTYPE, "${folder}")\nadd("data/out/victim", data=b"x")`,
      /./,
    ],
    [
      "a name with ..",
      `add("../../../../../../../../../..${victim}", data=b"x")`,
      /the tarball is not whole|is not in the manifest/,
    ],
    ["an absolute name", `add("${victim}", data=b"x")`, /the tarball is not whole|is not in the manifest/],
    ["a pipe", `add("data/pipe", tarfile.FIFOTYPE)`, "data/pipe is a link or a device"],
    ["a device", `add("data/null", tarfile.CHRTYPE)`, /data\/null is a link or a device|the tarball is not whole/],
    ["a file that nobody listed", `add("data/store/extra", data=b"x")`, "data/store/extra is not in the manifest"],
    [
      "a note of the agent's own",
      `add("data/raft/wal/.neumann-backup-stream", data=b"x")`,
      "data/raft/wal/.neumann-backup-stream is not in the manifest",
    ],
    [
      "a mark of the agent's own",
      `add("data/.neumann-backup-recovery", tarfile.SYMTYPE, "/etc")`,
      "is a link or a device",
    ],
  ])("a forged tarball with %s", async (_what, entry, message) => {
    const found = await recovery((away) => forge(away, entry));
    const ran = await phase("first", found.host, found.spec);
    expect(ran.code, complaint(ran)).toBe(5);
    expect(complaint(ran)).toMatch(message);
    expect(fs.existsSync(victim)).toBe(false);
    await nothingInPlace(found);
  });
});
