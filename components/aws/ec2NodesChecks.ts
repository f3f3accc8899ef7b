import { isNodeId } from "../../model/addresses";
import { checkVolume } from "../../model/aws/dataVolume";
import { adminPort, ownTables } from "../../model/aws/nodeConfiguration";
import { isNarrowCidr, memberPorts, sshPort } from "../../model/aws/nodeTraffic";
import { isClusterId } from "../../model/layout";
import type { Mistakes } from "../../model/mistakes";
import { Architecture } from "../../model/runtime";
import { isPlain, type Pending } from "../arguments";
import { checkClusterName } from "../recoveryPhases";
import { checkSsh } from "../ssh";
import type { Ec2NodeArgs, Ec2NodesArgs, KnownEc2Nodes } from "./ec2NodesArgs";
import { checkTags } from "./tagChecks";

/** Lists that decide which resources there are; their items may be outputs. */
const lists = [
  "operatorCidrs",
  "operatorSecurityGroupIds",
  "clientCidrs",
  "clientSecurityGroupIds",
  "servicePrefixListIds",
  "serviceSecurityGroupIds",
  "serviceCidrs",
  "policyArns",
] as const;

/** What decides which resources there are; `prefix`: what names in IAM begin with. */
export function checkNodesStructure(args: Ec2NodesArgs, prefix: string, mistakes: Mistakes): void {
  checkNodeList(args.nodes, prefix, mistakes);
  for (const key of lists) {
    const value: unknown = args[key];
    if (value === undefined || Array.isArray(value)) continue;
    mistakes.add(key, "must be a plain list", shown(value), "Give a list, and outputs only inside it.");
  }
  const { disposable } = args;
  if (disposable !== undefined && typeof disposable !== "boolean") {
    mistakes.add("disposable", "must be a plain boolean", shown(disposable), "Write true or false.");
  }
  if (args.zoneId !== undefined && args.zoneName === undefined) {
    mistakes.add("zoneName", "is required with zoneId", undefined, "Write the name of that zone.");
  }
  checkLoginStructure(args, mistakes);
  checkOperators(args, mistakes);
  checkClients(args, mistakes);
}

function checkLoginStructure({ login }: Ec2NodesArgs, mistakes: Mistakes): void {
  if (typeof login !== "object" || (login as unknown) === null || !isPlain(login)) {
    const remedy = "Write user, publicKey and privateKey; each of them may be an output.";
    mistakes.add("login", "must be a plain object", shown(login), remedy);
  } else if (login.privateKey === undefined) {
    const remedy = "Give the file's content, not its name.";
    mistakes.add("login.privateKey", "must be a private key in PEM or OpenSSH format", undefined, remedy);
  }
}

function shown(value: unknown): unknown {
  return isPlain(value) ? value : "an output";
}

function checkNodeList(nodes: unknown, prefix: string, mistakes: Mistakes): void {
  if (!Array.isArray(nodes) || nodes.length === 0) {
    const remedy = "Write one item, { nodeId, subnetId }, for each node.";
    mistakes.add("nodes", "must be a plain list of at least one node", shown(nodes), remedy);
    return;
  }
  for (const [index, node] of (nodes as (Partial<Ec2NodeArgs> | null | undefined)[]).entries()) {
    const path = `nodes[${index}]`;
    if (typeof node !== "object" || node === null || !isPlain(node)) {
      mistakes.add(path, "must be a plain object", shown(node), "Write nodeId and subnetId of the node.");
      continue;
    }
    checkName(node.nodeId, { path: `${path}.nodeId`, prefix }, mistakes);
    const first = (nodes as Partial<Ec2NodeArgs>[]).findIndex((other) => other.nodeId === node.nodeId);
    if (first < index) {
      mistakes.add(`${path}.nodeId`, `names another node too: nodes[${first}]`, node.nodeId, "Give each node its own.");
    }
    checkGeneration(node.generation, `${path}.generation`, mistakes);
  }
}

