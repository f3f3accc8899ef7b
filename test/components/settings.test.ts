import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import { readClone, readEnvironment, readRecovery, readRestore } from "../../stacks/settings";
import { messageOf } from "./harness";

const nodes = [{ nodeId: "n1", address: "127.0.0.1:1", adminUrl: "http://127.0.0.1:2", directory: "/srv/n1" }];
const cluster = { clusterId: "prod", nodes: JSON.stringify(nodes), archiveLocation: "/mnt/backup" };

/** The configuration of a stack, as the engine hands it over. */
function config(values: Record<string, string>): pulumi.Config {
  pulumi.runtime.setAllConfig(Object.fromEntries(Object.entries(values).map(([key, value]) => [`test:${key}`, value])));
  return new pulumi.Config("test");
}

beforeEach(() =>
  pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "test", "dev"),
);

describe("readEnvironment", () => {
  it("fills in what is left out", () => {
    expect(readEnvironment(config(cluster))).toEqual({
      clusterId: "prod",
      clusterName: "prod",
      nodes,
      programDirectory: undefined,
      archiveLocation: "/mnt/backup",
      offsiteLocation: undefined,
      policy: undefined,
      places: { primary: { kind: "directory", location: "/mnt/backup" } },
    });
  });

  it("reads everything", () => {
    const all = {
      clusterName: "Prod",
      programDirectory: "/opt",
      offsiteLocation: "/mnt/o",
      policy: `{"full":{"everyMinutes":60}}`,
    };
    expect(readEnvironment(config({ ...cluster, ...all }))).toEqual({
      ...cluster,
      ...all,
      nodes,
      policy: { full: { everyMinutes: 60 } },
      places: {
        primary: { kind: "directory", location: "/mnt/backup" },
        offsite: { kind: "directory", location: "/mnt/o" },
      },
    });
  });

  it("takes buckets as places", () => {
    const query = "region=eu-west-1&endpoint=http://127.0.0.1:9000&credentials-file=/etc/neumann/keys&profile=off";
    const { places } = readEnvironment(
      config({
        ...cluster,
        archiveLocation: "s3://acme-backup/a/b?region=eu-central-1&kms-key=alias/neumann",
        offsiteLocation: `s3://acme-offsite?${query}`,
      }),
    );
    expect(places).toStrictEqual({
      primary: {
        kind: "s3",
        bucket: "acme-backup",
        prefix: "a/b",
        region: "eu-central-1",
        encryption: { kind: "kms", kmsKeyId: "alias/neumann" },
      },
      offsite: {
        kind: "s3",
        bucket: "acme-offsite",
        region: "eu-west-1",
        endpoint: "http://127.0.0.1:9000",
        credentials: { file: "/etc/neumann/keys", profile: "off" },
      },
    });
  });

  it.each<[string, string]>([
    [
      "https://acme-backup",
      'is no place for an archive (received "https://acme-backup"). Write an absolute path, or a bucket as s3://acme-neumann-backup/prod?region=eu-central-1.',
    ],
    [
      "s3://acme-backup",
      'names no region (received "s3://acme-backup"). Write it behind the bucket: s3://acme-neumann-backup/prod?region=eu-central-1.',
    ],
    [
      "s3://b?region=x&secret-key=abc",
      'has an unknown part secret-key (received "s3://b?…"). Use: region, endpoint, force-path-style, encryption, kms-key, credentials-file, profile, ca-file, object-lock, object-lock-days, accept-irreversible-days.',
    ],
    [
      "s3://AKID:SECRET@bucket?region=x",
      'is no place for an archive (received "s3://…@bucket?…"). Write an absolute path, or a bucket as s3://acme-neumann-backup/prod?region=eu-central-1.',
    ],
    ["s3://b?region=x&region=y", 'has region twice (received "s3://b?…"). Write it once.'],
    [
      "s3://b?region=x&force-path-style=1",
      'has no truth value for force-path-style (received "s3://b?…"). Write true or false.',
    ],
  ])("refuses %j as a place", (archiveLocation, message) => {
    expect(messageOf(() => readEnvironment(config({ ...cluster, archiveLocation })))).toBe(
      `The configuration of stack dev cannot be used: 1 mistake\n  - test:archiveLocation: ${message}`,
    );
  });

  it("names everything that is missing, with the command that sets it", () => {
    expect(messageOf(() => readEnvironment(config({})))).toBe(
      [
        "The configuration of stack dev cannot be used: 3 mistakes",
        "  - test:clusterId: is missing (received nothing). Run: pulumi config set clusterId prod",
        `  - test:nodes: is missing (received nothing). Run: pulumi config set nodes '[{"nodeId": "node1", "address": …, "adminUrl": …, "directory": …}, …]'`,
        "  - test:archiveLocation: is missing (received nothing). Run: pulumi config set archiveLocation /mnt/backup/neumann",
      ].join("\n"),
    );
  });

  it.each<[object, string]>([
    [
      { policy: "{" },
      'policy: must be an object (received "{"). Write an object as JSON, or as YAML in the stack\'s file.',
    ],
    [
      { policy: "[]" },
      'policy: must be an object (received "[]"). Write an object as JSON, or as YAML in the stack\'s file.',
    ],
    [{ nodes: "[1]" }, "nodes[0]: must be an object (received 1). Write nodeId, address, adminUrl, directory."],
    [
      { nodes: JSON.stringify([{ ...nodes[0], address: 7 }]) },
      "nodes[0].address: must be a text (received 7). Write it in quotes.",
    ],
    [
      { nodes: JSON.stringify([{ ...nodes[0], port: 7 }]) },
      "nodes[0].port: is not known (received 7). Use: nodeId, address, adminUrl, directory.",
    ],
  ])("says what is wrong with %j", (change, message) => {
    expect(messageOf(() => readEnvironment(config({ ...cluster, ...change })))).toBe(
      `The configuration of stack dev cannot be used: 1 mistake\n  - test:${message}`,
    );
  });
});

