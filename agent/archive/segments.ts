import type { Place, StoredSegment } from "../../model/catalog";
import { segmentKey, walPrefix } from "../../model/layout";
import type { Archive } from "./archive";
import { readExpiring } from "./expired";

/** The log as one archive lists it. */
export async function listSegments(archive: Archive, clusterId: string, place: Place): Promise<StoredSegment[]> {
  const prefix = walPrefix(clusterId);
  return (await archive.list(prefix)).flatMap(({ key, bytes, storedAt }) => {
    const [lineage, stream, segment] = key.slice(prefix.length).split("/");
    if (lineage === undefined || stream === undefined || segment === undefined) return [];
    return [{ place, lineage, stream, segment, bytes, storedAt: storedAt.toISOString() }];
  });
}

/** The primary archive's log, without what a prune is about to give up: that counts as gone. */
export async function readSegments(primary: Archive, clusterId: string): Promise<StoredSegment[]> {
  const expiring = await readExpiring(primary, clusterId);
  const gone = new Set(expiring.flatMap(({ record }) => record.segments));
  const segments = await listSegments(primary, clusterId, "primary");
  return segments.filter(({ lineage, stream, segment }) => !gone.has(segmentKey(clusterId, lineage, stream, segment)));
}
