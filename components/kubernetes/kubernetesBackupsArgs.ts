import type * as pulumi from "@pulumi/pulumi";
import type { ArchiveReference } from "../archiveReference";
import type { BackupPolicyArgs } from "../policyArgs";

/**
 * The StatefulSet that the database runs in. Nothing that it says is taken over: the agent is only added.
 */
export interface StatefulSetArgs {
  /**
   * Its name.
   * @default neumann
   */
  name?: pulumi.Input<string>;
  /**
   * How many pods it has.
   * @default 3
   */
  replicas?: pulumi.Input<number>;
  /**
   * The database's container.
   * @default neumann-server
   */
  container?: pulumi.Input<string>;
  /**
   * The headless Service, by which its pods have names.
   * @default neumann-headless
   */
  serviceName?: pulumi.Input<string>;
  /**
   * The claim template with the database's data.
   * @default data
   */
  dataVolume?: pulumi.Input<string>;
  /**
   * The account that its pods have: it gets the right to read and write one Lease. Where the archive's rights come with an
   * account (`workloadIdentity`), it is this one that needs them, annotations and all.
   * @default default, the namespace's own
   */
  serviceAccount?: pulumi.Input<string>;
  /**
   * `minAvailable` of its disruption budget, for a warning before pods restart; 0: there is none.
   * @default 2
   */
  minAvailable?: pulumi.Input<number>;
}

/**
 * When jobs run: five fields of cron, or `none`. Longer pauses than the policy promises raise its alarms.
 */
export interface JobSchedulesArgs {
  /**
   * The newest full backup is copied off-site.
   * @default as often as `policy.offsite.everyMinutes` demands; it rests where there is no off-site archive
   */
  offsite?: pulumi.Input<string>;
  /**
   * Whether all objects of every backup are there.
   * @default as often as `policy.verification.manifestEveryMinutes` demands
   */
  look?: pulumi.Input<string>;
  /**
   * Every byte of every backup is read.
   * @default as often as `policy.verification.bytesEveryMinutes` demands
   */
  verify?: pulumi.Input<string>;
  /**
   * What the policy no longer keeps is given up.
   * @default once a day, at night
   */
  prune?: pulumi.Input<string>;
  /**
   * The newest backup of each tier is restored into a scratch database, asked and thrown away.
   * @default as often as `policy.verification.restoreEveryMinutes` demands
   */
  rehearsal?: pulumi.Input<string>;
  /**
   * The time zone by its name, such as Europe/Berlin.
   * @default Etc/UTC
   */
  timeZone?: pulumi.Input<string>;
}

/**
 * What a container asks for and gets, as Kubernetes writes quantities.
 */
export interface ContainerResourcesArgs {
  /**
   * Share of a processor that is kept for it, such as 100m.
   */
  cpuRequest?: pulumi.Input<string>;
  /**
   * Share that it never exceeds.
   * @default none: it takes what nobody else uses
   */
  cpuLimit?: pulumi.Input<string>;
  /**
   * Memory that is kept for it, such as 256Mi.
   */
  memoryRequest?: pulumi.Input<string>;
  /**
   * Memory beyond which it is killed.
   */
  memoryLimit?: pulumi.Input<string>;
}

/**
 * A taint of nodes on which pods may run all the same.
 */
export interface TolerationArgs {
  /**
   * Its key.
   * @default every taint
   */
  key?: pulumi.Input<string>;
  /**
   * Its value.
   * @default every value
   */
  value?: pulumi.Input<string>;
  /**
   * NoSchedule, PreferNoSchedule or NoExecute.
   * @default all of them
   */
  effect?: pulumi.Input<string>;
  /**
   * How long a pod stays on a node that gets the taint, in seconds; with NoExecute alone.
   * @default for ever
   */
  seconds?: pulumi.Input<number>;
}

/**
 * On which nodes pods run, and what gives way to them.
 */
export interface SchedulingArgs {
  /**
   * Labels that a node must have.
   * @default any node
   */
  nodeSelector?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Taints that keep others away.
   * @default none
   */
  tolerations?: pulumi.Input<pulumi.Input<TolerationArgs>[]>;
  /**
   * Name of a PriorityClass.
   * @default the cluster's default class
   */
  priorityClassName?: pulumi.Input<string>;
}

/**
 * Annotations of the jobs' accounts: `eks.amazonaws.com/role-arn`, `iam.gke.io/gcp-service-account` and the like.
 */
