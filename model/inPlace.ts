import * as v from "valibot";

/** What a recovery onto the nodes of a cluster that is there puts an end to. */
export interface InPlace {
  /** The lineage that these nodes write, as `neumann-backup status` names it: any other data is refused. */
  replaces: string;
  /** Members of that cluster that do not run and never will: by id, or by address as `[cluster] peers` names them. */
  fenced: string[];
}

export const inPlaceSchema: v.GenericSchema<unknown, InPlace> = v.object({
  replaces: v.string(),
  fenced: v.array(v.string()),
});

/** A member of the old cluster, as one of its nodes knows it. */
export interface OldMember {
  /** Null where only the address is known: the database did not run. */
  id: string | null;
  /** `host:port`. */
  address: string;
}

export const oldMemberSchema: v.GenericSchema<unknown, OldMember> = v.object({
  id: v.nullable(v.string()),
  address: v.string(),
});

/**
 * Members of the old cluster that are neither gated nor fenced. One of them may run: with its data it is a member of the
 * old cluster, and two of those are a majority (protocol 22).
 */
export function looseMembers(
  known: readonly OldMember[],
  gated: readonly string[],
  fenced: readonly string[],
): string[] {
  const names = new Map<string, string | null>();
  for (const { id, address } of known) names.set(address, id ?? names.get(address) ?? null);
  return [...names]
    .filter(([address, id]) => !gated.includes(address) && !fenced.includes(address) && !fenced.includes(id ?? ""))
    .map(([address, id]) => (id === null ? address : `${id} (${address})`))
    .sort();
}
