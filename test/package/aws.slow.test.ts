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

/** Both have an archive, under mocks that answer in AWS's place, and say what was made. */
const program = `import * as pulumi from "@pulumi/pulumi";
import { S3Archive } from "pulumi-neumann/aws";
import type { ArchiveReference } from "pulumi-neumann";

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

beforeAll(async () => {
  const tarball = await pack(path.join(folder, "tarball"));
  await makeProject(project, inBothKinds("with-aws", program), [
    tarball,
    ...["@pulumi/pulumi", "@pulumi/command", "@types/node"].map(pinned),
  ]);
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

  it.each(bothKinds)(
    "is imported as %s, with its types",
    { timeout: 5 * minutes },
    async (_kind, settings, compiled) => {
      for (const name of ["@pulumi/aws", "mime"]) {
        const [from, to] = [root, project].map((place) => path.join(place, "node_modules", name));
        if (from !== undefined && to !== undefined) cpSync(from, to, { recursive: true });
      }
      const made = await compiledAndRun<string[]>(project, settings, compiled);
      expect(made).toContain("aws:s3/bucket:Bucket prod-offsite-bucket");
      expect(made).toContain("command:local:Command prod-offsite");
      expect(made.length).toBeGreaterThan(40);
    },
  );
});
