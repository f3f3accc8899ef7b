import type { ProjectFiles } from "./support";

/** What the programs of the projects are told, by their configuration. */
export interface Settings {
  nodes: readonly { nodeId: string; address: string; adminUrl: string; directory: string }[];
  programDirectory: string;
  location: string;
  offsiteLocation: string;
  /** For a recovery: the digest that a preview showed. */
  approvedPlanDigest?: string;
}

export const clusterId = "imported";

const policy = `{ wal: { archiveTimeoutSeconds: 1 } }`;

/** A protected cluster. */
const environment = `
const cluster = new neumann.LocalNodes("db", { clusterName: "${clusterId}", nodes, programDirectory });
const archive = new neumann.DirectoryArchive("db", { clusterId: "${clusterId}", location, offsiteLocation });
const backups = new neumann.ClusterBackups("db", {
  nodes: cluster.hosts,
  archive: archive.reference,
  policy: ${policy},
});
`;

const settingsType = `
interface Settings {
  nodes: LocalNodeArgs[];
  programDirectory: string;
  location: string;
  offsiteLocation: string;
  approvedPlanDigest?: string;
}
`;

const commonJs = `import * as pulumi from "@pulumi/pulumi";
import * as neumann from "pulumi-neumann";
import type { LocalNodeArgs } from "pulumi-neumann";
import { resolvePolicy } from "pulumi-neumann/model";
${settingsType}
const settings = new pulumi.Config().requireObject<Settings>("settings");
const { nodes, programDirectory, location, offsiteLocation } = settings;
${environment}
export const generation: pulumi.Output<string> = backups.generation;
export const resolved: pulumi.Output<neumann.BackupPolicy> = backups.policy;
export const expected: neumann.BackupPolicy = resolvePolicy(${policy});

// The types are checked, and are not any: each of these is a mistake.
export function mistakes(): void {
  // @ts-expect-error a retention is a number
  new neumann.ClusterBackups("x", { nodes: cluster.hosts, archive: archive.reference, policy: { full: { retentionDays: "7" } } });
  // @ts-expect-error a location is required
  new neumann.DirectoryArchive("x", { clusterId: "x" });
  // @ts-expect-error no such option
  new neumann.LocalNodes("x", { clusterName: "x", nodes, replicas: 3 });
}
`;

const esm = `import * as pulumi from "@pulumi/pulumi";
import { DirectoryArchive, DisasterRecovery, LocalNodes } from "pulumi-neumann";
import type { ArchiveReference, LocalNodeArgs, RecoveryPlan, RecoveryReport } from "pulumi-neumann";
import { formatBytes } from "pulumi-neumann/model";
${settingsType}
const settings = new pulumi.Config().requireObject<Settings>("settings");
const { nodes, programDirectory, location, offsiteLocation, approvedPlanDigest } = settings;
const archive = new DirectoryArchive("dr", { clusterId: "${clusterId}", location, offsiteLocation });
const fresh = new LocalNodes("dr", { clusterName: "${clusterId}", nodes, programDirectory, start: false });
const recovered = new DisasterRecovery("dr", {
  archive: archive.reference,
  nodes: fresh.hosts,
  recoveryId: "imported-1",
  policy: ${policy},
  ...(approvedPlanDigest === undefined ? {} : { approvedPlanDigest }),
});
const reference: pulumi.Output<ArchiveReference> = archive.reference;
export const cluster = reference.clusterId;
export const plan: pulumi.Output<RecoveryPlan> = recovered.plan;
export const planDigest = recovered.planDigest;
export const size = plan.apply(({ storedBytes }) => formatBytes(storedBytes));
export const report: pulumi.Output<RecoveryReport> = recovered.report;

export function mistakes(): void {
  // @ts-expect-error a recovery has a name
  new DisasterRecovery("x", { archive: archive.reference, nodes: fresh.hosts });
  // @ts-expect-error there is no such output
  recovered.backup;
}
`;

const javaScript = `"use strict";
const pulumi = require("@pulumi/pulumi");
const neumann = require("pulumi-neumann");
const { resolvePolicy } = require("pulumi-neumann/model");

const { nodes, programDirectory, location, offsiteLocation } = new pulumi.Config().requireObject("settings");
${environment}
exports.schedules = backups.schedules;
exports.resolved = backups.policy;
exports.expected = resolvePolicy(${policy});
`;

function project(name: string, main: string): object {
  return { name, main, runtime: { name: "nodejs", options: { typescript: false } } };
}

/** The strictest settings, also for what the declarations of the packages say. */
const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false };

