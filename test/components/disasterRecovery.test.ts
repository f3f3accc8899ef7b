import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { DisasterRecovery, type DisasterRecoveryArgs } from "../../components/disasterRecovery";
import { describeRecoveryPlan, parsePlanResult } from "../../components/results";
import type { InstallSpec, PlanSpec, RestoreSpec } from "../../model/specs";
import {
  archive,
  localHosts,
  Machine,
  messageOf,
  planDigest,
  planResult,
  providerError,
  publicKeyOf,
  type Registered,
  run,
  type RunOptions,
  sshHosts,
  unhandledIn,
  usualAgent,
  valueOf,
} from "./harness";

vi.mock("../../components/agentBundle", async () => (await import("./harness")).fakeBundle());

const args: DisasterRecoveryArgs = { nodes: localHosts(), archive, recoveryId: "r1" };

const make = (changes: Partial<DisasterRecoveryArgs> = {}, options: RunOptions = {}) =>
  run((opts) => new DisasterRecovery("dr", { ...args, ...changes }, opts), options);

const named = (resources: Registered[], name: string) => resources.find((resource) => resource.name === name);

const stdin = (resource: Registered | undefined): unknown => JSON.parse(resource?.inputs.stdin as string);

const planAsked = (call: pulumi.runtime.MockCallArgs | undefined): unknown =>
  JSON.parse((call?.inputs as { stdin: string }).stdin);

const phases = (resources: Registered[]) =>
  resources.filter(({ name }) => /-(restore|join|release|base|accept)/.test(name));

