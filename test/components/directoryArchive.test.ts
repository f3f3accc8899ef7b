import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { ClusterBackups } from "../../components/clusterBackups";
import { DirectoryArchive, type DirectoryArchiveArgs } from "../../components/directoryArchive";
import { archive, localHosts, messageOf, run, unhandledIn, valueOf } from "./harness";

vi.mock("../../components/agentBundle", async () => (await import("./harness")).fakeBundle());

const args = { clusterId: "prod", location: "/mnt/backup", offsiteLocation: "/mnt/offsite" };

describe("DirectoryArchive", () => {
  it("has these resources, options and commands for ever", async () => {
    const { resources } = await run((opts) => new DirectoryArchive("prod", args, opts));
    expect(resources).toMatchSnapshot();
  });

  it("never deletes a folder", async () => {
    const { resources } = await run((opts) => new DirectoryArchive("prod", args, opts));
    for (const { inputs } of resources) expect(inputs.delete).toBeUndefined();
  });

  it("makes one folder without an off-site copy", async () => {
    const { resources, result } = await run(
      (opts) => new DirectoryArchive("prod", { clusterId: "prod", location: "/mnt/backup" }, opts),
    );
    expect(resources.map((resource) => resource.name)).toEqual(["prod", "prod-primary"]);
    expect(await valueOf(result.reference)).toEqual({ kind: "directory", location: "/mnt/backup", clusterId: "prod" });
  });

  it("has a reference that a preview knows and that makes its users wait", async () => {
    const { result } = await run((opts) => new DirectoryArchive("prod", args, opts), { preview: true });
    expect(await valueOf(result.reference)).toEqual(archive);
    const { resources } = result.reference as unknown as { resources: () => Set<pulumi.Resource> };
    const names = [...resources()].map((resource) => (resource as unknown as { __name: string }).__name);
    expect(names.sort()).toEqual(["prod-offsite", "prod-primary"]);
  });

  it("lets backups be planned in a preview", async () => {
    const { resources } = await run(
      (opts) => {
        const { reference } = new DirectoryArchive("prod", args, opts);
        return new ClusterBackups("prod", { nodes: localHosts(), archive: reference }, opts);
      },
      { preview: true },
    );
    const install = resources.find((resource) => resource.name === "prod-install-node1");
    expect(pulumi.containsUnknowns(install?.inputs)).toBe(false);
  });

  it("stands twice in a program", async () => {
    const { resources } = await run((opts) => [
      new DirectoryArchive("a", args, opts),
      new DirectoryArchive("b", { ...args, clusterId: "other" }, opts),
    ]);
    expect(new Set(resources.map((resource) => resource.urn)).size).toBe(6);
  });
});

describe("DirectoryArchive refuses", () => {
  const begin = 'DirectoryArchive "prod" cannot be created: 1 mistake\n';
  const path = "must be an absolute path";
  const such = "Write the whole path, such as /mnt/backup/neumann.";

  it.each<[object, string]>([
    [
      { clusterId: "Prod!" },
      'clusterId: is no name for a cluster (received "Prod!"). Use lower-case letters, digits and dashes, at most 63, such as prod.',
    ],
    [{ location: "backup" }, `location: ${path} (received "backup"). ${such}`],
    [{ location: "/a/../b" }, `location: ${path} (received "/a/../b"). ${such}`],
    [{ location: undefined }, `location: ${path} (received nothing). ${such}`],
    [{ offsiteLocation: "" }, `offsiteLocation: ${path} (received ""). ${such}`],
    [
      { offsiteLocation: "/mnt/backup/offsite" },
      'offsiteLocation: shares the fate of the first archive (received "/mnt/backup/offsite"). Choose a folder on another disk, outside the first.',
    ],
  ])("%j", (change, message) => {
    const wrong = { ...args, ...change } as DirectoryArchiveArgs;
    expect(messageOf(() => new DirectoryArchive("prod", wrong))).toBe(`${begin}  - ${message}`);
  });

  it("what becomes known later, before a command uses it", async () => {
    const late = { ...args, location: pulumi.output("backup") };
    const errors = await unhandledIn(() => run((opts) => new DirectoryArchive("prod", late, opts)));
    expect(errors).toEqual([`${begin}  - location: ${path} (received "backup"). ${such}`]);
  });
});
