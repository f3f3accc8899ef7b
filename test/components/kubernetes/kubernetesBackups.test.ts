import { createPrivateKey, createPublicKey } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { KubernetesBackups } from "../../../components/kubernetes";
import { alertRules } from "../../../model/alertRules";
import { backupObjects } from "../../../model/kubernetes/backupObjects";
import { resolvePolicy } from "../../../model/policy";
import { Machine, type Registered, run, valueOf } from "../harness";
import {
  args,
  buckets,
  bucketsWithoutKeys,
  everything,
  make,
  named,
  privateKey,
  usual,
  wholeRequest,
} from "./backupRuns";

/** By name, for the order in which outputs are known is nobody's. */
function sorted(resources: Registered[]): Registered[] {
  return [...resources].sort((a, b) => a.urn.localeCompare(b.urn));
}

const kinds = (resources: Registered[]) => resources.filter(({ type }) => type.startsWith("kubernetes:"));
const secretMark = "4dabf18193072939515e22adb298388d";
/** What is secret is wrapped; what stays in the clear is not. */
const isSecretInput = (value: unknown) => JSON.stringify(value).includes(secretMark);

describe("KubernetesBackups", () => {
  it("has these resources and options for ever", async () => {
    const { resources } = await make(everything);
    const shape = sorted(resources)
      .filter(({ type }) => !type.startsWith("pulumi:"))
      .map(({ type, name, urn, options }) => ({ type, name, urn, options }));
    expect(shape).toMatchSnapshot();
  });

  it("makes the very objects of the model", async () => {
    const { resources } = await make(everything);
    const objects = backupObjects(wholeRequest);
    const wanted: object[] = [
      objects.settings,
      ...objects.accounts,
      objects.lease,
      objects.role,
      objects.roleBinding,
      ...objects.networkPolicies,
      ...objects.cronJobs,
      ...Object.values(objects.monitoring ?? {}),
    ];
    const made = kinds(resources)
      .filter(({ type }) => !type.endsWith(":Secret") && !type.endsWith(":StatefulSetPatch"))
      .map(({ inputs }) => inputs);
    const byName = (list: unknown[]) => list.map((one) => JSON.stringify(one, sortKeys)).sort();
    expect(byName(made)).toEqual(byName(wanted));
    const patch = named(resources, "prod-patch").inputs as { metadata: object; spec: object };
    expect(patch.spec).toEqual(objects.patch.spec);
    expect(patch.metadata).toEqual({
      ...objects.patch.metadata,
      annotations: { "pulumi.com/patchFieldManager": "pulumi-neumann" },
    });
  });

  it("waits with the patch, and with its removal's end, for what pods cannot start without", async () => {
    const { resources } = await make();
    const waited = named(resources, "prod-patch").options.dependsOn as string[];
    for (const role of ["settings", "credentials", "signing", "lease", "role", "role-binding"]) {
      expect(waited).toContain(`prod-${role}`);
    }
    expect(waited.filter((name) => /-job-|patch|monitor/.test(name))).toEqual([]);
  });

  it("keeps keys in Secrets, as secrets, and out of all else", async () => {
    const { resources } = await make();
    const keys = ["AKIANEAR", "near-secret", "AKIAAWAY", "away-secret", "MC4CAQAwBQYDK2Vw"];
    const held = (value: unknown): string => {
      const text = JSON.stringify(value) ?? "";
      const decoded = text.replace(/[A-Za-z0-9+/]{16,}={0,2}/g, (part) => Buffer.from(part, "base64").toString());
      return text + decoded;
    };
    for (const { name, type, inputs } of kinds(resources)) {
      const found = keys.filter((key) => held(inputs).includes(key));
      if (!type.endsWith(":Secret")) expect(found, name).toEqual([]);
      else expect(found.length, name).toBeGreaterThan(0);
      expect(isSecretInput((inputs as { data?: unknown }).data ?? null), name).toBe(type.endsWith(":Secret"));
      expect(isSecretInput({ ...inputs, data: undefined }), name).toBe(false);
    }
    const { data } = named(resources, "prod-credentials").inputs as { data: { value?: Record<string, string> } };
    const file = Buffer.from(data.value?.credentials ?? "", "base64").toString();
    expect(file).toBe(
      [
        "[primary]\naws_access_key_id = AKIANEAR\naws_secret_access_key = near-secret\n",
        "[offsite]\naws_access_key_id = AKIAAWAY\naws_secret_access_key = away-secret\n",
      ].join("\n"),
    );
  });

  it("signs with a key that is made once, and tells its public half", async () => {
    const { resources, result } = await make();
    const { inputs, options } = named(resources, "prod-signing-key");
    expect(inputs).toMatchObject({ logging: "none" });
    expect(options).toMatchObject({
      additionalSecretOutputs: ["stdout", "stderr"],
      ignoreChanges: ["create", "logging"],
    });
    const publicKey = createPublicKey(createPrivateKey(privateKey)).export({ type: "spki", format: "der" });
    expect(await valueOf(result.publicKeys)).toEqual([publicKey.toString("base64")]);
    expect(await pulumi.isSecret(result.publicKeys)).toBe(false);
  });

  it("takes Secrets of the user's in place of its own", async () => {
    const { resources, result } = await make({
      archive: bucketsWithoutKeys,
      credentialsSecret: "archive-keys",
      pruneCredentialsSecret: "prune-keys",
      signingKeySecret: "our-key",
    });
    const made = resources.filter(({ type }) => /:Secret$|:Command$/.test(type));
    expect(made.map(({ name }) => name)).toEqual(["prod-kit"]);
    expect(await valueOf(result.publicKeys)).toEqual([]);
    const text = (name: string) => JSON.stringify(named(resources, name).inputs);
    expect(text("prod-patch")).toContain('"secretName":"archive-keys"');
    expect(text("prod-patch")).toContain('"secretName":"our-key"');
    expect(text("prod-job-verify")).toContain('"secretName":"archive-keys"');
    expect(text("prod-job-prune")).toContain('"secretName":"prune-keys"');
    expect(text("prod-job-prune")).not.toContain("archive-keys");
  });

  it("has no credentials where the accounts have the rights", async () => {
    const { resources } = await make({
      archive: bucketsWithoutKeys,
      workloadIdentity: true,
      accountAnnotations: { prune: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/prune" } },
    });
    expect(resources.filter(({ name }) => name === "prod-credentials")).toEqual([]);
    expect(JSON.stringify(kinds(resources).map(({ inputs }) => inputs))).not.toContain("neumann-backup-credentials");
    expect(named(resources, "prod-prune").inputs.metadata).toMatchObject({
      annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/prune" },
    });
    expect(named(resources, "prod-verify").inputs.metadata).toMatchObject({ annotations: {} });
  });

  it("has these outputs", async () => {
    const policy = { full: { recoveryPointMinutes: 3000 } };
    const { result } = await make({ policy });
    const resolved = resolvePolicy(policy);
    expect(await valueOf(result.policy)).toEqual(resolved);
    expect((await valueOf(result.schedules)).map(({ command }) => command)).toEqual(["snapshot", "full", "offsite"]);
    const nodes = ["neumann-0", "neumann-1", "neumann-2"];
    expect(await valueOf(result.alertRules)).toBe(
      alertRules({ clusterId: "prod", policy: resolved, offsite: true, nodes }),
    );
    expect((await valueOf(result.recoveryPoints)).map(({ disaster }) => disaster)).toContain("region");
    expect(await valueOf(result.archive)).toMatchObject({ bucket: "acme-backup", clusterId: "prod" });
    expect(await pulumi.isSecret(result.archive)).toBe(true);
    const { policy: open, schedules, alertRules: rules, recoveryPoints } = result;
    expect(await pulumi.isSecret(pulumi.all([open, schedules, rules, recoveryPoints]))).toBe(false);
  });

  it("says in a preview what restarts, in which order, and what else is made", async () => {
    const { logs } = await make({}, { preview: true });
    expect(logs.filter(({ severity }) => severity === "info").map(({ text }) => text)).toMatchSnapshot();
    expect(logs.filter(({ severity }) => severity === "warn")).toEqual([]);
    expect((await make()).logs).toEqual([]);
  });

  it("warns before pods restart that the cluster cannot spare", async () => {
    const { logs } = await make({ statefulSet: { replicas: 2 } }, { preview: true });
    expect(logs.filter(({ severity }) => severity === "warn").map(({ text }) => text)).toEqual([
      "StatefulSet neumann has 2 replicas: while either of its pods restarts the database has no majority and takes no writes. Do it when that is acceptable, or give it 3 replicas first.",
      "the disruption budget of StatefulSet neumann wants 2 pods, and a restart leaves 1 of 2: a rolling update does not ask the budget. Do not drain nodes meanwhile.",
    ]);
  });

  it("warns of a policy that does not believe the key", async () => {
    const trustedKeys = [`MCowBQYDK2VwAyEA${"A".repeat(43)}=`];
    const { logs } = await make({ policy: { signing: { trustedKeys } } });
    expect(logs.map(({ text }) => text).join("\n")).toContain("policy.signing.trustedKeys lacks MCowBQYDK2VwAyEA");
  });

  it("previews the same resources while the archive is unknown", async () => {
    const known = await make();
    const preview = await run(
      (opts) => {
        const bucket = new Machine("bucket").address;
        return new KubernetesBackups("prod", { ...args, archive: { ...buckets, bucket } }, opts);
      },
      { ...usual, preview: true },
    );
    const ids = (resources: Registered[]) =>
      resources
        .filter(({ type }) => /^(kubernetes|command):/.test(type))
        .map(({ type, name }) => `${type} ${name}`)
        .sort();
    expect(ids(preview.resources)).toEqual(ids(known.resources));
    const metadata = (resources: Registered[]) =>
      kinds(resources)
        .map(({ name, inputs }) => {
          const { name: called, namespace } = inputs.metadata as { name: string; namespace: string };
          return `${name} ${namespace}/${called}`;
        })
        .sort();
    // The provider wants to know which object it is about.
    expect(metadata(preview.resources)).toEqual(metadata(known.resources));
    expect(preview.logs.map(({ text }) => text).join("\n")).toContain("neumann-2 first and neumann-0 last");
  });

  it("stands side by side with another, in another namespace", async () => {
    const { resources } = await run((opts) => {
      new KubernetesBackups("a", { ...args, namespace: "a" }, opts);
      new KubernetesBackups("b", { ...args, namespace: "b" }, opts);
    }, usual);
    const urns = resources.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
    for (const { name, inputs } of kinds(resources)) {
      expect((inputs.metadata as { namespace: string }).namespace, name).toBe(name.slice(0, 1));
    }
  });
});

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)));
}
