import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as vpc from "@pulumi/aws/vpc";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { HolderKind, trustPolicy } from "../../model/aws/accessTrust";
import { policyText } from "../../model/aws/dutyPolicy";
import { hostKeyRights } from "../../model/aws/nodeRights";
import { sshPort } from "../../model/aws/nodeTraffic";
import { policyDocument } from "../../model/aws/policyDocument";
import { waitForNode } from "../../model/aws/userData";
import { after } from "../dependency";
import { type SshArgs, sshConnection, type SshJumpArgs } from "../ssh";
import type { Account } from "./account";
import type { AwsRecoveryArgs } from "./awsRecoveryArgs";
import { jumpName as role } from "./awsRecoveryChecks";
import { hostKey } from "./hostKey";
import { ofGeneration } from "./nodeMachine";
import { roleName } from "./nodeRole";
import { encodedJumpUserData } from "./nodeSetup";
import type { RecoveryPlace } from "./recoveryGate";
import type { RecoveryNetwork } from "./recoveryNetwork";

/** What a host is made from that SSH goes through. */
export interface JumpRequest {
  name: string;
  subject: string;
  args: AwsRecoveryArgs;
  ready: pulumi.Output<RecoveryPlace>;
  account: pulumi.Output<Account>;
  network: RecoveryNetwork;
}

/** The only way into a network that was made. */
export interface Jump {
  securityGroupId: pulumi.Output<string>;
  ssh: SshJumpArgs;
}

/** Small enough for a few connections; of the same processor as the nodes, whose image it has. */
const jumpTypes: Record<string, string> = { x64: "t3.nano", arm64: "t4g.nano" };

/** A host in the public subnet: SSH from the operators, and on from it SSH to the nodes. Its host key is known before it is there. */
export function jumpHost(request: JumpRequest, opts: pulumi.CustomResourceOptions): Jump {
  const { name, args, ready } = request;
  const tags = ready.apply((known): Record<string, string> => ({ ...known.tags, Name: `${name}-${role}` }));
  const kmsKeyArn = pulumi.output(args.volumeKmsKeyArn);
  const key = hostKey({ name, nodeId: role, region: ready.region, kmsKeyArn, tags }, opts);
  const profile = jumpRole(request, { parameterArn: key.parameter.arn, tags }, opts);
  const group = jumpGroup(request, tags, opts);
  const instance = new ec2.Instance(
    `${name}-${role}`,
    {
      ami: args.amiId,
      instanceType: pulumi.output(args.architecture).apply((its) => jumpTypes[its ?? "x64"] as string),
      subnetId: request.network.publicSubnetId as pulumi.Output<string>,
      associatePublicIpAddress: true,
      vpcSecurityGroupIds: [group.id],
      iamInstanceProfile: profile.name,
      userDataBase64: userDataOf(request, { parameter: key.parameter.name, publicKey: key.publicKey }),
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, kmsKeyId: kmsKeyArn as pulumi.Input<string>, volumeType: "gp3", tags },
      region: ready.region,
      tags,
    },
    { ...opts, ...ofGeneration(1), dependsOn: [...profile.resources, ...group.rules, key.parameter] },
  );
  return { securityGroupId: group.id, ssh: reached(request, { instance, hostKey: key.publicKey }, opts) };
}

function userDataOf(
  { args, account, ready }: JumpRequest,
  key: { parameter: pulumi.Output<string>; publicKey: pulumi.Output<string> },
): pulumi.Output<string> {
  const login = { user: args.login.user, publicKey: args.login.publicKey };
  return pulumi
    .all([key.parameter, key.publicKey, account, ready.region, login])
    .apply(([parameter, publicKey, { dnsSuffix }, region, known]) =>
      encodedJumpUserData({ hostKey: { parameter, publicKey, region }, login: known, dnsSuffix }),
    );
}

interface JumpRole {
  name: pulumi.Output<string>;
  resources: pulumi.Resource[];
}

