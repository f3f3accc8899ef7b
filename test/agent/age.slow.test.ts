import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { headerIn, opensHeader } from "../../model/ageHeader";
import { recipientOf } from "../../model/ageKeys";
import { segmentKey, segmentName } from "../../model/layout";
import type { RestorePlan } from "../../model/plan";
import { DirectoryArchive } from "../../agent/archive/directory";
import { openSegment, refuseUnlessOpened } from "../../agent/restore/unsealed";
import { decrypted, encrypted } from "../../agent/host/age";
import { packTree, unpackTree } from "../../agent/host/tarball";
import { Damaged, Refused } from "../../agent/run/errors";
import { ageInstalled, agePair, type AgePair } from "./agePair";
import { contentsOf, scratch } from "./support";

const folder = scratch("age");
const pair = (name: string): AgePair => agePair(path.join(folder, name));

const bytes = 3 * 1024 * 1024 + 17;
const plain = randomBytes(bytes);
const inPieces = (content: Buffer): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(content.length / 65_536) }, (_, i) =>
      content.subarray(i * 65_536, (i + 1) * 65_536),
    ),
  );
const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

describe.skipIf(!ageInstalled)("a stream through age", () => {
  const [ours, second, foreign] = ["ours", "second", "foreign"].map((name) =>
    ageInstalled ? pair(name) : undefined,
  ) as [AgePair, AgePair, AgePair];
  const sealed = (content = plain): Promise<Buffer> =>
    buffer(encrypted(inPieces(content), [ours.recipient, second.recipient]));

  it("names recipients as age-keygen does", () => {
    expect(recipientOf(ours.identity)).toBe(ours.recipient);
  });

  it("is opened by each of its recipients, by us and by hand, and holds nothing of its content in clear", async () => {
    const marked = Buffer.concat([plain, Buffer.from("a row that nobody may read")]);
    const content = await sealed(marked);
    expect(content.includes("a row that nobody may read")).toBe(false);
    expect(content.subarray(0, 21).toString()).toBe("age-encryption.org/v1");
    for (const { identity, file } of [ours, second]) {
      expect(sha256(await buffer(decrypted(inPieces(content), [identity])))).toBe(sha256(marked));
      const byHand = spawnSync("age", ["-d", "-i", file], { input: content, maxBuffer: 2 * bytes });
      expect(sha256(byHand.stdout)).toBe(sha256(marked));
    }
  });

  it("is known by its beginning to those who can open it, without the program", async () => {
    const content = execFileSync("age", ["-r", second.recipient, "-r", ours.recipient], {
      input: plain,
      maxBuffer: 2 * bytes,
    });
    for (const one of [content, await sealed()]) {
      const header = headerIn(one.subarray(0, 65_536));
      expect(typeof header).toBe("string");
      const opening = [ours, second, foreign].map(({ identity }) => opensHeader(header as string, identity));
      expect(opening).toEqual([true, true, false]);
    }
  });

  it("opens what age encrypted by hand, and an empty stream", async () => {
    const content = execFileSync("age", ["-r", ours.recipient], { input: plain, maxBuffer: 2 * bytes });
    expect(sha256(await buffer(decrypted(inPieces(content), [ours.identity])))).toBe(sha256(plain));
    expect(await buffer(decrypted(inPieces(await sealed(Buffer.alloc(0))), [ours.identity]))).toHaveLength(0);
  });

  it("is another one each time", async () => {
    expect(sha256(await sealed())).not.toBe(sha256(await sealed()));
  });

  it("refuses another identity before anything comes out", async () => {
    let seen = 0;
    const content = decrypted(inPieces(await sealed()), [foreign.identity]).on("data", (part: Buffer) => {
      seen += part.length;
    });
    await expect(buffer(content)).rejects.toThrow(Refused);
    expect(seen).toBe(0);
  });

  it("finds one flipped byte wherever it is, and a lost end", async () => {
    const content = await sealed();
    const header = content.indexOf("\n---") + 3;
    for (const at of [30, header + 10, header + 80, Math.floor(content.length / 2), content.length - 1]) {
      const changed = Buffer.from(content);
      changed.writeUInt8((changed[at] ?? 0) ^ 1, at);
      await expect(buffer(decrypted(inPieces(changed), [ours.identity])), `byte ${at}`).rejects.toThrow(
        /cannot be decrypted|other recipients/,
      );
    }
    for (const length of [0, 40, content.length - 1, content.length - 65_552]) {
      const cut = decrypted(inPieces(content.subarray(0, length)), [ours.identity]);
      await expect(buffer(cut), `${length} bytes`).rejects.toThrow(Damaged);
    }
  });

  it("tells of a failure also whoever listens only after it", async () => {
    const content = await sealed();
    content.writeUInt8((content.at(-1) ?? 0) ^ 1, content.length - 1);
    const late = decrypted(inPieces(content.subarray(-70_000)), [ours.identity]);
    await expect.poll(() => late.errored, { timeout: 20_000 }).toBeInstanceOf(Damaged);
    await expect(pipeline(late, fs.createWriteStream(path.join(folder, "late")))).rejects.toThrow(Damaged);
  });

  it("fails with its source, and ends no stream that failed", async () => {
    const failing = (): Readable =>
      Readable.from(
        (async function* source() {
          yield plain.subarray(0, 100_000);
          await Promise.resolve();
          throw new Error("the disk is gone");
        })(),
      );
    await expect(buffer(encrypted(failing(), [ours.recipient]))).rejects.toThrow("the disk is gone");
    await expect(buffer(decrypted(failing(), [ours.identity]))).rejects.toThrow();
  });

  it("takes only identities, and somebody who can decrypt", () => {
    expect(() => decrypted(inPieces(plain), [`${ours.identity}\nAGE`])).toThrow(/^not an age identity$/);
    expect(() => encrypted(inPieces(plain), [])).toThrow("nobody could decrypt it");
  });

  it.skipIf(process.platform !== "linux")("shows no identity to whoever lists processes", async () => {
    const content = decrypted(inPieces(await sealed()), [ours.identity]);
    await expect.poll(processes, { timeout: 20_000 }).toMatch(/(?:^|\n)age\0--decrypt/);
    const shown = processes();
    expect(shown).not.toContain(ours.identity);
    await buffer(content);
  });

  it("carries a folder from tar to tar", async () => {
    const [from, to, file] = ["packed", "unpacked", "data.tar.zst.age"].map((name) => path.join(folder, name)) as [
      string,
      string,
      string,
    ];
    fs.mkdirSync(path.join(from, "deep"), { recursive: true });
    fs.mkdirSync(to);
    fs.writeFileSync(path.join(from, "deep", "pages.db"), plain);
    fs.writeFileSync(path.join(from, "empty"), "");
    await pipeline(encrypted(packTree(from, 3), [ours.recipient]), fs.createWriteStream(file));
    await unpackTree(decrypted(fs.createReadStream(file), [ours.identity]), to, { progress: () => undefined });
    expect(contentsOf(to)).toEqual(contentsOf(from));
    const script = 'age -d -i "$1" "$2" | zstd -d | tar -t';
    const byHand = spawnSync("bash", ["-o", "pipefail", "-c", script, "bash", ours.file, file]);
    expect(byHand.stdout.toString()).toBe("./\n./deep/\n./deep/pages.db\n./empty\n");
  });
});

