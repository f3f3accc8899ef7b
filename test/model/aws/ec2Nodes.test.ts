import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { nodeConfiguration } from "../../../model/aws/nodeConfiguration";
import { nodeRights } from "../../../model/aws/nodeRights";
import { isNarrowCidr } from "../../../model/aws/nodeTraffic";
import { checkNetwork, zoneAdvice } from "../../../model/aws/nodeZones";
import { Mistakes } from "../../../model/mistakes";
import { allowedBy } from "./evaluator";

describe("a node's config.toml", () => {
  it("is TOML, says what the database's interface asks for, and keeps what else is given", () => {
    const text = nodeConfiguration({
      nodeId: "node1",
      hostName: "node1.prod.internal",
      others: ["node2.prod.internal", "node3.prod.internal"],
      clusterName: 'a"b',
      dataDirectory: "/var/lib/neumann",
      more: "[raft]\nsnapshot_interval = 5000",
    });
    expect(parse(text)).toEqual({
      node: { id: "node1", data_dir: "/var/lib/neumann", bind_address: "node1.prod.internal:7878" },
      cluster: { name: 'a"b', peers: ["node2.prod.internal:7878", "node3.prod.internal:7878"] },
      storage: { wal_sync_mode: "fsync" },
      metrics: { bind_address: "127.0.0.1:9090" },
      raft: { snapshot_interval: 5000 },
    });
  });
});

describe("networks of somebody", () => {
  it.each(["10.0.0.0/8", "10.1.2.3/32", "192.168.4.0/22", "128.0.0.0/1"])("are such as %s", (cidr) => {
    expect(isNarrowCidr(cidr)).toBe(true);
  });

  it.each(["0.0.0.0/0", "10.0.0.1/24", "10.0.0.0", "10.0.0.0/33", "256.0.0.0/8", "fd00::/8", 10])(
    "are not such as %s",
    (cidr) => {
      expect(isNarrowCidr(cidr)).toBe(false);
    },
  );
});

describe("where nodes are", () => {
  const at = (...zones: string[]) =>
    zones.map((availabilityZone, index) => ({
      nodeId: `node${index + 1}`,
      subnetId: `subnet-${index}`,
      vpcId: "vpc-1",
      availabilityZone,
    }));

  it.each([[["a"]], [["a", "b", "c"]], [["a", "b", "c", "a", "b"]]])("is well in %j", (zones) => {
    expect(zoneAdvice(at(...zones))).toBeUndefined();
  });

  it("is said where one zone is too much", () => {
    expect(zoneAdvice(at("a", "b"))).toBe(
      "a holds node1, 1 of 2 nodes: without it the others are no majority. Use three nodes in three zones.",
    );
    expect(zoneAdvice(at("a", "b", "b", "c"))).toBe(
      "b holds node2, node3, 2 of 4 nodes: without it the others are no majority. Use subnets in more zones.",
    );
  });

  it("is said without a list of hundreds", () => {
    expect(zoneAdvice(at(..."aaaaaaaa"))).toContain("a holds node1, node2, node3, node4, node5, …, 8 of 8 nodes:");
  });

  it("is one network", () => {
    const mistakes = new Mistakes();
    checkNetwork(at("a", "b"), "vpc-1", mistakes);
    expect(mistakes.all).toEqual([]);
    checkNetwork(at("a", "b"), "vpc-2", mistakes);
    expect(mistakes.all.map(({ path }) => path)).toEqual(["nodes[0].subnetId", "nodes[1].subnetId"]);
  });
});

describe("the rights of a node's first boot", () => {
  const key = "arn:aws:kms:eu-west-1:111122223333:key/own";
  const parameter = (node: string) =>
    `arn:aws:ssm:eu-west-1:111122223333:parameter/neumann/prod/dr/${node}/ssh-host-key`;
  const document = nodeRights({
    partition: "aws",
    region: "eu-west-1",
    parameterArn: parameter("node1"),
    kmsKeyArn: key,
    database: { bucket: "acme-software", key: "neumann.deb", region: "eu-central-1", kmsKeyArn: `${key}-of-bucket` },
  });
  const may = (action: string, resource: string, context: Record<string, string> = {}) =>
    allowedBy(document, { action, resource, context }).length > 0;

  it("are its own parameter and the package", () => {
    expect(may("ssm:GetParameter", parameter("node1"))).toBe(true);
    expect(may("ssm:GetParameter", parameter("node2"))).toBe(false);
    expect(may("ssm:PutParameter", parameter("node1"))).toBe(false);
    expect(may("s3:GetObject", "arn:aws:s3:::acme-software/neumann.deb")).toBe(true);
    expect(may("s3:GetObject", "arn:aws:s3:::acme-software/other.deb")).toBe(false);
    expect(may("s3:PutObject", "arn:aws:s3:::acme-software/neumann.deb")).toBe(false);
  });

  it("open each key for that alone, by way of its service", () => {
    const own = {
      "kms:ViaService": "ssm.eu-west-1.amazonaws.com",
      "kms:EncryptionContext:PARAMETER_ARN": parameter("node1"),
    };
    expect(may("kms:Decrypt", key, own)).toBe(true);
    expect(may("kms:Decrypt", key, { ...own, "kms:EncryptionContext:PARAMETER_ARN": parameter("node2") })).toBe(false);
    expect(may("kms:Decrypt", key)).toBe(false);
    const object = {
      "kms:ViaService": "s3.eu-central-1.amazonaws.com",
      "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-software",
    };
    expect(may("kms:Decrypt", `${key}-of-bucket`, object)).toBe(true);
    expect(may("kms:Decrypt", key, object)).toBe(false);
    expect(
      may("kms:Decrypt", `${key}-of-bucket`, { ...object, "kms:ViaService": "ec2.eu-central-1.amazonaws.com" }),
    ).toBe(false);
  });

  it("need no key where AWS's own encrypts", () => {
    const plain = nodeRights({
      partition: "aws-cn",
      region: "cn-north-1",
      parameterArn: "arn:aws-cn:ssm:cn-north-1:1:parameter/x",
      database: { bucket: "acme-software", key: "neumann.deb", region: "cn-north-1" },
    });
    expect(plain.Statement.map(({ Sid }) => Sid)).toEqual(["OwnHostKey", "DatabasePackage"]);
    expect(plain.Statement[1]?.Resource).toEqual(["arn:aws-cn:s3:::acme-software/neumann.deb"]);
  });
});
