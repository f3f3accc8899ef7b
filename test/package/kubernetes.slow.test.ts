import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bothKinds,
  compiledAndRun,
  filesUnder,
  inBothKinds,
  makeProject,
  must,
  outside,
  pack,
  pinned,
  root,
} from "./support";

const minutes = 60_000;
const folder = outside();
const project = path.join(folder, "project");

/** Protects a database under mocks, and says what was made. */
const program = `import * as pulumi from "@pulumi/pulumi";
import { KubernetesBackups, KubernetesCluster } from "pulumi-neumann/kubernetes";

const made: string[] = [];
void pulumi.runtime
  .setMocks(
    {
      newResource({ type, name, inputs }) {
        made.push(\`\${type} \${name}\`);
        return { id: name, state: inputs as object };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    true,
  )
  .then(async () => {
    const archive = { kind: "s3", clusterId: "prod", bucket: "acme-backup", region: "eu-central-1" };
    const { alertRules } = new KubernetesBackups("prod", {
      image: "registry.example.com/neumann-backup:0.1.0",
      databaseImage: "registry.example.com/neumann:1.4.2",
      archive,
      workloadIdentity: true,
      monitoring: true,
    });
    const typed: pulumi.Output<string> = alertRules;
    void typed;
    await pulumi.runtime.disconnect();
    console.log(JSON.stringify(made.sort()));
  });

export function mistakes(): void {
  // @ts-expect-error an image is required
  new KubernetesBackups("x", { databaseImage: "b:1", archive: { kind: "s3", clusterId: "x" } });
  // @ts-expect-error a volume has a size
  new KubernetesCluster("x", { image: "a:1", databaseImage: "b:1", archive: { kind: "s3", clusterId: "x" }, configuration: "", storage: {} });
  // @ts-expect-error replicas are numbers
  new KubernetesBackups("x", { image: "a:1", archive: { kind: "s3", clusterId: "x" }, statefulSet: { replicas: "3" } });
}
`;

beforeAll(async () => {
  const tarball = await pack(path.join(folder, "tarball"));
  await makeProject(project, inBothKinds("with-kubernetes", program), [
    tarball,
    ...["@pulumi/pulumi", "@pulumi/command", "@types/node"].map(pinned),
  ]);
}, 10 * minutes);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the package's part for Kubernetes", () => {
  it("is not needed where @pulumi/kubernetes is not installed, and names it where it is asked for", async () => {
    const installed = filesUnder(path.join(project, "node_modules", "@pulumi"));
    expect(installed.some((file) => file.startsWith("kubernetes/"))).toBe(false);
    const load = (name: string) => must(process.execPath, ["-e", `require(${JSON.stringify(name)})`], project);
    await load("pulumi-neumann");
    await load("pulumi-neumann/model");
    await expect(load("pulumi-neumann/kubernetes")).rejects.toThrow(/Cannot find module '@pulumi\/kubernetes/);
  });

  it.each(bothKinds)(
    "is imported as %s, with its types",
    { timeout: 5 * minutes },
    async (_kind, settings, compiled) => {
      const [from, to] = [root, project].map((place) => path.join(place, "node_modules", "@pulumi", "kubernetes"));
      // Links to programs are of no use here, and cannot be copied twice.
      cpSync(from as string, to as string, { recursive: true, filter: (file) => !file.includes("/.bin") });
      const made = await compiledAndRun<string[]>(project, settings, compiled);
      expect(made).toContain("kubernetes:apps/v1:StatefulSetPatch prod-patch");
      expect(made).toContain("kubernetes:monitoring.coreos.com/v1:PodMonitor prod-monitor");
      expect(made.filter((name) => name.startsWith("kubernetes:batch/v1:CronJob "))).toHaveLength(5);
    },
  );
});
