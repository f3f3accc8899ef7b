import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "../..");

/** What the programs are told. The engine keeps all of it as a secret: it holds keys. */
export interface Settings {
  clusterId: string;
  nodes: {
    kind: "ssh";
    nodeId: string;
    address: string;
    serviceManager?: "sysv";
    ssh: { host: string; user: string; privateKey: string; hostKey: string };
  }[];
  archive: Bucket & { offsite: Bucket };
  policy: object;
  recoveryId?: string;
  restorePoint?: string;
  replaces?: string;
  identity?: string;
  reconcile?: string;
}

/** What a program makes. */
export type Kind = "environment" | "recovery" | "restore";

export interface Bucket {
  bucket: string;
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

const head = `"use strict";
const pulumi = require("@pulumi/pulumi");
const neumann = require(${JSON.stringify(root)});
const settings = new pulumi.Config().requireSecretObject("settings");
const plain = JSON.parse(process.env.HOSTS_SHAPE);
const archive = new neumann.BucketArchive("db", {
  clusterId: settings.clusterId,
  bucket: settings.archive.bucket,
  region: settings.archive.region,
  endpoint: settings.archive.endpoint,
  credentials: settings.archive.credentials,
  offsite: settings.archive.offsite.apply((offsite) => ({ kind: "s3", ...offsite })),
});
// What decides which resources there are is plain; connections are not.
const nodes = plain.map(({ nodeId, address, serviceManager }, index) => {
  const { host, user, privateKey, hostKey } = settings.nodes[index].ssh;
  return { kind: "ssh", nodeId, address, serviceManager, ssh: { host, user, privateKey, hostKey } };
});
`;

const environment = `${head}
const { policy, reconcile } = settings;
const backups = new neumann.ClusterBackups("db", { nodes, archive: archive.reference, policy, reconcile });
exports.generation = backups.generation;
`;

const recovery = `${head}
const recovered = new neumann.DisasterRecovery("dr", {
  nodes,
  archive: archive.reference,
  policy: settings.policy,
  recoveryId: settings.recoveryId,
  identity: settings.identity,
});
exports.plan = recovered.plan;
exports.report = recovered.report;
`;

const restore = `${head}
const restored = new neumann.ClusterRestore("undo", {
  nodes,
  archive: archive.reference,
  restorePoint: settings.restorePoint,
  recoveryId: settings.recoveryId,
  replaces: settings.replaces,
  identity: settings.identity,
});
exports.plan = restored.plan;
exports.report = restored.report;
`;

const programs: Record<Kind, string> = { environment, recovery, restore };

/** Writes a program where it finds this package's own modules; gives its folder. */
export function makeProgram(kind: Kind): string {
  const parent = path.join(root, ".work");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, `hosts-${kind}-`));
  const project = { name: kind, main: "index.js", runtime: { name: "nodejs", options: { typescript: false } } };
  writeFileSync(path.join(folder, "Pulumi.yaml"), JSON.stringify(project));
  writeFileSync(path.join(folder, "index.js"), programs[kind]);
  return folder;
}
