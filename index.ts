export { ClusterBackups, type ClusterBackupsArgs } from "./components/clusterBackups";
export { ClusterClone, type ClusterCloneArgs, type ProductionNodeArgs } from "./components/clusterClone";
export { ClusterRestore, type ClusterRestoreArgs } from "./components/clusterRestore";
export { DisasterRecovery, type DisasterRecoveryArgs } from "./components/disasterRecovery";
export { DirectoryArchive, type DirectoryArchiveArgs } from "./components/directoryArchive";
export { BucketArchive, type BucketArchiveArgs } from "./components/bucketArchive";
export { LocalNodes, type LocalNodeArgs, type LocalNodesArgs } from "./components/localNodes";
export {
  type ArchivePlace,
  type ArchiveReference,
  type BucketCredentials,
  type BucketEncryption,
  type BucketObjectLock,
} from "./components/archiveReference";
export { type HostArgs, HostKind } from "./components/hosts";
export { type SshArgs, type SshJumpArgs } from "./components/ssh";
export {
  type BackupPolicyArgs,
  type BackupSchedule,
  type FullPolicyArgs,
  type OffsitePolicyArgs,
  type SigningPolicyArgs,
  type SnapshotPolicyArgs,
  type VerificationPolicyArgs,
  type VerificationQueryArgs,
  type WalPolicyArgs,
} from "./components/policyArgs";
export { OnUnreachable } from "./components/protection";
export { type RecoveryPlan, type RecoveryPoint, type RecoveryReport } from "./components/results";
export { alertRules, type AlertRulesRequest } from "./model/alertRules";
export { ServiceManager } from "./model/agentConfig";
export { Architecture } from "./model/runtime";
export {
  type BackupPolicy,
  type FullPolicy,
  type OffsitePolicy,
  type SnapshotPolicy,
  standardPolicy,
  type WalPolicy,
} from "./model/policy";
export type { SigningPolicy } from "./model/signature";
export type { VerificationPolicy, VerificationQuery } from "./model/verification";