/** An environment, in TypeScript compiled to CommonJS, with the resolution of modules of older projects. */
export const typeScriptCommonJs: ProjectFiles = {
  "package.json": { name: "typescript-commonjs", private: true },
  "Pulumi.yaml": project("typescript-commonjs", "bin/index.js"),
  "tsconfig.json": {
    compilerOptions: { ...strict, target: "ES2022", module: "commonjs", moduleResolution: "node10", outDir: "bin" },
    files: ["index.ts"],
  },
  "index.ts": commonJs,
};

/** A recovery, in TypeScript as modules of ECMAScript. */
export const typeScriptEsm: ProjectFiles = {
  "package.json": { name: "typescript-esm", private: true, type: "module" },
  "Pulumi.yaml": project("typescript-esm", "bin/index.js"),
  "tsconfig.json": {
    compilerOptions: { ...strict, target: "ES2022", module: "nodenext", verbatimModuleSyntax: true, outDir: "bin" },
    files: ["index.ts"],
  },
  "index.ts": esm,
};

/** An environment in JavaScript, with nothing of TypeScript. */
export const plainJavaScript: ProjectFiles = {
  "package.json": { name: "plain-javascript", private: true },
  "Pulumi.yaml": project("plain-javascript", "index.js"),
  "index.js": javaScript,
};

/** What the program is told that has its components from the plugin. */
export interface RemoteSettings {
  location: string;
  offsiteLocation: string;
  directory: string;
  /** Whether there is a cluster beside the archive. */
  cluster: boolean;
}

/** As the SDKs of other languages do: components by token, inputs by name, everything else is the plugin's. */
const remote = `"use strict";
const pulumi = require("@pulumi/pulumi");

class Remote extends pulumi.ComponentResource {
  constructor(type, name, inputs, outputs) {
    const unknown = Object.fromEntries(outputs.map((output) => [output, undefined]));
    super("pulumi-neumann:index:" + type, name, { ...unknown, ...inputs }, {}, true);
  }
}

const { location, offsiteLocation, directory, cluster } = new pulumi.Config().requireObject("settings");
const archive = new Remote("DirectoryArchive", "db", { clusterId: "remote", location, offsiteLocation }, ["reference"]);
exports.reference = archive.reference;
if (cluster) {
  const places = [1, 2, 3].map((n) => ({
    nodeId: "node" + n,
    address: "127.0.0.1:" + (7870 + n),
    adminUrl: "http://127.0.0.1:" + (9090 + n),
    directory: directory + "/node" + n,
  }));
  const database = new Remote("LocalNodes", "db", { clusterName: "remote", nodes: places }, ["hosts"]);
  const nodes = places.map((place) => ({ kind: "local", ...place }));
  const policy = { wal: { archiveTimeoutSeconds: 30 } };
  const inputs = { nodes, archive: archive.reference, policy };
  exports.hosts = database.hosts;
  exports.policy = new Remote("ClusterBackups", "db", inputs, ["policy"]).policy;
}
`;

/** The plugin lies where npm put it. */
const plugins = { providers: [{ name: "pulumi-neumann", path: "./node_modules/pulumi-neumann" }] };

/** A program that never loads the package: it constructs the components through the engine. */
export const remoteProgram: ProjectFiles = {
  "package.json": { name: "remote", private: true },
  "Pulumi.yaml": { ...project("remote", "index.js"), plugins },
  "index.js": remote,
};

/** For the type checker only: there is no language host for Python beside the one that is built here. */
export const pythonProgram = `import pulumi
import pulumi_pulumi_neumann as neumann

archive = neumann.DirectoryArchive("db", cluster_id="db", location="/srv/archive", offsite_location="/srv/offsite")
nodes = [
    neumann.HostArgsArgs(kind=neumann.HostKind.LOCAL, node_id="node1", address="127.0.0.1:7871", directory="/srv/node1")
]
# An output's type is not an input's, in Python: a reference is written out, or passed on untyped.
reference = neumann.ArchiveReferenceArgs(kind="directory", cluster_id="db", location="/srv/archive")
backups = neumann.ClusterBackups("db", nodes=nodes, archive=reference)
location: pulumi.Output[str | None] = archive.reference.apply(lambda value: value.location)
offsite = neumann.ArchivePlaceArgs(kind="s3", bucket="acme-offsite", region="eu-west-1")
bucket = neumann.BucketArchive("db", cluster_id="db", bucket="acme-backup", region="eu-central-1", offsite=offsite)
neumann.ClusterBackups("x", nodes=nodes, archive="/srv/archive")  # a mistake
neumann.DirectoryArchive("x", cluster_id="x", location=3)  # a mistake
`;
