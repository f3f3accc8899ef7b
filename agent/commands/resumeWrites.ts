import type { Node } from "../context";
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
  const archive = await openArchive(spec, spec.clusterId, "primary");
  if (options.watch !== undefined) {
    return { leases: (await watchPause(node, archive, options.watch)) ? [options.watch] : [] };
  }
  const local = await endLocalPauses(node, archive);
  return { leases: options.expired ? [...local, ...(await endExpiredPauses(node, archive))] : local };
}
