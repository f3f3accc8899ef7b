import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { ArchiveAccess, Ec2Nodes } from "../../../components/aws";
import { ClusterBackups } from "../../../components/clusterBackups";
import { DisasterRecovery } from "../../../components/disasterRecovery";
import { nodeRights } from "../../../model/aws/nodeRights";
import { archive, Machine, run, valueOf } from "../harness";
import { named, ofAws, sorted } from "./archiveRuns";
import { args, hostKeyOf, makeNodes, nodeCloud, publicKey } from "./nodeRuns";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

/** User data as cloud-init reads it: compressed where it would be too long. */
function decoded(inputs: Record<string, unknown>): string {
  const bytes = Buffer.from(inputs.userDataBase64 as string, "base64");
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
}

describe("Ec2Nodes", () => {
  it("has these resources and options for ever", async () => {
    const { resources } = await makeNodes();
    const shown = sorted(resources).map((one) =>
      one.type === "aws:ec2/instance:Instance" ? { ...one, inputs: { ...one.inputs, userDataBase64: "…" } } : one,
    );
    expect(shown).toMatchSnapshot();
  });

  it("tells a node's first boot its name, its volume, the package and where its host key is, and no secret", async () => {
    const { resources } = await makeNodes({ moreConfig: "[raft]\nsnapshot_interval = 5000\n" });
    const text = decoded(named(resources, "dr-instance-node2").inputs);
    for (const told of [
      'fqdn: "node2.prod.neumann.internal"',
      '"volumeId": "dr-data-node2-id"',
      '"key": "neumann-1.4.0.deb"',
      '"parameter": "/neumann/stack/dr/node2/ssh-host-key"',
      hostKeyOf("node2").public,
      publicKey,
      String.raw`bind_address = \"node2.prod.neumann.internal:7878\"`,
      String.raw`peers = [\"node1.prod.neumann.internal:7878\", \"node3.prod.neumann.internal:7878\"]`,
      "snapshot_interval = 5000",
    ]) {
      expect(text).toContain(told);
    }
    expect(text).not.toContain("PRIVATE KEY");
  });

  it("lays each host's private key where its own node reads it and no other does", async () => {
    const { resources } = await makeNodes();
    const parameter = named(resources, "dr-host-key-node1").inputs;
    expect(parameter).toMatchObject({ type: "SecureString", region: "eu-west-1" });
    const secret = parameter.value as Record<string, unknown>;
    expect(secret).toMatchObject({ value: `${hostKeyOf("node1").private}\n` });
    const open = resources.filter(({ inputs }) => inputs !== parameter).map(({ inputs }) => JSON.stringify(inputs));
    expect(open.join("\n")).not.toContain("of node1\\n-----END");
    const rights = JSON.parse(named(resources, "dr-rights-node1").inputs.policy as string) as object;
    const arnOf = (node: string) =>
      `arn:aws:ssm:eu-west-1:111122223333:parameter/neumann/stack/dr/${node}/ssh-host-key`;
    const { region, database } = args as { region: string; database: Parameters<typeof nodeRights>[0]["database"] };
    expect(rights).toEqual(nodeRights({ partition: "aws", region, parameterArn: arnOf("node1"), database }));
    expect(JSON.stringify(rights)).not.toContain("node2");
  });

  it.skipIf(spawnSync("ssh-keygen", ["-?"]).error !== undefined)(
    "makes a host key by its command, whose halves belong together, and leaves nothing of it behind",
    async () => {
      const { resources } = await makeNodes();
      const create = resources.find(({ name, type }) => name === "dr-host-key-node1" && type.endsWith(":Command"))
        ?.inputs.create as string;
      const folder = mkdtempSync(path.join(tmpdir(), "neumann-key-"));
      try {
        const run = () =>
          execFileSync("sh", ["-c", create], { encoding: "utf8", env: { ...process.env, TMPDIR: folder } });
        // What a provider keeps of it is without the last end of line.
        const stdout = run().trimEnd();
        expect(readdirSync(folder)).toEqual([]);
        expect(run()).not.toBe(`${stdout}\n`);
        const usual = nodeCloud();
        const { resources: made } = await makeNodes(
          {},
          {},
          {
            ...usual,
            made: (type, name, inputs) =>
              name === "dr-host-key-node1" && type.endsWith(":Command")
                ? { stdout }
                : (usual.made?.(type, name, inputs) ?? {}),
          },
        );
        const { value } = named(made, "dr-host-key-node1").inputs.value as { value: string };
        writeFileSync(path.join(folder, "key"), value, { mode: 0o600 });
        const publicHalf = execFileSync("ssh-keygen", ["-y", "-f", path.join(folder, "key")], {
          encoding: "utf8",
        }).trim();
        expect(publicHalf).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+$/);
        expect(decoded(named(made, "dr-instance-node1").inputs)).toContain(publicHalf);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it("keeps data, address and key of a node whose instance is replaced, and replaces none for an image", async () => {
    const nodes = args.nodes.map((node, index) => ({ ...node, generation: index + 1 }));
    const { resources } = await makeNodes({ nodes, amiId: "ami-ffff" });
    const { resources: before } = await makeNodes();
    for (const [index, nodeId] of ["node1", "node2", "node3"].entries()) {
      const instance = named(resources, `dr-instance-${nodeId}`);
      expect(instance.options).toMatchObject({
        ignoreChanges: ["ami", "userDataBase64"],
        replacementTrigger: index + 1,
        deleteBeforeReplace: true,
      });
      expect(instance.inputs.tags).toHaveProperty("neumann-generation", String(index + 1));
    }
    const others = (all: typeof resources) =>
      sorted(all).filter(
        ({ type }) => type !== "aws:ec2/instance:Instance" && type !== "pulumi-neumann:index:Ec2Nodes",
      );
    expect(others(resources)).toEqual(others(before));
  });

  it("waits for each node's first boot, on the key that was made for it", async () => {
    const { resources } = await makeNodes();
    const ready = resources.filter(({ name }) => name.startsWith("dr-ready-"));
    expect(ready.map(({ options }) => options.dependsOn)).toEqual(
      ["node1", "node2", "node3"].map((nodeId) => [`dr-data-${nodeId}`]),
    );
    expect(ready[1]?.inputs).toMatchObject({ stdin: "dr-instance-node2-id" });
    expect(ready[1]?.inputs.triggers).toBeUndefined();
    expect(JSON.stringify(ready[1]?.inputs.connection)).toContain(hostKeyOf("node2").public);
  });

  it("has hosts for a recovery and for backups, whose users wait until they have booted", async () => {
    const { resources, result } = await run((opts) => {
      const fresh = new Ec2Nodes("dr", args, opts);
      new DisasterRecovery("dr", { archive, nodes: fresh.hosts, recoveryId: "r1" }, opts);
      new ClusterBackups("prod", { archive, nodes: fresh.hosts }, opts);
      return fresh;
    }, nodeCloud());
    expect(resources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["dr-restore", "dr-join-node3", "prod-install-node2"]),
    );
    const { address, ssh } = result.hosts[0] as Ec2Nodes["hosts"][number];
    expect(await valueOf(address as pulumi.Output<string>)).toBe("node1.prod.neumann.internal:7878");
    for (const output of [address, ssh?.host]) {
      const waitsFor = [...(output as unknown as { resources: () => Set<pulumi.Resource> }).resources()];
      expect(waitsFor.map((one) => (one as unknown as { __name: string }).__name)).toContain("dr-ready-node1");
    }
    const restore = JSON.stringify(resources.find(({ name }) => name === "dr-restore")?.inputs);
    expect(restore).toContain('"host":"10.1.0.1"');
    expect(restore).toContain(hostKeyOf("node1").public);
  });

  it("gives its roles the duties of an ArchiveAccess", async () => {
    const { resources } = await run(
      (opts) => {
        const reference = { kind: "s3", clusterId: "prod", bucket: "acme-backup", region: "eu-west-1" };
        const holder = { kind: "policies" };
        const access = new ArchiveAccess("rights", { archive: reference, duties: ["node", "restorer"], holder }, opts);
        return new Ec2Nodes("dr", { ...args, policyArns: access.policyArns }, opts);
      },
      { ...nodeCloud(), made: madeWithPolicies },
    );
    const attached = resources.filter(({ type }) => type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    expect(attached.map(({ name }) => name).sort()).toEqual(
      ["node1", "node2", "node3"].flatMap((node) => [0, 1].map((index) => `dr-rights-${node}-${index}`)),
    );
    expect(attached[1]?.inputs.policyArn).toBe("arn:aws:iam::111122223333:policy/rights-restorer");
    expect(named(resources, "dr-instance-node1").options.dependsOn).toContain("dr-rights-node1-1");
  });

  it("uses one key for volumes and host keys, and lets a node use it for its own parameter alone", async () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/own";
    const { resources } = await makeNodes({ kmsKeyArn });
    expect(named(resources, "dr-data-node1").inputs.kmsKeyId).toBe(kmsKeyArn);
    expect(named(resources, "dr-host-key-node1").inputs.keyId).toBe(kmsKeyArn);
    expect(named(resources, "dr-instance-node1").inputs.rootBlockDevice).toMatchObject({ kmsKeyId: kmsKeyArn });
    expect(named(resources, "dr-rights-node1").inputs.policy).toContain(kmsKeyArn);
  });

  it("lets clients in where they are named, and out to the endpoints that are named", async () => {
    const { resources } = await makeNodes({
      operatorCidrs: [],
      operatorSecurityGroupIds: ["sg-0b5"],
      clientPort: 7880,
      clientCidrs: ["10.2.0.0/16"],
      clientSecurityGroupIds: ["sg-0a9"],
      servicePrefixListIds: ["pl-63"],
      serviceSecurityGroupIds: ["sg-0e9"],
    });
    const rules = resources.filter(({ type }) => type.includes("SecurityGroup") && type.includes("Rule"));
    const passing = rules.map(({ name, inputs }) => {
      const { fromPort, toPort, referencedSecurityGroupId: group, cidrIpv4, prefixListId } = inputs;
      expect(fromPort).toBe(toPort);
      return `${name} ${String(fromPort)} ${String(group ?? cidrIpv4 ?? prefixListId)}`;
    });
    expect(passing.sort()).toEqual([
      "dr-in-client-cidr-0 7880 10.2.0.0/16",
      "dr-in-client-group-0 7880 sg-0a9",
      "dr-in-gossip 7879 dr-nodes-id",
      "dr-in-gossip-udp 7879 dr-nodes-id",
      "dr-in-raft 7878 dr-nodes-id",
      "dr-in-ssh-group-0 22 sg-0b5",
      "dr-out-gossip 7879 dr-nodes-id",
      "dr-out-gossip-udp 7879 dr-nodes-id",
      "dr-out-https-group-0 443 sg-0e9",
      "dr-out-https-list-0 443 pl-63",
      "dr-out-raft 7878 dr-nodes-id",
    ]);
  });

  it("uses a zone that is there, a volume of a stated size, and leaves nothing of a rehearsal", async () => {
    const change = { zoneId: "Z0GIVEN", zoneName: "db.example", volumeGibibytes: 500, disposable: true };
    const { resources, result } = await makeNodes(change);
    expect(resources.filter(({ type }) => type === "aws:route53/zone:Zone")).toEqual([]);
    expect(named(resources, "dr-name-node1").inputs).toMatchObject({ zoneId: "Z0GIVEN", name: "node1.db.example" });
    expect(await valueOf(result.zoneId)).toBe("Z0GIVEN");
    const volume = named(resources, "dr-data-node1");
    expect(volume.inputs.size).toBe(500);
    for (const { options } of resources)
      expect([options.protect, options.retainOnDelete]).toEqual([undefined, undefined]);
    expect(named(resources, "dr-instance-node1").inputs.disableApiTermination).toBe(false);
  });

  it("stands twice in one program", async () => {
    const { resources } = await run(
      (opts) => [
        new Ec2Nodes("dr", args, opts),
        new Ec2Nodes("drill", { ...args, clusterId: "drill", region: "eu-central-1", disposable: true }, opts),
      ],
      nodeCloud(),
    );
    const urns = resources.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
    for (const { name, options, type } of ofAws(resources)) {
      expect(options.parent, name).toBe(name.split("-")[0]);
      const global = /:(iam|route53)\//.test(type);
      const region = name.startsWith("drill-") ? "eu-central-1" : "eu-west-1";
      const found = resources.find((one) => one.name === name && one.type === type)?.inputs.region;
      expect(found, name).toBe(global ? undefined : region);
    }
  });

  it("is previewed while its arguments are unknown, with the same resources as an up", async () => {
    const program = (opts: pulumi.ComponentResourceOptions) => {
      const { address } = new Machine("one");
      const nodes = args.nodes.map(({ nodeId }) => ({ nodeId, subnetId: address }));
      const login = { user: address, publicKey: address, privateKey: address };
      const backupBytes = address.apply(Number);
      return new Ec2Nodes(
        "dr",
        {
          ...args,
          nodes,
          login,
          backupBytes,
          vpcId: address,
          clusterId: address,
          amiId: address,
          operatorCidrs: [address],
        },
        opts,
      );
    };
    const { resources } = await run(program, { ...nodeCloud(), preview: true });
    const { resources: known } = await makeNodes();
    const urnsOf = (all: typeof resources) => sorted(all.filter(({ name }) => name !== "one")).map(({ urn }) => urn);
    expect(urnsOf(resources)).toEqual(urnsOf(known));
  });

  it("says in a preview whose account it is, how large the volumes get, and which zone's loss is the cluster's", async () => {
    const nodes = args.nodes.map((node, index) => ({ ...node, subnetId: index === 0 ? "subnet-1" : "subnet-2" }));
    const { logs } = await makeNodes({ nodes }, {}, { preview: true });
    expect(logs.map(({ severity, text }) => `${severity}: ${text}`).sort()).toEqual([
      'info: Ec2Nodes "dr": account 111122223333, as arn:aws:sts::111122223333:assumed-role/deploy/session; each node has 112 GiB for its data',
      'warn: Ec2Nodes "dr": eu-west-1b holds node2, node3, 2 of 3 nodes: without it the others are no majority. Use subnets in more zones.',
    ]);
  });

  it("writes no ARN of another partition", async () => {
    const is = {
      partition: "aws-cn",
      dnsSuffix: "amazonaws.com.cn",
      callerArn: "arn:aws-cn:iam::111122223333:user/me",
    };
    const { resources } = await makeNodes({ region: "cn-north-1" }, is, {
      made: (type, name, inputs) => ({
        ...nodeCloud(is).made?.(type, name, inputs),
        ...(type === "aws:ssm/parameter:Parameter" ? { arn: `arn:aws-cn:ssm:cn-north-1:1:parameter/${name}` } : {}),
      }),
    });
    expect(JSON.stringify(resources.map(({ inputs }) => inputs))).not.toContain("arn:aws:");
    expect(named(resources, "dr-role-node1").inputs.assumeRolePolicy).toContain("ec2.amazonaws.com.cn");
    expect(decoded(named(resources, "dr-instance-node1").inputs)).toContain('"dnsSuffix": "amazonaws.com.cn"');
  });
});

function madeWithPolicies(type: string, name: string, inputs: Record<string, unknown>): object {
  if (type === "aws:iam/policy:Policy") return { arn: `arn:aws:iam::111122223333:policy/${name}` };
  return nodeCloud().made?.(type, name, inputs) ?? {};
}