describe.skipIf(!ageInstalled)("a log whose recipients were changed, and changed back", () => {
  const [ours, foreign] = ["before", "between"].map((name) => (ageInstalled ? pair(name) : undefined)) as [
    AgePair,
    AgePair,
  ];
  const log = { stream: "s-1", first: segmentName(0n), last: segmentName(4n) };
  const source = { backupId: "b-1", lineage: "l-1" };
  const plan = { clusterId: "prod", source, replay: log } as unknown as RestorePlan;
  let archive: DirectoryArchive;

  beforeAll(async () => {
    const location = path.join(folder, "changed");
    fs.mkdirSync(location);
    archive = new DirectoryArchive(location);
    // None of the third: it went after the plan was made.
    for (const [at, to] of [ours, ours, undefined, foreign, ours].entries()) {
      if (to === undefined) continue;
      const content = encrypted(inPieces(plain), [to.recipient]);
      await archive.putStream(segmentKey("prod", "l-1", log.stream, segmentName(BigInt(at))), content);
    }
  });

  it("is refused by the plan for what lies in the middle, and taken with both identities", async () => {
    const found = refuseUnlessOpened(archive, plan, [ours.identity]);
    await expect(found).rejects.toThrow(
      `segment ${segmentName(3n)} of the log of s-1 is encrypted to others than ${ours.recipient}, the recipient of the identity that was given: recipients were changed in between. Choose a backup that was taken after the change, or b-1 without its log: restorePoint backup:b-1.`,
    );
    await expect(refuseUnlessOpened(archive, plan, [])).rejects.toThrow("the log of s-1 is encrypted, and no identity");
    await refuseUnlessOpened(archive, plan, [ours.identity, foreign.identity]);
  });

  it("is decrypted segment by segment, whoever it was encrypted to", async () => {
    const both = { identities: [ours.identity, foreign.identity] };
    for (const at of [1n, 3n]) {
      const file = path.join(folder, `segment-${at}`);
      await pipeline(
        await archive.getStream(segmentKey("prod", "l-1", log.stream, segmentName(at))),
        fs.createWriteStream(file),
      );
      await openSegment(file, both);
      expect(sha256(fs.readFileSync(file))).toBe(sha256(plain));
    }
  });
});

/** Words and environment of every process that may be read. */
function processes(): string {
  const read = (file: string): string => {
    try {
      return fs.readFileSync(file, "latin1");
    } catch {
      return ""; // It has ended, or is another user's.
    }
  };
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`)).join("\n");
}
