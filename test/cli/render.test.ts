import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { renderOwner } from "../../cli/renderConfig";
import { renderFlags } from "../../cli/renderRequest";
import { backupObjects } from "../../model/kubernetes/backupObjects";
import type { BackupRequest } from "../../model/kubernetes/request";
import { resolvePolicy } from "../../model/policy";
import { Rendering } from "./rendering";

vi.mock("../../components/agentBundle", async () => (await import("../components/harness")).fakeBundle());

const rendering = new Rendering();
const { place, put, say } = rendering;
afterAll(() => rendering.end());

const image = `registry.example.com/neumann-backup@sha256:${"a".repeat(64)}`;
const config = {
  image,
  databaseImage: "registry.example.com/neumann:1.2.3",
  archive: {
    kind: "s3" as const,
    clusterId: "prod",
    bucket: "acme-neumann",
    region: "eu-central-1",
    offsite: { kind: "s3" as const, bucket: "acme-offsite", region: "eu-west-1", credentials: { profile: "away" } },
  },
  policy: { full: { retentionDays: 40 } },
  credentialsSecret: "neumann-archive",
  signingKeySecret: "neumann-signing",
  // What YAML 1.1 would take for something else.
  accountAnnotations: { prune: { off: "no", octal: "0440", time: "12:30:45", empty: "" } },
  authorities: "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n",
  volumeSnapshots: { className: "fast", everyMinutes: 60, keep: 24 },
  monitoring: true,
};

/** What the component makes of the same. */
function objectsOf(given: typeof config): unknown[] {
  const { credentialsSecret: name, policy, ...rest } = given;
  const owner = renderOwner;
  const request: BackupRequest = { ...rest, owner, policy: resolvePolicy(policy), access: { kind: "secret", name } };
  const parts: unknown[] = Object.values(backupObjects(request));
  return parts.flatMap((part): unknown[] => {
    if (part === undefined || Array.isArray(part)) return part ?? [];
    return "prometheusRule" in (part as object) ? Object.values(part as object) : [part];
  });
}

const byName = (objects: unknown[]) =>
  Object.fromEntries(
    (objects as { kind: string; metadata: { name: string } }[]).map((one) => [`${one.kind} ${one.metadata.name}`, one]),
  );