export interface AccountAnnotationsArgs {
  /**
   * Reads the first archive and writes the off-site one.
   */
  offsite?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Reads, and writes records of what it found.
   */
  verify?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Marks what is given up, or deletes it. No other account needs that right.
   */
  prune?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Reads, and writes records of what it found.
   */
  rehearsal?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Where a rehearsal restores to: a volume that is made for it and goes with it.
 */
export interface ScratchVolumeArgs {
  /**
   * Room for the largest backup twice, unpacked.
   * @default 50Gi
   */
  size?: pulumi.Input<string>;
  /**
   * Class of the volume.
   * @default the cluster's default class
   */
  storageClass?: pulumi.Input<string>;
  /**
   * On the node's own disk, in place of a volume. It takes room from whatever else runs there.
   * @default false
   */
  onNode?: pulumi.Input<boolean>;
}

/**
 * What the jobs may reach; nobody reaches them.
 */
export interface JobTrafficArgs {
  /**
   * Ranges of addresses that the archive has; with `workloadIdentity` those of the token service too.
   * @default all but the node's own, on the archive's ports
   */
  archiveCidrs?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Jobs may ask the machine's metadata service for their rights.
   * @default false
   */
  allowMetadata?: pulumi.Input<boolean>;
  /**
   * The namespace of the cluster's DNS.
   * @default kube-system
   */
  dnsNamespace?: pulumi.Input<string>;
  /**
   * Network policies of yours isolate the database's pods already: one is added with what the sidecar needs. Where none
   * does, it would cut off the database's clients. Plain: it decides which resources there are.
   * @default false
   */
  isolatedPods?: boolean;
}

/**
 * Snapshots of the leader's volume, where its storage class has them: quick to take and to restore from, beside the backups of
 * the policy and never in place of them, because they are lost with the storage system.
 */
export interface VolumeSnapshotsArgs {
  /**
   * The VolumeSnapshotClass. With one whose deletion policy is Retain, the storage system keeps what is deleted here.
   * @default the default class of the volume's driver
   */
  className?: pulumi.Input<string>;
  /**
   * Minutes from one to the next, from 5 to 10080 (a week). Writes are paused for each.
   */
  everyMinutes: pulumi.Input<number>;
  /**
   * So many are kept, from 2 to 1000; older ones are deleted.
   */
  keep: pulumi.Input<number>;
}

/**
 * Arguments of KubernetesBackups.
 */
export interface KubernetesBackupsArgs {
  /**
   * The namespace of the StatefulSet. There is one KubernetesBackups in a namespace.
   * @default neumann
   */
  namespace?: pulumi.Input<string>;
  /**
   * The StatefulSet.
   * @default as the database's own manifests have it
   */
  statefulSet?: pulumi.Input<StatefulSetArgs>;
  /**
   * ConfigMap with the database's config.toml.
   * @default neumann-config
   */
  configMap?: pulumi.Input<string>;
  /**
   * The domain of the cluster's Services.
   * @default cluster.local
   */
  clusterDomain?: pulumi.Input<string>;
  /**
   * The agent's image, with a digest or a tag that is not latest.
   */
  image: pulumi.Input<string>;
  /**
   * The database's image, as the StatefulSet has it: the agent takes the database's programs from there. Required without
   * `programDirectory`.
   */
  databaseImage?: pulumi.Input<string>;
  /**
   * Folder of the agent's image that has the database's programs, where you built it so.
   * @default none: they come from databaseImage
   */
  programDirectory?: pulumi.Input<string>;
  /**
   * Secrets with which the images are pulled.
   * @default none
   */
  imagePullSecrets?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Where backups go: buckets. Its keys, if it names some, become a Secret.
   */
  archive: pulumi.Input<ArchiveReference>;
  /**
   * What differs from the runbook's table.
   * @default the standard policy
   */
  policy?: pulumi.Input<BackupPolicyArgs>;
  /**
   * A Secret of yours with the archive's keys, in place of keys in `archive`: its key `credentials` holds a file in the form of
   * `~/.aws/credentials`, whose sections `archive` may name (`credentials.profile`).
   * @default none
   */
  credentialsSecret?: pulumi.Input<string>;
  /**
   * The accounts of pods and jobs have the archive's rights (IRSA, workload identity): there are no keys. Plain: it decides
   * which resources there are.
   * @default false
   */
  workloadIdentity?: boolean;
  /**
   * A Secret in the same form for prune alone, with the same sections, so that no other job can give backups up.
   * @default the keys of the others
   */
  pruneCredentialsSecret?: pulumi.Input<string>;
  /**
   * Certificates (PEM) of the authorities that sign the store's.
   * @default the authorities that Node knows
   */
  authorities?: pulumi.Input<string>;
  /**
   * A Secret of yours with the Ed25519 key that backups are signed with: PEM, PKCS#8, in its key `key.pem`.
   * @default one is made, once
   */
  signingKeySecret?: pulumi.Input<string>;
  /**
   * When jobs run.
   * @default as the policy demands
   */
  schedules?: pulumi.Input<JobSchedulesArgs>;
  /**
   * Annotations of the jobs' accounts.
   * @default none
   */
  accountAnnotations?: pulumi.Input<AccountAnnotationsArgs>;
  /**
   * What the sidecar asks for and gets.
   * @default 50m and 256Mi, at most 1Gi
   */
  sidecarResources?: pulumi.Input<ContainerResourcesArgs>;
  /**
   * What each job asks for and gets.
   * @default 100m and 256Mi, at most 2Gi
   */
  jobResources?: pulumi.Input<ContainerResourcesArgs>;
  /**
   * Where the jobs run. They keep away from the database's nodes where they can.
   * @default any node
   */
  jobScheduling?: pulumi.Input<SchedulingArgs>;
  /**
   * Where a rehearsal restores to.
   * @default a volume of 50Gi of the cluster's default class
   */
  scratch?: pulumi.Input<ScratchVolumeArgs>;
  /**
   * What the jobs may reach.
   * @default DNS, and every address but the node's own on the archive's ports
   */
  traffic?: JobTrafficArgs;
  /**
   * Snapshots of the leader's volume, catalogued beside the backups.
   * @default none
   */
  volumeSnapshots?: pulumi.Input<VolumeSnapshotsArgs>;
  /**
   * The kinds PrometheusRule and PodMonitor are there: one of each is made. Plain: it decides which resources there are.
   * @default false
   */
  monitoring?: boolean;
}

export type KnownKubernetesBackups = pulumi.Unwrap<KubernetesBackupsArgs>;