/** A label of DNS, which IAM takes too. */
function checkName(nodeId: unknown, { path, prefix }: { path: string; prefix: string }, mistakes: Mistakes): void {
  if (!isPlain(nodeId)) {
    const remedy = "Write it out, such as node1.";
    mistakes.add(path, "must be a plain value: resources are named after it", shown(nodeId), remedy);
    return;
  }
  if (!isNodeId(nodeId) || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(nodeId as string)) {
    const remedy = "Use lower-case letters, digits and dashes, at most 63, such as node1.";
    mistakes.add(path, "is no node id that can be a host's name", nodeId, remedy);
    return;
  }
  const longest = 64;
  const role = `${prefix}-${nodeId as string}`;
  if (role.length <= longest) return;
  const problem = `makes ${role} the name of a role, which has ${role.length} letters`;
  mistakes.add(path, problem, nodeId, `Shorten stack, component or node: IAM takes ${longest}.`);
}

function checkGeneration(value: unknown, path: string, mistakes: Mistakes): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 1)) return;
  const remedy = "Write the next number to replace the instance.";
  mistakes.add(path, "must be a plain whole number from 1", shown(value), remedy);
}

function checkOperators({ operatorCidrs = [], operatorSecurityGroupIds = [] }: Ec2NodesArgs, mistakes: Mistakes): void {
  if (operatorCidrs.length + operatorSecurityGroupIds.length > 0) return;
  const remedy = "Name the network of the machine where Pulumi runs, or of the jump host; or operatorSecurityGroupIds.";
  mistakes.add("operatorCidrs", "names nobody: nothing could reach the nodes by SSH", operatorCidrs, remedy);
}

const takenPorts = [sshPort, memberPorts.raft, memberPorts.gossip, adminPort];

function checkClients(args: Ec2NodesArgs, mistakes: Mistakes): void {
  const { clientPort, clientCidrs = [], clientSecurityGroupIds = [] } = args;
  const clients = clientCidrs.length + clientSecurityGroupIds.length;
  if (clientPort === undefined) {
    const remedy = "Write the database's port for clients, or leave the clients out.";
    if (clients > 0) mistakes.add("clientPort", "is required where clients are named", undefined, remedy);
  } else if (!isClientPort(clientPort)) {
    const remedy = `Write a plain whole number up to 65535; ${takenPorts.join(", ")} are SSH's, the members' and the admin's.`;
    mistakes.add("clientPort", "is no port for clients", shown(clientPort), remedy);
  } else if (clients === 0) {
    const remedy = "Name clientSecurityGroupIds or clientCidrs, or leave it out.";
    mistakes.add("clientPort", "is open to nobody", clientPort, remedy);
  }
}

function isClientPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535 && !takenPorts.includes(port);
}

/** What is wrong with values that are known. */
export function checkNodesValues(known: KnownEc2Nodes, mistakes: Mistakes, pending: Pending): void {
  checkCluster(known, mistakes, pending);
  for (const rule of rulesOf(known)) checkText(rule, mistakes, pending);
  checkKeyRegion(known, mistakes, pending);
  checkVolume(known, mistakes, pending);
  checkArchitecture(known, mistakes);
  checkMoreConfig(known.moreConfig, mistakes);
  checkLogin(known, mistakes, pending);
  if (!pending("tags")) checkTags(known.tags, mistakes);
}

function checkCluster(known: KnownEc2Nodes, mistakes: Mistakes, pending: Pending): void {
  if (!pending("clusterId") && !isClusterId(known.clusterId)) {
    const remedy = "Use lower-case letters, digits and dashes, such as prod.";
    mistakes.add("clusterId", "is no name for a cluster", known.clusterId, remedy);
  }
  checkClusterName(known.clusterName, mistakes);
}

/** A text and what it has to look like. */
interface TextRule {
  path: string;
  value: unknown;
  good: (value: string) => boolean;
  problem: string;
  remedy: string;
  optional?: boolean;
}

const matching = (pattern: RegExp) => (value: string) => pattern.test(value);
const isKeyArn = matching(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/);
const keyRule = { good: isKeyArn, problem: "is no ARN of a key", optional: true };
const keyRemedy = "Write arn:…:kms:<region>:<account>:key/<id>: an alias names no key in a policy.";
const region = {
  good: matching(/^[a-z]{2,}(-[a-z]+)+-\d+$/),
  problem: "is no region",
  remedy: "Write it as in eu-central-1.",
};

