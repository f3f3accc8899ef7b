import { describe, expect, it } from "vitest";
import {
  parseVolumeRecord,
  serializeVolumeRecord,
  volumeKey,
  type VolumePart,
  volumePartOf,
  type VolumeRecord,
} from "../../model/volumeRecord";

const record: VolumeRecord = {
  format: "neumann-volume-snapshot/1",
  backupId: "20261128T190000Z-0a1b2c3d",
  clusterId: "prod",
  lineage: "l-0123456789abcdef",
  databaseClusterId: "c-1",
  createdAt: "2026-11-28T19:00:00.000Z",
  copiedAt: "2026-11-28T19:00:09.000Z",
  node: { id: "neumann-0", term: 3 },
  index: { low: 70, high: 70 },
  pause: { from: "2026-11-28T19:00:05.000Z", until: "2026-11-28T19:00:09.100Z", seconds: 4.1 },
  totalEntries: 66,
  plainBytes: 12,
  volume: {
    namespace: "neumann",
    name: "neumann-backup-20261128t190000z-0a1b2c3d",
    uid: "f3b7f2f0-0000-4000-8000-000000000000",
    claim: "data-neumann-0",
    className: "fast",
    content: "snapcontent-f3b7f2f0",
    cutAt: "2026-11-28T19:00:07Z",
    restoreSize: "10Gi",
  },
  files: [{ path: "data/store/pages.db", bytes: 12, sha256: "a".repeat(64) }],
  agent: { version: "0.1.0", sha256: "b".repeat(64) },
};

describe("the record of a volume snapshot", () => {
  it("is read as it was written, and nothing else is", () => {
    expect(parseVolumeRecord(serializeVolumeRecord(record), "it")).toEqual(record);
    const wrong = { ...record, backupId: "x", files: [{ path: "a", bytes: 1, sha256: "c" }], volume: { name: 7 } };
    expect(() => parseVolumeRecord(JSON.stringify(wrong), "it is no record")).toThrow(
      /^it is no record[^]*backupId: [^]*volume\.name: [^]*volume\.uid: is missing[^]*files\.0\.sha256: /,
    );
  });
});

describe("the keys of a volume snapshot", () => {
  it("are told apart", () => {
    const keys: [VolumePart, string][] = [
      ["record", "prod/records/volumes/20261128T190000Z-0a1b2c3d.json"],
      ["begun", "prod/records/volumes/20261128T190000Z-0a1b2c3d.begun.json"],
      ["given-up", "prod/records/volumes/20261128T190000Z-0a1b2c3d.given-up.json"],
    ];
    for (const [part, key] of keys) {
      expect(volumeKey("prod", record.backupId, part)).toBe(key);
      expect(volumePartOf("prod", key)).toEqual({ backupId: record.backupId, part });
    }
    for (const key of ["x.json", `${record.backupId}`, `${record.backupId}.json.json`, `a/${record.backupId}.json`]) {
      expect(volumePartOf("prod", `prod/records/volumes/${key}`), key).toBeUndefined();
    }
    expect(volumePartOf("other", "prod/records/volumes/20261128T190000Z-0a1b2c3d.json")).toBeUndefined();
  });
});
