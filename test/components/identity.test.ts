import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { ClusterBackups } from "../../components/clusterBackups";
import { ClusterClone } from "../../components/clusterClone";
import { ClusterRestore } from "../../components/clusterRestore";
import { DisasterRecovery } from "../../components/disasterRecovery";
import { parseRecoveryKit } from "../../model/recoveryKit";
import type { PlanSpec, RestoreSpec } from "../../model/specs";
import { agePairs } from "../model/fixtures";
import { archive, localHosts, messageOf, type Registered, run, sshHosts, unhandledIn, valueOf } from "./harness";

vi.mock("../../components/agentBundle", async () => (await import("./harness")).fakeBundle());

const [{ identity, recipient }] = agePairs;
const secretPart = identity.slice("AGE-SECRET-KEY-1".length, -10);
const policy = { encryption: { recipients: [recipient] } };
const replaces = "l-0123456789abcdef";

type Given = pulumi.Input<string> | undefined;
type Options = pulumi.ComponentResourceOptions;

/** Each component that takes an identity, on hosts of either kind. */
const components = {
  DisasterRecovery: (given: Given, nodes: ReturnType<typeof localHosts | typeof sshHosts>) => (opts?: Options) =>
    new DisasterRecovery("x", { nodes, archive, policy, recoveryId: "r1", identity: given }, opts),
  ClusterRestore: (given: Given, nodes: ReturnType<typeof localHosts | typeof sshHosts>) => (opts?: Options) => {
    const point = { restorePoint: "latest", recoveryId: "r1", replaces };
    return new ClusterRestore("x", { nodes, archive, ...point, identity: given }, opts);
  },
  ClusterClone: (given: Given, nodes: ReturnType<typeof localHosts | typeof sshHosts>) => (opts?: Options) => {
    const own = { ...archive, clusterId: "copy", location: "/srv/copy", offsite: undefined };
    const productionNodes = [{ address: "far.internal:7878" }];
    return new ClusterClone(
      "x",
      { source: archive, archive: own, productionNodes, nodes, recoveryId: "r1", identity: given },
      opts,
    );
  },
};

/** As the SDK sends a secret to the engine. */
const secretMark = "4dabf18193072939515e22adb298388d";

function opened(input: unknown): { text: string; secret: boolean } {
  const secret = typeof input === "object" && input !== null && secretMark in input;
  return { text: secret ? (input as unknown as { value: string }).value : (input as string), secret };
}

const commandsOf = (resources: readonly Registered[]): Registered[] =>
  resources.filter(({ type }) => type.endsWith(":Command"));

describe.each(Object.entries(components))("the identity of %s", (name, make) => {
  it.each([
    ["on this machine", localHosts],
    ["by SSH", sshHosts],
  ])("reaches the phase that decrypts, as a secret, and no other input %s", async (_, hosts) => {
    for (const given of [identity, pulumi.output(identity), pulumi.secret(identity), Promise.resolve(identity)]) {
      const { resources, calls, logs } = await run(make(given, hosts()));
      const commands = commandsOf(resources);
      expect(commands.length).toBeGreaterThan(9);
      for (const { name: of, inputs } of commands) {
        const { stdin, connection, ...rest } = inputs;
        void connection;
        const { text, secret } = opened(stdin);
        expect(JSON.stringify(rest), of).not.toContain(secretPart);
        expect(text.includes(secretPart), of).toBe(of === "x-restore");
        if (of !== "x-restore") continue;
        expect(secret).toBe(true);
        expect((JSON.parse(text) as RestoreSpec).plan.identity).toBe(identity);
      }
      for (const { type, inputs } of resources.filter(({ type }) => !type.endsWith(":Command"))) {
        expect(JSON.stringify(inputs), type).not.toContain(secretPart);
      }
      const asked = calls.filter(({ inputs }) => (inputs as { command: string }).command.includes(" plan "));
      const [call] = asked as [pulumi.runtime.MockCallArgs];
      const { stdin, ...rest } = call.inputs as { stdin: string };
      expect((JSON.parse(stdin) as PlanSpec).identity).toBe(identity);
      expect(JSON.stringify([rest, logs])).not.toContain(secretPart);
    }
  });

  it("hides no output, and is in none", async () => {
    const { result } = await run(make(identity, localHosts()));
    for (const output of [result.plan, result.planDigest, result.report, result.lineage]) {
      expect(await (output as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(false);
      expect(JSON.stringify(await valueOf<unknown>(output))).not.toContain(secretPart);
    }
  });

  it("is said nothing of where there is none", async () => {
    const { resources } = await run(make(undefined, localHosts()));
    for (const { name: of, inputs } of commandsOf(resources)) {
      expect(opened(inputs.stdin), of).toMatchObject({ secret: false });
      expect(opened(inputs.stdin).text, of).not.toContain("identity");
    }
  });

  const message = `${name} "x" cannot be created: 1 mistake
  - identity: is no X25519 identity of age, or a letter of it is wrong (received "(not shown)"). Give the one line of age-keygen's file that begins with AGE-SECRET-KEY-1, as a secret.`;

  it("is refused without an echo where it is wrong, at once or as soon as it is known", async () => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
    const changed = `${identity.slice(0, -1)}${identity.endsWith("Q") ? "P" : "Q"}`;
    const wrong: unknown[] = [changed, ` ${identity}`, `${identity}\n`, identity.toLowerCase(), recipient, "", 7];
    for (const given of wrong) {
      expect(messageOf(() => make(given as string, localHosts())())).toBe(message);
      const resources: Registered[] = [];
      const later = pulumi.output(given as string);
      expect(await unhandledIn(() => run(make(later, localHosts()), { resources }))).toEqual([message]);
      expect(commandsOf(resources)).toEqual([]);
    }
  });
});

describe("recipients", () => {
  it("stand open in the policy of ClusterBackups and in its kit, which names them to a person", async () => {
    const { result } = await run((opts) => new ClusterBackups("x", { nodes: localHosts(), archive, policy }, opts));
    expect(await valueOf(result.policy)).toMatchObject({ ...policy, verification: { restoreEveryMinutes: 0 } });
    const kit = parseRecoveryKit(await valueOf(result.recoveryKit), "the kit");
    expect(kit.policy.encryption).toEqual({ recipients: [recipient] });
    expect(kit.steps).toContain(`   The backups are encrypted to ${recipient}.`);
  });

  it("may be known later, and an identity among them is refused then without an echo", async () => {
    const backups = (given: string) => (opts?: Options) =>
      new ClusterBackups(
        "x",
        { nodes: localHosts(), archive, policy: { encryption: { recipients: [pulumi.output(given)] } } },
        opts,
      );
    const { result } = await run(backups(recipient));
    expect(await valueOf(result.policy)).toMatchObject(policy);
    const resources: Registered[] = [];
    const [said, ...more] = await unhandledIn(() => run(backups(identity), { resources }));
    expect(more).toEqual([]);
    expect(said).toContain("policy.encryption.recipients[0]: is an identity, which opens every backup");
    expect(said).not.toContain(secretPart);
    expect(commandsOf(resources)).toEqual([]);
  });
});