function rulesOf(known: KnownEc2Nodes): TextRule[] {
  return [...networkRules(known), ...machineRules(known), ...packageRules(known), ...peerRules(known)];
}

function networkRules(known: KnownEc2Nodes): TextRule[] {
  const subnet = { good: matching(/^subnet-[0-9a-f]+$/), problem: "is no subnet", remedy: "Such as subnet-0123abcd." };
  return [
    { path: "region", value: known.region, ...region },
    {
      path: "vpcId",
      value: known.vpcId,
      good: matching(/^vpc-[0-9a-f]+$/),
      problem: "is no network",
      remedy: "Such as vpc-0123abcd.",
    },
    ...known.nodes.map(({ subnetId }, index) => ({ path: `nodes[${index}].subnetId`, value: subnetId, ...subnet })),
    {
      path: "zoneName",
      value: known.zoneName,
      good: matching(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/),
      problem: "is no name of a zone",
      remedy: "Such as prod.example.internal.",
      optional: true,
    },
    {
      path: "zoneId",
      value: known.zoneId,
      good: matching(/^Z[A-Z0-9]+$/),
      problem: "is no zone",
      remedy: "Such as Z0123456789ABC.",
      optional: true,
    },
  ];
}

function machineRules(known: KnownEc2Nodes): TextRule[] {
  const policy = {
    good: matching(/^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/.+$/),
    problem: "is no ARN of a policy",
    remedy: "Such as arn:aws:iam::111122223333:policy/boundary.",
  };
  const boundary = known.permissionsBoundaryArn;
  return [
    {
      path: "instanceType",
      value: known.instanceType,
      good: matching(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/),
      problem: "is no kind of instance",
      remedy: "Such as m7i.large.",
    },
    {
      path: "amiId",
      value: known.amiId,
      good: matching(/^ami-[0-9a-f]+$/),
      problem: "is no image",
      remedy: "Write the image's id in this region, such as ami-0123abcd.",
    },
    { path: "kmsKeyArn", value: known.kmsKeyArn, ...keyRule, remedy: keyRemedy },
    { path: "permissionsBoundaryArn", value: boundary, ...policy, optional: true },
    ...(known.policyArns ?? []).map((value, index) => ({ path: `policyArns[${index}]`, value, ...policy })),
    {
      path: "expectedAccountId",
      value: known.expectedAccountId,
      good: matching(/^\d{12}$/),
      problem: "is no account",
      remedy: 'Write its twelve digits in quotes, such as "123456789012".',
      optional: true,
    },
  ];
}

