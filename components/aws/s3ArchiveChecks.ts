import type * as pulumi from "@pulumi/pulumi";
import { offsiteLockContradiction } from "../../model/aws/archivePlaces";
import { standardUndeleteDays } from "../../model/aws/lifecycle";
import { checkLifecycle } from "../../model/aws/lifecycleChecks";
import type { Place } from "../../model/catalog";
import { type Mistakes, Mistakes as MistakeList } from "../../model/mistakes";
import type { BackupPolicy } from "../../model/policy";
import { ArchiveKind } from "../../model/reference";
import { checkPlaces } from "../archivePlaces";
import type { ArchiveReference } from "../archiveReference";
import { isPlain, type Pending } from "../arguments";
import { planPolicy } from "../policyArgs";
import type { KnownS3Archive, S3ArchiveValues } from "./s3ArchiveArgs";
import { checkTags } from "./tagChecks";

const switches = ["replicate", "accessLogs", "inventory", "disposable"] as const;
const adoptions = [
  { adopt: "adoptBucket", name: "bucket", region: "region" },
  { adopt: "adoptOffsiteBucket", name: "offsiteBucket", region: "offsiteRegion" },
] as const;

/** What decides which resources there are. */
export function checkStructure(args: S3ArchiveValues, mistakes: Mistakes): void {
  for (const key of switches) {
    const value: unknown = args[key];
    const remedy = "Write true or false: it decides which resources there are.";
    if (value !== undefined && typeof value !== "boolean")
      mistakes.add(key, "must be a plain boolean", shown(value), remedy);
  }
  for (const adoption of adoptions) checkAdoption(args, adoption, mistakes);
  if (args.disposable === true && args.offsiteLock !== undefined) {
    const remedy = "Leave out one of them: what is locked cannot be disposed of.";
    mistakes.add("offsiteLock", "contradicts disposable", shown(args.offsiteLock), remedy);
  }
}

function checkAdoption(
  args: S3ArchiveValues,
  { adopt, name, region }: (typeof adoptions)[number],
  mistakes: Mistakes,
): void {
  const bucket: unknown = args[adopt];
  if (bucket === undefined) return;
  if (typeof bucket !== "string") {
    mistakes.add(adopt, "must be a plain text", shown(bucket), "Write the bucket's name.");
  }
  if (args[name] !== undefined) {
    mistakes.add(
      name,
      `is given beside ${adopt}`,
      shown(args[name]),
      `Give one of them: ${adopt} names the bucket too.`,
    );
  }
  if (!isPlain(args[region])) {
    mistakes.add(region, `must be plain beside ${adopt}`, "an output", "Write the region of the bucket.");
  }
  if (args.disposable === true) {
    const remedy = "Leave out disposable: it would delete what is there already.";
    mistakes.add(adopt, "contradicts disposable", bucket, remedy);
  }
}

function shown(value: unknown): unknown {
  return isPlain(value) ? value : "an output";
}

/** What is wrong with values that are known. */
export function checkValues(known: KnownS3Archive, mistakes: Mistakes, pending: Pending): void {
  checkReferences(known, mistakes, pending);
  checkRegions(known, mistakes, pending);
  checkAccounts(known, mistakes, pending);
  checkKeyArns(known, mistakes, pending);
  checkPrincipals(known, mistakes, pending);
  checkDays(known, mistakes, pending);
  if (!pending("tags")) checkTags(known.tags, mistakes);
  checkPolicy(known, mistakes, pending);
}

/** A bucket whose name is not known yet. */
const anyName = { bucket: "first-bucket", offsiteBucket: "offsite-bucket" };

const paths: Record<string, string> = {
  "offsite.bucket": "offsiteBucket",
  "offsite.region": "offsiteRegion",
  "offsite.credentials": "offsiteCredentials",
  "offsite.objectLock": "offsiteLock",
};

/** By the rules of every other archive: names, regions, credentials, lock. */
function checkReferences(known: KnownS3Archive, mistakes: Mistakes, pending: Pending): void {
  const rename = (path: string): string => {
    const found = Object.keys(paths).find((begin) => path.startsWith(begin));
    const named = found === undefined ? path : path.replace(found, paths[found] ?? found);
    const adopted = adoptions.find(({ adopt, name }) => name === named && known[adopt] !== undefined);
    return adopted?.adopt ?? named;
  };
  const { clusterId, region, offsiteRegion } = known;
  const either = (name: "bucket" | "offsiteBucket", adopted: string | undefined): string =>
    pending(name) ? anyName[name] : (known[name] ?? adopted ?? anyName[name]);
  const reference: pulumi.Unwrap<ArchiveReference> = {
    kind: ArchiveKind.S3,
    clusterId,
    region,
    bucket: either("bucket", known.adoptBucket),
    credentials: known.credentials,
    offsite: {
      kind: ArchiveKind.S3,
      region: offsiteRegion,
      bucket: either("offsiteBucket", known.adoptOffsiteBucket),
      credentials: known.offsiteCredentials,
      objectLock: known.offsiteLock,
    },
  };
  checkPlaces(reference, mistakes, rename);
}