describe("readRecovery", () => {
  const recovery = { ...cluster, offsiteLocation: "/mnt/o", recoveryId: "r1" };

  it("reads everything", () => {
    const all = { ...recovery, restorePoint: "latest", approvedPlanDigest: "ab" };
    expect(readRecovery(config(all))).toMatchObject({ ...all, nodes });
  });

  it("needs an off-site location and a name", () => {
    expect(messageOf(() => readRecovery(config(cluster)))).toBe(
      [
        "The configuration of stack dev cannot be used: 2 mistakes",
        "  - test:offsiteLocation: is missing (received nothing). Run: pulumi config set offsiteLocation /mnt/offsite/neumann",
        "  - test:recoveryId: is missing (received nothing). Run: pulumi config set recoveryId 2026-11-23",
      ].join("\n"),
    );
  });
});

describe("readRestore", () => {
  const restore = { recoveryId: "r1", restorePoint: "latest", replaces: "l-0123456789abcdef" };

  it("reads everything", () => {
    expect(readRestore(config({ ...cluster, ...restore, fenced: `["node4"]` }))).toMatchObject({
      ...restore,
      fenced: ["node4"],
      places: { primary: { kind: "directory", location: "/mnt/backup" } },
    });
  });

  it("has no default for what decides which data goes", () => {
    const message = messageOf(() => readRestore(config({ ...cluster, fenced: "node4", repalces: "l-1" })));
    expect(message.split("\n").map((line) => line.replace(/^ *- /, ""))).toEqual([
      "The configuration of stack dev cannot be used: 5 mistakes",
      "test:recoveryId: is missing (received nothing). Run: pulumi config set recoveryId 2026-11-23",
      "test:restorePoint: is missing (received nothing). Run: pulumi config set restorePoint time:2026-11-23T10:30:00Z",
      "test:replaces: is missing (received nothing). Run: pulumi config set replaces l-4d1a09b2c3d4e5f6",
      'test:fenced: must be a list of texts (received "node4"). Write a list of texts as JSON, or as YAML in the stack\'s file.',
      expect.stringContaining("test:repalces: is not known") as string,
    ]);
  });
});

describe("readClone", () => {
  const wanted = {
    sourceClusterId: "prod",
    sourceLocation: "/mnt/backup",
    sourceOffsiteLocation: "s3://away?region=eu-west-1",
    productionNodes: JSON.stringify(nodes),
    recoveryId: "c1",
  };

  it("reads both archives and both lists of nodes", () => {
    const copies = [{ ...nodes[0], nodeId: "copy1", address: "127.0.0.1:3" }];
    const own = { clusterId: "copy", archiveLocation: "/mnt/copy", nodes: JSON.stringify(copies) };
    expect(readClone(config({ ...wanted, ...own }))).toMatchObject({
      nodes: copies,
      productionNodes: nodes,
      places: { primary: { kind: "directory", location: "/mnt/copy" } },
      source: {
        primary: { kind: "directory", location: "/mnt/backup" },
        offsite: { kind: "s3", bucket: "away", region: "eu-west-1" },
      },
    });
  });

  it("names what is missing of production", () => {
    expect(messageOf(() => readClone(config({ ...cluster, recoveryId: "c1" })))).toBe(
      [
        "The configuration of stack dev cannot be used: 3 mistakes",
        "  - test:sourceClusterId: is missing (received nothing). Run: pulumi config set sourceClusterId prod",
        "  - test:sourceLocation: is missing (received nothing). Run: pulumi config set sourceLocation /mnt/backup/neumann",
        `  - test:productionNodes: is missing (received nothing). Run: pulumi config set productionNodes '[{"nodeId": "node1", "address": …, "adminUrl": …, "directory": …}, …]'`,
      ].join("\n"),
    );
  });
});
