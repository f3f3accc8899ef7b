import type { BackupPolicy } from "../policy";
import type { ArchiveSpec } from "../reference";
import type { PodRecovery } from "./pod";
import type { Scheduling } from "./scheduling";

/** The jobs of a cluster: each touches the archive alone. */
export const JobDuty = {
  /** Copies the newest full backup off-site. */
  Offsite: "offsite",
  /** Looks whether all objects of every backup are there. */
  Look: "look",
  /** Reads every byte of every backup. */
  Verify: "verify",
  /** Gives up what the policy no longer keeps. */
  Prune: "prune",
  /** Restores the newest backup of each tier into a scratch database. */
  Rehearsal: "rehearsal",
} as const;
export type JobDuty = (typeof JobDuty)[keyof typeof JobDuty];

export const jobDuties: readonly JobDuty[] = Object.values(JobDuty);

/** The accounts of the jobs: who looks at backups and who reads them have the same rights. */
export const accountDuties = ["offsite", "verify", "prune", "rehearsal"] as const;
export type AccountDuty = (typeof accountDuties)[number];

/** Written in place of a schedule: the job is there, and rests. */
export const neverScheduled = "none";

/** The StatefulSet that the database runs in. */
export interface StatefulSetSpec {
  /** @default "neumann" */
  name?: string;
  /** Pods of the set. @default 3 */
  replicas?: number;
  /** The database's container. @default "neumann-server" */
  container?: string;
  /** The headless Service, by which pods have names. @default "neumann-headless" */
  serviceName?: string;
  /** The claim template with the database's data. @default "data" */
  dataVolume?: string;
  /** Account that its pods have: it gets the right to the one Lease. @default "default" */
  serviceAccount?: string;
  /** `minAvailable` of its disruption budget; 0: there is none. @default 2 */
  minAvailable?: number;
}

/** When jobs run, as five fields of cron; `none`: never. What is left out follows from the policy. */
export interface JobSchedules {
  /** @default as often as `policy.offsite.everyMinutes` demands, at night */
  offsite?: string;
  /** @default as often as `policy.verification.manifestEveryMinutes` demands */
  look?: string;
  /** @default as often as `policy.verification.bytesEveryMinutes` demands */
  verify?: string;
  /** @default once a day */
  prune?: string;
  /** @default as often as `policy.verification.restoreEveryMinutes` demands */
  rehearsal?: string;
  /** Time zone by its name, such as Europe/Berlin. @default "Etc/UTC" */
  timeZone?: string;
}

/** What a container asks for and gets, as Kubernetes writes quantities. */
export interface ContainerResources {
  cpuRequest?: string;
  /** @default none: what nobody else uses */
  cpuLimit?: string;
  memoryRequest?: string;
  memoryLimit?: string;
}

/** Annotations of the jobs' accounts, such as the ARN of a role. */
export interface AccountAnnotations {
  offsite?: Record<string, string>;
  verify?: Record<string, string>;
  prune?: Record<string, string>;
  rehearsal?: Record<string, string>;
}

/** Where a rehearsal restores to. */
export interface ScratchVolume {
  /** Room for two of the largest backup, unpacked. @default "50Gi" */
  size?: string;
  /** Class of the volume, made for a job and deleted with it. @default the cluster's default class */
  storageClass?: string;
  /** On the node's own disk in place of a volume: it takes room from whatever else runs there. @default false */
  onNode?: boolean;
}

/** What jobs may reach. */
export interface JobTraffic {
  /** Addresses of the archive. @default all but the node's own, on the archive's ports */
  archiveCidrs?: string[];
  /** Jobs ask the machine's metadata for their rights: without a role of their own. @default false */
  allowMetadata?: boolean;
  /** Namespace of the cluster's DNS. @default "kube-system" */
  dnsNamespace?: string;
  /** Policies of the user's isolate the database's pods: add what the sidecar needs. @default false */
  isolatedPods?: boolean;
}

/** Snapshots of the leader's volume, by the storage class: an additional hot tier that dies with the storage system. */
export interface VolumeSnapshots {
  /** VolumeSnapshotClass. @default the cluster's default class of the volume's driver */
  className?: string;
  /** Minutes from one to the next, 5 to 10080. */
  everyMinutes: number;
  /** So many are kept, 2 to 1000; older ones are deleted. */
  keep: number;
}

/** From where the archive's rights come. */
export type ArchiveAccess =
  /** The archive names keys: they become a Secret. */
  | { kind: "keys" }
  /** The pods' and the jobs' accounts have them (IRSA, workload identity). */
  | { kind: "identity" }
  /** A Secret of the user's holds the file. */
  | { kind: "secret"; name: string };

