import type { Place } from "../catalog";
import { manifestPrefix, walPrefix } from "../layout";
import { lockContradiction } from "../objectLock";
import { type BackupPolicy, type BackupPolicyOverrides, resolvePolicy } from "../policy";
import { Tier } from "../tier";
import { type LifecycleRequest, type LifecycleRule, lifecycleRules } from "./lifecycle";

/** For so many days nobody removes what lies off-site, unless another number is given or the policy keeps less. */
const standardLockDays = 30;

/**
 * What S3 copies from the first bucket to the off-site one: full backups and the log. Snapshots are too short-lived, and
 * records are each bucket's own. A log that the nodes copy themselves is not copied twice.
 */
export function replicatedPrefixes(clusterId: string, policy: BackupPolicy): string[] {
  const full = manifestPrefix(clusterId, Tier.Full).replace(/manifest\/$/, "");
  return policy.offsite.continuousWal ? [full] : [full, walPrefix(clusterId)];
}

/** What the rule is called that copies a prefix. */
export function replicationRuleId(prefix: string): string {
  return `copies-of-${prefix.replace(/\/$/, "").replace(/\//g, "-")}`;
}

/**
 * What the rules of an S3Archive with `replicate` are called, for the alarms on them: `replicationRuleIds` of BackupAlarms.
 * @throws InputError for a policy that cannot be used.
 */
export function replicationRuleIds(clusterId: string, policy?: BackupPolicyOverrides): string[] {
  return replicatedPrefixes(clusterId, resolvePolicy(policy)).map(replicationRuleId);
}

/** The rules of one bucket, one configuration: the off-site one has rules for copies too. */
export function archiveRules(request: LifecycleRequest, replicate: boolean): LifecycleRule[] {
  const own = lifecycleRules(request);
  if (!replicate || request.place === "primary") return own;
  const copied = replicatedPrefixes(request.clusterId, request.policy);
  const more = lifecycleRules({ ...request, place: "primary", steps: undefined, backstop: undefined }).filter(
    ({ id, prefix }) => copied.some((other) => prefix.startsWith(other)) && !own.some((rule) => rule.id === id),
  );
  return [...own, ...more];
}

/** The most days of a lock off-site: nothing that lies there is locked for longer than the policy keeps it. */
export function mostLockDays(policy: BackupPolicy, replicate: boolean): number {
  const days = [policy.offsite.retentionDays];
  if (policy.offsite.continuousWal || replicate) days.push(policy.wal.retentionDays);
  if (replicate) days.push(policy.full.retentionDays);
  return Math.min(...days);
}

/** Days of the lock off-site where none are given. */
export function usualLockDays(policy: BackupPolicy, replicate: boolean): number {
  return Math.min(standardLockDays, mostLockDays(policy, replicate));
}

/** Why a lock of so many days contradicts the policy; null where it does not. */
export function offsiteLockContradiction(
  days: number,
  policy: BackupPolicy,
  replicate: boolean,
): { problem: string; most: number } | null {
  const found = lockContradiction(days, policy, "offsite");
  if (found !== null) return found;
  const most = mostLockDays(policy, replicate);
  if (days <= most) return null;
  return {
    problem: `locks longer than the policy keeps what is replicated (${most} days): it could not be given up`,
    most,
  };
}

/** Begins the name of a bucket; AWS adds what makes it unique in the world. At most 37 characters. */
export function bucketPrefixOf(clusterId: string, place: Place, logs = false): string {
  const role = place === "primary" ? "backup" : "offsite";
  return `${clusterId.slice(0, 20).replace(/-+$/, "")}-${role}-${logs ? "logs-" : ""}`;
}