function checkRegions(
  { region, offsiteRegion, acceptSameRegion }: KnownS3Archive,
  mistakes: Mistakes,
  pending: Pending,
): void {
  if (pending("acceptSameRegion") || pending("region") || pending("offsiteRegion")) return;
  if (acceptSameRegion !== undefined && typeof acceptSameRegion !== "boolean") {
    mistakes.add("acceptSameRegion", "must be true or false", acceptSameRegion, "Write it without quotes.");
  } else if (region === offsiteRegion && acceptSameRegion !== true) {
    const remedy =
      "Choose another region, or write acceptSameRegion: true if nothing needs to survive the loss of this one.";
    mistakes.add("offsiteRegion", "is the region of the first bucket", offsiteRegion, remedy);
  }
}

function checkAccounts(known: KnownS3Archive, mistakes: Mistakes, pending: Pending): void {
  for (const key of ["expectedAccountId", "expectedOffsiteAccountId"] as const) {
    const value: unknown = known[key];
    if (pending(key) || value === undefined || (typeof value === "string" && /^\d{12}$/.test(value))) continue;
    mistakes.add(key, "is no account", value, 'Write its twelve digits in quotes, such as "123456789012".');
  }
}

function checkKeyArns(known: KnownS3Archive, mistakes: Mistakes, pending: Pending): void {
  const keys = [
    { key: "kmsKeyArn", region: "region" },
    { key: "offsiteKmsKeyArn", region: "offsiteRegion" },
  ] as const;
  for (const { key, region } of keys) {
    const value: unknown = known[key];
    if (pending(key) || value === undefined) continue;
    const found = typeof value === "string" ? /^arn:[a-z-]+:kms:([a-z0-9-]+):\d{12}:key\/[\w-]+$/.exec(value) : null;
    if (found === null) {
      const remedy = "Write arn:…:kms:<region>:<account>:key/<id>: an alias may come to mean another key.";
      mistakes.add(key, "is no ARN of a key", value, remedy);
    } else if (!pending(region) && found[1] !== known[region]) {
      mistakes.add(
        key,
        `is not in ${known[region]}`,
        value,
        "A bucket needs a key of its own region, or it falls with the other one.",
      );
    }
  }
}

function checkPrincipals(known: KnownS3Archive, mistakes: Mistakes, pending: Pending): void {
  for (const key of ["breakGlassArns", "administratorArns"] as const) {
    const value: unknown = known[key];
    if (pending(key) || value === undefined) continue;
    if (!Array.isArray(value)) {
      mistakes.add(key, "must be a list", value, "Write the ARNs in brackets.");
      continue;
    }
    for (const [index, arn] of value.entries()) {
      if (typeof arn === "string" && /^arn:[a-z-]+:iam::(\d{12}|\*):(role|user)\/[^\s]+$/.test(arn)) continue;
      const remedy = "Write arn:…:iam::<account>:role/<name>, also for sessions of that role.";
      mistakes.add(`${key}[${index}]`, "is no ARN of a role or user", arn, remedy);
    }
  }
}

const mostDays = { undeleteDays: 365, logRetentionDays: 36_500 };

function checkDays(known: KnownS3Archive, mistakes: Mistakes, pending: Pending): void {
  for (const [key, most] of Object.entries(mostDays) as [keyof typeof mostDays, number][]) {
    const value: unknown = known[key];
    if (pending(key) || value === undefined) continue;
    if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) continue;
    mistakes.add(key, `must be a whole number from 1 to ${most}`, value, "Leave it out for the standard value.");
  }
}

function checkPolicy(known: KnownS3Archive, mistakes: Mistakes, pending: Pending): void {
  if (pending("policy")) return;
  const before = mistakes.all.length;
  const policy = planPolicy(known.policy, "policy", mistakes);
  if (mistakes.all.length > before) return;
  if (!pending("offsiteLock")) checkLockDays(known, policy, mistakes);
  for (const place of ["primary", "offsite"] as const) checkRules(known, { policy, place, pending }, mistakes);
}

function checkLockDays(known: KnownS3Archive, policy: BackupPolicy, mistakes: Mistakes): void {
  const days: unknown = known.offsiteLock?.days;
  if (typeof days !== "number") return;
  const found = offsiteLockContradiction(days, policy, known.replicate === true);
  if (found === null) return;
  const remedy = `Write at most ${found.most}, or keep it longer.`;
  mistakes.add("offsiteLock.days", found.problem, days, remedy);
}

const ruleArguments = {
  primary: { steps: "steps", backstop: "backstopDays" },
  offsite: { steps: "offsiteSteps", backstop: "offsiteBackstopDays" },
} as const;

function checkRules(
  known: KnownS3Archive,
  { policy, place, pending }: { policy: BackupPolicy; place: Place; pending: Pending },
  mistakes: Mistakes,
): void {
  const names = ruleArguments[place];
  const found = new MistakeList();
  const given = <T>(name: string, value: T): T | undefined => (pending(name) ? undefined : value);
  checkLifecycle(
    {
      clusterId: "any",
      policy,
      place,
      // Whether that is right was said.
      undeleteDays: standardUndeleteDays,
      steps: given(names.steps, known[names.steps]),
      backstop: given(names.backstop, known[names.backstop]),
    },
    { path: place, mistakes: found },
  );
  for (const { path, problem, received, remedy } of found.all) {
    const named = path.replace(/^\w+\.(steps|backstop)/, (_all, part: "steps" | "backstop") => names[part]);
    mistakes.add(named, problem, received, remedy);
  }
}
