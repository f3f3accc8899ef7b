import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { Ec2Nodes } from "../../../components/aws";
import { Machine, messageOf, refusalsOf, run } from "../harness";
import { args, makeNodes, nodeCloud } from "./nodeRuns";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

const make = (change: object, name = "dr") => new Ec2Nodes(name, { ...args, ...change });
const output = pulumi.output("later");
const [first, second] = args.nodes;

describe("Ec2Nodes refuses what decides which resources there are", () => {
  it.each<[object, string]>([
    [
      { nodes: [] },
      "nodes: must be a plain list of at least one node (received []). Write one item, { nodeId, subnetId }, for each node.",
    ],
    [{ nodes: [null] }, "nodes[0]: must be a plain object (received null). Write nodeId and subnetId of the node."],
    [
      { nodes: [{ ...first, nodeId: output }] },
      'nodes[0].nodeId: must be a plain value: resources are named after it (received "an output"). Write it out, such as node1.',
    ],
    [
      { nodes: [{ ...first, nodeId: "Node.1" }] },
      'nodes[0].nodeId: is no node id that can be a host\'s name (received "Node.1"). Use lower-case letters, digits and dashes, at most 63, such as node1.',
    ],
    [
      { nodes: [{ ...first, nodeId: "n".repeat(60) }] },
      `nodes[0].nodeId: makes stack-dr-${"n".repeat(60)} the name of a role, which has 69 letters (received "${"n".repeat(60)}"). Shorten stack, component or node: IAM takes 64.`,
    ],
    [
      { nodes: [first, { ...second, nodeId: "node1" }] },
      'nodes[1].nodeId: names another node too: nodes[0] (received "node1"). Give each node its own.',
    ],
    [
      { nodes: [{ ...first, generation: 0 }] },
      "nodes[0].generation: must be a plain whole number from 1 (received 0). Write the next number to replace the instance.",
    ],
    [
      { policyArns: output },
      'policyArns: must be a plain list (received "an output"). Give a list, and outputs only inside it.',
    ],
    [{ disposable: "yes" }, 'disposable: must be a plain boolean (received "yes"). Write true or false.'],
    [
      { login: output },
      'login: must be a plain object (received "an output"). Write user, publicKey and privateKey; each of them may be an output.',
    ],
    [
      { login: { ...args.login, privateKey: undefined } },
      "login.privateKey: must be a private key in PEM or OpenSSH format (received nothing). Give the file's content, not its name.",
    ],
    [
      { operatorCidrs: [] },
      "operatorCidrs: names nobody: nothing could reach the nodes by SSH (received []). Name the network of the machine where Pulumi runs, or of the jump host; or operatorSecurityGroupIds.",
    ],
    [
      { clientCidrs: ["10.1.0.0/16"] },
      "clientPort: is required where clients are named (received nothing). Write the database's port for clients, or leave the clients out.",
    ],
    [
      { clientPort: 7880 },
      "clientPort: is open to nobody (received 7880). Name clientSecurityGroupIds or clientCidrs, or leave it out.",
    ],
    [
      { clientPort: 9090, clientCidrs: ["10.1.0.0/16"] },
      "clientPort: is no port for clients (received 9090). Write a plain whole number up to 65535; 22, 7878, 7879, 9090 are SSH's, the members' and the admin's.",
    ],
    [{ zoneId: "Z0123" }, "zoneName: is required with zoneId (received nothing). Write the name of that zone."],
  ])("%j", (change, message) => {
    expect(messageOf(() => make(change))).toContain(`  - ${message}`);
  });
});

const keyRemedy = "Write arn:…:kms:<region>:<account>:key/<id>: an alias names no key in a policy.";
const policyRemedy = "Such as arn:aws:iam::111122223333:policy/boundary.";

