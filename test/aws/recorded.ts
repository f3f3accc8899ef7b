import { anyCluster, type Duty, type Part, patternsOf } from "../../model/aws/duties";
import type { Place } from "../../model/catalog";
import type { Passed } from "./guard";
import { matches } from "./policyEvaluator";

/** What the agent asked of a store, without names that differ from run to run. */
export interface Recorded {
  /** Of whoever asked: one, but for a node of a recovery. */
  duties: Duty[];
  place: Place;
  action: string;
  /** Of the key, or of the prefix of a list; absent for the bucket itself, and for a list of all of it. */
  part?: Part;
  context: Record<string, string>;
  allowed: boolean;
}

/** The parts that no other part is within. */
export const innermost: readonly Part[] = [
  "marker",
  "manifests",
  "data",
  "wal",
  "lineages",
  "recoveries",
  "claims",
  "leases",
  "watermarks",
  "verifications",
  "expired",
  "tail",
  "streams",
  "keys",
  "software",
  "kits",
  "volumes",
];

/** The narrowest first. */
const narrow: readonly Part[] = [...innermost, "records", "everything"];

/** The part that a key below the cluster's own prefix belongs to. */
function partOf(key: string, { place, cluster }: { place: Place; cluster: string }): Part | undefined {
  const fits = (part: Part): boolean =>
    patternsOf(part, place).some((pattern) => matches(pattern.replace(anyCluster, cluster), key));
  return narrow.find(fits);
}

interface Names {
  cluster: string;
  prefix: string;
  placeOf(bucket: string): Place;
  dutiesOf(signer: string): Duty[];
}

export function recordedIn(passed: readonly Passed[], names: Names): Recorded[] {
  const found = new Map<string, Recorded>();
  for (const { signer, asked, allowed } of passed) {
    for (const { action, resource, context } of asked) {
      const [bucket = "", ...path] = resource.replace(/^arn:aws:s3:::/, "").split("/");
      const place = names.placeOf(bucket);
      const { "s3:prefix": listed, "aws:SecureTransport": secured, ...rest } = context;
      void secured;
      const key = (listed ?? path.join("/")).slice(names.prefix.length + 1);
      const part = partOf(key, { place, cluster: names.cluster });
      const one = { duties: names.dutiesOf(signer), place, action, ...(part && { part }), context: rest, allowed };
      found.set(JSON.stringify(one), one);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