const filesIn = (out: string): string[] =>
  readdirSync(out, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .sort();

/** As kubectl reads YAML. */
const kubectl = { version: "1.1" } as const;

describe("render", () => {
  it("writes the objects that the component makes, as one stream or a file for each", async () => {
    const wanted = byName(objectsOf(config));
    const file = put("cluster.json", config);
    const stream = await say("--config", file);
    expect([stream.code, stream.err]).toEqual([0, ""]);
    const patch = await say("--config", file, "--patch");
    const documents = parseAllDocuments(`${stream.out}\n---\n${patch.out}`, kubectl) as unknown as {
      toJS(): unknown;
      errors: unknown[];
    }[];
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(byName(documents.map((document) => document.toJS()))).toEqual(JSON.parse(JSON.stringify(wanted)));
    expect(documents).toHaveLength(Object.keys(wanted).length);

    const out = place("manifests");
    expect(await say("--config", file, "--out", out)).toMatchObject({ code: 0, err: "" });
    const names = filesIn(out);
    expect(names).toMatchSnapshot();
    const texts = names.map((name) => readFileSync(path.join(out, name), "utf8"));
    expect(byName(texts.map((text) => parse(text, kubectl) as unknown))).toEqual(JSON.parse(JSON.stringify(wanted)));
    expect(texts.every((text) => text.startsWith("# Made by `npx pulumi-neumann render`"))).toBe(true);
    const shown = [...stream.out.split("\n---\n"), patch.out].map((text) => `${text}\n`);
    expect(shown.sort()).toEqual(texts.sort());
  });

  it("refers to nothing that comes later in the stream", async () => {
    const { out } = await say("--config", put("order.json", config));
    const kinds = [...out.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind);
    expect([...new Set(kinds)]).toEqual([
      "ConfigMap",
      "ServiceAccount",
      "Lease",
      "Role",
      "RoleBinding",
      "NetworkPolicy",
      "CronJob",
      "PrometheusRule",
      "PodMonitor",
    ]);
  });

  it("writes the same again, removes what it no longer makes, and leaves other files alone", async () => {
    const out = place("again");
    const file = put("again.json", config);
    const read = () => filesIn(out).map((name) => [name, readFileSync(path.join(out, name), "utf8")]);
    await say("--config", file, "--out", out);
    const before = read();
    const second = await say("--config", file, "--out", out, "--json");
    const told = JSON.parse(second.out) as { written: string[]; removed: string[] };
    expect([second.code, told.removed]).toEqual([0, []]);
    expect([...told.written].sort()).toEqual(before.map(([name]) => name));
    expect(read()).toEqual(before);

    writeFileSync(path.join(out, "statefulset.yaml"), "kind: StatefulSet\n");
    const renamed = { ...config, statefulSet: { name: "db" }, monitoring: false };
    const { out: less } = await say("--config", put("less.json", renamed), "--out", out);
    const gone = [
      "patch/statefulset-neumann.yaml",
      "podmonitor-neumann-backup.yaml",
      "prometheusrule-neumann-backup.yaml",
    ];
    expect(less).toContain(`Removed, since the configuration no longer asks for it: ${gone.join(", ")}.`);
    const left = before.map(([name]) => name as string).filter((name) => !gone.includes(name));
    expect(filesIn(out)).toEqual([...left, "patch/statefulset-db.yaml", "statefulset.yaml"].sort());
  });

  it("renders no secret, and shows none that it refuses", async () => {
    const secret = "wJalrXUtnFEMI/K7MDENG";
    const keys = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: secret };
    const out = place("secret");
    const { archive, ...rest } = config;
    const file = put("secret.json", {
      ...rest,
      archive: { ...archive, credentials: keys, endpoint: `https://me:${secret}@store.example.com` },
      authorities: `-----BEGIN PRIVATE KEY-----\n${secret}`,
      policy: { encryption: { recipients: [`AGE-SECRET-KEY-1${secret}`] } },
      signingKeySecret: { privateKey: secret },
    });
    const { code, out: said, err } = await say("--config", file, "--out", out);
    expect([code, said, existsSync(out)]).toEqual([2, "", false]);
    expect(err).not.toContain(secret);
    expect(err).not.toContain("AKIA");
    expect(err).toMatchSnapshot();
    // A text that is no JSON may hold anything.
    const broken = await say("--config", put("broken.json", `{"secretAccessKey": "${secret}"`));
    expect([broken.code, broken.err.includes(secret)]).toEqual([2, false]);
  });

  it("names all that is wrong at once, with 2", async () => {
    const file = put("bad.json", {
      image: "neumann-backup:latest",
      databaseImage: "registry.example.com/neumann:1.2.3",
      archive: { kind: "s3", clusterId: "Prod", bucket: "acme-neumann" },
      policy: { full: { retentionDays: 0 } },
      workloadIdentity: "yes",
      schedules: { prune: "daily" },
      replicas: 3,
    });
    const { code, err } = await say("all", "--config", file, "--json", "--dry-run");
    expect(code).toBe(2);
    expect((JSON.parse(err) as { message: string }).message).toMatchSnapshot();
    for (const wrong of ["[]", "null", "7", ""]) {
      expect(await say("--config", put("list.json", wrong))).toMatchObject({ code: 2, out: "" });
    }
    expect((await say()).err).toMatchSnapshot();
    expect((await say("--config", place("nowhere.json"))).err).toMatchSnapshot();
    const both = await say("--config", put("both.json", config), "--out", place("both"), "--patch");
    expect([both.code, both.err, existsSync(place("both"))]).toEqual([
      2,
      expect.stringContaining("--patch: is for"),
      false,
    ]);
    const twice = put("twice.json", { ...config, workloadIdentity: true });
    expect((await say("--config", twice)).err).toContain("credentialsSecret: does not go with workloadIdentity");
  });

  it("takes an archive whose rights come with the accounts", async () => {
    const { bucket, region, kind } = config.archive.offsite;
    const archive = { ...config.archive, offsite: { kind, bucket, region } };
    const given = { ...config, archive, credentialsSecret: undefined, workloadIdentity: true };
    const { code, out } = await say("--config", put("identity.json", given));
    expect(code).toBe(0);
    expect(out).not.toContain("neumann-backup-credentials");
  });

  it("ends with 4 where the files cannot be written", async () => {
    const { code, err } = await say("--config", put("four.json", config), "--out", place("four.json"));
    expect([code, err]).toEqual([4, expect.stringContaining("The manifests were not written: EEXIST")]);
  });

  it("explains every flag in its help, whose example can be rendered", async () => {
    const { code, out } = await say("--help");
    expect(code).toBe(0);
    for (const { name } of renderFlags) expect(out).toContain(`--${name}`);
    const example = /^ {2}\{\n[\s\S]*?^ {2}\}$/m.exec(out)?.[0] ?? "";
    const file = put("example.json", example.replaceAll("sha256:…", `sha256:${"b".repeat(64)}`));
    expect(await say("--config", file)).toMatchObject({ code: 0, err: "" });
  });
});