describe("Ec2Nodes refuses values", () => {
  it.each<[object, string]>([
    [
      { clusterId: "Prod" },
      'clusterId: is no name for a cluster (received "Prod"). Use lower-case letters, digits and dashes, such as prod.',
    ],
    [{ clusterName: "a b" }, 'clusterName: is no name for a cluster (received "a b"). Such as prod.'],
    [{ region: "Ireland" }, 'region: is no region (received "Ireland"). Write it as in eu-central-1.'],
    [{ vpcId: "net" }, 'vpcId: is no network (received "net"). Such as vpc-0123abcd.'],
    [
      { nodes: [{ nodeId: "node1", subnetId: "a" }] },
      'nodes[0].subnetId: is no subnet (received "a"). Such as subnet-0123abcd.',
    ],
    [{ zoneName: "prod." }, 'zoneName: is no name of a zone (received "prod."). Such as prod.example.internal.'],
    [{ zoneName: "a.b", zoneId: "x" }, 'zoneId: is no zone (received "x"). Such as Z0123456789ABC.'],
    [{ instanceType: "large" }, 'instanceType: is no kind of instance (received "large"). Such as m7i.large.'],
    [
      { amiId: "debian" },
      'amiId: is no image (received "debian"). Write the image\'s id in this region, such as ami-0123abcd.',
    ],
    [{ kmsKeyArn: "alias/x" }, `kmsKeyArn: is no ARN of a key (received "alias/x"). ${keyRemedy}`],
    [
      { kmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/a" },
      'kmsKeyArn: is not in eu-west-1 (received "arn:aws:kms:us-east-1:111122223333:key/a"). Volumes need a key of their own region.',
    ],
    [{ permissionsBoundaryArn: "b" }, `permissionsBoundaryArn: is no ARN of a policy (received "b"). ${policyRemedy}`],
    [{ policyArns: ["p"] }, `policyArns[0]: is no ARN of a policy (received "p"). ${policyRemedy}`],
    [
      { expectedAccountId: "1" },
      'expectedAccountId: is no account (received "1"). Write its twelve digits in quotes, such as "123456789012".',
    ],
    [{ architecture: "x86" }, 'architecture: is not known (received "x86"). Write one of: x64, arm64.'],
    [
      { database: { ...args.database, bucket: "A" } },
      'database.bucket: is no name of a bucket (received "A"). Such as acme-software.',
    ],
    [
      { database: { ...args.database, key: "neumann.zip" } },
      'database.key: is no key of a package that can be installed (received "neumann.zip"). Write one that ends in .deb, .rpm or .tar.gz, without blanks, quotes, * and ?.',
    ],
    [
      { database: { ...args.database, key: "*.deb" } },
      'database.key: is no key of a package that can be installed (received "*.deb").',
    ],
    [
      { database: { ...args.database, region: "" } },
      'database.region: is no region (received ""). Write it as in eu-central-1.',
    ],
    [
      { database: { ...args.database, sha256: "ab" } },
      'database.sha256: is no SHA-256 (received "ab"). Write the 64 digits that `sha256sum` prints.',
    ],
    [
      { database: { ...args.database, kmsKeyArn: "k" } },
      `database.kmsKeyArn: is no ARN of a key (received "k"). ${keyRemedy}`,
    ],
    [
      { operatorCidrs: ["0.0.0.0/0"] },
      'operatorCidrs[0]: is no network of somebody (received "0.0.0.0/0"). Such as 10.0.0.0/16.',
    ],
    [
      { operatorCidrs: ["10.0.0.1/24"] },
      'operatorCidrs[0]: is no network of somebody (received "10.0.0.1/24"). Such as 10.0.0.0/16.',
    ],
    [
      { serviceCidrs: ["everywhere"] },
      'serviceCidrs[0]: is no network of somebody (received "everywhere"). Such as 10.0.0.0/16.',
    ],
    [
      { clientPort: 7880, clientCidrs: ["0.0.0.0/0"], clientSecurityGroupIds: ["all"] },
      'clientCidrs[0]: is no network of somebody (received "0.0.0.0/0"). Such as 10.0.0.0/16.\n  - clientSecurityGroupIds[0]: is no security group (received "all"). Such as sg-0123abcd.',
    ],
    [
      { servicePrefixListIds: ["s3"] },
      'servicePrefixListIds[0]: is no prefix list (received "s3"). Such as pl-0123abcd.',
    ],
    [{ login: { ...args.login, user: "Me" } }, 'login.user: is no name for a user (received "Me"). Such as deploy.'],
    [
      { login: { ...args.login, user: "root" } },
      'login.user: is somebody else\'s name (received "root"). Name a user of its own, who gets sudo.',
    ],
    [
      { login: { ...args.login, publicKey: "key" } },
      'login.publicKey: is no public key for SSH (received "key"). Write the line of the .pub file, such as ssh-ed25519 AAAA….',
    ],
    [
      { login: { ...args.login, privateKey: "/home/me/.ssh/id" } },
      'login.privateKey: must be a private key in PEM or OpenSSH format (received "(not shown)"). Give the file\'s content, not its name.',
    ],
    [
      { login: { ...args.login, jump: { host: "gate", user: "me", hostKey: "" } } },
      "login.jump.hostKey: must be the host's public key: without it any host would be trusted (received \"\"). Copy the line of the host's own file /etc/ssh/ssh_host_ed25519_key.pub.",
    ],
    [
      { moreConfig: "snapshot_interval = 1" },
      'moreConfig: is no text of tables for config.toml (received "snapshot_interval = 1"). Begin with the head of a table, such as "[raft]".',
    ],
    [
      { moreConfig: "[raft]\n[ storage ]\nwal_sync_mode = 'none'" },
      'moreConfig: has a table [storage], which the component writes (received "[ storage ]"). Leave it out.',
    ],
    [{ tags: { "aws:x": "y" } }, 'tags.aws:x: is AWS\'s own (received "y"). Use a name without aws: before it.'],
    [
      { backupBytes: undefined },
      "backupBytes: is missing, and no size follows from anything else (received nothing). Give the bytes that a backup has once unpacked, or volumeGibibytes for a cluster that is new.",
    ],
    [
      { volumeGibibytes: 100 },
      "volumeGibibytes: is too small: 40000000000 bytes of backup need 112 GiB, 3 times their size and 20 at least (received 100). Leave it out, or write more.",
    ],
  ])("%j", (change, message) => {
    expect(messageOf(() => make(change))).toContain(`  - ${message}`);
  });

  it("all at once", () => {
    const change = { region: "x", amiId: "y", volumeType: "gp2", login: { ...args.login, user: "" }, tags: [] };
    expect(messageOf(() => make(change))).toMatch(/^Ec2Nodes "dr" cannot be created: 5 mistakes\n/);
  });

  it("without a word of a key", () => {
    expect(messageOf(() => make({ amiId: "y", login: { ...args.login, publicKey: "x" } }))).not.toContain("secret");
  });
});

describe("Ec2Nodes refuses what only AWS tells", () => {
  it("a subnet of another network, in a preview too", async () => {
    const nodes = [...args.nodes.slice(0, 2), { nodeId: "node3", subnetId: "subnet-4" }];
    const refusals = await refusalsOf(() => makeNodes({ nodes }, {}, { preview: true }));
    expect(refusals.join("\n")).toContain(
      '  - nodes[2].subnetId: is in vpc-0ther and not in vpc-0a1b (received "subnet-4"). Name a subnet of vpc-0a1b.',
    );
  });

  it("a caller of another account", async () => {
    const refusals = await refusalsOf(() => makeNodes({ expectedAccountId: "999988887777" }, {}, { preview: true }));
    expect(refusals.join("\n")).toContain(
      'Ec2Nodes "dr" cannot be created: the caller arn:aws:sts::111122223333:assumed-role/deploy/session is of account 111122223333, and expectedAccountId says 999988887777.',
    );
  });

  it("values that were not known before", async () => {
    const program = () =>
      run((opts) => {
        const { address } = new Machine("one", { address: "debian" });
        return new Ec2Nodes("dr", { ...args, amiId: address }, opts);
      }, nodeCloud());
    expect((await refusalsOf(program)).join("\n")).toContain('  - amiId: is no image (received "debian").');
  });
});
