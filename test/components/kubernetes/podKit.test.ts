import { describe, expect, it, vi } from "vitest";
import { parseRecoveryKit } from "../../../model/recoveryKit";
import { bundleSha256, valueOf } from "../harness";
import { bucketsWithoutKeys, make, named } from "./backupRuns";
import { makeCluster, recovering } from "./clusterRuns";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

const secretOf = (output: unknown) => (output as { isSecret: Promise<boolean> }).isSecret;

describe("the recovery kit of a cluster in pods", () => {
  it("tells where all is, who signs, and which pods they were; it holds no key and is no secret", async () => {
    const { result } = await make({ namespace: "db", statefulSet: { replicas: 2, serviceName: "members" } });
    const text = await valueOf(result.recoveryKit);
    expect(text).not.toMatch(/AKIA|near-secret|away-secret|PRIVATE/);
    expect(await secretOf(result.recoveryKit)).toBe(false);
    const kit = parseRecoveryKit(text, "the kit");
    const [publicKey] = await valueOf(result.publicKeys);
    expect(kit.nodes).toEqual(
      [0, 1].map((at) => ({
        nodeId: `neumann-${at}`,
        address: `neumann-${at}.members.db.svc.cluster.local:7878`,
        publicKey,
      })),
    );
    expect(kit.kubernetes).toEqual({ namespace: "db", statefulSet: "neumann" });
    expect(kit.versions).toEqual({ library: "1.2.3", agent: bundleSha256 });
    expect(kit.steps.join("\n")).toContain("npx pulumi-neumann@1.2.3 render --kind cluster --help");
  });

  it("is stored in both archives by this machine, with the keys that it has, once the patch is there", async () => {
    const { resources, result } = await make();
    const { inputs, options } = named(resources, "prod-kit");
    expect(inputs.create).toMatch(/^node \S+ kit-store --json$/);
    expect(options.dependsOn).toEqual(["prod-patch"]);
    // Keys are in it: nobody reads it in the state.
    expect(JSON.stringify(inputs.stdin)).toContain("4dabf18193072939515e22adb298388d");
    const { value } = inputs.stdin as { value: string };
    expect(JSON.parse(value)).toMatchObject({
      kit: await valueOf(result.recoveryKit),
      archive: { credentials: { accessKeyId: "AKIANEAR" }, offsite: { credentials: { accessKeyId: "AKIAAWAY" } } },
    });
  });

  it("names no public key where the user's own signs", async () => {
    const own = { archive: bucketsWithoutKeys, workloadIdentity: true, signingKeySecret: "ours" };
    const { result } = await make(own);
    const { nodes } = parseRecoveryKit(await valueOf(result.recoveryKit), "the kit");
    expect(nodes.map(({ publicKey }) => publicKey)).toEqual([null, null, null]);
  });

  it("is stored for a recovered cluster when that is accepted, and for a rehearsal never", async () => {
    const restoreFrom = { recoveryId: "2026-11-23" };
    const recovered = await makeCluster({ restoreFrom }, recovering);
    expect(named(recovered.resources, "prod-kit").options.dependsOn).toEqual(["prod-await-recovery"]);
    expect((await makeCluster()).result.recoveryKit).toBeDefined();
    const cloneOf = { ...bucketsWithoutKeys, clusterId: "prod" };
    const archive = { ...bucketsWithoutKeys, offsite: undefined, bucket: "acme-copy", clusterId: "copy" };
    const clone = { archive, workloadIdentity: true, restoreFrom: { ...restoreFrom, cloneOf } };
    const rehearsed = await makeCluster({ ...clone, rehearsal: true }, recovering);
    expect(rehearsed.result.recoveryKit).toBeUndefined();
    expect(rehearsed.resources.map(({ name }) => name)).not.toContain("prod-kit");
  });
});
