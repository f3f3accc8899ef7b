import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { runCommandLine } from "../../cli/main";
import { CommandFailure, ExitCode } from "../../cli/terminal";
import { standardPolicy } from "../../model/policy";
import { makeRecoveryKit, serializeRecoveryKit } from "../../model/recoveryKit";
import type { ArchiveSpec } from "../../model/reference";
import { agePairs } from "../model/fixtures";
import { planDigest, planResult } from "../components/harness";
import {
  makeCluster,
  recovering,
  recoveringVolume,
  volumePlan,
  volumePoint,
} from "../components/kubernetes/clusterRuns";
import { Rendering } from "./rendering";

/** In the place of the agent: what it was asked, and what it answers. */
const agent = vi.hoisted(() => ({ asked: [] as unknown[], answer: (): string => "" }));
vi.mock("../../components/agentBundle", async () => (await import("../components/harness")).fakeBundle());
vi.mock("../../cli/agent", () => ({
  runAgent: (words: string[], _told: unknown, specification: unknown) => {
    agent.asked.push([words, specification]);
    return Promise.resolve().then(() => agent.answer());
  },
}));
beforeEach(() => {
  agent.asked.length = 0;
  agent.answer = () => JSON.stringify(planResult());
});

const rendering = new Rendering(["--kind", "cluster"]);
const { place, put, say } = rendering;
afterAll(() => rendering.end());

const [{ identity }] = agePairs;
const toml = '[cluster]\nname = "prod"\n';
const config = {
  image: "registry.example.com/neumann-backup:0.1.0",
  databaseImage: "registry.example.com/neumann:1.4.2",
  archive: {
    kind: "s3",
    clusterId: "prod",
    bucket: "acme-neumann",
    region: "eu-central-1",
    credentials: { profile: "near" },
    offsite: { kind: "s3", bucket: "acme-offsite", region: "eu-west-1", credentials: { profile: "away" } },
  },
  credentialsSecret: "neumann-archive",
  signingKeySecret: "neumann-signing",
  storage: { size: "100Gi" },
  monitoring: true,
};
const restoreFrom = { recoveryId: "2026-11-23", approvedPlanDigest: planDigest };

interface Written {
  kind: string;
  metadata: { name: string };
}
const nameOf = ({ kind, metadata }: Written) => `${kind} ${metadata.name}`;

function documentsOf(text: string): Written[] {
  const found = parseAllDocuments(text, { version: "1.1" }) as unknown as { toJS(): Written; errors: unknown[] }[];
  expect(found.flatMap(({ errors }) => errors)).toEqual([]);
  return found.map((document) => document.toJS());
}

/** What the component hands to its provider for the same; who owns it is told by another name. */
async function madeByComponent(change: object = {}, run = recovering): Promise<Map<string, unknown>> {
  const { resources } = await makeCluster({ ...(config as object), ...change, configuration: toml }, run);
  const own = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  return new Map(own.map(({ inputs }) => [nameOf(inputs as unknown as Written), JSON.parse(JSON.stringify(inputs))]));
}

/** The generation and the hash of the pods' settings follow from the owner. */
const withoutOwner = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(/\\"(owner|generation)\\": \\"[^"]*\\"/g, "")
      .replaceAll(/"neumann-backup\/settings-sha256":"[0-9a-f]{64}"/g, '"settings":""'),
  ) as object;