describe("DisasterRecovery", () => {
  it("has these resources, by URN, for ever", async () => {
    const { resources } = await make();
    expect(resources.map((resource) => resource.urn)).toMatchSnapshot();
  });

  it("sets every option of every resource", async () => {
    const { resources } = await make();
    expect(resources.map(({ name, options }) => [name, options])).toMatchSnapshot();
  });

  it("runs these commands", async () => {
    const { resources } = await make();
    const commands = resources
      .filter((resource) => resource.type === "command:local:Command")
      .map(({ name, inputs: { create, update, delete: remove, triggers } }) => [
        name,
        create,
        update,
        remove,
        triggers,
      ]);
    expect(commands).toMatchSnapshot();
  });

  it("restores again only under another name: an update reports, nothing is deleted, nothing is tied to it", async () => {
    const { resources } = await make();
    expect(phases(resources)).toHaveLength(1 + 2 + 3 + 3 + 1);
    for (const { inputs, options } of phases(resources)) {
      expect(inputs.triggers).toEqual(["r1"]);
      expect(inputs.update).toContain(" restore --phase status --json >&2 && printf");
      expect(inputs.delete).toBeUndefined();
      expect(Object.keys(options)).not.toContain("deletedWith");
      expect(Object.keys(options)).not.toContain("replaceWith");
      expect(Object.keys(options)).not.toContain("deleteBeforeReplace");
    }
  });

  it("takes each phase after the one before, on one node after the other", async () => {
    const { resources } = await make();
    const order = phases(resources).map((resource) => resource.name);
    const installs = ["dr-install-node1", "dr-install-node2", "dr-install-node3"];
    order.forEach((name, index) => {
      expect(named(resources, name)?.options.dependsOn).toEqual([...installs, ...order.slice(0, index)]);
    });
    expect(order).toEqual([
      "dr-restore",
      "dr-join-node2",
      "dr-join-node3",
      "dr-release-node1",
      "dr-release-node2",
      "dr-release-node3",
      "dr-base-node1",
      "dr-base-node2",
      "dr-base-node3",
      "dr-accept",
    ]);
  });

  it("holds archiving on the new nodes until the recovery is accepted", async () => {
    const { resources } = await make();
    expect((stdin(named(resources, "dr-install-node1")) as InstallSpec).hold).toBe(true);
  });

  it("hands the agent the plan that was shown", async () => {
    const { resources, calls } = await make({ approvedPlanDigest: planDigest });
    const plan = {
      archive: { ...archive },
      restorePoint: "latest-offsite",
      recoveryId: "r1",
      nodes: ["node1", "node2", "node3"],
    };
    expect(calls).toHaveLength(1);
    const asked = calls[0]?.inputs as { command: string; stdin: string };
    expect(asked.command).toBe("node /package/agent/bundle/neumann-backup.cjs plan --json");
    expect(JSON.parse(asked.stdin)).toEqual({ ...plan, approvedPlanDigest: planDigest });
    const expected: RestoreSpec = {
      plan: plan as PlanSpec,
      planDigest,
      node: "node2",
      clusterName: "prod",
      members: [
        { id: "node1", address: "127.0.0.1:7871" },
        { id: "node2", address: "127.0.0.1:7872" },
        { id: "node3", address: "127.0.0.1:7873" },
      ],
    };
    expect(stdin(named(resources, "dr-join-node2"))).toEqual(expected);
  });

  it("restores by the keys of the lost nodes, which the new nodes do not get", async () => {
    const trustedKeys = ["old1", "old2"].map(publicKeyOf);
    const { resources, calls, result } = await make({
      policy: { signing: { trustedKeys }, full: { everyMinutes: 720 } },
    });
    expect((planAsked(calls[0]) as PlanSpec).trustedKeys).toEqual(trustedKeys);
    for (const phase of phases(resources)) expect((stdin(phase) as RestoreSpec).plan.trustedKeys).toEqual(trustedKeys);
    for (const node of ["node1", "node2", "node3"]) {
      const { config } = stdin(named(resources, `dr-install-${node}`)) as InstallSpec;
      expect(config.policy).toMatchObject({ signing: { trustedKeys: [] }, full: { everyMinutes: 720 } });
    }
    expect(await valueOf(result.publicKeys)).toEqual(["node1", "node2", "node3"].map(publicKeyOf));
  });

  it("says nothing of keys where none is named", async () => {
    const { resources, calls } = await make();
    expect(planAsked(calls[0])).not.toHaveProperty("trustedKeys");
    for (const phase of phases(resources)) expect((stdin(phase) as RestoreSpec).plan).not.toHaveProperty("trustedKeys");
  });

  it("shows the plan once, in a preview and in an up", async () => {
    for (const preview of [true, false]) {
      const { logs } = await make({}, { preview });
      expect(logs).toEqual([{ severity: "info", text: "Recovery r1 of cluster prod, 3 min ago" }]);
    }
  });

  it("makes nothing depend on the plan's text, which tells ages", async () => {
    const at = (text: string) =>
      make({}, { agent: (words) => (words[0] === "plan" ? { ...planResult(), text } : usualAgent(words)) });
    const [one, other] = [await at("3 min ago"), await at("4 min ago")];
    expect(one.resources).toEqual(other.resources);
  });

  it("tells how long a thaw takes, as long as there is one", () => {
    const planned = (more: object) =>
      describeRecoveryPlan(parsePlanResult(JSON.stringify({ ...planResult(), ...more })));
    expect(planned({ thaw: { objects: 1, hours: 12 } }).thawHours).toBe(12);
    expect(planned({}).thawHours).toBeUndefined();
  });

  it("knows plan and digest in a preview, and the report after an up", async () => {
    const preview = (await make({}, { preview: true })).result;
    expect(await valueOf(preview.planDigest)).toBe(planDigest);
    expect(await valueOf(preview.plan)).toEqual({
      recoveryId: "r1",
      restorePoint: "latest-offsite",
      place: "offsite",
      tier: "offsite",
      backupId: "20261122T040000Z-01020304",
      lineage: "L1",
      createdAt: "2026-11-22T04:00:00.000Z",
      indexLow: 500,
      indexHigh: 512,
      totalEntries: undefined,
      storedBytes: 1024,
      plainBytes: 4096,
      nodes: ["node1", "node2", "node3"],
      estimatedSeconds: 16,
    });
    const { result } = await make();
    expect(await valueOf(result.lineage)).toBe("L2");
    expect(await valueOf(result.report)).toEqual({
      recoveryId: "r1",
      lineage: "L2",
      baseBackupId: "20261123T040000Z-0a0b0c0d",
      members: ["node1", "node2", "node3"],
      seconds: 9,
      restoredIndex: 512,
      totalEntries: 500,
      restoredBytes: 4096,
      restoreSeconds: 1.5,
    });
  });

  it("says in a preview that the plan comes later when values are unknown", async () => {
    const { calls, logs, resources } = await run(
      (opts) => {
        const machine = new Machine("machine");
        return new DisasterRecovery("dr", { ...args, archive: { ...archive, location: machine.address } }, opts);
      },
      { preview: true },
    );
    expect(calls).toEqual([]);
    const text =
      "The plan cannot be shown yet: it needs values that only exist after an up. " +
      "The up shows it before anything is restored.";
    expect(logs).toEqual([{ severity: "info", text }]);
    expect(phases(resources)).toHaveLength(10);
  });

  it("touches nothing when the agent refuses, and says what the agent said", async () => {
    const resources: Registered[] = [];
    const refused = providerError(
      [
        'invocation of command:local:run returned an error: exit status 3: running "node x plan --json":',
        '{"at":"2026-11-23T04:00:00.000Z","command":"plan","event":"step","step":"catalog","message":"read the catalog"}',
        '{"at":"2026-11-23T04:00:01.000Z","command":"plan","event":"error","message":"there is no good backup."}',
      ].join("\n"),
    );
    const agent = (words: string[]): object => {
      if (words[0] === "plan") throw refused;
      return usualAgent(words);
    };
    expect(await unhandledIn(() => make({}, { agent, resources }))).toEqual([
      "Recovery r1 has no plan: there is no good backup.",
    ]);
    expect(resources.map((resource) => resource.name)).toEqual(["dr"]);
  });

  it("refuses an answer that is no plan", async () => {
    const agent = (words: string[]) => (words[0] === "plan" ? { plan: {}, text: "" } : usualAgent(words));
    const errors = await unhandledIn(() => make({}, { agent }));
    expect(errors).toEqual([
      "The agent's plan cannot be read: 1 mistake\n" +
        "  - digest: is missing (received nothing). Another version of the agent printed it: install the package again.",
    ]);
  });

  it("reaches hosts by SSH with the same phases, which only report on an update", async () => {
    const { resources } = await make({ nodes: sshHosts() });
    expect(named(resources, "dr-restore")?.inputs).toMatchObject({
      create: "sudo -n /var/lib/neumann-backup/neumann-backup job -- restore --phase first --json",
      update: "sudo -n /var/lib/neumann-backup/neumann-backup restore --phase status --json",
      triggers: ["r1"],
    });
    expect(phases(resources).every((resource) => resource.inputs.delete === undefined)).toBe(true);
  });

  it("stands twice in a program", async () => {
    const { resources } = await run((opts) => [
      new DisasterRecovery("a", args, opts),
      new DisasterRecovery("b", { ...args, recoveryId: "r2" }, opts),
    ]);
    const names = resources.map((resource) => resource.urn);
    expect(new Set(names).size).toBe(28);
  });
});

