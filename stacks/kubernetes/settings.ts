import type * as pulumi from "@pulumi/pulumi";
import type { AccountAnnotationsArgs, StatefulSetArgs } from "../../components/kubernetes";
import type { BackupPolicyArgs } from "../../components/policyArgs";
import { isBoolean, isObject, type Keys, read } from "../settings";

/** Configuration of the program in stacks/kubernetes/environment. */
export interface KubernetesEnvironmentSettings {
  clusterId: string;
  image: string;
  databaseImage: string;
  bucket: Bucket;
  offsite?: Bucket;
  /** Of both buckets; without them the accounts have the rights. */
  credentials?: { accessKeyId: string; secretAccessKey: pulumi.Output<string> };
  namespace?: string;
  statefulSet?: StatefulSetArgs;
  accountAnnotations?: AccountAnnotationsArgs;
  policy?: BackupPolicyArgs;
  /** Name of a time zone. */
  timeZone?: string;
  isolatedPods: boolean;
  monitoring: boolean;
}

/** A bucket as the configuration names it. */
export interface Bucket {
  bucket: string;
  prefix?: string;
  region: string;
  endpoint?: string;
}

/**
 * Reads the configuration of the backups of a StatefulSet.
 * @throws RunError that names every key that is missing, wrong or unknown.
 */
export function readKubernetesEnvironment(source: pulumi.Config): KubernetesEnvironmentSettings {
  return read(source, (keys) => ({
    clusterId: keys.requiredText("clusterId", "prod"),
    image: keys.requiredText("image", "registry.example.com/neumann-backup@sha256:…"),
    databaseImage: keys.requiredText("databaseImage", "registry.example.com/neumann:1.4.2"),
    bucket: bucketOf(keys, "archiveLocation", keys.requiredText("archiveLocation", exampleBucket)),
    offsite: optional(keys.text("offsiteLocation"), (text) => bucketOf(keys, "offsiteLocation", text)),
    credentials: credentialsOf(keys),
    namespace: keys.text("namespace"),
    statefulSet: keys.json("statefulSet", isObject, "an object"),
    accountAnnotations: keys.json("accountAnnotations", isObject, "an object"),
    policy: keys.json("policy", isObject, "an object"),
    timeZone: keys.text("timeZone"),
    isolatedPods: keys.json("isolatedPods", isBoolean, "true or false") ?? false,
    monitoring: keys.json("monitoring", isBoolean, "true or false") ?? false,
  }));
}

export const exampleBucket = "s3://acme-neumann?region=eu-central-1";

function optional<T, R>(value: T | undefined, use: (value: T) => R): R | undefined {
  return value === undefined ? undefined : use(value);
}

/** The bucket that a text names; one without a name where that is wrong, and was said. */
export function bucketOf(keys: Keys, key: string, text: string): Bucket {
  const nowhere = { bucket: "", region: "" };
  if (text === "") return nowhere; // It was said.
  const before = keys.mistakes.all.length;
  const place = keys.location(key, text);
  if (place.kind === "s3") {
    const { kind, credentials, ...bucket } = place;
    void kind;
    if (credentials === undefined) return bucket;
    keys.wrong(key, "names credentials of this machine, and pods have none of them", text, `Write ${exampleBucket}.`);
  } else if (keys.mistakes.all.length === before) {
    keys.wrong(key, "is a folder, and pods have no folder that outlives them", text, `Write ${exampleBucket}.`);
  }
  return nowhere;
}

function credentialsOf(keys: Keys): KubernetesEnvironmentSettings["credentials"] {
  const [accessKeyId, secretAccessKey] = [keys.text("accessKeyId"), keys.secret("secretAccessKey")];
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  const remedy = "Set both, the second with --secret; neither where the accounts have the rights.";
  if (accessKeyId !== undefined) keys.wrong("secretAccessKey", "is missing", undefined, remedy);
  if (secretAccessKey !== undefined) keys.wrong("accessKeyId", "is missing", undefined, remedy);
  return undefined;
}
