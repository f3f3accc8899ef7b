import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { ClusterClone, type ClusterCloneArgs } from "../../components/clusterClone";
import type { InstallSpec, PlanSpec, RestoreSpec } from "../../model/specs";
import { archive, localHosts, messageOf, type Registered, run, type RunOptions, sshHosts } from "./harness";

vi.mock("../../components/agentBundle", async () => (await import("./harness")).fakeBundle());

const own = { kind: "directory", clusterId: "copy", location: "/mnt/copy" };
const productionNodes = [1, 2, 3].map((n) => ({
  address: `127.0.0.1:${7970 + n}`,
  adminUrl: `http://127.0.0.1:${9190 + n}`,
  directory: `/srv/production/node${n}`,
}));
const args: ClusterCloneArgs = {
  source: archive,
  productionNodes,
  archive: own,
  nodes: localHosts(),
  recoveryId: "c1",
};

const make = (changes: Partial<ClusterCloneArgs> = {}, options: RunOptions = {}) =>
  run((opts) => new ClusterClone("copy", { ...args, ...changes }, opts), options);

const stdin = (resources: Registered[], name: string): unknown =>
  JSON.parse(resources.find((resource) => resource.name === name)?.inputs.stdin as string);

describe("ClusterClone", () => {
  it("has these resources, by URN, for ever", async () => {
    const { resources } = await make();
    expect(resources.map((resource) => resource.urn)).toMatchSnapshot();
  });

  it("reads one archive and gives the nodes only the other", async () => {
    const { resources, calls } = await make();
    const asked = JSON.parse((calls[0]?.inputs as { stdin: string }).stdin) as PlanSpec;
    expect(asked).toEqual({
      archive: own,
      cloneOf: archive,
      restorePoint: "latest",
      recoveryId: "c1",
      nodes: ["node1", "node2", "node3"],
    });
    const { config, hold } = stdin(resources, "copy-install-node1") as InstallSpec;
    expect([config.archive, hold]).toEqual([own, true]);
    const { clusterName, plan } = stdin(resources, "copy-restore") as RestoreSpec;
    expect([clusterName, plan.cloneOf]).toEqual(["copy", archive]);
  });

  it("hands no key of production's hosts to anybody", async () => {
    const hosts = sshHosts().map((host, index) => ({ ...host, address: `prod${index}.internal:7878` }));
    const { resources } = await make({ productionNodes: pulumi.output(hosts) });
    expect(resources.length).toBeGreaterThan(3);
    expect(JSON.stringify(resources.map(({ inputs }) => inputs))).not.toContain("privateKey");
  });

  const near = productionNodes[0]!;
  const node = localHosts()[0]!;
  const wrong: [name: string, changes: Partial<ClusterCloneArgs>, mistake: string][] = [
    [
      "production's name",
      { archive: { ...own, clusterId: "prod" } },
      `archive.clusterId: is the name of the cluster that is cloned (received "prod"). Give the clone a name of its own, such as prod-clone.`,
    ],
    [
      "a folder in production's archive",
      { archive: { ...own, location: `${archive.location}/copy` } },
      `archive.location: is an archive of the cluster that is cloned (received "${archive.location}/copy"). Choose a folder outside: a clone writes nothing into ${archive.location}.`,
    ],
    [
      "another prefix in production's bucket",
      {
        source: { kind: "s3", clusterId: "prod", bucket: "acme-backup", prefix: "a", region: "eu-west-1" },
        archive: { kind: "s3", clusterId: "copy", bucket: "acme-backup", prefix: "b", region: "eu-west-1" },
      },
      `archive.bucket: is an archive of the cluster that is cloned (received "acme-backup"). Choose another bucket: a clone writes nothing into s3://acme-backup/a.`,
    ],
    [
      "a production node's address",
      { nodes: [{ ...node, address: near.address }] },
      `nodes[0].address: is the address of a node of the cluster that is cloned (received "127.0.0.1:7971"). Choose another one: the two clusters must never find each other.`,
    ],
    [
      "a production node's admin interface",
      { nodes: [{ ...node, adminUrl: near.adminUrl }] },
      `nodes[0].adminUrl: is the admin interface of a node of the cluster that is cloned (received "http://127.0.0.1:9191"). Choose another port.`,
    ],
    [
      "a production node's folder",
      { nodes: [{ ...node, directory: `${near.directory}/data` }] },
      `nodes[0].directory: shares a folder with a node of the cluster that is cloned (received "/srv/production/node1/data"). Choose a folder of its own.`,
    ],
    [
      "a production node's data",
      { nodes: [{ ...node, dataDirectory: `${near.directory}/data` }] },
      `nodes[0].dataDirectory: shares a folder with a node of the cluster that is cloned (received "/srv/production/node1/data"). Choose a folder of its own.`,
    ],
    [
      "no production nodes",
      { productionNodes: [] },
      `productionNodes: is required (received []). Give the nodes of the cluster that is cloned, such as its output hosts: the clone stays away from them.`,
    ],
    [
      "a production node without an address",
      { productionNodes: [{ address: "prod1" }] },
      `productionNodes[0].address: is no address (received "prod1"). Write host:port, such as node1.internal:7878.`,
    ],
    [
      "an off-site copy that production does not have",
      { source: { ...archive, offsite: undefined }, restorePoint: "latest-offsite" },
      `restorePoint: needs an archive with an off-site copy (received "latest-offsite"). Write source.offsite, or another restore point.`,
    ],
    [
      "a cluster's name with a blank",
      { clusterName: "a b" },
      `clusterName: is no name for a cluster (received "a b"). Such as prod.`,
    ],
  ];

  it.each(wrong)("refuses %s", (_, changes, mistake) => {
    const error = messageOf(() => new ClusterClone("copy", { ...args, ...changes }));
    expect(error).toBe(`ClusterClone "copy" cannot be created: 1 mistake\n  - ${mistake}`);
  });

  it("refuses a host of production by SSH", () => {
    const nodes = sshHosts();
    const [host] = String(nodes[0]!.address).split(":");
    const error = messageOf(
      () => new ClusterClone("copy", { ...args, nodes, productionNodes: [{ address: `${host}:7999` }] }),
    );
    expect(error).toContain(
      `nodes[0].address: is on a host of the cluster that is cloned, whose service and agent are there (received ${JSON.stringify(nodes[0]!.address)}). Choose another host.`,
    );
  });
});
