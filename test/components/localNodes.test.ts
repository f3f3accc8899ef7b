import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { ClusterBackups } from "../../components/clusterBackups";
import { LocalNodes, type LocalNodesArgs } from "../../components/localNodes";
import type { NodeSpec } from "../../model/specs";
import { archive, localHosts, messageOf, type Registered, run, valueOf } from "./harness";

vi.mock("../../components/agentBundle", async () => (await import("./harness")).fakeBundle());

const nodes = localHosts().map(({ nodeId, address, adminUrl, directory }) => ({
  nodeId,
  address,
  adminUrl,
  directory,
}));
const args: LocalNodesArgs = { clusterName: "dev", nodes };
const make = (change: Partial<LocalNodesArgs> = {}) =>
  run((opts) => new LocalNodes("dev", { ...args, ...change }, opts));

const specs = (resources: Registered[]) =>
  resources.filter((r) => r.name !== "dev").map((r) => JSON.parse(r.inputs.stdin as string) as NodeSpec);

describe("LocalNodes", () => {
  it("has these resources, options and commands for ever", async () => {
    const { resources } = await make();
    expect(resources).toMatchSnapshot();
  });

  it("begins the cluster with the first node and lets the others join what runs", async () => {
    const { resources } = await make();
    expect(specs(resources).map(({ bootstrap, start, peers }) => ({ bootstrap, start, peers }))).toEqual([
      { bootstrap: true, start: true, peers: [] },
      { bootstrap: false, start: true, peers: ["127.0.0.1:7871"] },
      { bootstrap: false, start: true, peers: ["127.0.0.1:7871", "127.0.0.1:7872"] },
    ]);
    expect(resources.map((resource) => resource.options.dependsOn)).toEqual([
      undefined,
      [],
      ["dev-node-node1"],
      ["dev-node-node2"],
    ]);
  });

  it("prepares nodes for a recovery: stopped, of no cluster", async () => {
    const { resources } = await make({ start: false, programDirectory: "/opt/neumann/bin" });
    for (const spec of specs(resources)) {
      expect(spec).toMatchObject({
        bootstrap: false,
        start: false,
        peers: [],
        node: { programDirectory: "/opt/neumann/bin" },
      });
    }
  });

  it("gives hosts that a preview knows and that make their users wait for all nodes", async () => {
    const { result } = await run((opts) => new LocalNodes("dev", { ...args, programDirectory: "/opt" }, opts), {
      preview: true,
    });
    const address = result.hosts[1]?.address as pulumi.Output<string>;
    expect(await valueOf(address)).toBe("127.0.0.1:7872");
    expect(await valueOf(pulumi.output(result.hosts))).toEqual(
      localHosts().map((host) => ({ ...host, programDirectory: "/opt" })),
    );
    const waitsFor = [...(address as unknown as { resources: () => Set<pulumi.Resource> }).resources()];
    expect(waitsFor).toHaveLength(3);
  });

  it("is protected like any cluster", async () => {
    const { resources } = await run((opts) => {
      const { hosts } = new LocalNodes("dev", args, opts);
      return new ClusterBackups("dev", { nodes: hosts, archive }, opts);
    });
    expect(resources.map((resource) => resource.name)).toContain("dev-install-node3");
  });
});

describe("LocalNodes refuses", () => {
  it.each<[object, string]>([
    [{ clusterName: "a b" }, 'clusterName: is no name for a cluster (received "a b"). Such as prod.'],
    [
      { programDirectory: "bin" },
      'programDirectory: must be an absolute path (received "bin"). Write the whole path, without `..`.',
    ],
    [
      { nodes: [{ ...nodes[0], adminUrl: undefined }] },
      "nodes[0].adminUrl: is required for local nodes (received nothing). Such as http://127.0.0.1:9091.",
    ],
    [
      { nodes: [nodes[0], { ...nodes[1], directory: nodes[0]?.directory }] },
      'nodes[1].directory: shares a folder with another node: nodes[0] (received "/srv/neumann/node1"). Give each node its own.',
    ],
    [{ nodes: [] }, "nodes: must name at least one node (received []). Write one item for each node."],
  ])("%j", (change, message) => {
    const wrong = { ...args, ...change };
    expect(messageOf(() => new LocalNodes("dev", wrong))).toBe(
      `LocalNodes "dev" cannot be created: 1 mistake\n  - ${message}`,
    );
  });

  it("an output that decides which resources there are", () => {
    const start = pulumi.output(false) as unknown as boolean;
    expect(messageOf(() => new LocalNodes("dev", { ...args, start }))).toBe(
      'LocalNodes "dev" cannot be created: 1 mistake\n  - start: must be a plain value (received "an output"). Write true or false.',
    );
  });
});
