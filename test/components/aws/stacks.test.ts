import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { messageOf, type Run, run, sshArgs } from "../harness";
import { cloud } from "./cloud";
import { recoveryCloud } from "./recoveryCloud";
import { args as recoveryArgs } from "./recoveryRuns";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

const stacks = path.join(__dirname, "../../../stacks/aws");
const { host, user, privateKey, hostKey } = sshArgs("10.0.1.10");

/** What the comment at the top of each example asks for. */
const own = {
  expectedAccountId: "111122223333",
  nodes: [1, 2, 3].map((n) => ({ nodeId: `node${n}`, address: `10.0.1.1${n}:7878`, host: `${host}${n}`, hostKey })),
  sshUser: user,
  sshPrivateKey: privateKey,
};

beforeEach(() => vi.resetModules());
afterEach(() => pulumi.runtime.setAllConfig({}));

/** The examples of a project, by the names of their stacks. */
function examplesOf(project: string): Record<string, Record<string, unknown>> {
  const files = readdirSync(path.join(stacks, project)).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
  const configOf = (name: string) => (parse(read(project, name)) as { config: Record<string, unknown> }).config;
  return Object.fromEntries(files.map((name) => [name.split(".")[1] ?? name, configOf(name)]));
}

function read(project: string, name: string): string {
  return readFileSync(path.join(stacks, project, name), "utf8");
}

