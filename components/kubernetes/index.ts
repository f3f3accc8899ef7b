/** Components for Kubernetes. They need `@pulumi/kubernetes`; nothing else of this library does. */
export { KubernetesBackups } from "./kubernetesBackups";
export type {
  AccountAnnotationsArgs,
  ContainerResourcesArgs,
  JobSchedulesArgs,
  JobTrafficArgs,
  KubernetesBackupsArgs,
  ScratchVolumeArgs,
  StatefulSetArgs,
} from "./kubernetesBackupsArgs";
