import { describe, expect, it } from "vitest";
import { manifestSchema } from "../../model/manifest";
import { recoveryKitSchema } from "../../model/recoveryKit";
import * as records from "../../model/records";
import * as volumes from "../../model/volumeRecord";
import { markedCommands, readDocument, tableAfter } from "./document";

const page = readDocument("docs/format.md");

/** What of a valibot schema tells its fields. */
interface Shape {
  entries?: Record<string, Shape>;
  item?: Shape;
  wrapped?: Shape;
}

/** Every leaf of a schema as docs/format.md writes it: `index.low`, `parts[].name`. */
function fieldsOf(shape: Shape, path = ""): string[] {
  if (shape.wrapped) return fieldsOf(shape.wrapped, path);
  if (shape.item?.entries) return fieldsOf(shape.item, `${path}[]`);
  if (!shape.entries) return [path];
  return Object.entries(shape.entries).flatMap(([key, member]) =>
    fieldsOf(member, path === "" ? key : `${path}.${key}`),
  );
}

const pages: [string, unknown][] = [
  ["## Manifest", manifestSchema],
  ["### `archive.json`", records.archiveMarkerSchema],
  ["### `lineages/<lineage>.json`", records.lineageSchema],
  ["### `streams/<stream>.json`", records.streamRecordSchema],
  ["### `keys/<keyId>.json`", records.keyRecordSchema],
  ["### `kits/<time>-<seal>.json`", recoveryKitSchema],
  ["### `recoveries/<recovery>/plan.json`", records.recoveryPinSchema],
  ["### `recoveries/<recovery>/gated-<node>.json`", records.recoveryGatedSchema],
  ["### `recoveries/<recovery>/given-up.json`", records.recoveryGivenUpSchema],
  ["### `recoveries/<recovery>/replayed.json`", records.recoveryReplayedSchema],
  ["### `recoveries/<recovery>/restored.json`", records.recoveryRestoredSchema],
  ["### `recoveries/<recovery>/accepted.json`", records.recoveryAcceptedSchema],
  ["### `claims/<name>/<epoch>.json`", records.claimSchema],
  ["### `leases/<lease>.json`", records.leaseSchema],
  ["### `expired/<pruneId>.json`", records.expiredSchema],
  ["### `watermarks/<lineage>/<time>-<node>.json`", records.watermarkSchema],
  ["### `verifications/<depth>/<time>-<random>.json`", records.verificationSchema],
  ["### `volumes/<backup>.json`", volumes.volumeRecordSchema],
  ["### `volumes/<backup>.begun.json`", volumes.volumeBegunSchema],
  ["### `volumes/<backup>.given-up.json`", volumes.volumeGivenUpSchema],
];

describe("docs/format.md", () => {
  it.each(pages)("names exactly the fields of %s", (heading, schema) => {
    const fields = fieldsOf(schema as Shape);
    expect(fields.length).toBeGreaterThan(2);
    expect(tableAfter(page, heading)).toEqual(fields);
  });

  it.each(pages)("says the format of %s", (heading, schema) => {
    const format = (schema as { entries: { format: { literal: string } } }).entries.format.literal;
    const section = page.slice(page.indexOf(`\n${heading}\n`));
    expect(/\| `format` \| `([^`]+)` \|/.exec(section)?.[1]).toBe(format);
  });

  it("leaves out no kind of record", () => {
    const schemas = Object.entries({ ...records, ...volumes }).filter(([name]) => name.endsWith("Schema"));
    const known = pages.map(([, schema]) => schema);
    expect(schemas.filter(([, schema]) => !known.includes(schema)).map(([name]) => name)).toEqual([]);
  });

  it("has the commands that by-hand.slow.test.ts runs", () => {
    expect(markedCommands(page, "by-hand")).toContain("init-cluster --bootstrap");
    expect(markedCommands(page, "by-hand-started")).toContain("resume-writes");
    expect(markedCommands(page, "by-hand-software")).toContain("records/software/$sha256/$name");
    expect(markedCommands(page, "by-hand-signature")).toContain("openssl pkeyutl -verify");
    expect(markedCommands(page, "by-hand-forward")).toContain("wal-replay");
  });
});