/** Configuration as the engine hands it to a program; under mocks every project has one name. */
function configure(config: Record<string, unknown>): void {
  const entries = Object.entries(config).map(([key, value]): [string, string] => [
    `project:${key.slice(key.indexOf(":") + 1)}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(entries));
}

/** Keys that the page explains for a program. */
function explained(project: string): string[] {
  const page = readFileSync(path.join(stacks, "../../docs/aws.md"), "utf8");
  const [, after = ""] = page.split(`<!-- settings: stacks/aws/${project} -->`);
  const table = after.slice(after.indexOf("| key |")).split("\n\n")[0] ?? "";
  const cells = table.split("\n").map((row) => row.split("|")[1] ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, key = ""]) => key));
}

/** Keys that a program knows, as it says itself. */
function known(read: (config: pulumi.Config) => unknown): string[] {
  configure({ nobody: 1 });
  const message = messageOf(() => read(new pulumi.Config("project")));
  return /nobody: is not known .* Use: (.*)\. To/.exec(message)?.[1]?.split(", ").sort() ?? [];
}

describe("the environment", () => {
  const program = (preview = false): Promise<Run<unknown>> =>
    run(() => import("../../../stacks/aws/environment"), { ...cloud(), preview });

  it("has examples that hold nothing of an account", () => {
    const all = examplesOf("environment");
    expect(Object.keys(all).sort()).toEqual(["dev", "production", "staging"]);
    expect(JSON.stringify(all)).not.toMatch(/\d{12}|AKIA|arn:/);
  });

  it.each(["dev", "staging", "production"])("previews and comes up by the example %s", async (stack) => {
    const example = examplesOf("environment")[stack]!;
    configure({ ...example, ...own });
    const { resources } = await program();
    const types = resources.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(["aws:s3/bucket:Bucket", "aws:cloudwatch/metricAlarm:MetricAlarm"]));
    expect(resources.map(({ name }) => name).sort()).toMatchSnapshot();
    const locked = types.includes("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration");
    expect(locked).toBe(stack !== "dev");
    vi.resetModules();
    configure({ ...example, ...own });
    expect((await program(true)).resources.length).toBeGreaterThan(30);
  });

  it("has every key on the page", async () => {
    const { readAwsEnvironment } = await import("../../../stacks/aws/settings");
    expect(explained("environment").sort()).toEqual(known(readAwsEnvironment));
  });

  it("says all that is missing, wrong and unknown at once", async () => {
    const { readAwsEnvironment } = await import("../../../stacks/aws/settings");
    configure({
      clusterId: "prod",
      expectedAccountId: 12345,
      nodes: [{ nodeId: "a" }],
      alarmEmail: "x",
    });
    expect(() => readAwsEnvironment(new pulumi.Config("project"))).toThrowErrorMatchingInlineSnapshot(`
      [Error: The configuration of stack stack cannot be used: 9 mistakes
        - project:region: is missing (received nothing). Run: pulumi config set region eu-central-1
        - project:offsiteRegion: is missing (received nothing). Run: pulumi config set offsiteRegion eu-west-1
        - project:expectedAccountId: must be 12 digits (received "12345"). Write it in quotes: zeros before it count.
        - project:sshUser: is missing (received nothing). Run: pulumi config set sshUser deploy
        - project:sshPrivateKey: is missing (received nothing). Run: pulumi config set --secret sshPrivateKey < ~/.ssh/id_ed25519
        - project:nodes[0].address: must be a text (received nothing). Write it in quotes.
        - project:nodes[0].host: must be a text (received nothing). Write it in quotes.
        - project:nodes[0].hostKey: must be a text (received nothing). Write it in quotes.
        - project:alarmEmail: is not known (received "(not shown)"). Use: clusterId, region, offsiteRegion, expectedAccountId, sshUser, sshPrivateKey, nodes, policy, alarmEmails, rehearsalEveryDays, prunerAssumedBy, breakGlassArns, administratorArns, kitFile, disposable. To take it out: pulumi config rm alarmEmail]
    `);
  });
});

describe("a recovery and its rehearsal", () => {
  const { publicKey } = recoveryArgs.login;
  const asked = {
    expectedAccountId: "111122223333",
    offsiteBucket: "acme-offsite",
    amiId: recoveryArgs.amiId,
    databaseKey: "software/neumann.deb",
    databaseSha256: "c3".repeat(32),
    operatorCidrs: ["198.51.100.7/32"],
    sshPublicKey: publicKey,
    sshPrivateKey: privateKey,
  };
  const programs = {
    recovery: () => import("../../../stacks/aws/recovery"),
    rehearsal: () => import("../../../stacks/aws/rehearsal"),
  };

  it("come up by their examples, each as what it is", async () => {
    configure({ ...examplesOf("recovery").production, ...asked, recoveryId: "2026-11-23" });
    const recovery = await run(programs.recovery, recoveryCloud());
    const name = ({ type, name: of }: { type: string; name: string }) => `${type} ${of}`;
    expect(recovery.resources.map(name)).toContain("pulumi-neumann:index:DisasterRecovery recovery");
    const productionAddresses = ["10.0.1.10:7878"];
    const recoveryId = "rehearsal-2026-11-28T11-20-47Z";
    configure({ ...examplesOf("rehearsal").weekly, ...asked, productionAddresses, recoveryId });
    const rehearsed = await run(programs.rehearsal, recoveryCloud());
    expect(rehearsed.resources.map(name)).toContain("pulumi-neumann:index:ClusterClone rehearsal");
    expect((await rehearsed.result).rehearsal).toBe(true);
    const tags = rehearsed.resources.flatMap(({ inputs }) => (inputs.tags as { expiresAt?: string } | undefined) ?? []);
    expect(new Set(tags.map(({ expiresAt }) => expiresAt))).toEqual(new Set(["2026-11-29T11:20:47Z"]));
  });

  it("have every key on the page", async () => {
    const { readAwsRecovery, readAwsRehearsal } = await import("../../../stacks/aws/recoverySettings");
    const common = explained("recovery");
    expect([...common].sort()).toEqual(known(readAwsRecovery));
    const both = common.filter((key) => !["bucket", "alarmEmails"].includes(key));
    expect([...both, ...explained("rehearsal")].sort()).toEqual(known(readAwsRehearsal));
  });

  it("a rehearsal whose name tells no time needs its end", async () => {
    const { readAwsRehearsal } = await import("../../../stacks/aws/recoverySettings");
    const { databaseKey, ...rest } = asked;
    configure({ ...examplesOf("rehearsal").weekly, ...rest, recoveryId: "by-hand" });
    const message = messageOf(() => readAwsRehearsal(new pulumi.Config("project")));
    expect(databaseKey).toBeDefined();
    expect(message).toContain("3 mistakes");
    expect(message).toContain("project:databaseKey: is missing");
    expect(message).toContain("project:productionAddresses: is missing");
    expect(message).toContain("project:expiresAt: is missing (received nothing). Run: pulumi config set expiresAt");
  });
});
