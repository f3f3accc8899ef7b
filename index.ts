export { ClusterBackups, type ClusterBackupsArgs } from "./components/clusterBackups";
export { DisasterRecovery, type DisasterRecoveryArgs } from "./components/disasterRecovery";
export { DirectoryArchive, type DirectoryArchiveArgs } from "./components/directoryArchive";
export { LocalNodes, type LocalNodeArgs, type LocalNodesArgs } from "./components/localNodes";
export { type ArchivePlace, type ArchiveReference } from "./components/archiveReference";
export { type HostArgs, HostKind } from "./components/hosts";
export { type SshArgs, type SshJumpArgs } from "./components/ssh";
export {
  type BackupPolicyArgs,
  type BackupSchedule,
  type FullPolicyArgs,
  type OffsitePolicyArgs,
  type SnapshotPolicyArgs,
  type WalPolicyArgs,
} from "./components/policyArgs";
export { OnUnreachable } from "./components/protection";
export { type RecoveryPlan, type RecoveryReport } from "./components/results";
export { ServiceManager } from "./model/agentConfig";
export {
  type BackupPolicy,
  type FullPolicy,
  type OffsitePolicy,
  type SnapshotPolicy,
  standardPolicy,
  type WalPolicy,
} from "./model/policy";
