import type { Place } from "../catalog";
import { formatSeconds } from "../units";
import { helpAt } from "./alarmNames";
import type { AlarmDraft, AlarmRequest } from "./alarms";
import { metricNamespace } from "./embeddedMetrics";

const daySeconds = 86_400;

/** What does not come from the agent's status: rehearsals, and what S3 says of the buckets. */
export function bucketAlarms(request: AlarmRequest): AlarmDraft[] {
  return [...rehearsals(request), ...replication(request), ...sizes(request)];
}

/** A workflow tells both once a day, whether it rehearsed or not. */
function rehearsals({ clusterId, rehearsalEveryDays: days }: AlarmRequest): AlarmDraft[] {
  if (days === undefined) return [];
  const usual = {
    severity: "warning",
    place: "primary",
    namespace: metricNamespace,
    dimensions: { cluster: clusterId },
    statistic: "Minimum",
    periodSeconds: daySeconds,
    missingData: "breaching",
  } as const;
  return [
    {
      ...usual,
      what: "rehearsal-overdue",
      description: `${clusterId}: the last rehearsal is older than ${days} days, or nothing says when it was. Help: ${helpAt("rehearsal-overdue")}`,
      metricName: "rehearsal_age_seconds",
      breaches: "above",
      threshold: days * daySeconds,
      periods: 2,
    },
    {
      ...usual,
      what: "rehearsal-failed",
      description: `${clusterId}: the last rehearsal did not pass. Help: ${helpAt("rehearsal-failed")}`,
      metricName: "rehearsal_passed",
      breaches: "below",
      threshold: 1,
      periods: 1,
    },
  ];
}

/** S3 gives the delay in the region of the copy, and failures in that of the original. */
function replication(request: AlarmRequest): AlarmDraft[] {
  return (request.replicationRuleIds ?? []).flatMap((rule) => ofReplication(request, rule));
}

function ofReplication({ clusterId, bucket, offsiteBucket, policy }: AlarmRequest, rule: string): AlarmDraft[] {
  if (offsiteBucket === undefined) return [];
  const limit = policy.offsite.walRecoveryPointMinutes * 60;
  const usual = {
    severity: "critical",
    namespace: "AWS/S3",
    dimensions: { SourceBucket: bucket, DestinationBucket: offsiteBucket, RuleId: rule },
    periodSeconds: 300,
    breaches: "above",
  } as const;
  return [
    {
      ...usual,
      what: `replication-behind-${rule}`,
      description: `${clusterId}: the copy of bucket ${bucket} (rule ${rule}) is further behind than the policy's ${formatSeconds(limit)}. Help: ${helpAt("replication-behind")}`,
      place: "offsite",
      metricName: "ReplicationLatency",
      statistic: "Maximum",
      threshold: limit,
      periods: 3,
      // S3 gives it also when there is nothing to copy, and no more once the other bucket is gone.
      missingData: "breaching",
    },
    {
      ...usual,
      what: `replication-failing-${rule}`,
      description: `${clusterId}: objects of bucket ${bucket} were not copied (rule ${rule}). Help: ${helpAt("replication-failing")}`,
      place: "primary",
      metricName: "OperationsFailedReplication",
      statistic: "Sum",
      threshold: 0,
      periods: 1,
      // S3 gives it only when there is something to copy.
      missingData: "notBreaching",
    },
  ];
}

/** Twice the deviation that the last two weeks let expect: what encrypts or deletes a bucket changes both numbers at once. */
const bandWidth = 2;

function sizes({ clusterId, bucket, offsiteBucket }: AlarmRequest): AlarmDraft[] {
  const buckets: [Place, string][] = [["primary", bucket]];
  if (offsiteBucket !== undefined) buckets.push(["offsite", offsiteBucket]);
  return buckets.flatMap(([place, name]) =>
    bucketMetrics.map(({ what, metricName, storageType, of }): AlarmDraft => ({
      what: `${what}-${place}`,
      severity: "warning",
      description: `${clusterId}: bucket ${name} holds more or less ${of} than its past lets expect. Help: ${helpAt("odd-size")}`,
      place,
      namespace: "AWS/S3",
      metricName,
      dimensions: { BucketName: name, StorageType: storageType },
      statistic: "Average",
      breaches: "outside",
      threshold: bandWidth,
      periodSeconds: daySeconds,
      periods: 1,
      // S3 counts once a day and tells a day later: the present day never has a value.
      missingData: "ignore",
    })),
  );
}

/** What S3 counts in each bucket, without being asked. */
export const bucketMetrics = [
  { what: "odd-count", metricName: "NumberOfObjects", storageType: "AllStorageTypes", of: "objects" },
  { what: "odd-size", metricName: "BucketSizeBytes", storageType: "StandardStorage", of: "bytes" },
] as const;
