import type * as pulumi from "@pulumi/pulumi";
import type { RehearsalQuotaArgs, StatefulSetArgs } from "../../components/kubernetes";
import type { BackupPolicyArgs } from "../../components/policyArgs";
import { isNumber, isObject, isTextList, type Keys, read } from "../settings";
import { type Bucket, bucketOf, exampleBucket } from "./settings";

/** A bucket of an archive, as pods and this machine open it. */
interface Place extends Bucket {
  kind: "s3";
  /** Section of the file with the keys. */
  credentials?: { profile: string };
}

/** Configuration of the program in stacks/kubernetes/rehearsal. */
export interface KubernetesRehearsalSettings {
  /** The cluster that is rehearsed. */
  clusterId: string;
  image: string;
  databaseImage: string;
  /** The database's config.toml. */
  configuration: string;
  volumeSize: string;
  storageClass?: string;
  quota: RehearsalQuotaArgs;
  statefulSet?: StatefulSetArgs;
  podAccountAnnotations?: Record<string, string>;
  policy?: BackupPolicyArgs;
  /** Addresses of both archives. */
  archiveCidrs?: string[];
  /** Where the rehearsal's own backups go: below a folder of this run. */
  own: Bucket;
  /** The archive that is rehearsed, and its off-site copy. */
  source: Place & { offsite?: Place };
  /** A file in the form of `~/.aws/credentials`, with the sections `own` and `source`. */
  credentials?: pulumi.Output<string>;
  recoveryId: string;
  restorePoint?: string;
  approvedPlanDigest?: string;
  /** It has failed when it takes longer. */
  timeoutMinutes: number;
}

/** The standard policy's objective for a recovery from the off-site archive. */
const standardMinutes = 480;

/**
 * Reads the configuration of a rehearsal in Kubernetes.
 * @throws RunError that names every key that is missing, wrong or unknown.
 */
export function readKubernetesRehearsal(source: pulumi.Config): KubernetesRehearsalSettings {
  return read(source, (keys) => {
    keys.text("rehearsal"); // For whoever runs it: `npx pulumi-neumann rehearse` takes no other stack.
    const recoveryId = keys.requiredText("recoveryId", "2026-11-23");
    const credentials = keys.secret("credentials");
    const place = (key: string, text: string): Place => ({
      kind: "s3",
      ...bucketOf(keys, key, text),
      ...(credentials === undefined ? {} : { credentials: { profile: "source" } }),
    });
    const offsite = keys.text("sourceOffsiteLocation");
    return {
      clusterId: keys.requiredText("clusterId", "prod"),
      image: keys.requiredText("image", "registry.example.com/neumann-backup@sha256:…"),
      databaseImage: keys.requiredText("databaseImage", "registry.example.com/neumann:1.4.2"),
      configuration: keys.requiredText("configuration", "<config.toml"),
      volumeSize: keys.requiredText("volumeSize", "100Gi"),
      storageClass: keys.text("storageClass"),
      quota: quotaOf(keys),
      statefulSet: keys.json("statefulSet", isObject, "an object"),
      podAccountAnnotations: keys.json("podAccountAnnotations", isObject, "an object") as
        Record<string, string> | undefined,
      policy: keys.json("policy", isObject, "an object"),
      archiveCidrs: keys.json("archiveCidrs", isTextList, "a list of texts"),
      own: ownPlace(keys, recoveryId),
      source: {
        ...place("sourceLocation", keys.requiredText("sourceLocation", exampleBucket)),
        ...(offsite === undefined ? {} : { offsite: place("sourceOffsiteLocation", offsite) }),
      },
      credentials,
      recoveryId,
      restorePoint: keys.text("restorePoint"),
      approvedPlanDigest: keys.text("approvedPlanDigest"),
      timeoutMinutes: keys.json("timeoutMinutes", isNumber, "a number of minutes") ?? standardMinutes,
    };
  });
}

function quotaOf(keys: Keys): RehearsalQuotaArgs {
  const quota = keys.json("quota", isObject, "an object");
  if (quota === undefined && keys.text("quota") === undefined) keys.missing("quota", '{ "storage": "300Gi" }');
  return (quota ?? {}) as unknown as RehearsalQuotaArgs;
}

/** A destroy deletes no backup, so that each run needs a place of its own. */
function ownPlace(keys: Keys, recoveryId: string): Bucket {
  const bucket = bucketOf(keys, "archiveLocation", keys.requiredText("archiveLocation", exampleBucket));
  return { ...bucket, prefix: bucket.prefix === undefined ? recoveryId : `${bucket.prefix}/${recoveryId}` };
}
