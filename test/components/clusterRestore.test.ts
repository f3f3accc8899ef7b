import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { ClusterRestore, type ClusterRestoreArgs } from "../../components/clusterRestore";
import type { PlanSpec, RestoreSpec } from "../../model/specs";
import {
  archive,
  localHosts,
  Machine,
  messageOf,
  planDigest,
  type Registered,
  run,
  type RunOptions,
  sshHosts,
} from "./harness";

vi.mock("../../components/agentBundle", async () => (await import("./harness")).fakeBundle());

const replaces = "l-0123456789abcdef";
const restorePoint = "time:2026-11-23T10:30:00Z";
const args: ClusterRestoreArgs = { nodes: localHosts(), archive, restorePoint, recoveryId: "r1", replaces };

const make = (changes: Partial<ClusterRestoreArgs> = {}, options: RunOptions = {}) =>
  run((opts) => new ClusterRestore("undo", { ...args, ...changes }, opts), options);

const refused = (changes: Partial<ClusterRestoreArgs>): string =>
  messageOf(() => new ClusterRestore("undo", { ...args, ...changes }));

const commands = (resources: Registered[]) => resources.filter(({ type }) => type === "command:local:Command");

const specOf = (resource: Registered | undefined) => JSON.parse(resource?.inputs.stdin as string) as RestoreSpec;

describe("ClusterRestore", () => {
  it("has these resources, by URN, for ever", async () => {
    const { resources } = await make();
    expect(resources.map((resource) => resource.urn)).toMatchSnapshot();
  });

  it("gates every node before the first restores, and installs no agent", async () => {
    const { resources } = await make();
    const order = commands(resources).map(({ name }) => name);
    expect(order).toEqual([
      "undo-gate-node1",
      "undo-gate-node2",
      "undo-gate-node3",
      "undo-restore",
      "undo-join-node2",
      "undo-join-node3",
      "undo-release-node1",
      "undo-release-node2",
      "undo-release-node3",
      "undo-base-node1",
      "undo-base-node2",
      "undo-base-node3",
      "undo-accept",
    ]);
    commands(resources).forEach(({ options }, index) => expect(options.dependsOn).toEqual(order.slice(0, index)));
  });

  it("restores again only under another name: an update reports, nothing is deleted, nothing is tied to it", async () => {
    const { resources } = await make();
    for (const { inputs, options } of commands(resources)) {
      expect(inputs.triggers).toEqual(["r1"]);
      expect(inputs.update).toContain(" restore --phase status --json >&2 && printf");
      expect(inputs.delete).toBeUndefined();
      for (const option of ["deletedWith", "replaceWith", "deleteBeforeReplace", "retainOnDelete"]) {
        expect(Object.keys(options)).not.toContain(option);
      }
    }
  });

  it("tells every phase what is replaced and who is fenced, by the plan that was shown", async () => {
    const { resources, calls } = await make({ fenced: [pulumi.output("node4")], approvedPlanDigest: planDigest });
    const plan: PlanSpec = {
      archive: archive as PlanSpec["archive"],
      restorePoint,
      recoveryId: "r1",
      nodes: ["node1", "node2", "node3"],
      inPlace: { replaces, fenced: ["node4"] },
    };
    const asked = calls.map(({ inputs }) => JSON.parse((inputs as { stdin: string }).stdin) as PlanSpec);
    expect(asked).toEqual([{ ...plan, approvedPlanDigest: planDigest }]);
    const gate = specOf(resources.find(({ name }) => name === "undo-gate-node2"));
    expect(gate).toMatchObject({ plan, planDigest, node: "node2" });
    expect(gate.plan.approvedPlanDigest).toBeUndefined();
    expect(gate.members.map(({ id }) => id)).toEqual(["node1", "node2", "node3"]);
  });

  it("drives hosts by SSH with the agent that is installed there, so that a cut connection ends nothing", async () => {
    const { resources } = await make({ nodes: sshHosts() });
    const remote = resources.filter(({ type }) => type.startsWith("command:remote:"));
    expect(remote.map(({ type }) => type)).not.toContain("command:remote:CopyToRemote");
    const gate = remote.find(({ name }) => name === "undo-gate-node1");
    expect(gate?.inputs.create).toContain("/var/lib/neumann-backup/neumann-backup job -- restore --phase gate --json");
  });

  it("shows nothing that is not known yet, and makes all the same resources in that preview", async () => {
    const { resources, calls } = await run(
      (opts) => {
        const machine = new Machine("machine");
        return new ClusterRestore("undo", { ...args, archive: { ...archive, location: machine.address } }, opts);
      },
      { preview: true },
    );
    expect(calls).toEqual([]);
    expect(commands(resources)).toHaveLength(13);
  });

  it("names every mistake at once", () => {
    const message = refused({
      restorePoint: "yesterday",
      recoveryId: "no spaces",
      replaces: "prod",
      fenced: ["node2", ""],
      approvedPlanDigest: "abc",
      trustedKeys: ["key"],
    });
    const [subject, ...mistakes] = message.split("\n");
    expect(subject).toBe(`ClusterRestore "undo" cannot be created: 7 mistakes`);
    expect(mistakes.map((line) => line.replace(/^ *- | \(received.*/g, ""))).toEqual([
      "recoveryId: cannot name a recovery",
      "approvedPlanDigest: is no digest of a plan",
      "replaces: is no lineage",
      "fenced[0]: is also among the nodes",
      "fenced[1]: is no member",
      "trustedKeys[0]: is no Ed25519 public key",
      "restorePoint: is no restore point",
    ]);
    expect(refused({ fenced: "node4" as unknown as string[] })).toContain("fenced: must be a list");
  });
});
