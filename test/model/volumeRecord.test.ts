import { describe, expect, it } from "vitest";
import {
  parseVolumeRecord,
  serializeVolumeRecord,
  volumeKey,
  type VolumePart,
  volumePartOf,
} from "../../model/volumeRecord";
import { volumeRecord } from "./fixtures";

const record = volumeRecord();

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