/** Everything from which the objects of a cluster's backups are made. */
export interface BackupRequest {
  /** @default "neumann" */
  namespace?: string;
  statefulSet?: StatefulSetSpec;
  /** ConfigMap with the database's config.toml. @default "neumann-config" */
  configMap?: string;
  /** The domain of the cluster's Services. @default "cluster.local" */
  clusterDomain?: string;
  /** Image of the agent. */
  image: string;
  /** Image of the database: the agent takes its programs from there. Needed without `programDirectory`. */
  databaseImage?: string;
  /** Folder of the agent's image with the database's programs, where it has them. */
  programDirectory?: string;
  imagePullSecrets?: string[];
  /** May hold keys: they get into the Secret alone. */
  archive: ArchiveSpec;
  /** The archive of a cluster that this one is a clone of, which is only read. Its keys get into the same Secret. */
  cloneOf?: ArchiveSpec;
  policy: BackupPolicy;
  access: ArchiveAccess;
  /** Secret for prune alone, in the form of the other. @default the same as of the other jobs */
  pruneCredentialsSecret?: string;
  /** Certificates (PEM) of the authorities that sign the store's. */
  authorities?: string;
  /** Secret with the private key, `key.pem`, where it is not ours. */
  signingKeySecret?: string;
  schedules?: JobSchedules;
  accountAnnotations?: AccountAnnotations;
  sidecarResources?: ContainerResources;
  jobResources?: ContainerResources;
  /** Where the jobs run. @default any node */
  jobScheduling?: Scheduling;
  scratch?: ScratchVolume;
  traffic?: JobTraffic;
  /** The kinds PrometheusRule and PodMonitor are there. @default false */
  monitoring?: boolean;
  /** @default none are taken */
  volumeSnapshots?: VolumeSnapshots;
  /** Who installs it: for people. */
  owner?: string;
  /** The StatefulSet is ours: the agent writes each pod's part of the database's configuration. */
  own?: {
    /** It comes from a backup. */
    recovery?: PodRecovery;
  };
}

/** The same with every default. */
export interface Backups extends BackupRequest {
  namespace: string;
  statefulSet: Required<StatefulSetSpec>;
  configMap: string;
  clusterDomain: string;
  schedules: JobSchedules & { timeZone: string };
  accountAnnotations: AccountAnnotations;
  sidecarResources: ContainerResources;
  jobResources: ContainerResources;
  scratch: ScratchVolume & { size: string };
  traffic: JobTraffic & { dnsNamespace: string };
  monitoring: boolean;
}

export const defaultStatefulSet: Required<StatefulSetSpec> = {
  name: "neumann",
  replicas: 3,
  container: "neumann-server",
  serviceName: "neumann-headless",
  dataVolume: "data",
  serviceAccount: "default",
  minAvailable: 2,
};

const sidecarResources: ContainerResources = { cpuRequest: "50m", memoryRequest: "256Mi", memoryLimit: "1Gi" };
const jobResources: ContainerResources = { cpuRequest: "100m", memoryRequest: "256Mi", memoryLimit: "2Gi" };

/** Where the database is. */
export type Whereabouts = Pick<Backups, "namespace" | "statefulSet" | "configMap">;

/** The same with the contract's names where none are given. */
export function withDefaultNames({
  namespace = "neumann",
  statefulSet,
  configMap = "neumann-config",
}: Pick<BackupRequest, keyof Whereabouts>): Whereabouts {
  return { namespace, statefulSet: { ...defaultStatefulSet, ...given(statefulSet) }, configMap };
}

/** A request with its defaults. */
export function withDefaults(request: BackupRequest): Backups {
  return {
    ...given(request),
    ...withDefaultNames(request),
    clusterDomain: request.clusterDomain ?? "cluster.local",
    schedules: { timeZone: "Etc/UTC", ...given(request.schedules) },
    accountAnnotations: request.accountAnnotations ?? {},
    sidecarResources: { ...sidecarResources, ...given(request.sidecarResources) },
    jobResources: { ...jobResources, ...given(request.jobResources) },
    scratch: { size: "50Gi", ...given(request.scratch) },
    traffic: { dnsNamespace: "kube-system", ...given(request.traffic) },
    monitoring: request.monitoring ?? false,
  };
}

/** Without what is undefined, so that it does not hide a default. */
function given<T extends object>(value: T | undefined): T {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, inner]) => inner !== undefined)) as T;
}

/** Names of the set's pods, the first first. */
export function podNames({ name, replicas }: Required<StatefulSetSpec>): string[] {
  return Array.from({ length: replicas }, (_, at) => `${name}-${at}`);
}
