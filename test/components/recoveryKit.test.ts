import { describe, expect, it, vi } from "vitest";
import { ClusterBackups, type ClusterBackupsArgs } from "../../components/clusterBackups";
import { parseRecoveryKit } from "../../model/recoveryKit";
import { archive, bundleSha256, localHosts, messageOf, publicKeyOf, run, valueOf } from "./harness";

vi.mock("../../components/agentBundle", async () => (await import("./harness")).fakeBundle());

const make = (args: Partial<ClusterBackupsArgs> = {}, preview = false) =>
  run((opts) => new ClusterBackups("prod", { nodes: localHosts(), archive, ...args }, opts), { preview });

const kitOf = async ({ result }: { result: ClusterBackups }) =>
  parseRecoveryKit(await valueOf(result.recoveryKit), "the kit");

describe("the recovery kit of ClusterBackups", () => {
  it("tells where all is, who signs, and by which policy", async () => {
    const kit = await kitOf(await make({ policy: { full: { everyMinutes: 720 } } }));
    expect(kit).toMatchObject({ format: "neumann-recovery-kit/1", clusterId: "prod", archive });
    expect(kit.policy.full.everyMinutes).toBe(720);
    expect(kit.versions).toEqual({ library: "1.2.3", agent: bundleSha256 });
    expect(kit.nodes).toEqual(
      [1, 2, 3].map((n) => ({
        nodeId: `node${n}`,
        address: `127.0.0.1:${7870 + n}`,
        publicKey: publicKeyOf(`node${n}`),
      })),
    );
    expect(kit.steps.join("\n")).toContain("npx pulumi-neumann@1.2.3 recover kit.json");
  });

  it("is stored by the first node once all are installed, and is what the output tells", async () => {
    const made = await make();
    const stored = made.resources.find(({ name }) => name === "prod-kit");
    expect(stored?.inputs.create).toBe("node /srv/neumann/node1/agent/neumann-backup.cjs kit-store --json");
    expect(stored?.inputs.delete).toBeUndefined();
    expect(stored?.options.dependsOn).toEqual([1, 2, 3].map((n) => `prod-install-node${n}`));
    expect(JSON.parse(stored?.inputs.stdin as string)).toEqual({ kit: await valueOf(made.result.recoveryKit) });
    expect(made.resources.filter(({ name }) => name === "prod-kit-file")).toEqual([]);
  });

  it("is written to a file of this machine where one is named", async () => {
    const { resources, result } = await make({ kitFile: "/safe/prod.kit.json" });
    const written = resources.find(({ name }) => name === "prod-kit-file");
    expect(written?.inputs.create).toMatch(/ kit-file --json$/);
    const kit = await valueOf(result.recoveryKit);
    expect(JSON.parse(written?.inputs.stdin as string)).toEqual({ kit, file: "/safe/prod.kit.json" });
    const wrong = messageOf(() => new ClusterBackups("prod", { nodes: localHosts(), archive, kitFile: "kit.json" }));
    expect(wrong).toContain('kitFile: must be an absolute path (received "kit.json")');
  });

  it("holds no credentials, though the archive has some, and is no secret", async () => {
    const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "very-secret-key" };
    const place = { kind: "s3", bucket: "acme-backup", region: "eu-central-1", credentials };
    const away = { kind: "s3", bucket: "acme-offsite", region: "eu-west-1", credentials: { file: "/etc/keys" } };
    const made = await make({ archive: { ...place, clusterId: "prod", offsite: away } });
    const text = await valueOf(made.result.recoveryKit);
    expect(text).not.toMatch(/AKIAEXAMPLE|very-secret-key|credentials"|\/etc\/keys/);
    const secret = (made.result.recoveryKit as unknown as { isSecret: Promise<boolean> }).isSecret;
    expect(await secret).toBe(false);
    expect(parseRecoveryKit(text, "the kit").archive.offsite).toEqual({
      kind: "s3",
      bucket: "acme-offsite",
      region: "eu-west-1",
    });
  });

  it("adds the nodes' keys to a list of trusted ones, and makes no list of its own", async () => {
    const old = publicKeyOf("gone");
    const own = ["node1", "node2", "node3"].map(publicKeyOf);
    const named = await kitOf(await make({ policy: { signing: { trustedKeys: [old] } } }));
    expect(named.policy.signing.trustedKeys).toEqual([old, ...own]);
    expect((await kitOf(await make())).policy.signing.trustedKeys).toEqual([]);
  });
});
