import * as pulumi from "@pulumi/pulumi";
import { Ec2Nodes, type Ec2NodesArgs } from "../../../components/aws";
import { run, type Run, type RunOptions, sshArgs } from "../harness";
import { type Cloud, cloud } from "./cloud";

export const vpcId = "vpc-0a1b";
const { privateKey } = sshArgs("any");
export const publicKey = `ssh-ed25519 ${"B".repeat(68)}`;
/** What ssh-keygen makes of a node's host key, under mocks. */
export const hostKeyOf = (nodeId: string) => ({
  public: `ssh-ed25519 ${Buffer.from(nodeId).toString("base64").replace(/=/g, "").padEnd(68, "C")}`,
  private: `-----BEGIN OPENSSH PRIVATE KEY-----\nof ${nodeId}\n-----END OPENSSH PRIVATE KEY-----`,
});

/** Three nodes in three zones, with nothing that is not required. */
export const args: Ec2NodesArgs = {
  clusterId: "prod",
  region: "eu-west-1",
  vpcId,
  nodes: [1, 2, 3].map((n) => ({ nodeId: `node${n}`, subnetId: `subnet-${n}` })),
  instanceType: "m7i.large",
  amiId: "ami-0123abcd",
  backupBytes: 40e9,
  database: { bucket: "acme-software", key: "neumann-1.4.0.deb", region: "eu-west-1", sha256: "ab".repeat(32) },
  login: { user: "deploy", publicKey, privateKey },
  operatorCidrs: ["10.0.0.0/24"],
};

/** Where subnets are: `subnet-1` in zone a, and so on. */
const zones: Record<string, string> = { "subnet-1": "a", "subnet-2": "b", "subnet-3": "c", "subnet-4": "c" };

/** Answers in AWS's and ssh-keygen's place. */
export function nodeCloud(is: Partial<Cloud> = {}): RunOptions {
  const { invoke, made } = cloud(is);
  return {
    invoke: (token, inputs) => {
      if (token !== "aws:ec2/getSubnet:getSubnet") return invoke?.(token, inputs);
      const id = inputs.id as string;
      const of = id === "subnet-4" ? "vpc-0ther" : vpcId;
      return { id, vpcId: of, availabilityZone: `${String(inputs.region)}${zones[id]}` };
    },
    made: (type, name, inputs) => {
      if (type === "command:local:Command" && name.includes("-host-key-")) {
        const pair = hostKeyOf(name.slice(name.indexOf("-host-key-") + "-host-key-".length));
        return { stdout: `${pair.public} \n${pair.private}` };
      }
      if (type === "aws:ec2/networkInterface:NetworkInterface") return { privateIp: `10.1.0.${name.at(-1)}` };
      if (type === "aws:route53/zone:Zone") return { zoneId: "Z0MADE" };
      if (type === "aws:ssm/parameter:Parameter") {
        return { arn: `arn:aws:ssm:${String(inputs.region)}:111122223333:parameter${String(inputs.name)}` };
      }
      return made?.(type, name, inputs) ?? {};
    },
  };
}

export function makeNodes(
  change: Partial<Ec2NodesArgs> = {},
  is: Partial<Cloud> = {},
  options: RunOptions = {},
): Promise<Run<Ec2Nodes>> {
  const program = (opts: pulumi.ComponentResourceOptions) => new Ec2Nodes("dr", { ...args, ...change }, opts);
  return run(program, { ...nodeCloud(is), ...options });
}