function packageRules({ database }: KnownEc2Nodes): TextRule[] {
  const { bucket, key, sha256, kmsKeyArn } = database ?? ({} as Partial<typeof database>);
  return [
    {
      path: "database.bucket",
      value: bucket,
      good: matching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
      problem: "is no name of a bucket",
      remedy: "Such as acme-software.",
    },
    {
      path: "database.key",
      value: key,
      good: matching(/^[^\s"'*?\\]+\.(deb|rpm|tar\.gz)$/),
      problem: "is no key of a package that can be installed",
      remedy: "Write one that ends in .deb, .rpm or .tar.gz, without blanks, quotes, * and ?.",
    },
    { path: "database.region", value: database?.region, ...region },
    {
      path: "database.sha256",
      value: sha256,
      good: matching(/^[0-9a-f]{64}$/),
      problem: "is no SHA-256",
      remedy: "Write the 64 digits that `sha256sum` prints.",
    },
    { path: "database.kmsKeyArn", value: kmsKeyArn, ...keyRule, remedy: keyRemedy },
  ];
}

function peerRules(known: KnownEc2Nodes): TextRule[] {
  const narrow = { good: isNarrowCidr, problem: "is no network of somebody", remedy: "Such as 10.0.0.0/16." };
  const network = { ...narrow, good: (value: string) => value === "0.0.0.0/0" || isNarrowCidr(value) };
  const group = {
    good: matching(/^sg-[0-9a-f]+$/),
    problem: "is no security group",
    remedy: "Such as sg-0123abcd.",
  };
  const list = { good: matching(/^pl-[0-9a-f]+$/), problem: "is no prefix list", remedy: "Such as pl-0123abcd." };
  const rules = {
    operatorCidrs: narrow,
    clientCidrs: narrow,
    serviceCidrs: network,
    operatorSecurityGroupIds: group,
    clientSecurityGroupIds: group,
    serviceSecurityGroupIds: group,
    servicePrefixListIds: list,
  };
  return (Object.keys(rules) as (keyof typeof rules)[]).flatMap((key) =>
    (known[key] ?? []).map((value, index) => ({ path: `${key}[${index}]`, value, ...rules[key] })),
  );
}

function checkText(rule: TextRule, mistakes: Mistakes, pending: Pending): void {
  const { path, value, good, problem, remedy, optional } = rule;
  if (pending(path) || (optional === true && value === undefined)) return;
  if (typeof value !== "string" || !good(value)) mistakes.add(path, problem, value, remedy);
}

function checkKeyRegion(known: KnownEc2Nodes, mistakes: Mistakes, pending: Pending): void {
  const { kmsKeyArn, region: home } = known;
  if (kmsKeyArn === undefined || pending("region") || !isKeyArn(kmsKeyArn)) return;
  if (kmsKeyArn.split(":")[3] === home) return;
  mistakes.add("kmsKeyArn", `is not in ${home}`, kmsKeyArn, "Volumes need a key of their own region.");
}

function checkArchitecture({ architecture }: KnownEc2Nodes, mistakes: Mistakes): void {
  const kinds: unknown[] = Object.values(Architecture);
  if (architecture === undefined || kinds.includes(architecture)) return;
  mistakes.add("architecture", "is not known", architecture, `Write one of: ${kinds.join(", ")}.`);
}

function checkMoreConfig(more: unknown, mistakes: Mistakes): void {
  if (more === undefined) return;
  const lines = typeof more === "string" ? more.split("\n").map((line) => line.trim()) : [];
  const first = lines.find((line) => line !== "" && !line.startsWith("#"));
  if (first === undefined || !first.startsWith("[")) {
    const remedy = 'Begin with the head of a table, such as "[raft]".';
    mistakes.add("moreConfig", "is no text of tables for config.toml", more, remedy);
    return;
  }
  for (const table of ownTables) {
    const head = new RegExp(`^\\[+\\s*["']?${table}["']?\\s*[\\].]`);
    const found = lines.find((line) => head.test(line));
    if (found === undefined) continue;
    mistakes.add("moreConfig", `has a table [${table}], which the component writes`, found, "Leave it out.");
  }
}

/** Stands for what a node will have. */
const anyHost = { host: "node", user: "user", hostKey: `ssh-ed25519 ${"A".repeat(68)}` };

function checkLogin({ login }: KnownEc2Nodes, mistakes: Mistakes, pending: Pending): void {
  const { user, publicKey } = login;
  if (!pending("login.user") && (typeof user !== "string" || !/^[a-z_][a-z0-9_-]{0,31}$/.test(user))) {
    mistakes.add("login.user", "is no name for a user", user, "Such as deploy.");
  } else if (user === "root" || user === "neumann") {
    const remedy = "Name a user of its own, who gets sudo.";
    mistakes.add("login.user", "is somebody else's name", user, remedy);
  }
  const isPublic = matching(/^(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]{40,}( [^\r\n]*)?\s*$/);
  if (!pending("login.publicKey") && (typeof publicKey !== "string" || !isPublic(publicKey))) {
    const remedy = "Write the line of the .pub file, such as ssh-ed25519 AAAA….";
    mistakes.add("login.publicKey", "is no public key for SSH", publicKey, remedy);
  }
  // Once values are known the keys are not among them: the connection checks them again.
  if (login.privateKey !== undefined) checkSsh({ ...login, ...anyHost }, "login", mistakes);
}
