import { segmentName } from "../layout";
import { type Manifest, manifestFormat } from "../manifest";
import type { LineageRecord } from "../records";
import type { Tier } from "../tier";
import { dayMs } from "./simulatedBucket";

export const clusterId = "simulated";
export const lineage: LineageRecord = {
  format: "neumann-lineage/1",
  lineage: "l-0000000000000000",
  clusterId,
  databaseClusterId: "simulated",
  purpose: "production",
  createdAt: "2027-01-01T00:00:00.000Z",
  parent: null,
};
export const stream = "node1";
export const begin = Date.parse(lineage.createdAt);
export const minuteMs = 60_000;
export const hash = "0".repeat(64);

export function timeOf(at: number): string {
  return new Date(at).toISOString();
}

/** A manifest that holds what a prune and a catalog look at. */
export function manifestOf(made: {
  backupId: string;
  tier: Tier;
  begunAt: number;
  storedAt: number;
  bytes: number;
}): Manifest {
  const { backupId, tier, begunAt, storedAt, bytes } = made;
  const day = Math.floor((begunAt - begin) / dayMs);
  const index = Math.floor((begunAt - begin) / minuteMs);
  const name = segmentName(BigInt(day));
  return {
    format: manifestFormat,
    backupId,
    tier,
    clusterId,
    lineage: lineage.lineage,
    databaseClusterId: lineage.databaseClusterId,
    createdAt: timeOf(begunAt),
    copiedAt: timeOf(storedAt),
    node: { id: stream, term: 1 },
    index: { low: index, high: index },
    pause: null,
    totalEntries: null,
    plainBytes: bytes,
    parts: [{ name: "data.tar.zst", bytes, sha256: hash }],
    files: [],
    wal: {
      stream,
      anchors: day === 0 ? [] : [{ stream, segment: segmentName(BigInt(day - 1)) }],
      open: { first: name, last: name },
      segments: [],
    },
    source: null,
    agent: { version: "simulated", sha256: hash },
  };
}