describe("DisasterRecovery refuses", () => {
  const refusal = async (changes: Partial<Record<keyof DisasterRecoveryArgs, unknown>>) => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
    return messageOf(() => new DisasterRecovery("dr", { ...args, ...changes } as DisasterRecoveryArgs));
  };
  const begin = (count: number) =>
    `DisasterRecovery "dr" cannot be created: ${count} mistake${count === 1 ? "" : "s"}\n`;

  it("wrong names, digests and restore points, at once", async () => {
    const changes = { recoveryId: "a/b", approvedPlanDigest: "12", clusterName: "", restorePoint: "newest" };
    expect(await refusal(changes)).toBe(
      begin(4) +
        [
          '  - recoveryId: cannot name a recovery (received "a/b"). Use letters, digits, dots and dashes, at most 63, such as 2026-11-23.',
          '  - approvedPlanDigest: is no digest of a plan (received "12"). Copy the 64 hex digits after `plan` from the preview.',
          '  - clusterName: is no name for a cluster (received ""). Such as prod.',
          '  - restorePoint: is no restore point (received "newest"). Write one of: latest-offsite | latest | end-of-log[@STREAM] | backup:ID | time:UTC[@STREAM] | index:N. An ID is as `neumann-backup list` shows it, a time as 2026-11-23T10:30:00Z.',
        ].join("\n"),
    );
  });

  it("an off-site restore point without an off-site copy", async () => {
    expect(await refusal({ archive: { ...archive, offsite: undefined } })).toBe(
      `${begin(1)}  - restorePoint: needs an archive with an off-site copy (received "latest-offsite"). Write archive.offsite, or another restore point.`,
    );
  });

  it("a missing name", async () => {
    expect(await refusal({ recoveryId: undefined })).toBe(
      `${begin(1)}  - recoveryId: cannot name a recovery (received nothing). Use letters, digits, dots and dashes, at most 63, such as 2026-11-23.`,
    );
  });

  it("wrong values that become known later, before anything uses them", async () => {
    const resources: Registered[] = [];
    const errors = await unhandledIn(() => make({ recoveryId: pulumi.output("a/b") }, { resources }));
    expect(errors).toEqual([
      `${begin(1)}  - recoveryId: cannot name a recovery (received "a/b"). Use letters, digits, dots and dashes, at most 63, such as 2026-11-23.`,
    ]);
    expect(resources.filter((resource) => resource.type.startsWith("command:"))).toEqual([]);
  });
});
