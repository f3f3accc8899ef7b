/** Components for AWS. They need `@pulumi/aws`; nothing else of this library does. */
export { type AccessHolder, ArchiveAccess, type ArchiveAccessArgs } from "./archiveAccess";
export { AwsRecovery } from "./awsRecovery";
export type {
  AwsRecoveryArgs,
  RecoveryDatabase,
  RecoveryNetworkPlace,
  RecoveryPricesArgs,
  RecoverySource,
} from "./awsRecoveryArgs";
export { BackupAlarms } from "./backupAlarms";
export type { BackupAlarmsArgs, WatchedBucket } from "./backupAlarmsArgs";
export { Ec2Nodes } from "./ec2Nodes";
export type { DatabasePackageArgs, Ec2NodeArgs, Ec2NodesArgs, NodeLoginArgs } from "./ec2NodesArgs";
export { RecoveryNetwork, type RecoveryNetworkArgs } from "./recoveryNetwork";
export { S3Archive } from "./s3Archive";
export type { S3ArchiveArgs } from "./s3ArchiveArgs";
export { HolderKind } from "../../model/aws/accessTrust";
export { replicationRuleIds } from "../../model/aws/archivePlaces";
export { VolumeType } from "../../model/aws/dataVolume";
export { Duty } from "../../model/aws/duties";
export {
  type LifecycleRequest,
  type LifecycleRule,
  lifecycleRules,
  standardUndeleteDays,
  type StorageStep,
} from "../../model/aws/lifecycle";
export { checkLifecycle, type LifecycleChecks } from "../../model/aws/lifecycleChecks";
export { type BackstopDays, describeBackstop, type TierSteps } from "../../model/aws/lifecycleRequest";
export { listPrices, StorageClass, type StoragePrices } from "../../model/aws/storageClasses";
export type { ArchiveSizes } from "../../model/aws/storageCost";
