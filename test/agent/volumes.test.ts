import { generateKeyPairSync, sign } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { DirectoryArchive } from "../../agent/archive/directory";
import { beginVolume, giveVolumeUp, readVolumes } from "../../agent/archive/volumes";
import { catalogTable } from "../../agent/cli/output";
import type { Catalog } from "../../model/catalog";
import { signedText } from "../../model/manifest";
import { keyIdOf } from "../../model/signature";
import { serializeVolumeRecord, volumeKey, type VolumeRecord } from "../../model/volumeRecord";
import { volumeStatus } from "../../model/volumeStatus";
import { volumeRecord } from "../model/fixtures";
import { scratch } from "./support";

const root = scratch("volumes");
let archive: DirectoryArchive;
let folder: string;
let made = 0;

const idOf = (at: number) => `20261128T19000${at}Z-0a1b2c3d`;
const recordOf = (at: number): VolumeRecord => {
  const { volume } = volumeRecord();
  const backupId = idOf(at);
  return volumeRecord({
    backupId,
    plainBytes: 4096,
    files: [],
    volume: { ...volume, name: `neumann-backup-${at}`, uid: `u${at}` },
  });
};

const put = async (at: number, text = serializeVolumeRecord(recordOf(at))): Promise<void> => {
  await archive.putText(volumeKey("prod", idOf(at)), text);
  const stored = new Date(Date.now() - (100 - at) * 60_000);
  fs.utimesSync(path.join(folder, volumeKey("prod", idOf(at))), stored, stored);
};
const look = (trustedKeys: string[] = []) => readVolumes(archive, "prod", trustedKeys);
const idsOf = ({ entries }: Awaited<ReturnType<typeof look>>) => entries.map(({ record }) => record.backupId);

beforeEach(() => {
  folder = path.join(root, String((made += 1)));
  fs.mkdirSync(folder, { recursive: true });
  archive = new DirectoryArchive(folder);
});

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

describe("the volume snapshots of an archive", () => {
  it("are none where nobody took one", async () => {
    expect(await look()).toMatchObject({ entries: [], open: [], unreadable: [] });
  });

  it("count from their record to their end, and those that were only begun are open", async () => {
    for (const at of [1, 2, 3, 4]) await beginVolume(archive, "prod", { backupId: idOf(at), node: "n", epoch: 1 });
    await put(2);
    await put(1);
    await giveVolumeUp(archive, "prod", { backupId: idOf(1), node: "n", cause: "expired", reason: "newer ones" });
    await giveVolumeUp(archive, "prod", { backupId: idOf(3), node: "n", cause: "void", reason: "it died" });
    // Whoever said it first stays.
    await giveVolumeUp(archive, "prod", { backupId: idOf(1), node: "m", cause: "gone", reason: "somebody" });
    const found = await look();
    expect(found.open).toEqual([idOf(4)]);
    expect(idsOf(found)).toEqual([idOf(1), idOf(2)]);
    expect(found.entries.map(({ givenUp }) => givenUp?.cause)).toEqual(["expired", undefined]);
    expect([...found.begun].sort()).toEqual([1, 2, 3, 4].map(idOf));
    expect([...found.givenUp].sort()).toEqual([idOf(1), idOf(3)]);
  });

  it("are not read any more a week after their end", async () => {
    await put(1);
    await giveVolumeUp(archive, "prod", { backupId: idOf(1), node: "n", cause: "gone", reason: "somebody" });
    expect(idsOf(await look())).toEqual([idOf(1)]);
    const long = new Date(Date.now() - 8 * 86_400_000);
    fs.utimesSync(path.join(folder, volumeKey("prod", idOf(1), "given-up")), long, long);
    expect(idsOf(await look())).toEqual([]);
    expect([...(await look()).givenUp]).toEqual([idOf(1)]);
  });

  it("are damaged where they cannot be read, or lie in another's place", async () => {
    await put(1, "{}\n");
    await put(2, serializeVolumeRecord(recordOf(3)));
    const { entries, unreadable, open } = await look();
    expect(entries).toEqual([]);
    expect(open).toEqual([]);
    expect(unreadable.map(({ problem }) => problem).sort()).toEqual([
      expect.stringContaining("cannot be read: format is missing") as string,
      expect.stringContaining("it does not belong there") as string,
    ]);
  });

  it("are believed as backups are", async () => {
    const { privateKey, publicKey: key } = generateKeyPairSync("ed25519");
    const publicKey = key.export({ format: "der", type: "spki" }).toString("base64");
    const signedBy = (record: VolumeRecord): VolumeRecord => {
      const value = sign(null, Buffer.from(signedText(record)), privateKey).toString("base64");
      return { ...record, signature: { keyId: keyIdOf(publicKey), publicKey, value } };
    };
    await put(1, serializeVolumeRecord(signedBy(recordOf(1))));
    await put(2, serializeVolumeRecord({ ...signedBy(recordOf(2)), plainBytes: 1 }));
    await put(3);
    const problems = async (trusted: string[]) => (await look(trusted)).entries.map(({ problem }) => problem);
    const changed = "it does not match its signature: it was changed after it was signed";
    expect(await problems([])).toEqual([null, changed, null]);
    expect(await problems([publicKey])).toEqual([null, changed, "it is not signed"]);
  });

  it("are listed beside the backups, those that somebody deleted too, and not those that were given up", async () => {
    for (const at of [1, 2, 3]) await put(at);
    await giveVolumeUp(archive, "prod", { backupId: idOf(1), node: "n", cause: "expired", reason: "newer ones" });
    await giveVolumeUp(archive, "prod", { backupId: idOf(2), node: "n", cause: "gone", reason: "somebody deleted it" });
    const { entries } = await look();
    const nothing: Catalog = { clusterId: "prod", entries: [], unreadable: [], lineages: [], accepted: [] };
    const unreadable = [{ place: "primary" as const, key: "prod/records/volumes/x.json", problem: "is empty" }];
    const lines = catalogTable(nothing, new Date(), { entries, unreadable }).split("\n");
    expect(lines.slice(1).map((line) => line.split(/ {2,}/))).toEqual([
      [
        idOf(2),
        "volume",
        "neumann/neumann-backup-2",
        "l-0123456789abcdef",
        "70",
        "4.0 KiB",
        expect.anything(),
        "GONE: somebody deleted it",
      ],
      [idOf(3), "volume", "neumann/neumann-backup-3", "l-0123456789abcdef", "70", "4.0 KiB", expect.anything(), "good"],
      ["prod/records/volumes/x.json", "?", "primary", "?", "?", "?", "?", "is empty"],
    ]);
  });
});

describe("the status of volume snapshots", () => {
  it("is the age of the newest, by the store's clock", () => {
    const now = new Date("2026-11-28T20:00:00.000Z");
    const newestVolume = { backupId: idOf(1), storedAt: "2026-11-28T19:00:00.000Z", namespace: "n", name: "x" };
    expect(volumeStatus({ now, newestVolume })).toEqual({
      backupId: idOf(1),
      namespace: "n",
      name: "x",
      ageSeconds: 3600,
    });
    expect(volumeStatus({ now, newestVolume: null })).toBeNull();
    expect(volumeStatus({ now })).toBeNull();
    expect(volumeStatus(null)).toBeNull();
  });
});
