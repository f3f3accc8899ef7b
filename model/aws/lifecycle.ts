import { clusterPrefix } from "../layout";
import { Mistakes } from "../mistakes";
import { type ArchivePart, archiveParts, rootOf } from "./archiveParts";
import { checkLifecycle } from "./lifecycleChecks";
import { apart, type LifecycleRequest, type StorageStep } from "./lifecycleRequest";

export type { LifecycleRequest, StorageStep };

/** One rule of a bucket's lifecycle, in the terms of S3. */
export interface LifecycleRule {
  id: string;
  /** What the rule's keys begin with. */
  prefix: string;
  /** The rule is about what `prune` has tagged, and nothing else. */
  tagged: boolean;
  /** A current version of this age, in days, is deleted: it becomes a hidden one behind a delete marker. */
  expireAfterDays?: number;
  /** Delete markers go behind which nothing is left. */
  removeDeleteMarkers?: boolean;
  /** A version that has been hidden for so many days goes for good. */
  noncurrentDays?: number;
  /** What was uploaded in parts and never completed goes after so many days. */
  abortUploadsAfterDays?: number;
  /** Cheaper storage with age, the first step first. */
  transitions: StorageStep[];
}

const abortDays = 7;

/** For so many days what was given up can be brought back, unless another number is given. */
export const standardUndeleteDays = 14;

/**
 * The rules of a bucket (hazard 9, protocol 19). Of each part of the archive what `prune` has tagged goes, at the earliest
 * at the age that the policy states: a tag that somebody put too early removes nothing that the policy still keeps. For good
 * it goes once it has been hidden for `undeleteDays`, manifests before data, the log last. What nobody tagged stays, unless
 * there is a backstop.
 *
 * S3 takes no tag in a rule that ends uploads or removes delete markers, and no age of expiry beside the latter: hence two
 * rules a part, and a third for a backstop. Where two rules are about an object, the earlier one counts.
 * @throws InputError naming all that cannot be, or would cost more than it saves.
 */
export function lifecycleRules(request: LifecycleRequest): LifecycleRule[] {
  const mistakes = new Mistakes();
  checkLifecycle(request, { path: "lifecycle", mistakes });
  mistakes.throwIfAny("The rules of the bucket cannot be made");
  const rules = archiveParts(request).flatMap((part) => rulesOf(part, request));
  rules.push({
    id: "unfinished-uploads",
    prefix: `${rootOf(request.prefix)}${clusterPrefix(request.clusterId)}`,
    tagged: false,
    abortUploadsAfterDays: abortDays,
    transitions: [],
  });
  return rules;
}

function rulesOf(part: ArchivePart, { undeleteDays, steps = {}, backstop = {} }: LifecycleRequest): LifecycleRule[] {
  const { name, kept, kind, prefix, days, order } = part;
  const noncurrentDays = undeleteDays + order * apart;
  const moves = kind === "data" || kind === "log" ? (steps[kept] ?? []) : [];
  const last = backstop[kept];
  return [
    { id: `${name}-given-up`, prefix, tagged: true, expireAfterDays: days, noncurrentDays, transitions: [] },
    {
      id: `${name}-hidden`,
      prefix,
      tagged: false,
      removeDeleteMarkers: true,
      // Hidden by somebody, and not by a prune: it stays as long as if it had not been.
      noncurrentDays: Math.max(noncurrentDays, days + order * apart),
      transitions: moves.map((step) => ({ ...step })),
    },
    ...(last === undefined
      ? []
      : [
          {
            id: `${name}-backstop`,
            prefix,
            tagged: false,
            // An upload may begin a day before its manifest: what names data goes before it.
            expireAfterDays: last + order * apart,
            transitions: [],
          },
        ]),
  ];
}
