import type * as pulumi from "@pulumi/pulumi";
import type { AlarmRequest } from "../../model/aws/alarms";
import { isNodeId } from "../../model/addresses";
import type { Mistakes } from "../../model/mistakes";
import { type BackupPolicy, standardPolicy } from "../../model/policy";
import { isClusterId } from "../../model/layout";
import { clusterIdRemedy } from "../../model/reference";
import { checkS3 } from "../../model/s3Location";
import type { VerificationPolicy } from "../../model/verification";
import { isPlain, type Pending } from "../arguments";
import { type BackupPolicyArgs, planPolicy } from "../policyArgs";
import type { BackupAlarmsArgs, BackupAlarmsValues, KnownAlarms, WatchedBucket } from "./backupAlarmsArgs";

const structural = ["nodes", "primary", "offsite", "replicationRuleIds", "emails", "sendEvents"] as const;
const deciding = [
  ["offsite", "continuousWal"],
  ["verification", "manifestEveryMinutes"],
  ["verification", "bytesEveryMinutes"],
  ["verification", "restoreEveryMinutes"],
  ["encryption", "recipients"],
] as const;

/** What decides which alarms there are. */
export function checkStructure(args: BackupAlarmsValues, mistakes: Mistakes): void {
  for (const path of [...structural, "policy"] as const) {
    if (!isPlain(args[path])) mistakes.add(path, "must be plain", "an output", "It decides which alarms there are.");
  }
  for (const [section, key] of deciding) {
    const found = plainAt(args.policy, section, key);
    if (found !== undefined)
      mistakes.add(`policy.${found}`, "must be plain", "an output", "It decides which alarms there are.");
  }
  checkList(
    args.nodes,
    "nodes",
    { isGood: isNodeId, what: "is no node id", remedy: "Write one such as node1." },
    mistakes,
  );
  checkList(args.replicationRuleIds ?? [], "replicationRuleIds", rules, mistakes);
  checkList(args.emails ?? [], "emails", addresses, mistakes);
  checkPairs(args, mistakes);
}

/** The first part of a path that is an output. */
function plainAt(policy: BackupAlarmsArgs["policy"], section: string, key: string): string | undefined {
  if (!isPlain(policy)) return undefined; // It was said.
  const part = (policy as Record<string, unknown> | undefined)?.[section];
  if (!isPlain(part)) return section;
  const value = (part as Record<string, unknown> | null | undefined)?.[key];
  return isPlain(value) ? undefined : `${section}.${key}`;
}

interface Items {
  isGood: (value: unknown) => boolean;
  what: string;
  remedy: string;
}

const rules: Items = {
  isGood: (id) => typeof id === "string" && /^[A-Za-z0-9._-]{1,100}$/.test(id),
  what: "is no id of a rule",
  remedy: "Write the rule's id, such as copies-of-prod.",
};
const addresses: Items = {
  isGood: (address) => typeof address === "string" && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address),
  what: "is no address",
  remedy: "Write one such as ops@example.com.",
};

function checkList(list: unknown, path: string, { isGood, what, remedy }: Items, mistakes: Mistakes): void {
  if (!isPlain(list)) return; // It was said.
  if (!Array.isArray(list)) {
    mistakes.add(path, "must be a list", list, remedy);
    return;
  }
  list.forEach((item: unknown, at) => {
    if (!isGood(item)) mistakes.add(`${path}[${at}]`, what, isPlain(item) ? item : "an output", remedy);
    else if (list.indexOf(item) !== at) mistakes.add(`${path}[${at}]`, "is there twice", item, "Keep one of them.");
  });
}

/** What means nothing without, or against, something else. */
function checkPairs(args: BackupAlarmsValues, mistakes: Mistakes): void {
  const shown = (value: unknown): unknown => (isPlain(value) ? value : "an output");
  const offsiteOnly = ["replicationRuleIds", "offsiteTopicArn", "offsiteKmsKeyId"] as const;
  for (const path of offsiteOnly) {
    if (args.offsite !== undefined || args[path] === undefined) continue;
    mistakes.add(
      path,
      "is of an off-site bucket, and there is none",
      shown(args[path]),
      "Name offsite, or leave it out.",
    );
  }
  const topics = [
    ["kmsKeyId", "topicArn"],
    ["offsiteKmsKeyId", "offsiteTopicArn"],
  ] as const;
  for (const [key, topic] of topics) {
    if (args[key] === undefined || args[topic] === undefined) continue;
    mistakes.add(key, `is for a new topic, and ${topic} names one`, shown(args[key]), "Leave out one of them.");
  }
  if (args.sendEvents !== undefined && typeof args.sendEvents !== "boolean" && isPlain(args.sendEvents)) {
    mistakes.add("sendEvents", "must be true or false", args.sendEvents, "Write it without quotes.");
  }
}

