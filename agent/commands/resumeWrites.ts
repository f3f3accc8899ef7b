import type { Node } from "../context";
import type { Archive } from "../archive/archive";
import { openArchive } from "../archive/open";
import { endExpiredPauses, endLocalPauses, watchPause, watchPauses } from "../pause";

/** What `resume-writes` did. */
export interface Resumed {
  /** Leases whose pause was ended. */
  leases: string[];
}

/**
 * Ends pauses that a backup of ours left behind: those of dead runs on this host, and with `expired` those of any node
 * whose time is up. An operator's own pause is never touched.
 */
export async function resumeWrites(
  node: Node,
  options: { expired: boolean; watch?: string; watchAll?: boolean },
): Promise<Resumed> {
  const { archive: spec } = node.config;
  const open = (): Promise<Archive> => openArchive(spec, spec.clusterId, "primary");
  // Writes are worth more than the record that they are taken again: an archive that is away holds nothing up (I10).
  const archive = await open().catch(() => undefined);
  if (options.watchAll === true) return { leases: await watchPauses(node, archive) };
  if (options.watch !== undefined) {
    return { leases: (await watchPause(node, archive, options.watch)) ? [options.watch] : [] };
  }
  const local = await endLocalPauses(node, archive);
  return { leases: options.expired ? [...local, ...(await endExpiredPauses(node, await open()))] : local };
}
