import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { readDocument } from "../../format/document";
import { messageOf, run } from "../harness";
import { named, usual } from "./backupRuns";
import { recovering } from "./clusterRuns";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

const folder = path.join(__dirname, "../../../stacks/kubernetes/environment");
const example = (parse(readFileSync(path.join(folder, "Pulumi.production.yaml"), "utf8")) as { config: object }).config;

const rehearsalExample = (
  parse(readFileSync(path.join(folder, "../rehearsal/Pulumi.weekly.yaml"), "utf8")) as { config: object }
).config;

/** What the comment at the top of the example asks for. */
const own = {
  image: "registry.example.com/neumann-backup:0.1.0",
  databaseImage: "registry.example.com/neumann:1.4.2",
  archiveLocation: "s3://acme-neumann?region=eu-central-1",
  offsiteLocation: "s3://acme-offsite/neumann?region=eu-west-1",
};
const keys = { accessKeyId: "AKIAMINE", secretAccessKey: "hiddenkey" };

beforeEach(() => vi.resetModules());
afterEach(() => pulumi.runtime.setAllConfig({}));

/** Configuration as the engine hands it to a program; under mocks every project has one name. */
function configure(config: object): void {
  const entries = Object.entries(config).map(([key, value]): [string, string] => [
    // A provider's own stay what they are.
    key.startsWith("kubernetes:") ? key : `project:${key.slice(key.indexOf(":") + 1)}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(entries));
}

const program = () => run(() => import("../../../stacks/kubernetes/environment"), usual);

it("comes up by its example, with keys that lie in the Secret alone", async () => {
  configure({ ...example, ...own, ...keys });
  const { resources } = await program();
  const ofKubernetes = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  const holders = ofKubernetes.filter(({ inputs }) =>
    JSON.stringify(inputs)
      .match(/[\w+/=]+/g)
      ?.some(holdsTheKey),
  );
  expect(holders.map(({ name }) => name)).toEqual(["production-credentials"]);
  const [prune, pods] = [named(resources, "production-job-prune"), named(resources, "production-patch")];
  expect(prune.inputs).toMatchObject({ spec: { timeZone: "Europe/Berlin" } });
  expect(pods.inputs).toMatchObject({ metadata: { name: "neumann", namespace: "neumann" } });
  expect(named(resources, "production-rules").type).toBe("kubernetes:monitoring.coreos.com/v1:PrometheusRule");
});

/** As it is, or in base64. */
function holdsTheKey(word: string): boolean {
  return word.includes(keys.secretAccessKey) || Buffer.from(word, "base64").includes(keys.secretAccessKey);
}

it("comes up without keys where the accounts have the rights", async () => {
  const accountAnnotations = { prune: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/prune" } };
  configure({ ...example, ...own, accountAnnotations, namespace: "db", statefulSet: { name: "db", replicas: 5 } });
  const { resources } = await program();
  expect(resources.map(({ name }) => name)).not.toContain("production-credentials");
  expect(named(resources, "production-prune").inputs).toMatchObject({
    metadata: { namespace: "db", annotations: accountAnnotations.prune },
  });
});

it("rehearses by its example: a clone in a namespace of its own, whose keys lie in a Secret alone", async () => {
  const places = {
    archiveLocation: "s3://acme-rehearsal/weekly?region=eu-west-1",
    sourceLocation: own.archiveLocation,
    sourceOffsiteLocation: own.offsiteLocation,
  };
  const { image, databaseImage } = own;
  const run1 = { recoveryId: "2026-11-23", credentials: `[own]\n[source]\n${keys.secretAccessKey}\n` };
  const configuration = '[cluster]\nname = "prod"\n';
  configure({ ...rehearsalExample, ...places, ...run1, image, databaseImage, configuration });
  const { resources } = await run(() => import("../../../stacks/kubernetes/rehearsal"), { ...usual, ...recovering });
  const found = (name: string) => named(resources, name).inputs;
  const { recovery } = JSON.parse((found("rehearsal-settings").data as Record<string, string>)["pod.json"] ?? "") as {
    recovery: { plan: Record<string, unknown> };
  };
  expect(recovery.plan).toMatchObject({
    recoveryId: "2026-11-23",
    archive: { clusterId: "production-rehearsal", bucket: "acme-rehearsal", prefix: "weekly/2026-11-23" },
    cloneOf: { clusterId: "production", bucket: "acme-neumann", offsite: { bucket: "acme-offsite" } },
  });
  const profiles = recovery.plan as Record<"archive" | "cloneOf", { credentials: object }>;
  expect([profiles.archive.credentials, profiles.cloneOf.credentials]).toEqual([
    expect.objectContaining({ profile: "own" }),
    expect.objectContaining({ profile: "source" }),
  ]);
  const holders = resources.filter(({ inputs }) => JSON.stringify(inputs).includes(keys.secretAccessKey));
  expect(holders.map(({ name }) => name)).toEqual(["rehearsal-keys"]);
  expect(named(resources, "rehearsal-set").options.protect).not.toBe(true);
});

it("gives a rehearsal eight hours, or what its settings say", async () => {
  const { readKubernetesRehearsal } = await import("../../../stacks/kubernetes/rehearsalSettings");
  const places = { archiveLocation: own.archiveLocation, sourceLocation: own.offsiteLocation };
  const { image, databaseImage } = own;
  const given = { ...rehearsalExample, ...places, image, databaseImage, recoveryId: "1", configuration: "[cluster]" };
  const minutes = () => readKubernetesRehearsal(new pulumi.Config("project")).timeoutMinutes;
  configure(given);
  expect(minutes()).toBe(480);
  configure({ ...given, timeoutMinutes: 30 });
  expect(minutes()).toBe(30);
  configure({ ...given, timeoutMinutes: "soon" });
  expect(minutes).toThrow("project:timeoutMinutes: must be a number of minutes (received");
});

it("says all that is missing, wrong and unknown at once", async () => {
  const { readKubernetesEnvironment } = await import("../../../stacks/kubernetes/settings");
  configure({
    clusterId: "prod",
    archiveLocation: "/mnt/backup/neumann",
    offsiteLocation: "s3://acme-offsite?region=eu-west-1&profile=away",
    accessKeyId: "AKIAMINE",
    monitoring: "perhaps",
    replicas: 3,
  });
  expect(() => readKubernetesEnvironment(new pulumi.Config("project"))).toThrowErrorMatchingInlineSnapshot(`
    [Error: The configuration of stack stack cannot be used: 7 mistakes
      - project:image: is missing (received nothing). Run: pulumi config set image registry.example.com/neumann-backup@sha256:…
      - project:databaseImage: is missing (received nothing). Run: pulumi config set databaseImage registry.example.com/neumann:1.4.2
      - project:archiveLocation: is a folder, and pods have no folder that outlives them (received "/mnt/backup/neumann"). Write s3://acme-neumann?region=eu-central-1.
      - project:offsiteLocation: names credentials of this machine, and pods have none of them (received "s3://acme-offsite?region=eu-west-1&profile=away"). Write s3://acme-neumann?region=eu-central-1.
      - project:secretAccessKey: is missing (received nothing). Set both, the second with --secret; neither where the accounts have the rights.
      - project:monitoring: must be true or false (received "perhaps"). Write true or false as JSON, or as YAML in the stack's file.
      - project:replicas: is not known (received "(not shown)"). Use: clusterId, image, databaseImage, archiveLocation, offsiteLocation, accessKeyId, secretAccessKey, namespace, statefulSet, accountAnnotations, policy, timeZone, isolatedPods, monitoring. To take it out: pulumi config rm replicas]
  `);
});

it.each([
  ["environment", "docs/kubernetes.md"],
  ["rehearsal", "docs/kubernetes-recovery.md"],
])("has every key of %s on the page", async (role, page) => {
  const { readKubernetesEnvironment } = await import("../../../stacks/kubernetes/settings");
  const { readKubernetesRehearsal } = await import("../../../stacks/kubernetes/rehearsalSettings");
  configure({ nobody: 1 });
  const readSettings = role === "rehearsal" ? readKubernetesRehearsal : readKubernetesEnvironment;
  const message = messageOf(() => readSettings(new pulumi.Config("project")));
  const known = /nobody: is not known .* Use: (.*)\. To/.exec(message)?.[1]?.split(", ") ?? [];
  const [, after = ""] = readDocument(page).split(`<!-- settings: stacks/kubernetes/${role} -->`);
  const table = after.slice(after.indexOf("| key |")).split("\n\n")[0] ?? "";
  const cells = table.split("\n").map((row) => row.split("|")[1] ?? "");
  const explained = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, key = ""]) => key));
  expect(explained.sort()).toEqual(known.sort());
});
