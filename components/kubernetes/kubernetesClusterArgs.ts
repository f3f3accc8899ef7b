import type * as pulumi from "@pulumi/pulumi";
import type { ArchiveReference } from "../archiveReference";
import type { ContainerResourcesArgs, KubernetesBackupsArgs, SchedulingArgs } from "./kubernetesBackupsArgs";

/**
 * The volume of each pod. What it says counts when the cluster is made: Kubernetes changes no claim template afterwards.
 */
export interface DataVolumeArgs {
  /**
   * Its size, such as 100Gi. A recovery needs room for the data, and for a copy of it that is tried.
   */
  size: pulumi.Input<string>;
  /**
   * Class of the volume.
   * @default the cluster's default class
   */
  storageClass?: pulumi.Input<string>;
}

/**
 * Who reaches the database, beside its own pods.
 */
export interface ClientTrafficArgs {
  /**
   * Labels of the pods that do.
   * @default neumann-client: "true"
   */
  podLabels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Namespaces that these pods are in.
   * @default the cluster's own
   */
  namespaces?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The namespace from which Prometheus asks the sidecars.
   * @default every namespace
   */
  monitoringNamespace?: pulumi.Input<string>;
}

/**
 * The backup that a cluster is made from.
 */
export interface RestoreFromArgs {
  /**
   * Names this recovery for ever, such as `2026-11-23`. A recovery restores once: with the same name nothing happens again; another
   * restore needs another name and empty volumes.
   */
  recoveryId: pulumi.Input<string>;
  /**
   * What to restore, as in docs/recovery.md; or `volume-snapshot:ID`, written as it is and not as an output: it decides which
   * resources there are.
   * @default latest-offsite
   */
  restorePoint?: pulumi.Input<string>;
  /**
   * The digest that a preview showed. With it, any other plan is refused.
   * @default whatever plan the up shows
   */
  approvedPlanDigest?: pulumi.Input<string>;
  /**
   * How long an up waits for the pods, and then for the acceptance. When it is over the up fails, and the pods go on: the next up
   * waits again. In minutes, and plain.
   * @default 1440
   */
  timeoutMinutes?: number;
  /**
   * The archive of another cluster, which is only read: the new cluster is a clone, and `archive` is its own. Its credentials are
   * of the same kind as those of `archive`: keys, which get into the same Secret and need not be able to write; sections of
   * `credentialsSecret`; or `workloadIdentity`.
   * @default none: the archive's own cluster is recovered
   */
  cloneOf?: pulumi.Input<ArchiveReference>;
  /**
   * Opens an encrypted backup: the line of an age identity, as a secret. It becomes a Secret that the first pod's restore reads.
   * @default none: only what is not encrypted can be restored
   */
  identity?: pulumi.Input<string>;
}

/**
 * Arguments of KubernetesCluster. `statefulSet` says how the set is named and how many pods it has.
 */
export interface KubernetesClusterArgs extends KubernetesBackupsArgs {
  /**
   * The database's `config.toml`. What differs from pod to pod (`[node]`, `[cluster] peers`) and the archiving are written into it in
   * each pod.
   */
  configuration: pulumi.Input<string>;
  /**
   * The volume of each pod.
   */
  storage: pulumi.Input<DataVolumeArgs>;
  /**
   * What the database asks for and gets.
   * @default 500m and 1Gi, without limits
   */
  serverResources?: pulumi.Input<ContainerResourcesArgs>;
  /**
   * Where the database's pods run, apart from each other where they can.
   * @default any node
   */
  podScheduling?: pulumi.Input<SchedulingArgs>;
  /**
   * Who reaches the database.
   * @default pods of the namespace with the label neumann-client: "true"
   */
  clients?: pulumi.Input<ClientTrafficArgs>;
  /**
   * Annotations of the pods' account, such as `eks.amazonaws.com/role-arn`.
   * @default none
   */
  podAccountAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * The cluster comes from a backup. Plain: it decides which resources there are.
   * @default none: an empty cluster
   */
  restoreFrom?: RestoreFromArgs;
  /**
   * It is a rehearsal in a namespace of its own (RehearsalNamespace), and goes with it: nothing is protected, no record is left, and
   * no job runs. Plain: what is destroyed must not depend on what is not known yet.
   * @default false
   */
  rehearsal?: boolean;
}

export type KnownKubernetesCluster = pulumi.Unwrap<KubernetesClusterArgs>;
