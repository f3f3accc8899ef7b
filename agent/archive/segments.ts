import type { Place, StoredSegment } from "../../model/catalog";
import { walPrefix } from "../../model/layout";
import type { Archive } from "./archive";
import { type AnnouncedIs, goneFrom } from "./expired";

/** The log of one archive, without what a prune is about to give up: that counts as gone. */
export async function readSegments(
  archive: Archive,
  clusterId: string,
  place: Place,
  announced: AnnouncedIs = "gone",
): Promise<StoredSegment[]> {
  const gone = await goneFrom(archive, clusterId, "segments", announced);
  const prefix = walPrefix(clusterId);
  return (await archive.list(prefix)).flatMap(({ key, bytes, storedAt, frozen }) => {
    const [lineage, stream, segment] = key.slice(prefix.length).split("/");
    if (lineage === undefined || stream === undefined || segment === undefined || gone.has(key)) return [];
    return [{ place, lineage, stream, segment, bytes, storedAt: storedAt.toISOString(), ...(frozen && { frozen }) }];
  });
}