/** It reads its own host key, and nothing else. */
function jumpRole(
  { name, args, ready, account }: JumpRequest,
  { parameterArn, tags }: { parameterArn: pulumi.Output<string>; tags: pulumi.Output<Record<string, string>> },
  opts: pulumi.CustomResourceOptions,
): JumpRole {
  const own = { ...opts, deleteBeforeReplace: true };
  const called = roleName(name, role);
  const assumeRolePolicy = account.apply(({ partition, dnsSuffix }) =>
    policyText(trustPolicy({ kind: HolderKind.InstanceProfile }, { partition, dnsSuffix, withFactor: false })),
  );
  const made = new iam.Role(
    `${name}-role-${role}`,
    { name: called, assumeRolePolicy, permissionsBoundary: args.permissionsBoundaryArn, tags },
    own,
  );
  const policy = pulumi
    .all([account, ready.region, parameterArn, args.volumeKmsKeyArn])
    .apply(([{ partition }, region, arn, kmsKeyArn]) =>
      policyText(policyDocument(hostKeyRights({ partition, region, parameterArn: arn, kmsKeyArn }))),
    );
  const rights = new iam.RolePolicy(`${name}-rights-${role}`, { name: "first-boot", role: made.name, policy }, own);
  const profile = new iam.InstanceProfile(`${name}-role-${role}`, { name: called, role: made.name, tags }, own);
  return { name: profile.name, resources: [rights] };
}

/** SSH in from the operators; SSH and the services of AWS within the network, and nothing beyond it. */
function jumpGroup(
  { name, args, ready, network }: JumpRequest,
  tags: pulumi.Output<Record<string, string>>,
  opts: pulumi.CustomResourceOptions,
): { id: pulumi.Output<string>; rules: pulumi.Resource[] } {
  const region = ready.region;
  const called = { name: `${pulumi.getStack()}-${name}-${role}`, description: "The way to the nodes of a recovery" };
  const group = new ec2.SecurityGroup(`${name}-${role}-group`, { ...called, vpcId: network.vpcId, region, tags }, opts);
  const own = { ...opts, deleteBeforeReplace: true };
  const tcp = (port: number, description: string) => ({
    ...{ securityGroupId: group.id, ipProtocol: "tcp", fromPort: port, toPort: port, description, region, tags },
  });
  const ways = args.operatorCidrs.map(
    (cidrIpv4, index) =>
      new vpc.SecurityGroupIngressRule(
        `${name}-${role}-in-ssh-${index}`,
        { ...tcp(sshPort, "SSH of operators"), cidrIpv4 },
        own,
      ),
  );
  const within = { cidrIpv4: network.cidr };
  const on = new vpc.SecurityGroupEgressRule(`${name}-${role}-out-ssh`, { ...tcp(sshPort, "nodes"), ...within }, own);
  const services = new vpc.SecurityGroupEgressRule(
    `${name}-${role}-out-https`,
    { ...tcp(443, "services of AWS"), ...within },
    own,
  );
  return { id: group.id, rules: [...ways, on, services] };
}

/** A first boot takes its time. */
const dialAttempts = 60;

function reached(
  { name, subject, args }: JumpRequest,
  { instance, hostKey: known }: { instance: ec2.Instance; hostKey: pulumi.Output<string> },
  opts: pulumi.CustomResourceOptions,
): SshJumpArgs {
  const { user, privateKey, privateKeyPassword } = args.login;
  const password = privateKeyPassword === undefined ? {} : { privateKeyPassword };
  const ssh: SshArgs = { host: instance.publicIp, user, privateKey, ...password, hostKey: known, dialAttempts };
  const ready = new command.remote.Command(
    `${name}-ready-${role}`,
    {
      connection: sshConnection(subject, ssh, "login"),
      create: waitForNode,
      // Another instance is waited for again.
      stdin: instance.id,
      addPreviousOutputInEnv: false,
      logging: command.remote.Logging.Stderr,
    },
    { ...opts, customTimeouts: { create: "30m", update: "30m" } },
  );
  return { host: after([ready], instance.publicIp), user, hostKey: known };
}