export function checkValues(known: KnownAlarms, mistakes: Mistakes, pending: Pending): void {
  mistakes.require(isClusterId(known.clusterId), {
    path: "clusterId",
    problem: "is no name for a cluster",
    received: known.clusterId,
    remedy: clusterIdRemedy,
  });
  if (!pending("policy")) planPolicy(known.policy, "policy", mistakes);
  checkBucket(known.primary, "primary", mistakes);
  if (known.offsite !== undefined) checkBucket(known.offsite, "offsite", mistakes);
  checkTopics(known, mistakes);
  const days: unknown = known.rehearsalEveryDays;
  mistakes.require(days === undefined || (Number.isInteger(days) && Number(days) >= 1 && Number(days) <= 366), {
    path: "rehearsalEveryDays",
    problem: "must be a whole number from 1 to 366",
    received: days,
    remedy: "Write how often you rehearse, such as 30.",
  });
}

function checkBucket(place: WatchedBucket | undefined, path: string, mistakes: Mistakes): void {
  if (typeof place !== "object") {
    mistakes.add(path, "must be an object", place, "Write its bucket and its region.");
    return;
  }
  const { bucket, region, prefix, kmsKeyArn } = place as pulumi.Unwrap<WatchedBucket>;
  checkS3({ kind: "s3", bucket, region, ...(prefix === undefined ? {} : { prefix }) }, path, mistakes);
  mistakes.require(kmsKeyArn === undefined || /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(kmsKeyArn), {
    path: `${path}.kmsKeyArn`,
    problem: "is no ARN of a key",
    received: kmsKeyArn,
    remedy: "Write the key's ARN, not its id or an alias: events name it so.",
  });
}

function checkTopics(known: KnownAlarms, mistakes: Mistakes): void {
  for (const path of ["topicArn", "offsiteTopicArn"] as const) {
    const arn: unknown = known[path];
    const good =
      arn === undefined || (typeof arn === "string" && /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/.test(arn));
    if (!good)
      mistakes.add(path, "is no ARN of a topic", arn, "Write the topic's ARN; one of the kind FIFO takes no alarms.");
  }
  for (const path of ["kmsKeyId", "offsiteKmsKeyId"] as const) {
    if (known[path] !== "alias/aws/sns") continue;
    const remedy =
      "Name a key of your own, whose policy lets cloudwatch.amazonaws.com and events.amazonaws.com use it.";
    mistakes.add(path, "is AWS's own key, which alarms may not use", known[path], remedy);
  }
}

/** As much of the policy as decides which alarms there are; the rest is the standard policy's. */
export function decidingPolicy(args: BackupPolicyArgs | undefined): BackupPolicy {
  // They are plain: checkStructure.
  const { offsite = {}, verification = {}, encryption } = (args ?? {}) as Deciding;
  const encrypted = (encryption?.recipients ?? []).length > 0;
  return {
    ...standardPolicy,
    offsite: { ...standardPolicy.offsite, continuousWal: offsite.continuousWal ?? false },
    verification: { ...standardPolicy.verification, ...intervals(verification, encrypted) },
  };
}

interface Deciding {
  offsite?: { continuousWal?: boolean };
  verification?: Partial<VerificationPolicy>;
  encryption?: { recipients?: unknown[] };
}

/** As resolvePolicy has it: nodes cannot restore what is encrypted. */
function intervals(given: Partial<VerificationPolicy>, encrypted: boolean): Partial<VerificationPolicy> {
  const { manifestEveryMinutes, bytesEveryMinutes, restoreEveryMinutes = encrypted ? 0 : undefined } = given;
  const all = { manifestEveryMinutes, bytesEveryMinutes, restoreEveryMinutes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** What alarms are made from, once all is known. */
export function alarmRequest(known: KnownAlarms, policy: BackupPolicy): AlarmRequest {
  const { clusterId, nodes, primary, offsite, replicationRuleIds, rehearsalEveryDays } = known;
  return {
    clusterId,
    policy,
    nodes,
    bucket: primary.bucket,
    offsiteBucket: offsite?.bucket,
    replicationRuleIds,
    rehearsalEveryDays,
  };
}
