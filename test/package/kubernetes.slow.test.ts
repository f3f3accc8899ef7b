import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesUnder, makeProject, must, outside, pack, pinned, type ProjectFiles, root } from "./support";

const minutes = 60_000;
const folder = outside();
const project = path.join(folder, "project");
const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");

/** Protects a database under mocks, and says what was made. */
const program = (imports: string) => `${imports}

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
  // @ts-expect-error replicas are numbers
  new KubernetesBackups("x", { image: "a:1", archive: { kind: "s3", clusterId: "x" }, statefulSet: { replicas: "3" } });
}
`;

const imports = `import * as pulumi from "@pulumi/pulumi";
import { KubernetesBackups } from "pulumi-neumann/kubernetes";`;

// What is checked is this package's declarations: @pulumi/kubernetes has its own, and they are many.
const options = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, target: "ES2022", outDir: "bin" };

const files: ProjectFiles = {
  "package.json": { name: "with-kubernetes", private: true },
  "commonjs.json": {
    compilerOptions: { ...options, module: "commonjs", moduleResolution: "node10" },
    files: ["common.ts"],
  },
  "esm.json": {
    compilerOptions: { ...options, module: "nodenext", verbatimModuleSyntax: true },
    files: ["modern.mts"],
  },
  "common.ts": program(imports),
  "modern.mts": program(imports),
};

beforeAll(async () => {
  const tarball = await pack(path.join(folder, "tarball"));
  await makeProject(project, files, [tarball, ...["@pulumi/pulumi", "@pulumi/command", "@types/node"].map(pinned)]);
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

  it.each([
    ["CommonJS", "commonjs.json", "common.js"],
    ["modules of ECMAScript", "esm.json", "modern.mjs"],
  ])("is imported as %s, with its types", { timeout: 5 * minutes }, async (_kind, settings, compiled) => {
    const [from, to] = [root, project].map((place) => path.join(place, "node_modules", "@pulumi", "kubernetes"));
    // Links to programs are of no use here, and cannot be copied twice.
    cpSync(from as string, to as string, { recursive: true, filter: (file) => !file.includes("/.bin") });
    await must(process.execPath, [compiler, "--project", settings], project);
    // Before it stands what the component says.
    const said = (await must(process.execPath, [path.join("bin", compiled)], project)).trim().split("\n");
    const made = JSON.parse(said.at(-1) ?? "") as string[];
    expect(made).toContain("kubernetes:apps/v1:StatefulSetPatch prod-patch");
    expect(made).toContain("kubernetes:monitoring.coreos.com/v1:PodMonitor prod-monitor");
    expect(made.filter((name) => name.startsWith("kubernetes:batch/v1:CronJob "))).toHaveLength(5);
  });
});
