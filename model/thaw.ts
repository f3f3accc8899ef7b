import { Retrieval, StorageClass, storageClasses } from "./aws/storageClasses";

/** A class of storage from which nothing can be read before it is thawed. */
export type FrozenClass = typeof StorageClass.Glacier | typeof StorageClass.DeepArchive;

/** The slowest last. */
const frozenClasses: readonly FrozenClass[] = [StorageClass.Glacier, StorageClass.DeepArchive];

/** What a store calls an object's class, where that is one to thaw from. */
export function frozenClass(name: unknown): FrozenClass | undefined {
  return frozenClasses.find((known) => known === name);
}

/** Objects that must be thawed before they can be read. */
export interface Frozen {
  objects: number;
  bytes: number;
  /** Where they lie; of several classes the one that thaws longest. */
  storageClass: FrozenClass;
}

/** The part of a restore in which it waits for the store. */
export interface ThawPhase extends Frozen {
  /** How fast it is asked for. */
  retrieval: Retrieval;
  /** Until all can be read, as S3 promises for most; from when it is asked for. */
  hours: number;
  /** So many of the objects were asked for before. */
  thawing: number;
}

/** What of some objects lies frozen; undefined where nothing does. */
export function frozenAmong(
  objects: Iterable<{ bytes: number; frozen?: FrozenClass | undefined }>,
): Frozen | undefined {
  const found: Frozen[] = [];
  for (const { bytes, frozen } of objects)
    if (frozen !== undefined) found.push({ objects: 1, bytes, storageClass: frozen });
  return frozenTogether(found);
}

/** The sum of several; undefined where nothing is frozen. */
export function frozenTogether(several: readonly (Frozen | undefined)[]): Frozen | undefined {
  const found = several.filter((one) => one !== undefined);
  const slowest = Math.max(...found.map(({ storageClass }) => frozenClasses.indexOf(storageClass)));
  const storageClass = frozenClasses[slowest];
  if (storageClass === undefined) return undefined;
  return {
    objects: found.reduce((sum, { objects }) => sum + objects, 0),
    bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
    storageClass,
  };
}

/** The phase that thaws them. */
export function thawPhase(frozen: Frozen, thawing = 0): ThawPhase {
  const { retrieval } = thawRequest;
  const hours = storageClasses[frozen.storageClass].thawHours?.[retrieval];
  if (hours === undefined) throw new Error(`${frozen.storageClass} has no ${retrieval} retrieval`);
  return { ...frozen, retrieval, hours, thawing };
}

/** How a thaw is asked for. What is thawed stays so for a long weekend and a second attempt. */
export const thawRequest = { retrieval: Retrieval.Standard, days: 7 } as const;
