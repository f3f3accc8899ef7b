import { KubernetesBackups, type KubernetesBackupsArgs } from "../../../components/kubernetes";
import type { BackupRequest } from "../../../model/kubernetes/request";
import { standardPolicy } from "../../../model/policy";
import type { ArchiveSpec } from "../../../model/reference";
import { type Registered, run, type Run, type RunOptions } from "../harness";

/** An Ed25519 key made for these tests alone. */
export const privateKey = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
`;

/** An archive in two buckets, whose keys differ. */
export const buckets = {
  kind: "s3",
  clusterId: "prod",
  bucket: "acme-backup",
  region: "eu-central-1",
  credentials: { accessKeyId: "AKIANEAR", secretAccessKey: "near-secret" },
  offsite: {
    kind: "s3",
    bucket: "acme-offsite",
    region: "eu-west-1",
    endpoint: "https://store.example.com:9000",
    credentials: { accessKeyId: "AKIAAWAY", secretAccessKey: "away-secret" },
  },
};

/** The same where the accounts have the rights. */
export const bucketsWithoutKeys = {
  ...buckets,
  credentials: undefined,
  offsite: { ...buckets.offsite, credentials: undefined },
};

export const args: KubernetesBackupsArgs = {
  image: "registry.example.com/neumann-backup:0.1.0",
  databaseImage: "registry.example.com/neumann:1.4.2",
  archive: buckets,
};

/** What decides on resources, so that all of them are made. */
export const everything = { traffic: { isolatedPods: true }, monitoring: true };

/** The model's request for the same. */
export const wholeRequest: BackupRequest = {
  ...everything,
  image: args.image as string,
  databaseImage: args.databaseImage as string,
  archive: buckets as ArchiveSpec,
  policy: standardPolicy,
  access: { kind: "keys" },
  owner: "project/stack/KubernetesBackups/prod",
};

/** In the place of the provider of commands. */
export const usual: RunOptions = {
  made: (_type, name) => (name.endsWith("-signing-key") ? { stdout: privateKey, stderr: "" } : {}),
};

export function make(
  change: Partial<KubernetesBackupsArgs> = {},
  options: RunOptions = {},
): Promise<Run<KubernetesBackups>> {
  return run((opts) => new KubernetesBackups("prod", { ...args, ...change }, opts), { ...usual, ...options });
}

/** A resource of a run, by its name. */
export function named(resources: Registered[], name: string): Registered {
  const found = resources.find((one) => one.name === name && !one.type.startsWith("pulumi-neumann:"));
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}
