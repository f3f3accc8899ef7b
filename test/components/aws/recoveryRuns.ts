import { AwsRecovery, type AwsRecoveryArgs } from "../../../components/aws";
import { type Run, run, type RunOptions, sshArgs } from "../harness";
import { publicKey } from "./nodeRuns";
import { recoveryCloud, type RecoveryCloud, subnetIds, vpcId } from "./recoveryCloud";

const { privateKey } = sshArgs("any");

/** A recovery with nothing that is not required. */
export const args: AwsRecoveryArgs = {
  clusterId: "prod",
  offsite: { bucket: "acme-offsite", region: "eu-west-1" },
  recoveryId: "r1",
  nodeIds: ["node1", "node2", "node3"],
  instanceType: "m7i.large",
  amiId: "ami-0123456789abcdef0",
  database: { key: "software/neumann.deb", sha256: "c3".repeat(32) },
  login: { user: "deploy", publicKey, privateKey },
  operatorCidrs: ["198.51.100.7/32"],
};

export const givenNetwork: Partial<AwsRecoveryArgs> = { network: { vpcId, subnetIds } };
export const rehearsal: Partial<AwsRecoveryArgs> = {
  rehearsal: true,
  expiresAt: "2026-11-24T18:00:00Z",
  productionNodes: [{ address: "node1.prod.internal:7878" }],
};

export function make(
  change: Partial<AwsRecoveryArgs> = {},
  is: Partial<RecoveryCloud> = {},
  options: RunOptions = {},
): Promise<Run<AwsRecovery>> {
  return run((opts) => new AwsRecovery("dr", { ...args, ...change }, opts), { ...recoveryCloud(is), ...options });
}
