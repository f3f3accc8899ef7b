import type * as pulumi from "@pulumi/pulumi";
import type { AwsRecoveryArgs } from "../../components/aws";
import { isObject, isTextList, type Keys, read } from "../settings";
import { accountId } from "./settings";

/**
 * Reads the configuration of the program in stacks/aws/recovery.
 * @throws RunError that names every key that is missing, wrong or unknown.
 */
export function readAwsRecovery(source: pulumi.Config): AwsRecoveryArgs {
  return read(source, (keys) => ({
    ...common(keys),
    bucket: keys.text("bucket"),
    emails: keys.json("alarmEmails", isTextList, "a list of texts"),
  }));
}

/**
 * Reads the configuration of the program in stacks/aws/rehearsal.
 * @throws RunError that names every key that is missing, wrong or unknown.
 */
export function readAwsRehearsal(source: pulumi.Config): AwsRecoveryArgs {
  return read(source, (keys) => {
    const settings = common(keys);
    keys.text("rehearsal"); // For whoever runs it: `npx pulumi-neumann rehearse` takes no other stack.
    const addresses = keys.json("productionAddresses", isTextList, "a list of texts");
    if (addresses === undefined && keys.text("productionAddresses") === undefined) {
      keys.missing("productionAddresses", '["10.0.1.10:7878", …]');
    }
    const expiresAt = keys.text("expiresAt") ?? dayAfter(settings.recoveryId);
    if (expiresAt === undefined) keys.missing("expiresAt", "2026-11-24T18:00:00Z");
    return {
      ...settings,
      rehearsal: true,
      expiresAt,
      productionNodes: (addresses ?? []).map((address) => ({ address })),
      alarms: false,
    };
  });
}

function common(keys: Keys): AwsRecoveryArgs & { recoveryId: string } {
  return {
    clusterId: keys.requiredText("clusterId", "prod"),
    recoveryId: keys.requiredText("recoveryId", "2026-11-23"),
    offsite: {
      bucket: keys.requiredText("offsiteBucket", "acme-offsite"),
      region: keys.requiredText("offsiteRegion", "eu-west-1"),
      prefix: keys.text("offsitePrefix"),
      kmsKeyArn: keys.text("offsiteKmsKeyArn"),
    },
    expectedAccountId: accountId(keys),
    nodeIds: keys.json("nodeIds", isTextList, "a list of texts") ?? ["node1", "node2", "node3"],
    instanceType: keys.requiredText("instanceType", "m7i.large"),
    amiId: keys.requiredText("amiId", "ami-0123456789abcdef0"),
    architecture: keys.text("architecture") as AwsRecoveryArgs["architecture"],
    database: databasePackage(keys),
    login: login(keys),
    operatorCidrs: operators(keys),
    restorePoint: keys.text("restorePoint"),
    approvedPlanDigest: keys.text("approvedPlanDigest"),
    clusterName: keys.text("clusterName"),
    policy: keys.json("policy", isObject, "an object"),
    identity: keys.secret("identity"),
  };
}

/** Without one, the backup's own. */
function databasePackage(keys: Keys): AwsRecoveryArgs["database"] {
  const [key, sha256] = [keys.text("databaseKey"), keys.text("databaseSha256")];
  if (key === undefined && sha256 === undefined) return undefined;
  if (key === undefined) keys.missing("databaseKey", "software/neumann-1.4.0.deb");
  if (sha256 === undefined) keys.missing("databaseSha256", "SHA256_OF_THE_PACKAGE");
  return { key: key ?? "", sha256: sha256 ?? "" };
}

function login(keys: Keys): AwsRecoveryArgs["login"] {
  const user = keys.requiredText("sshUser", "deploy");
  const publicKey = keys.requiredText("sshPublicKey", "ssh-ed25519 AAAA…");
  return { user, publicKey, privateKey: keys.sshPrivateKey() };
}

function operators(keys: Keys): string[] {
  const found = keys.json("operatorCidrs", isTextList, "a list of texts");
  if (found === undefined && keys.text("operatorCidrs") === undefined) {
    keys.missing("operatorCidrs", '["198.51.100.7/32"]');
  }
  return found ?? [];
}

/** `rehearse` names a rehearsal by the moment of its begin. */
function dayAfter(recoveryId: string): string | undefined {
  const [, day, hour, minute, second] = /(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z$/.exec(recoveryId) ?? [];
  const began = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(began) ? undefined : `${new Date(began + 86_400_000).toISOString().slice(0, 19)}Z`;
}
