import * as pulumi from "@pulumi/pulumi";
import { ArchiveAccess, BackupAlarms, Duty, HolderKind, S3Archive } from "../components/aws";
import { ClusterBackups } from "../components/clusterBackups";

// Run by bench/aws.ts in a process of its own: a program under mocks with so many nodes, and then as many bare resources
// as that made, each with the same inputs. Prints how many there were, and the seconds of both.

interface Made {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const answers: Record<string, object> = {
  "aws:index/getCallerIdentity:getCallerIdentity": {
    accountId: "111122223333",
    arn: "arn:aws:iam::111122223333:role/deploy",
  },
  "aws:index/getPartition:getPartition": { partition: "aws", dnsSuffix: "amazonaws.com" },
};

/** What the agent prints, for whatever it was asked. */
const said = JSON.stringify({
  nodeId: "node1",
  state: "absent",
  owner: null,
  differences: [],
  publicKey: `MCowBQYDK2VwAyEA${"A".repeat(43)}=`,
  file: "/cache/node.tgz",
});

class Bare extends pulumi.CustomResource {}

async function underMocks(program: (made: Made[]) => void): Promise<{ made: Made[]; seconds: number }> {
  const made: Made[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const known = inputs as Record<string, unknown>;
        made.push({ type, name, inputs: known });
        const arn = `arn:aws:x:eu-central-1:111122223333:x/${name}`;
        return { id: `${name}-id`, state: { arn, bucket: name, ...known, stdout: said, stderr: "" } };
      },
      call: ({ token }) => answers[token] ?? { stdout: said, stderr: "" },
    },
    "bench",
    "bench",
    true,
  );
  const began = performance.now();
  program(made);
  await pulumi.runtime.disconnect();
  return { made, seconds: (performance.now() - began) / 1000 };
}

function protectedCluster(count: number): void {
  const names = Array.from({ length: count }, (_, index) => `node${index + 1}`);
  const nodes = names.map((nodeId, index) => ({
    kind: "ssh" as const,
    nodeId,
    address: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}:7878`,
    ssh: {
      host: nodeId,
      user: "deploy",
      privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nbench\n-----END OPENSSH PRIVATE KEY-----\n",
      hostKey: `ssh-ed25519 ${"A".repeat(68)}`,
    },
  }));
  const region = "eu-central-1";
  const archive = new S3Archive("prod", { clusterId: "prod", region, offsiteRegion: "eu-west-1" });
  new ArchiveAccess("nodes", {
    archive: archive.reference,
    duties: [Duty.Node, Duty.OffsiteWriter],
    holder: { kind: HolderKind.InstanceProfile },
  });
  new ClusterBackups("prod", { nodes, archive: archive.reference });
  new BackupAlarms("prod", { clusterId: "prod", nodes: names, primary: { bucket: archive.bucket, region } });
}

async function main(count: number): Promise<void> {
  for (const severity of ["info", "warn", "error"] as const) pulumi.log[severity] = () => Promise.resolve();
  // Once without measuring: what is compiled and loaded at first use is no cost of a node.
  await underMocks(() => protectedCluster(1));
  const ours = await underMocks(() => protectedCluster(count));
  const bare = await underMocks(() => {
    for (const { type, name, inputs } of ours.made) new Bare(type, name, inputs);
  });
  console.log(JSON.stringify({ resources: ours.made.length, ours: ours.seconds, bare: bare.seconds }));
}

void main(Number(process.argv[2]));
