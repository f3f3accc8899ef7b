/** Components for Kubernetes. They need `@pulumi/kubernetes`; nothing else of this library does. */
export { KubernetesBackups } from "./kubernetesBackups";
export type {
  AccountAnnotationsArgs,
  ContainerResourcesArgs,
  JobSchedulesArgs,
  JobTrafficArgs,
  KubernetesBackupsArgs,
  SchedulingArgs,
  ScratchVolumeArgs,
  StatefulSetArgs,
  TolerationArgs,
  VolumeSnapshotsArgs,
} from "./kubernetesBackupsArgs";
export { KubernetesCluster } from "./kubernetesCluster";
export type {
  ClientTrafficArgs,
  DataVolumeArgs,
  KubernetesClusterArgs,
  RestoreFromArgs,
} from "./kubernetesClusterArgs";
export { RehearsalNamespace, type RehearsalNamespaceArgs, type RehearsalQuotaArgs } from "./rehearsalNamespace";
