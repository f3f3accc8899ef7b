import type { Node } from "../context";
import type { Archive } from "../archive/archive";
import { openArchive } from "../archive/open";
import { endExpiredPauses, endLocalPauses, watchPause } from "../pause";

/** What `resume-writes` did. */
export interface Resumed {
  /** Leases whose pause was ended. */
  leases: string[];
}

/**
 * Ends pauses that a backup of ours left behind: those of dead runs on this host, and with `expired` those of any node
 * whose time is up. An operator's own pause is never touched.
 */
export async function resumeWrites(node: Node, options: { expired: boolean; watch?: string }): Promise<Resumed> {
  const { archive: spec } = node.config;
  const open = (): Promise<Archive> => openArchive(spec, spec.clusterId, "primary");
  if (options.watch !== undefined) {
    return { leases: (await watchPause(node, await open(), options.watch)) ? [options.watch] : [] };
  }
  // Writes are worth more than the record that they are taken again: an archive that is away holds nothing up (I10).
  const local = await endLocalPauses(node, await open().catch(() => undefined));
  return { leases: options.expired ? [...local, ...(await endExpiredPauses(node, await open()))] : local };
}
