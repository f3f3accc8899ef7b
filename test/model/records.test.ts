import { describe, expect, it } from "vitest";
import { type AgentConfig, parseAgentConfig } from "../../model/agentConfig";
import { parseAs, parseJsonAs } from "../../model/parse";
import { standardPolicy } from "../../model/policy";
import * as records from "../../model/records";
import * as specs from "../../model/specs";
import { accepted, lineage, mistakesOf, sha } from "./fixtures";
import type { GenericSchema } from "valibot";

const time = "2026-11-23T04:00:00.000Z";
const config: AgentConfig = {
  format: "neumann-agent/1",
  generation: "g1",
  node: {
    id: "node1",
    address: "127.0.0.1:7878",
    adminUrl: "http://127.0.0.1:9090",
    configFile: "/etc/neumann/config.toml",
    dataDirectory: "/var/lib/neumann",
    programDirectory: null,
    serviceManager: "systemd",
  },
  archive: { kind: "directory", location: "/a", clusterId: "prod", offsite: { kind: "directory", location: "/b" } },
  policy: standardPolicy,
  agentDirectory: "/opt/neumann-backup",
};
const planSpec = { archive: config.archive, restorePoint: "latest", recoveryId: "r", nodes: ["node1"] };
const nodeSpec = {
  node: config.node,
  clusterName: "c",
  peers: ["a:1"],
  others: ["b:1"],
  bootstrap: true,
  start: false,
};

/** One good value of every kind of record and specification. */
const good: Record<string, [GenericSchema, object]> = {
  archive: [records.archiveMarkerSchema, { format: "neumann-archive/1", clusterId: "prod", role: "primary" }],
  lineage: [records.lineageSchema, lineage("l-two", "l-one")],
  stream: [
    records.streamRecordSchema,
    {
      format: "neumann-stream/1",
      stream: "s",
      lineage: "l",
      nodeId: "n",
      createdAt: time,
      firstSegment: "0000000000000000.wal",
      reason: "start",
      parent: "p",
    },
  ],
  pin: [
    records.recoveryPinSchema,
    {
      format: "neumann-recovery/1",
      recoveryId: "r",
      restorePoint: "latest",
      digest: sha("a"),
      firstNode: "n",
      plan: 1,
    },
  ],
  restored: [
    records.recoveryRestoredSchema,
    {
      format: "neumann-recovery-restored/1",
      recoveryId: "r",
      nodeId: "n",
      databaseClusterId: "d",
      lineage: "l",
      index: 5,
      totalEntries: 4,
      restoredAt: time,
      seconds: 1.5,
    },
  ],
  accepted: [records.recoveryAcceptedSchema, accepted("l")],
  claim: [
    records.claimSchema,
    {
      format: "neumann-claim/1",
      name: "full",
      epoch: 1,
      holder: { node: "n", host: "h", pid: 7, started: "1" },
      timeToLiveSeconds: 60,
    },
  ],
  lease: [records.leaseSchema, { format: "neumann-lease/1", leaseId: "x", node: "n", seconds: 60 }],
  watermark: [
    records.watermarkSchema,
    {
      format: "neumann-watermark/1",
      lineage: "l",
      stream: "s",
      at: time,
      leads: true,
      commitIndex: 5,
      openSegment: "x",
      archiveTimeoutSeconds: 60,
    },
  ],
  verification: [
    records.verificationSchema,
    {
      format: "neumann-verification/1",
      depth: "bytes",
      backupId: null,
      at: time,
      seconds: 1.5,
      by: "h",
      places: ["primary", "offsite"],
      backups: 2,
      bytes: 30,
      good: false,
      newest: [{ tier: "full", place: "primary", backupId: "a" }],
      faults: [{ backupId: "b", place: "offsite", problem: "gone" }],
    },
  ],
  "archive-create": [
    specs.archiveCreateSchema,
    { archive: { kind: "directory", location: "/a" }, clusterId: "prod", role: "offsite" },
  ],
  "node-create": [specs.nodeSpecSchema, nodeSpec],
  install: [specs.installSpecSchema, { config, sha256: sha("b"), hold: false }],
  plan: [specs.planSpecSchema, { ...planSpec, approvedPlanDigest: sha("c") }],
  restore: [
    specs.restoreSpecSchema,
    {
      plan: planSpec,
      planDigest: sha("d"),
      node: "node1",
      clusterName: "c",
      members: [{ id: "node1", address: "a:1" }],
    },
  ],
};

/** Keys of the first level that may be absent: unknown values and optional ones. */
const mayBeAbsent = new Set(["verification.newest", "plan.approvedPlanDigest", "node-create.others"]);

describe.each(Object.entries(good))("the record %s", (name, [schema, value]) => {
  it("is the same after it was stored and read", () => {
    expect(parseJsonAs(schema, `${JSON.stringify(value)}\n`, name)).toEqual(value);
  });

  it("is read whatever a later version adds", () => {
    expect(parseAs(schema, { ...value, later: [1] }, name)).toEqual(value);
  });

  it.each(Object.keys(value))("is refused without %s, or with a function there; it is named", (key) => {
    const without = Object.fromEntries(Object.entries(value).filter(([k]) => k !== key));
    const read = (one: object) => () => parseAs(schema, one, name);
    if (mayBeAbsent.has(`${name}.${key}`)) expect(read(without)).not.toThrow();
    else expect(mistakesOf(read(without)).map((m) => m.path)).toEqual([key]);
    if (name === "pin" && key === "plan") return; // Of whatever kind.
    const wrong = { ...value, [key]: () => 1 };
    expect(mistakesOf(read(wrong))[0]?.path.split(".")[0]).toBe(key);
  });
});

it("a lineage without parent is the first one", () => {
  expect(parseAs(records.lineageSchema, lineage("l-one"), "x")).toEqual(lineage("l-one"));
});

it.each(["neumann-lineage/2", "neumann-backup/1", ""])("another format is refused by its name: %j", (format) => {
  expect(mistakesOf(() => parseAs(records.lineageSchema, { ...lineage("l"), format }, "x"))).toEqual([
    { path: "format", problem: 'must be "neumann-lineage/1"', received: format, remedy: "See docs/format.md." },
  ]);
});

it("every record has a format of its own, with a version", () => {
  const formats = Object.values(good).flatMap(([, value]) => ("format" in value ? [value.format as string] : []));
  expect(new Set(formats).size).toBe(formats.length);
  for (const format of formats) expect(format).toMatch(/^neumann-[a-z-]+\/1$/);
});

describe("agent.json", () => {
  it("is read with its policy complete", () => {
    const text = JSON.stringify({ ...config, policy: { full: { retentionDays: 31 } } });
    const policy = { ...standardPolicy, full: { ...standardPolicy.full, retentionDays: 31 } };
    expect(parseAgentConfig(text, "agent.json")).toEqual({ ...config, policy });
  });

  it("is refused with a policy that is none", () => {
    const policies: [unknown, string][] = [
      ["standard", "policy"],
      [[], "policy"],
      [{ full: { retentionDays: 0 } }, "policy.full.retentionDays"],
    ];
    for (const [policy, path] of policies) {
      const text = JSON.stringify({ ...config, policy });
      expect(mistakesOf(() => parseAgentConfig(text, "agent.json")).map((m) => m.path)).toEqual([path]);
    }
  });

  it.each(["tape", ""])("is refused with an archive of kind %j", (kind) => {
    const text = JSON.stringify({ ...config, archive: { ...config.archive, kind } });
    expect(mistakesOf(() => parseAgentConfig(text, "x")).map((m) => m.path)).toEqual(["archive.kind"]);
  });
});
