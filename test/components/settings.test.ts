import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import { readEnvironment, readRecovery } from "../../stacks/settings";
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
    });
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
