/** What a backup is, without Pulumi: for programs that read an archive, a plan or a report. */
export { type AgentConfig, type NodeConfig, ServiceManager } from "./agentConfig";
export {
  type AlertRule,
  alertRuleGroups,
  type AlertRuleGroups,
  alertRules,
  type AlertRulesRequest,
} from "./alertRules";
export { type Cheaper, cheaperThan } from "./aws/cheaper";
export { simulate, simulateChange, type SimulatedChange } from "./aws/simulate";
export type { SimulatedDay, Simulation, SimulationRequest } from "./aws/simulation";
export { type SimulationSummary, summarizeSimulation } from "./aws/simulationSummary";
export { listPrices, Retrieval, type StoragePrices } from "./aws/storageClasses";
export type { ArchiveSizes } from "./aws/storageCost";
export { canonicalJson, type Json } from "./canonical";
export {
  type Catalog,
  type CatalogEntry,
  inOrder,
  newestGood,
  type Place,
  productionLineage,
  type ProductionLineage,
  type StoredSegment,
  type UnreadableManifest,
} from "./catalog";
export {
  archiveMarkerKey,
  clusterPrefix,
  dataPrefix,
  isBackupId,
  isClusterId,
  isRecoveryId,
  isSegmentName,
  manifestKey,
  manifestPrefix,
  recordKey,
  type RecordKind,
  recordPrefix,
  segmentKey,
  segmentName,
  segmentNumber,
  streamPrefix,
  walPrefix,
} from "./layout";
export {
  type BackupFile,
  type BackupPart,
  type BackupSegment,
  type Manifest,
  manifestFormat,
  parseManifest,
  signedText,
  storedBytes,
  type StreamAnchor,
} from "./manifest";
export { InputError, type Mistake } from "./mistakes";
export { describePlan, planDigest, type PlanRequest, resolvePlan, type RestorePlan, type ShownPlan } from "./plan";
export { PlanRefused } from "./planRefused";
export {
  type BackupPolicy,
  type BackupPolicyOverrides,
  type FullPolicy,
  type OffsitePolicy,
  resolvePolicy,
  type SnapshotPolicy,
  standardPolicy,
  type TierPolicy,
  type WalPolicy,
} from "./policy";
export {
  type ArchiveMarker,
  type ClaimRecord,
  type KeyRecord,
  type LeaseRecord,
  type LineageRecord,
  type RecoveryAccepted,
  type RecoveryPin,
  type RecoveryReplayed,
  type RecoveryRestored,
  type StreamRecord,
  type VerificationRecord,
  type WatermarkRecord,
} from "./records";
export {
  type KitNode,
  type KitVersions,
  makeRecoveryKit,
  nodeKeysOf,
  parseRecoveryKit,
  type RecoveryKit,
  recoveryKitFormat,
  serializeRecoveryKit,
} from "./recoveryKit";
export { ArchiveKind, type ArchiveLocation, type ArchiveSpec, type DirectoryLocation } from "./reference";
export type { ReplayPlan } from "./replay";
export type { S3Credentials, S3Encryption, S3Location, S3ObjectLock } from "./s3Location";
export { isPublicKey, keyIdOf, type Signature, signatureProblem, type SigningPolicy } from "./signature";
export { parseRestorePoint, type RestorePoint, restorePointGrammar } from "./restorePoint";
export {
  type ArchiveCreateSpec,
  type InstallSpec,
  type KitFileSpec,
  type KitSpec,
  type MemberSpec,
  type NodeSpec,
  type PlanSpec,
  type RestoreSpec,
} from "./specs";
export type { Status } from "./status";
export { type Frozen, type FrozenClass, type ThawPhase } from "./thaw";
export { isTier, Tier, tiers } from "./tier";
export { formatBytes, formatCount, formatSeconds } from "./units";
