import * as pulumi from "@pulumi/pulumi";
import { ArchiveAccess, BackupAlarms, S3Archive } from "../../../components/aws";
import { ClusterBackups } from "../../../components/clusterBackups";
import { readAwsEnvironment } from "../settings";

/** The backups of a cluster that is there: buckets, rights, the agent on its nodes, alarms. */
const settings = readAwsEnvironment(new pulumi.Config());
const { clusterId, region, offsiteRegion, nodes, policy, disposable } = settings;

const archive = new S3Archive(clusterId, {
  clusterId,
  region,
  offsiteRegion,
  expectedAccountId: settings.expectedAccountId,
  expectedOffsiteAccountId: settings.expectedAccountId,
  policy,
  breakGlassArns: settings.breakGlassArns,
  administratorArns: settings.administratorArns,
  disposable,
});
// The instances of the nodes have this profile: nothing else on them holds a key.
const access = new ArchiveAccess(`${clusterId}-nodes`, {
  archive: archive.reference,
  duties: ["node", "offsite-writer"],
  holder: { kind: "instance-profile" },
  primaryKmsKeyArn: archive.kmsKeyArn,
  offsiteKmsKeyArn: archive.offsiteKmsKeyArn,
});
// Whoever prunes is on no node.
const { prunerAssumedBy } = settings;
const pruner =
  prunerAssumedBy === undefined
    ? undefined
    : new ArchiveAccess(`${clusterId}-pruner`, {
        archive: archive.reference,
        duties: ["pruner"],
        holder: { kind: "role", assumedBy: prunerAssumedBy },
        primaryKmsKeyArn: archive.kmsKeyArn,
        offsiteKmsKeyArn: archive.offsiteKmsKeyArn,
      });
const backups = new ClusterBackups(clusterId, {
  nodes,
  archive: archive.reference,
  policy,
  kitFile: settings.kitFile,
});
const alarms = new BackupAlarms(clusterId, {
  clusterId,
  policy,
  nodes: nodes.map(({ nodeId }) => nodeId),
  primary: { bucket: archive.bucket, region, kmsKeyArn: archive.kmsKeyArn },
  offsite: { bucket: archive.offsiteBucket, region: offsiteRegion, kmsKeyArn: archive.offsiteKmsKeyArn },
  emails: settings.alarmEmails,
  rehearsalEveryDays: settings.rehearsalEveryDays,
  sendEvents: true,
});

export const archiveReference = backups.archive;
export const bucket = archive.bucket;
export const offsiteBucket = archive.offsiteBucket;
export const instanceProfileName = access.instanceProfileName;
export const prunerRoleArn = pruner?.roleArn;
export const publicKeys = backups.publicKeys;
export const resolvedPolicy = backups.policy;
export const schedules = backups.schedules;
export const recoveryPoints = backups.recoveryPoints;
export const recoveryKit = backups.recoveryKit;
export const alarmTopicArn = alarms.topicArn;
export const dashboardName = alarms.dashboardName;
