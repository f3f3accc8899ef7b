import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesUnder, makeProject, must, outside, pack, pinned, type ProjectFiles, root } from "./support";

const minutes = 60_000;
const folder = outside();
const project = path.join(folder, "project");
const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");

/** Both have an archive, under mocks that answer in AWS's place, and say what was made. */
const program = (imports: string) => `${imports}

const made: string[] = [];
const answers: Record<string, object> = {
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "111122223333", arn: "arn:aws:iam::111122223333:user/me" },
  "aws:index/getPartition:getPartition": { partition: "aws", dnsSuffix: "amazonaws.com" },
};
void pulumi.runtime
  .setMocks({
    newResource({ type, name, inputs }) {
      made.push(\`\${type} \${name}\`);
      return { id: name, state: { ...(inputs as object), arn: "arn:of:" + name, keyId: name, stdout: "{}" } };
    },
    call: ({ token }) => answers[token] ?? {},
  })
  .then(async () => {
    const { reference } = new S3Archive("prod", {
      clusterId: "prod",
      region: "eu-central-1",
      offsiteRegion: "eu-west-1",
    });
    const typed: pulumi.Output<ArchiveReference> = reference;
    void typed;
    await pulumi.runtime.disconnect();
    console.log(JSON.stringify(made.sort()));
  });

export function mistakes(): void {
  // @ts-expect-error a region is required
  new S3Archive("x", { clusterId: "x", region: "eu-central-1" });
  // @ts-expect-error days are numbers
  new S3Archive("x", { clusterId: "x", region: "a", offsiteRegion: "b", undeleteDays: "7" });
}
`;

const imports = `import * as pulumi from "@pulumi/pulumi";
import { S3Archive } from "pulumi-neumann/aws";
import type { ArchiveReference } from "pulumi-neumann";`;

// What is checked is this package's declarations: @pulumi/aws has its own, and they are many.
const options = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: true, target: "ES2022", outDir: "bin" };

const files: ProjectFiles = {
  "package.json": { name: "with-aws", private: true },
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

describe("the package's part for AWS", () => {
  it("is not needed where @pulumi/aws is not installed, and names it where it is asked for", async () => {
    expect(filesUnder(path.join(project, "node_modules", "@pulumi")).some((file) => file.startsWith("aws/"))).toBe(
      false,
    );
    const load = (name: string) => must(process.execPath, ["-e", `require(${JSON.stringify(name)})`], project);
    await load("pulumi-neumann");
    await load("pulumi-neumann/model");
    await expect(load("pulumi-neumann/aws")).rejects.toThrow(/Cannot find module '@pulumi\/aws/);
  });

  it.each([
    ["CommonJS", "commonjs.json", "common.js"],
    ["modules of ECMAScript", "esm.json", "modern.mjs"],
  ])("is imported as %s, with its types", { timeout: 5 * minutes }, async (_kind, settings, compiled) => {
    for (const name of ["@pulumi/aws", "mime"]) {
      const [from, to] = [root, project].map((place) => path.join(place, "node_modules", name));
      if (from !== undefined && to !== undefined) cpSync(from, to, { recursive: true });
    }
    await must(process.execPath, [compiler, "--project", settings], project);
    // Before it stands what the component says.
    const said = (await must(process.execPath, [path.join("bin", compiled)], project)).trim().split("\n");
    const made = JSON.parse(said.at(-1) ?? "") as string[];
    expect(made).toContain("aws:s3/bucket:Bucket prod-offsite-bucket");
    expect(made).toContain("command:local:Command prod-offsite");
    expect(made.length).toBeGreaterThan(40);
  });
});