describe("render --kind cluster", () => {
  it.each([{}, { restoreFrom }, { statefulSet: { serviceAccount: "theirs" } }])(
    "writes the objects that the component makes, what is needed first: %j",
    async (change) => {
      const wanted = await madeByComponent(change);
      const file = put("cluster.json", { ...config, ...change, configuration: toml });
      const { code, out } = await say("--config", file);
      expect(code).toBe(0);
      const written = documentsOf(out);
      expect(written.map(nameOf).sort()).toEqual([...wanted.keys()].sort());
      for (const object of written)
        expect(withoutOwner(wanted.get(nameOf(object)))).toMatchObject(withoutOwner(object));
      const at = (kind: string) => written.map((each) => each.kind).lastIndexOf(kind);
      const kinds = ["ConfigMap", "StatefulSet", "Job", "CronJob"].filter((kind) => at(kind) >= 0);
      expect(kinds.map(at)).toEqual(kinds.map(at).sort((one, other) => one - other));
    },
  );

  it("writes the claim that is made of a volume snapshot where the set finds it", async () => {
    const change = { restoreFrom: { recoveryId: "2026-11-23", restorePoint: volumePoint } };
    const wanted = await madeByComponent(change, recoveringVolume);
    agent.answer = () => JSON.stringify(volumePlan());
    const { code, out } = await say("--config", put("volume.json", { ...config, ...change, configuration: toml }));
    expect(code).toBe(0);
    const written = documentsOf(out).map(nameOf);
    expect([...written].sort()).toEqual([...wanted.keys()].sort());
    const claim = written.indexOf("PersistentVolumeClaim data-neumann-0");
    expect(claim).toBeGreaterThanOrEqual(0);
    expect(written[claim + 1]).toBe("StatefulSet neumann");
  });

  it("has a folder for each step, takes config.toml from its file, and removes what is not asked for any more", async () => {
    const out = place("steps");
    const given = ["--configuration", put("config.toml", toml), "--out", out];
    const first = await say("--config", put("steps.json", { ...config, restoreFrom }), ...given, "--json");
    const { written, removed, planDigest: digest } = JSON.parse(first.out) as Record<string, unknown>;
    expect([first.code, first.err, removed, digest]).toEqual([0, "", [], planDigest]);
    expect(written).toMatchSnapshot();
    const map = parse(readFileSync(path.join(out, "configmap-neumann-config.yaml"), "utf8")) as { data: object };
    expect(map.data).toEqual({ "config.toml": toml });

    const { out: said } = await say("--config", put("steps.json", config), ...given);
    expect(said).toContain(
      "no longer asks for it: database/configmap-neumann-backup-recovery-2026-11-23.yaml, recovery/job-neumann-backup-await-2026-11-23.yaml.",
    );
    expect(existsSync(path.join(out, "recovery"))).toBe(false);
    expect(readdirSync(path.join(out, "database"))).toEqual(["statefulset-neumann.yaml"]);
  });

  it("makes the plan now and shows it; its digest, and no secret, is in what the pods are told", async () => {
    const trusted = { signing: { trustedKeys: ["MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="] } };
    const encrypted = { ...restoreFrom, identitySecret: "neumann-identity" };
    const file = put("plan.json", { ...config, policy: trusted, configuration: toml, restoreFrom: encrypted });
    const key = put("key.txt", `# created: 2026-11-23\n${identity}\n`);
    const { code, out, err } = await say("--config", file, "--identity-file", key);
    expect([code, err]).toEqual([0, "Recovery r1 of cluster prod, 3 min ago\n"]);
    expect(agent.asked).toEqual([
      [
        ["plan"],
        {
          archive: config.archive,
          restorePoint: "latest-offsite",
          recoveryId: "2026-11-23",
          approvedPlanDigest: planDigest,
          nodes: ["neumann-0", "neumann-1", "neumann-2"],
          trustedKeys: trusted.signing.trustedKeys,
          identity,
        },
      ],
    ]);
    expect(out).not.toContain(identity);
    const settings = documentsOf(out).find((each) => nameOf(each) === "ConfigMap neumann-backup");
    const { data } = settings as unknown as { data: Record<string, string> };
    expect(JSON.parse(data["pod.json"]!)).toMatchObject({
      recovery: { planDigest, plan: { recoveryId: "2026-11-23" } },
    });
    const [set] = documentsOf(out).filter(({ kind }) => kind === "StatefulSet");
    expect(JSON.stringify(set)).toContain('"secretName":"neumann-identity"');
  });

  it("writes nothing where there is no plan, and ends as the agent did", async () => {
    agent.answer = () => {
      throw new CommandFailure("the plan is another one than was approved", ExitCode.Refused);
    };
    const out = place("refused");
    const file = put("refused.json", { ...config, configuration: toml, restoreFrom });
    expect(await say("--config", file, "--out", out)).toEqual({
      code: 3,
      out: "",
      err: "Recovery 2026-11-23 has no plan, and nothing was written: the plan is another one than was approved\n",
    });
    expect(existsSync(out)).toBe(false);
  });

  it("names all that is wrong at once, repeats no secret, and asks for no plan", async () => {
    const wrong = {
      ...config,
      replicas: 3,
      rehearsal: true,
      storage: { size: "big" },
      signingKeySecret: undefined,
      restoreFrom: { recoveryId: "a b", restorepoint: "latest", identitySecret: "Key" },
    };
    const file = put("wrong.json", wrong);
    const { code, err } = await say("--config", file, "--patch", "--identity-file", put("none.txt", "x"));
    expect([code, agent.asked]).toEqual([2, []]);
    expect(err).toMatchSnapshot();

    const secret = { ...config, configuration: toml, restoreFrom: { ...restoreFrom, identity } };
    const shown = await say("--config", put("identity.json", secret));
    expect([shown.code, shown.err.includes(identity)]).toEqual([2, false]);
    expect(shown.err).toContain("restoreFrom.identity: is a secret");
    const address = `[wal]\narchive_command = "curl https://me:hunter2@example.com"\n`;
    const open = await say("--config", put("open.json", config), "--configuration", put("open.toml", address));
    expect([open.code, open.err.includes("hunter2")]).toEqual([2, false]);
    const key = put("key2.txt", `${identity}\n`);
    for (const [given, message] of [
      [{ ...config, configuration: toml }, "--identity-file: means nothing without restoreFrom"],
      [{ ...config, configuration: toml, restoreFrom }, "restoreFrom.identitySecret: is required with --identity-file"],
      [{ ...config, configuration: toml, restoreFrom: "latest" }, "restoreFrom: must be an object"],
    ] as const) {
      expect((await say("--config", put("one.json", given), "--identity-file", key)).err).toContain(message);
    }
    const twice = await say("--config", put("twice.json", { ...config, configuration: toml }), "--configuration", key);
    expect(twice.err).toContain("--configuration: does not go with `configuration`");
    const gone = await say("--config", put("gone.json", config), "--configuration", place("nowhere.toml"));
    expect(gone.err).toContain("--configuration: cannot be read: ENOENT");
  });

  it("takes archive and policy as a recovery kit has them", async () => {
    const versions = { library: "1.2.3", agent: "a".repeat(64) };
    const nodes = [{ nodeId: "neumann-0", address: "neumann-0.neumann-headless:7878", publicKey: null }];
    const kit = makeRecoveryKit({ archive: config.archive as ArchiveSpec, policy: standardPolicy, nodes, versions });
    const { archive, policy } = JSON.parse(serializeRecoveryKit(kit)) as Record<string, object>;
    const given = { ...config, archive, policy, configuration: toml, restoreFrom };
    expect(await say("--config", put("kit.json", given), "--out", place("kit"))).toMatchObject({ code: 0 });
  });

  it("tells where a cluster's arguments belong", async () => {
    const terminal = { out: () => undefined, err: { write: (text: string) => told.push(text) } };
    const told: string[] = [];
    const file = put("backups.json", { ...config, configuration: toml });
    expect(await runCommandLine(["render", "--config", file, "--configuration", file], terminal)).toBe(2);
    expect(told.join("")).toContain(
      'storage: is not known (received {"size":"100Gi"}). It belongs to a cluster: write --kind cluster',
    );
    expect(told.join("")).toContain("--configuration: is a cluster's");
    expect(await runCommandLine(["render", "--kind", "clusters", "--config", file], terminal)).toBe(2);
    expect(told.at(-1)).toContain("--kind: is not known");
  });
});
