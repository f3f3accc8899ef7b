import { newestKit } from "../archive/kits";
import { isCode } from "../host/files";
import { Damaged, Refused } from "../run/errors";
import type { RestoreContext } from "./context";

/**
 * The pin of a clone lies in its own archive: nothing keeps production from giving up what is being read.
 * @throws Damaged that says so.
 */
export async function readingSource<T>({ spec }: RestoreContext, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const gone = error instanceof Damaged || isCode(error, "ENOENT");
    if (spec.plan.cloneOf === undefined || !gone) throw error;
    throw new Damaged(
      `${(error as Error).message} A clone does not hold back production's prune: what it was made from may have been given up meanwhile. The nodes are still empty: clone again under a new recoveryId.`,
    );
  }
}

/** What production says of itself counts too, not only what the clone's user knows of it. */
export async function refuseProductionsNodes({ spec, places }: RestoreContext): Promise<void> {
  const { cloneOf } = spec.plan;
  if (cloneOf === undefined) return;
  for (const { archive } of places?.places ?? []) {
    const found = await newestKit(archive, cloneOf.clusterId, () => undefined);
    const known = found?.kit.nodes.map(({ address }) => address) ?? [];
    const clash = spec.members.find(({ address }) => known.includes(address));
    if (clash === undefined) continue;
    throw new Refused(
      `${clash.id} has the address ${clash.address} of a node of ${cloneOf.clusterId}, which is cloned: the two clusters would find each other. Nothing was touched; choose another address.`,
    );
  }
}
