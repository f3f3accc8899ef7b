/* eslint-disable max-lines -- a table */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { BucketArchive } from "../components/bucketArchive";
import { ClusterBackups, type ClusterBackupsArgs } from "../components/clusterBackups";
import { ClusterRestore, type ClusterRestoreArgs } from "../components/clusterRestore";
import { DirectoryArchive } from "../components/directoryArchive";
import { DisasterRecovery, type DisasterRecoveryArgs } from "../components/disasterRecovery";
import { LocalNodes } from "../components/localNodes";
import { readEnvironment, readRecovery } from "../stacks/settings";
import { agent, component, digestShown, inProcess, policy, settings, terminal, type Way } from "./bad-input/ways";
import { archive, at, known, manifestOf, node, specs, tarball } from "./bad-input/world";
import { localHosts, publicKeyOf, sshArgs } from "./components/harness";
import { agePairs, lineage } from "./model/fixtures";
import { serializeManifest } from "../model/manifest";

/**
 * What a user can get wrong, and the whole of what is said to it: where, what is wrong, the value received, what to do
 * instead. `…` stands for the world's folder (test/bad-input/world.ts), of which nothing may change.
 */
interface Bad {
  what: string;
  by: Way;
  /** Exit code, where a command has one. */
  code?: number;
  says: string;
}

const place = { kind: "directory", location: "/mnt/backup", clusterId: "prod" };
const away = { kind: "directory", location: "/mnt/offsite" };

/** Arguments of components are what a program in any language may give: more than the types say. */
type Loose<T> = { [K in keyof T]?: unknown };

function backups(change: Loose<ClusterBackupsArgs>): Way {
  const args = { nodes: localHosts(), archive: place, ...change } as ClusterBackupsArgs;
  return component((opts) => new ClusterBackups("prod", args, opts));
}

/** One node by SSH. */
function bySsh(ssh: object | null, host: object = {}): Way {
  const given = ssh === null ? {} : { ssh: { ...sshArgs("db1"), ...ssh } };
  return backups({ nodes: [{ kind: "ssh", nodeId: "node1", address: "10.0.0.1:7878", ...given, ...host }] });
}

function local(change: object): Way {
  return backups({ nodes: [{ ...localHosts(1)[0], ...change }] });
}

function recovery(change: Loose<DisasterRecoveryArgs>): Way {
  const usual = { nodes: localHosts(), archive: { ...place, offsite: away }, recoveryId: "r1" };
  const args = { ...usual, ...change } as DisasterRecoveryArgs;
  return component((opts) => new DisasterRecovery("dr", args, opts));
}

function restore(change: Loose<ClusterRestoreArgs>): Way {
  const named = { restorePoint: "latest", recoveryId: "r1", replaces: "l-0123456789abcdef" };
  const args = { nodes: localHosts(), archive: place, ...named, ...change } as ClusterRestoreArgs;
  return component((opts) => new ClusterRestore("undo", args, opts));
}

const [pair, otherPair] = agePairs;
/** One letter of each is another. */
const wrongLetter = {
  recipient: pair.recipient.replace("glluf", "gllvf"),
  identity: pair.identity.replace("R8VW", "R8VV"),
};

type Options = pulumi.ComponentResourceOptions;

function folders(args: object): Way {
  const all = { clusterId: "prod", location: "/mnt/backup", ...args };
  return component((opts: Options) => new DirectoryArchive("prod", all, opts));
}

function bucket(args: object): Way {
  const all = { clusterId: "prod", bucket: "acme-backup", region: "eu-central-1", ...args };
  return component((opts: Options) => new BucketArchive("prod", all, opts));
}

function localNodes(args: object): Way {
  const nodes = localHosts(1).map(({ kind, ...rest }) => (void kind, rest));
  return component((opts: Options) => new LocalNodes("dev", { clusterName: "dev", nodes, ...args }, opts));
}

/** A bucket on standard input of `archive-create`. */
function s3(change: object): Way {
  const location = { kind: "s3", bucket: "acme-backup", region: "eu-central-1", ...change };
  return agent("archive-create", { stdin: { ...specs.archive, archive: location } });
}

const named = "--archive …/archive --offsite …/offsite --cluster prod";
const cluster = { clusterId: "prod", archiveLocation: "/mnt/backup" };
const nodes = [{ nodeId: "n1", address: "127.0.0.1:1", adminUrl: "http://127.0.0.1:2", directory: "/srv/n1" }];
const environment = { ...cluster, nodes };

/** A recovery to a point, asked for on the command line. */
function plan(point: string, call: Parameters<typeof agent>[1] = {}): Way {
  return agent(`plan ${point}`, call);
}

/** A lineage's record with that text; where one place still has it as it was, that one counts. */
function inBothPlaces(text: string): Record<string, string> {
  return { [at.lineage]: text, [at.lineage.replace("archive", "offsite")]: text };
}

/** The newest backup with another manifest. */
function manifest(change: Parameters<typeof manifestOf>[1] | string): Way {
  const text = typeof change === "string" ? change : serializeManifest(manifestOf(known.newest, change));
  return plan(`backup:${known.newest}`, { files: { [at.manifest()]: text } });
}

const segment = (number: number): string => path.basename(at.segment(number));

/** A query on the newest backup, whose tarball is another. */
function query(content: Buffer, listed: Parameters<typeof manifestOf>[1] = {}): Way {
  const parts = [{ name: "data.tar.zst", bytes: content.length, sha256: "0".repeat(64) }];
  const text = serializeManifest(manifestOf(known.newest, { parts, ...listed }));
  return agent(["query", "--at", `backup:${known.newest}`, "SELECT 1"], {
    files: { [at.manifest()]: text, [at.data()]: content },
  });
}

/** A recovery onto a node that holds something. */
function target(files: Record<string, string>): Way {
  return agent("restore --phase first", { stdin: specs.restore(digestShown), files });
}

/** The newest backup, encrypted: nobody gets as far as its data. */
function encryptedBackup(): Record<string, string> {
  const parts = [{ name: "data.tar.zst.age", bytes: 1, sha256: "0".repeat(64) }];
  const made = manifestOf(known.newest, { parts, encryption: { recipients: [pair.recipient] } });
  return { [at.manifest()]: serializeManifest(made), [`${at.data()}.age`]: "x" };
}

function encryptedPlan(more: object): Way {
  return agent("plan", { stdin: { ...specs.plan, ...more }, files: encryptedBackup() });
}

/** The archived segments from this number on, encrypted. */
function sealedSegments(...numbers: number[]): Record<string, string> {
  const header = `age-encryption.org/v1\n-> X25519 ${"A".repeat(43)}\n${"A".repeat(43)}\n--- ${"A".repeat(43)}\n`;
  return Object.fromEntries(numbers.map((number) => [at.segment(number), header]));
}

/** On a host where none is found. */
function withoutPrograms(way: Way): Way {
  return async () => {
    tarball(); // Made once, by programs.
    const usual = process.env.PATH;
    process.env.PATH = "/nowhere";
    try {
      return await way();
    } finally {
      process.env.PATH = usual;
    }
  };
}

/** What commands cannot do without. */
const needed: Record<string, string> = {
  job: "--",
  query: "--at latest",
  restore: "--phase first",
  rollout: "--turn last",
  runtime: "--architecture x64",
  schedule: "--generation g1",
  software: "--to …/software",
};

/** An installation whose host names a package of the database. */
function packaged(databasePackage: string): object {
  return { ...specs.install, config: { ...specs.install.config, node: { ...node, databasePackage } } };
}

const table: Bad[] = [
  // Policy
  {
    what: "a retention of zero days",
    by: policy({ full: { retentionDays: 0 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.full.retentionDays: must be a whole number from 1 to 36500 (received 0). Leave it out for the standard value, 30.`,
  },
  {
    what: "a number that is a text",
    by: policy({ full: { maxPauseSeconds: "60" } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.full.maxPauseSeconds: must be a whole number from 5 to 3600 (received "60"). Leave it out for the standard value, 60.`,
  },
  {
    what: "a query that would change what it asks",
    by: policy({ verification: { queries: [{ statement: "DELETE FROM t", minimumRows: 1 }] } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.verification.queries[0].statement: must be one SELECT COUNT(…) on one line, without a semicolon (received "DELETE FROM t"). Write such as { statement: "SELECT COUNT(*) FROM orders", minimumRows: 1000 }.`,
  },
  {
    what: "a number that is none",
    by: policy({ full: { everyMinutes: Number.NaN } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.full.everyMinutes: must be a whole number from 1 to 527040 (received NaN). Leave it out for the standard value, 1440.`,
  },
  {
    what: "hours where minutes are meant",
    by: policy({ full: { everyMinutes: 0.5 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.full.everyMinutes: must be a whole number from 1 to 527040 (received 0.5). Leave it out for the standard value, 1440.`,
  },
  {
    what: "a number that JSON does not know",
    by: policy({ wal: { retentionDays: 7n } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.wal.retentionDays: must be a whole number from 1 to 36500 (received 7). Leave it out for the standard value, 30.`,
  },
  {
    what: "a setting that is misspelt",
    by: policy({ wal: { archiveTimeoutSecond: 3 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.wal.archiveTimeoutSecond: is not known (received 3). Use one of: archiveTimeoutSeconds, retentionDays, arrivalDeadlineSeconds, freeSpaceAlarmMebibytes.`,
  },
  {
    what: "a query that would change what it asks",
    by: policy({ verification: { queries: [{ statement: "DELETE FROM t", minimumRows: 1 }] } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.verification.queries[0].statement: must be one SELECT COUNT(…) on one line, without a semicolon (received "DELETE FROM t"). Write such as { statement: "SELECT COUNT(*) FROM orders", minimumRows: 1000 }.`,
  },
  {
    what: "a part that does not exist",
    by: policy({ incremental: {} }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.incremental: is no part of a policy (received {}). Use one of: snapshots, full, offsite, wal, signing, verification, encryption.`,
  },
  {
    what: "a policy that is a word",
    by: policy("daily"),
    says: `The backup policy cannot be used: 1 mistake
  - policy: must be an object (received "daily"). Leave it out for the standard policy.`,
  },
  {
    what: "a part that is a list",
    by: policy({ wal: [] }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.wal: must be an object (received []). Leave it out for the standard values.`,
  },
  {
    what: "backups farther apart than what may be lost",
    by: policy({ snapshots: { everyMinutes: 30 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.snapshots.everyMinutes: backups this far apart cannot keep a recovery point of 15 minutes (received 30). Write at most 15, or raise policy.snapshots.recoveryPointMinutes.`,
  },
  {
    what: "backups that expire before the next",
    by: policy({ offsite: { retentionDays: 6 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.offsite.retentionDays: a backup would expire before the next one is taken (every 10080 minutes) (received 6). Write at least 7, or take backups more often.`,
  },
  {
    what: "no full backup young enough for off-site",
    by: policy({ offsite: { maxSourceAgeHours: 23 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.offsite.maxSourceAgeHours: full backups are taken every 1440 minutes, so most are too old to be copied off-site (received 23). Write at least 24.`,
  },
  {
    what: "an off-site source that is gone by then",
    by: policy({ offsite: { maxSourceAgeHours: 721 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.offsite.maxSourceAgeHours: full backups are kept for 30 days only (received 721). Write at most 720.`,
  },
  {
    what: "a segment that is finished too late",
    by: policy({ wal: { archiveTimeoutSeconds: 600 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.wal.arrivalDeadlineSeconds: a segment may take 600 s to be finished, so good backups would be called void (received 900). Write more than 1200.`,
  },
  {
    what: "a log that is shorter than the snapshots",
    by: policy({ wal: { retentionDays: 6 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.wal.retentionDays: snapshots are kept for 7 days and could not be rolled forward (received 6). Write at least 7.`,
  },
  {
    what: "a pause that is longer than the objective",
    by: policy({ full: { everyMinutes: 1, recoveryPointMinutes: 1, maxPauseSeconds: 61 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.full.maxPauseSeconds: is longer than the recovery point objective (received 61). Write at most 60.`,
  },
  {
    what: "an interval that forbids the schedule",
    by: policy({ snapshots: { minIntervalSeconds: 901 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.snapshots.minIntervalSeconds: contradicts a snapshot every 15 minutes (received 901). Write at most 900.`,
  },
  {
    what: "two mistakes at once",
    by: policy({ full: { keepAtLeast: -1 }, wal: { retentionDays: 1.5 } }),
    says: `The backup policy cannot be used: 2 mistakes
  - policy.full.keepAtLeast: must be a whole number from 1 to 10000 (received -1). Leave it out for the standard value, 3.
  - policy.wal.retentionDays: must be a whole number from 1 to 36500 (received 1.5). Leave it out for the standard value, 30.`,
  },
  {
    what: "a trusted key that is none",
    by: policy({ signing: { trustedKeys: ["node1"] } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.signing.trustedKeys[0]: is no Ed25519 public key (received "node1"). Copy a value of the output publicKeys of ClusterBackups: 60 characters that begin with MCowBQYDK2VwAyEA.`,
  },
  {
    what: "a private key among the trusted ones",
    by: policy({ signing: { trustedKeys: [`-----BEGIN PRIVATE KEY-----\n${"A".repeat(60)}`] } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.signing.trustedKeys[0]: is no Ed25519 public key (received "(not shown)"). Copy a value of the output publicKeys of ClusterBackups: 60 characters that begin with MCowBQYDK2VwAyEA.`,
  },
  {
    what: "one trusted key and no list",
    by: policy({ signing: { trustedKeys: publicKeyOf("node1") } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.signing.trustedKeys: must be a list of public keys (received "(not shown)"). Put it in brackets, even a single one; [] names none.`,
  },

  {
    what: "a recipient with a wrong letter",
    by: policy({ encryption: { recipients: [pair.recipient, wrongLetter.recipient] } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.encryption.recipients[1]: is no X25519 recipient of age, or a letter of it is wrong (received "${wrongLetter.recipient}"). Copy the line that \`age-keygen -y FILE\` prints: 62 characters that begin with age1.`,
  },
  {
    what: "an identity as a recipient",
    by: policy({ encryption: { recipients: [pair.identity] } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.encryption.recipients[0]: is an identity, which opens every backup (received "(not shown)"). Make a new pair with \`age-keygen\` and give its recipient, age1…: this identity has been in a program's text.`,
  },
  {
    what: "one recipient and no list",
    by: policy({ encryption: { recipients: pair.recipient } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.encryption.recipients: must be a list of age recipients (received "${pair.recipient}"). Put it in brackets, even a single one; [] encrypts nothing.`,
  },
  {
    what: "nodes that should restore what they cannot decrypt",
    by: policy({ encryption: { recipients: [pair.recipient] }, verification: { restoreEveryMinutes: 10080 } }),
    says: `The backup policy cannot be used: 1 mistake
  - policy.verification.restoreEveryMinutes: asks nodes to restore what is encrypted, and no node has an identity (received 10080). Leave it out, and run \`verify --depth restore --identity-file FILE\` on a node from time to time.`,
  },
  {
    what: "an identity in the policy of a component",
    by: backups({ policy: { encryption: { recipients: [pair.recipient, pair.identity.toLowerCase()] } } }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - policy.encryption.recipients[1]: is an identity, which opens every backup (received "(not shown)"). Make a new pair with \`age-keygen\` and give its recipient, age1…: this identity has been in a program's text.`,
  },
  {
    what: "an identity where there is no place for one",
    by: backups({ policy: { encryption: { identity: pair.identity } } }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - policy.encryption.identity: is not known (received "(not shown)"). Use one of: recipients.`,
  },
  {
    what: "a repair that is switched on",
    by: backups({ reconcile: true }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - reconcile: must be a text of 1 to 64 characters (received true). Write a text that you change when hosts should be mended, such as 2026-11-25.`,
  },

  // Components: hosts
  {
    what: "no node",
    by: backups({ nodes: [] }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes: must name at least one node (received []). Write one item for each node.`,
  },
  {
    what: "a node that is nothing",
    by: backups({ nodes: [null] }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0]: must be an object (received null). Write kind, nodeId and address of the node.`,
  },
  {
    what: "a host of a kind that is not known",
    by: local({ kind: "docker" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].kind: is no kind of host (received "docker"). Write one of: local, ssh.`,
  },
  {
    what: "a local host without a folder",
    by: local({ directory: undefined }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].directory: is required for a host of kind local (received nothing). Write the folder that holds the node.`,
  },
  {
    what: "a relative folder",
    by: local({ directory: "node1" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].directory: must be an absolute path (received "node1"). Write the whole path, without \`..\`.`,
  },
  {
    what: "a node id that leads out",
    by: local({ nodeId: "../node1" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].nodeId: is no node id (received "../node1"). Use letters, digits, dots and dashes, at most 63, such as node1.`,
  },
  {
    what: "an address without a port",
    by: local({ address: "node1" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].address: must be host:port (received "node1"). Such as node1.internal:7878.`,
  },
  {
    what: "an admin port that the world can reach",
    by: local({ adminUrl: "http://10.0.0.1:9090" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].adminUrl: must be http://host:port on loopback: the admin interface is plain HTTP (received "http://10.0.0.1:9090"). Such as http://127.0.0.1:9090.`,
  },
  {
    what: "an agent inside the data",
    by: local({ dataDirectory: "/d", agentDirectory: "/d/agent" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].agentDirectory: shares a folder with the data, which a restore moves away (received "/d/agent"). Choose a folder outside the data.`,
  },
  {
    what: "a service manager that is not known",
    by: local({ serviceManager: "init" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].serviceManager: is not known (received "init"). Write one of: process, systemd, sysv.`,
  },
  {
    what: "a connection to a local host",
    by: local({ ssh: sshArgs("db1") }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].ssh: contradicts kind local (received "(not shown)"). Write kind ssh, or leave ssh out.`,
  },
  {
    what: "two nodes of one name, in one folder",
    by: backups({ nodes: [...localHosts(1), ...localHosts(1)] }),
    says: `ClusterBackups "prod" cannot be created: 4 mistakes
  - nodes[1].nodeId: names another node too: nodes[0] (received "node1"). Give each node its own.
  - nodes[1].address: is another node's address too: nodes[0] (received "127.0.0.1:7871"). Give each node its own.
  - nodes[1].adminUrl: is another local node's too: nodes[0] (received "http://127.0.0.1:9091"). Give each node its own.
  - nodes[1].directory: shares a folder with another node: nodes[0] (received "/srv/neumann/node1"). Give each node its own.`,
  },
  {
    what: "a host by SSH without a connection",
    by: bySsh(null),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].ssh: is required for a host of kind ssh (received nothing). Write host, user, privateKey and hostKey; each of them may be an output.`,
  },
  {
    what: "a connection that is null",
    by: bySsh(null, { ssh: null }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].ssh: is required for a host of kind ssh (received nothing). Write host, user, privateKey and hostKey; each of them may be an output.`,
  },
  {
    what: "a host by SSH without its key",
    by: bySsh({ hostKey: undefined }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].ssh.hostKey: must be the host's public key: without it any host would be trusted (received nothing). Copy the line of the host's own file /etc/ssh/ssh_host_ed25519_key.pub.`,
  },
  {
    what: "a private key in place of the host's",
    by: bySsh({ hostKey: sshArgs("db1").privateKey, privateKey: "~/.ssh/id_ed25519" }),
    says: `ClusterBackups "prod" cannot be created: 2 mistakes
  - nodes[0].ssh.hostKey: must be the host's public key: without it any host would be trusted (received "(not shown)"). Copy the line of the host's own file /etc/ssh/ssh_host_ed25519_key.pub.
  - nodes[0].ssh.privateKey: must be a private key in PEM or OpenSSH format (received "(not shown)"). Give the file's content, not its name.`,
  },
  {
    what: "a user with an option in it",
    by: bySsh({ user: "-oProxyCommand=x" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].ssh.user: must be a user's name (received "-oProxyCommand=x"). Such as admin.`,
  },
  {
    what: "a port that does not exist",
    by: bySsh({ port: 70_000 }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].ssh.port: must be a whole number from 1 to 65535 (received 70000). Leave it out for the default.`,
  },
  {
    what: "a processor that is not known",
    by: bySsh({ architecture: "amd64" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].ssh.architecture: is not known (received "amd64"). Write one of: x64, arm64.`,
  },
  {
    what: "a jump host without user and key",
    by: bySsh({ jump: { host: "bastion", user: "", hostKey: "ssh-ed25519" } }),
    says: `ClusterBackups "prod" cannot be created: 2 mistakes
  - nodes[0].ssh.jump.user: must be a user's name (received ""). Such as admin.
  - nodes[0].ssh.jump.hostKey: must be the host's public key: without it any host would be trusted (received "ssh-ed25519"). Copy the line of the host's own file /etc/ssh/ssh_host_ed25519_key.pub.`,
  },
  {
    what: "a local folder for a host by SSH",
    by: bySsh({}, { directory: "/srv/node1" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - nodes[0].directory: is for hosts of kind local (received "/srv/node1"). Write dataDirectory, configFile or agentDirectory.`,
  },

  // Components: the rest
  {
    what: "no archive",
    by: backups({ archive: undefined }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - archive: is required (received nothing). Give the reference of an archive, such as new DirectoryArchive(…).reference.`,
  },
  {
    what: "an archive that is null",
    by: backups({ archive: null }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - archive: is required (received null). Give the reference of an archive, such as new DirectoryArchive(…).reference.`,
  },
  {
    what: "an archive of a kind that is not known",
    by: backups({ archive: { ...place, kind: "tape" } }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - archive.kind: is not known (received "tape"). Use one of: directory, s3.`,
  },
  {
    what: "an archive inside a node",
    by: backups({ archive: { ...place, location: "/srv/neumann/node1/b" } }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - archive.location: shares a folder with nodes[0] and would be lost with it (received "/srv/neumann/node1/b"). Choose a folder on another disk, outside every node's folders.`,
  },
  {
    what: "what to do about dead hosts, in other words",
    by: backups({ onUnreachable: "ignore" }),
    says: `ClusterBackups "prod" cannot be created: 1 mistake
  - onUnreachable: is not known (received "ignore"). Write one of: fail, forget.`,
  },
  {
    what: "mistakes in everything",
    by: backups({
      nodes: [{ ...localHosts(1)[0], address: 7 }],
      archive: { ...place, clusterId: "Prod" },
      policy: { wal: { retentionDays: 0 } },
    }),
    says: `ClusterBackups "prod" cannot be created: 3 mistakes
  - nodes[0].address: must be host:port (received 7). Such as node1.internal:7878.
  - policy.wal.retentionDays: must be a whole number from 1 to 36500 (received 0). Leave it out for the standard value, 30.
  - archive.clusterId: is no name for a cluster (received "Prod"). Use lower-case letters, digits and dashes, at most 63, such as prod.`,
  },
  {
    what: "a recovery without off-site copy",
    by: recovery({ archive: place }),
    says: `DisasterRecovery "dr" cannot be created: 1 mistake
  - restorePoint: needs an archive with an off-site copy (received "latest-offsite"). Write archive.offsite, or another restore point.`,
  },
  {
    what: "a recovery's name that leads out",
    by: recovery({ recoveryId: "../r1" }),
    says: `DisasterRecovery "dr" cannot be created: 1 mistake
  - recoveryId: cannot name a recovery (received "../r1"). Use letters, digits, dots and dashes, at most 63, such as 2026-11-23.`,
  },
  {
    what: "an approval that is no digest",
    by: recovery({ approvedPlanDigest: "abc" }),
    says: `DisasterRecovery "dr" cannot be created: 1 mistake
  - approvedPlanDigest: is no digest of a plan (received "abc"). Copy the 64 hex digits after \`plan\` from the preview.`,
  },
  {
    what: "a cluster's name with a space",
    by: recovery({ clusterName: "my cluster" }),
    says: `DisasterRecovery "dr" cannot be created: 1 mistake
  - clusterName: is no name for a cluster (received "my cluster"). Such as prod.`,
  },
  {
    what: "a restore point in no zone",
    by: recovery({ restorePoint: "time:2026-11-23T10:30:00" }),
    says: `DisasterRecovery "dr" cannot be created: 1 mistake
  - restorePoint: has no time zone (received "time:2026-11-23T10:30:00"). Write the time in UTC, to the second, with a Z at its end: time:2026-11-23T10:30:00Z.`,
  },
  {
    what: "a relative archive",
    by: folders({ location: "backup" }),
    says: `DirectoryArchive "prod" cannot be created: 1 mistake
  - location: must be an absolute path (received "backup"). Write the whole path, such as /mnt/backup/neumann.`,
  },
  {
    what: "a bucket as a folder, with keys in it",
    by: folders({ location: "s3://AKID:se/cret@acme" }),
    says: `DirectoryArchive "prod" cannot be created: 1 mistake
  - location: must be an absolute path (received "s3://…@acme"). Write the whole path, such as /mnt/backup/neumann.`,
  },
  {
    what: "an off-site copy inside the archive",
    by: folders({ offsiteLocation: "/mnt/backup/copy" }),
    says: `DirectoryArchive "prod" cannot be created: 1 mistake
  - offsiteLocation: shares the fate of the first archive (received "/mnt/backup/copy"). Choose a folder on another disk, outside the first.`,
  },
  {
    what: "two off-site places",
    by: folders({ offsiteLocation: "/mnt/o", offsite: away }),
    says: `DirectoryArchive "prod" cannot be created: 1 mistake
  - offsiteLocation: stands beside offsite (received "/mnt/o"). Give one of the two.`,
  },
  {
    what: "a bucket's name that is none",
    by: bucket({ bucket: "Acme_Backup" }),
    says: `BucketArchive "prod" cannot be created: 1 mistake
  - bucket: is no name of a bucket (received "Acme_Backup"). Use 3 to 63 lower-case letters, digits, dashes and dots, such as acme-neumann-backup.`,
  },
  {
    what: "a store without a scheme",
    by: bucket({ endpoint: "127.0.0.1:9000" }),
    says: `BucketArchive "prod" cannot be created: 1 mistake
  - endpoint: is no address of a store (received "127.0.0.1:9000"). Write scheme, host and port only, such as https://s3.example.com.`,
  },
  {
    what: "a store with a password in its address",
    by: bucket({ endpoint: "https://me:secret@s3.example.com" }),
    says: `BucketArchive "prod" cannot be created: 1 mistake
  - endpoint: is no address of a store (received "https://…@s3.example.com"). Write scheme, host and port only, such as https://s3.example.com.`,
  },
  {
    what: "keys and a file",
    by: bucket({ credentials: { accessKeyId: "AKID", secretAccessKey: "secret", file: "/k" } }),
    says: `BucketArchive "prod" cannot be created: 1 mistake
  - credentials: has both keys and a file or profile (received "(not shown)"). Give one of them; best a file.`,
  },
  {
    what: "a secret key alone",
    by: bucket({ credentials: { secretAccessKey: "secret" } }),
    says: `BucketArchive "prod" cannot be created: 1 mistake
  - credentials.accessKeyId: is missing (received nothing). Give both keys.`,
  },
  {
    what: "a misspelt credential",
    by: bucket({ credentials: { secretKey: "secret" } }),
    says: `BucketArchive "prod" cannot be created: 1 mistake
  - credentials.secretKey: is not known (received "(not shown)"). Use: file, profile, accessKeyId, secretAccessKey, sessionToken.`,
  },
  {
    what: "credentials that are a text",
    by: bucket({ credentials: "AKID:secret" }),
    says: `BucketArchive "prod" cannot be created: 1 mistake
  - credentials: must be an object (received "(not shown)"). Use: file, profile, accessKeyId, secretAccessKey, sessionToken.`,
  },
  {
    what: "an encryption without its key",
    by: bucket({ encryption: { kind: "kms" } }),
    says: `BucketArchive "prod" cannot be created: 1 mistake
  - encryption.kmsKeyId: does not go with the kind (received nothing). Name the key with kind kms, and none with aes256.`,
  },
  {
    what: "off-site in the same bucket",
    by: bucket({ offsite: { kind: "s3", bucket: "acme-backup", region: "eu-west-1" } }),
    says: `BucketArchive "prod" cannot be created: 1 mistake
  - offsite.bucket: shares the fate of the first archive (received "acme-backup"). Choose another bucket, in another region and under other credentials.`,
  },
  {
    what: "a cluster on this machine without addresses",
    by: localNodes({ clusterName: "", nodes: [{ nodeId: "n1" }] }),
    says: `LocalNodes "dev" cannot be created: 4 mistakes
  - clusterName: is no name for a cluster (received ""). Such as prod.
  - nodes[0].adminUrl: is required for local nodes (received nothing). Such as http://127.0.0.1:9091.
  - nodes[0].directory: is required for a host of kind local (received nothing). Write the folder that holds the node.
  - nodes[0].address: must be host:port (received nothing). Such as node1.internal:7878.`,
  },

  // Stacks' settings
  {
    what: "a stack without settings",
    by: settings(readEnvironment, {}),
    says: `The configuration of stack dev cannot be used: 3 mistakes
  - test:clusterId: is missing (received nothing). Run: pulumi config set clusterId prod
  - test:nodes: is missing (received nothing). Run: pulumi config set nodes '[{"nodeId": "node1", "address": …, "adminUrl": …, "directory": …}, …]'
  - test:archiveLocation: is missing (received nothing). Run: pulumi config set archiveLocation /mnt/backup/neumann`,
  },
  {
    what: "a recovery's stack without name and copy",
    by: settings(readRecovery, environment),
    says: `The configuration of stack dev cannot be used: 2 mistakes
  - test:offsiteLocation: is missing (received nothing). Run: pulumi config set offsiteLocation /mnt/offsite/neumann
  - test:recoveryId: is missing (received nothing). Run: pulumi config set recoveryId 2026-11-23`,
  },
  {
    what: "a misspelt setting",
    by: settings(readEnvironment, { ...environment, offsitelocation: "/mnt/o" }),
    says: `The configuration of stack dev cannot be used: 1 mistake
  - test:offsitelocation: is not known (received "(not shown)"). Use: clusterId, clusterName, nodes, programDirectory, archiveLocation, policy, offsiteLocation, kitFile, reconcile. To take it out: pulumi config rm offsitelocation`,
  },
  {
    what: "nodes that are no list",
    by: settings(readEnvironment, { ...environment, nodes: "node1,node2" }),
    says: `The configuration of stack dev cannot be used: 1 mistake
  - test:nodes: must be a list of nodes (received "node1,node2"). Write a list of nodes as JSON, or as YAML in the stack's file.`,
  },
  {
    what: "a node with a misspelt key",
    by: settings(readEnvironment, { ...environment, nodes: [{ ...nodes[0], dir: "/x" }] }),
    says: `The configuration of stack dev cannot be used: 1 mistake
  - test:nodes[0].dir: is not known (received "/x"). Use: nodeId, address, adminUrl, directory.`,
  },
  {
    what: "a policy that is no JSON",
    by: settings(readEnvironment, { ...environment, policy: "{" }),
    says: `The configuration of stack dev cannot be used: 1 mistake
  - test:policy: must be an object (received "{"). Write an object as JSON, or as YAML in the stack's file.`,
  },
  {
    what: "a bucket without its region",
    by: settings(readEnvironment, { ...environment, archiveLocation: "s3://acme" }),
    says: `The configuration of stack dev cannot be used: 1 mistake
  - test:archiveLocation: names no region (received "s3://acme"). Write it behind the bucket: s3://acme-neumann-backup/prod?region=eu-central-1.`,
  },
  {
    what: "a bucket with keys in its text",
    by: settings(readEnvironment, { ...environment, archiveLocation: "s3://AKID:se/cret@acme?region=x" }),
    says: `The configuration of stack dev cannot be used: 1 mistake
  - test:archiveLocation: is no place for an archive (received "s3://…@acme?…"). Write an absolute path, or a bucket as s3://acme-neumann-backup/prod?region=eu-central-1.`,
  },

  // The agent's configuration
  {
    what: "no configuration",
    by: agent("status", { config: null }),
    code: 2,
    says: `The agent has no configuration: 1 mistake
  - --config: names no file (received "…/agent.json"). Name the agent's configuration with --config FILE; the install step of ClusterBackups writes it.`,
  },
  {
    what: "a configuration that is a folder",
    by: agent("--config …/data status"),
    code: 2,
    says: `The agent has no configuration: 1 mistake
  - --config: is a folder (received "…/data"). Name the agent's configuration with --config FILE; the install step of ClusterBackups writes it.`,
  },
  {
    what: "an empty configuration",
    by: agent("status", { config: "" }),
    code: 2,
    says: `…/agent.json is no configuration of this agent: 1 mistake
  - (the whole): is empty (received ""). Run \`pulumi up\`: the install step writes the file anew.`,
  },
  {
    what: "a configuration that was cut off",
    by: agent("status", { config: '{"format": "neumann-agent/1",' }),
    code: 2,
    says: `…/agent.json is no configuration of this agent: 1 mistake
  - (the whole): is not JSON: Expected double-quoted property name in JSON at position 29 (received "{\\"format\\": \\"neumann-agent/1\\","). Run \`pulumi up\`: the install step writes the file anew.`,
  },
  {
    what: "a cut configuration with keys in it",
    by: agent("status", { config: '{"archive":{"secretAccessKey":"sec' }),
    code: 2,
    says: `…/agent.json is no configuration of this agent: 1 mistake
  - (the whole): is not JSON: it cannot be parsed (received "(not shown)"). Run \`pulumi up\`: the install step writes the file anew.`,
  },
  {
    what: "a configuration of another version",
    by: agent("status", { config: { format: "neumann-agent/9" } }),
    code: 2,
    says: `…/agent.json is no configuration of this agent: 1 mistake
  - format: must be "neumann-agent/1" (received "neumann-agent/9"). Run \`pulumi up\`: the install step writes the file anew.`,
  },
  {
    what: "a configuration without a node",
    by: agent("status", { config: { node: undefined } }),
    code: 2,
    says: `…/agent.json is no configuration of this agent: 1 mistake
  - node: is missing (received nothing). Run \`pulumi up\`: the install step writes the file anew.`,
  },
  {
    what: "a node with nothing right",
    by: agent("status", {
      config: {
        node: { id: "../n", address: "node1", adminUrl: "127.0.0.1:9090", dataDirectory: 7, serviceManager: "init" },
      },
    }),
    code: 2,
    says: `…/agent.json is no configuration of this agent: 5 mistakes
  - node.id: must be a node id: letters, digits, dots and dashes, at most 63 (received "../n"). Run \`pulumi up\`: the install step writes the file anew.
  - node.address: must be host:port, such as node1.internal:7878 (received "node1"). Run \`pulumi up\`: the install step writes the file anew.
  - node.adminUrl: must be http://host:port, such as http://127.0.0.1:9090 (received "127.0.0.1:9090"). Run \`pulumi up\`: the install step writes the file anew.
  - node.dataDirectory: must be a text (received 7). Run \`pulumi up\`: the install step writes the file anew.
  - node.serviceManager: must be one of "process", "systemd", "sysv", "kubelet" (received "init"). Run \`pulumi up\`: the install step writes the file anew.`,
  },
  {
    what: "an archive of an unknown kind",
    by: agent("status", { config: { archive: { kind: "tape" } } }),
    code: 2,
    says: `…/agent.json is no configuration of this agent: 1 mistake
  - archive.kind: must be one of "directory", "s3" (received "tape"). Run \`pulumi up\`: the install step writes the file anew.`,
  },
  {
    what: "credentials that are a text, in the file",
    by: agent("status", { config: { archive: { kind: "s3", bucket: "b", region: "r", credentials: "AKID:secret" } } }),
    code: 2,
    says: `…/agent.json is no configuration of this agent: 1 mistake
  - archive.credentials: must be an object (received "(not shown)"). Run \`pulumi up\`: the install step writes the file anew.`,
  },
  {
    what: "a policy that is wrong on the node",
    by: agent("status", { config: { policy: { wal: { retentionDays: "30d" } } } }),
    code: 2,
    says: `The backup policy cannot be used: 1 mistake
  - policy.wal.retentionDays: must be a whole number from 1 to 36500 (received "30d"). Leave it out for the standard value, 30.`,
  },

  // The command line
  {
    what: "two commands at once",
    by: agent("full snapshot"),
    code: 2,
    says: `error: too many arguments for 'full'. Expected 0 arguments but got 1.
(neumann-backup full --help shows how)`,
  },
  {
    what: "a job of nothing",
    by: agent("job"),
    code: 2,
    says: `error: missing required argument 'words'
(neumann-backup job --help shows how)`,
  },
  {
    what: "a schedule of no installation",
    by: agent("schedule"),
    code: 2,
    says: `error: required option '--generation <name>' not specified
(neumann-backup schedule --help shows how)`,
  },
  {
    what: "an unknown command",
    by: agent("ful"),
    code: 2,
    says: `error: unknown command 'ful'
(Did you mean full?)
(neumann-backup --help shows examples)`,
  },
  {
    what: "an unknown flag",
    by: agent("full --fast"),
    code: 2,
    says: `error: unknown option '--fast'
(neumann-backup full --help shows how)`,
  },
  {
    what: "a flag without its value",
    by: agent("verify --depth"),
    code: 2,
    says: `error: option '--depth <depth>' argument missing
(neumann-backup verify --help shows how)`,
  },
  {
    what: "a missing argument",
    by: agent("wal-push x"),
    code: 2,
    says: `error: missing required argument 'name'
(neumann-backup wal-push --help shows how)`,
  },
  {
    what: "a missing flag",
    by: agent("restore"),
    code: 2,
    says: `error: required option '--phase <phase>' not specified
(neumann-backup restore --help shows how)`,
  },
  {
    what: "two ways to speak at once",
    by: agent("--quiet list"),
    code: 2,
    says: `error: option '--json' cannot be used with option '--quiet'
(neumann-backup --help shows examples)`,
  },
  {
    what: "two formats of the status",
    by: agent("status --prometheus"),
    code: 2,
    says: `The status cannot be printed: 1 mistake
  - --prometheus: contradicts --json: one format is printed (received true). Leave one of them out; --prometheus-file goes with either.`,
  },
  {
    what: "metrics for CloudWatch and JSON at once",
    by: agent("status --emf"),
    code: 2,
    says: `The status cannot be printed: 1 mistake
  - --emf: contradicts --json: one format is printed (received true). Leave one of them out; --prometheus-file goes with either.`,
  },
  {
    what: "metrics for Prometheus and CloudWatch at once",
    by: agent("status --emf --prometheus"),
    code: 2,
    says: `The status cannot be printed: 1 mistake
  - --emf: contradicts --prometheus: one format is printed (received true). Leave one of them out; --prometheus-file goes with either.`,
  },
  {
    what: "metrics that nobody reads",
    by: agent("status --prometheus-file …/none/metrics.txt"),
    code: 2,
    says: `The metrics cannot be written: 2 mistakes
  - --prometheus-file: is no file that the node exporter reads (received "…/none/metrics.txt"). Let its name end with .prom.
  - --prometheus-file: is in a folder that is not there (received "…/none/metrics.txt"). Make the folder that --collector.textfile.directory of the node exporter names, or name it rightly.`,
  },
  {
    what: "alarms for nodes without names",
    by: agent("alert-rules --nodes node1,,-x"),
    code: 2,
    says: `The alerting rules cannot be made: 2 mistakes
  - --nodes: is no node id (received ""). Write node ids with commas between them, such as node1,node2,node3.
  - --nodes: is no node id (received "-x"). Write node ids with commas between them, such as node1,node2,node3.`,
  },
  {
    what: "an archive without its cluster",
    by: agent("list --archive …/archive"),
    code: 2,
    says: `The archive cannot be opened: 1 mistake
  - --cluster: is missing (received nothing). Name the cluster as in the archive's first folder: --cluster prod.`,
  },
  {
    what: "a cluster without its archive",
    by: agent("list --cluster test"),
    code: 2,
    says: `The archive cannot be opened: 1 mistake
  - --cluster: goes with --archive or --offsite only (received "test"). Name the archive too, or leave it out for the cluster of the agent's configuration.`,
  },
  {
    what: "a relative archive by flag",
    by: agent("list --archive backup --cluster prod"),
    code: 2,
    says: `The archive cannot be used: 1 mistake
  - archive.location: must be an absolute path (received "backup"). Write the whole path, such as /mnt/backup/neumann.`,
  },
  {
    what: "a cluster's name that leads out",
    by: agent("list --archive …/archive --cluster ../etc"),
    code: 2,
    says: `The archive cannot be used: 1 mistake
  - archive.clusterId: is no name for a cluster (received "../etc"). Use lower-case letters, digits and dashes, at most 63, such as prod.`,
  },
  {
    what: "a store that is not known",
    by: agent("list --archive gs://acme/x --cluster prod"),
    code: 2,
    says: `The archive cannot be opened: 1 mistake
  - --archive: is no place for an archive (received "gs://acme/x"). Write an absolute path, or a bucket as s3://acme-neumann-backup/prod?region=eu-central-1.`,
  },
  {
    what: "keys in a bucket's text",
    by: agent("list --archive s3://AKID:secret@b?region=x --cluster prod"),
    code: 2,
    says: `The archive cannot be opened: 1 mistake
  - --archive: is no place for an archive (received "s3://…@b?…"). Write an absolute path, or a bucket as s3://acme-neumann-backup/prod?region=eu-central-1.`,
  },
  {
    what: "an unknown part in a bucket's text",
    by: agent("list --archive s3://acme?region=x&key=y --cluster prod"),
    code: 2,
    says: `The archive cannot be opened: 1 mistake
  - --archive: has an unknown part key (received "s3://acme?…"). Use: region, endpoint, force-path-style, encryption, kms-key, credentials-file, profile, ca-file, object-lock, object-lock-days, accept-irreversible-days.`,
  },
  {
    what: "a trusted key that is none, by flag",
    by: agent(`list ${named} --trusted-keys abc`),
    code: 2,
    says: `The signatures cannot be checked: 1 mistake
  - --trusted-keys[0]: is no Ed25519 public key (received "abc"). Copy a value of the output publicKeys of ClusterBackups: 60 characters that begin with MCowBQYDK2VwAyEA.`,
  },
  {
    what: "an unknown tier",
    by: agent("run-due --tiers full,hot"),
    code: 2,
    says: `What is due cannot be done: 1 mistake
  - --tiers: is no tier (received "hot"). Write snapshots, full, offsite with commas between them, or none.`,
  },
  {
    what: "a port that is none",
    by: agent("pod sidecar --pod neumann-0 --port 70000"),
    code: 2,
    says: `The sidecar cannot listen: 1 mistake
  - --port: is no port (received "70000"). Write a number from 1 to 65535, such as 9190.`,
  },
  {
    what: "a depth that is not known",
    by: agent("verify --depth deep"),
    code: 2,
    says: `The backups cannot be verified: 1 mistake
  - --depth: is not known (received "deep"). Write manifest, bytes or restore.`,
  },
  {
    what: "a depth that needs a node, without one",
    by: agent("verify --depth restore --archive /nowhere --cluster prod"),
    code: 2,
    says: `The backups cannot be verified: 1 mistake
  - --depth: needs the database's programs, and so the agent of a node (received "restore"). Run it on a node, without --archive and --offsite; or write bytes.`,
  },
  {
    what: "a backup that is not there",
    by: agent("verify 20260101T000000Z-00000000"),
    code: 2,
    says: `The backup cannot be verified: 1 mistake
  - backup: is not in the archive (received "20260101T000000Z-00000000"). Known backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003, 20261123T040000Z-00000002.`,
  },
  {
    what: "a turn that is not known",
    by: agent("rollout --turn first", { stdin: specs.install }),
    code: 2,
    says: `The node cannot be restarted: 1 mistake
  - --turn: is not known (received "first"). Write follower or last.`,
  },
  {
    what: "a phase that is not known",
    by: agent("restore --phase second", { stdin: specs.restore() }),
    code: 2,
    says: `The recovery cannot go on: 1 mistake
  - --phase: is not known (received "second"). Write one of: gate, first, join, release, base, accept, status.`,
  },
  {
    what: "a phase by a name of the language",
    by: agent("restore --phase constructor", { stdin: specs.restore() }),
    code: 2,
    says: `The recovery cannot go on: 1 mistake
  - --phase: is not known (received "constructor"). Write one of: gate, first, join, release, base, accept, status.`,
  },
  {
    what: "a processor that nothing is built for",
    by: agent("runtime --architecture mips"),
    code: 2,
    says: `The command is wrong: 1 mistake
  - --architecture: is not known (received "mips"). Write one of: x64, arm64.`,
  },
  {
    what: "a prune that names half of it",
    by: agent("prune --archive …/archive --cluster prod"),
    code: 2,
    says: `Nothing can be expired: 2 mistakes
  - --policy: is missing (received nothing). Name a file with the cluster's policy; one with {} means the standard policy.
  - --offsite: is missing (received nothing). Name the off-site archive, or write --no-offsite where the cluster has none.`,
  },
  {
    what: "a prune by a policy that is not there",
    by: agent(`prune ${named} --policy …/none.json`),
    code: 2,
    says: `Nothing can be expired: 1 mistake
  - --policy: names no file (received "…/none.json"). Name a file with the policy as JSON.`,
  },
  {
    what: "a prune by a policy that is no JSON",
    by: agent(`prune ${named} --policy …/etc/config.toml`),
    code: 2,
    says: `Nothing can be expired: 1 mistake
  - --policy …/etc/config.toml: is not JSON: Unexpected token '#' (received "# ours\\n[node]\\nid = \\"node1\\"\\ndata_dir = \\"…/data\\""). Name a file with the policy as JSON.`,
  },
  {
    what: "a policy beside the node's own",
    by: agent("prune --policy …/policy.json", { files: { "…/policy.json": "{}" } }),
    code: 2,
    says: `Nothing can be expired: 1 mistake
  - --policy: goes with --archive only (received "…/policy.json"). Leave it out.`,
  },
  {
    what: "a query without a statement",
    by: agent("query --at latest"),
    code: 2,
    says: `error: missing required argument 'statement'
(neumann-backup query --help shows how)`,
  },
  {
    what: "a query of nothing, of no time",
    by: agent(["query", "--at", "2026-11-23T10:30", "", "SELECT 1\nDROP TABLE t"]),
    code: 2,
    says: `Nothing can be asked: 3 mistakes
  - --at: has no time zone (received "2026-11-23T10:30"). Write the time in UTC, to the second, with a Z at its end: time:2026-11-23T10:30:00Z.
  - statement: is empty (received ""). Write each statement as one argument on one line, such as "SELECT COUNT(*) FROM orders".
  - statement: has more than one line (received "SELECT 1\\nDROP TABLE t"). Write each statement as one argument on one line, such as "SELECT COUNT(*) FROM orders".`,
  },
  {
    what: "a segment that is none",
    by: agent("wal-push …/etc/config.toml config.toml"),
    code: 2,
    says: `wal-push cannot store this: 1 mistake
  - %p %f: is no segment with its path (received "…/etc/config.toml config.toml"). archive_command is: neumann-backup wal-push %p %f`,
  },
  {
    what: "a segment under another name",
    by: agent(`wal-push ${at.segment(4)} ${segment(5)}`),
    code: 2,
    says: `wal-push cannot store this: 1 mistake
  - %p %f: is no segment with its path (received "…/archive/prod/wal/l-one/node1-0011aabb/0000000000000004.wal 0000000000000005.wal"). archive_command is: neumann-backup wal-push %p %f`,
  },
  {
    what: "a segment that is not there",
    by: agent(`wal-push …/data/raft/wal/${segment(6)} ${segment(6)}`),
    code: 2,
    says: `wal-push cannot store this: 1 mistake
  - %p: is not there (received "…/data/raft/wal/0000000000000006.wal"). Give the path of a finished segment, as the database does: nothing else is ever archived.`,
  },
  {
    what: "a segment that is a folder",
    by: agent(`wal-push …/data/${segment(6)} ${segment(6)}`, {
      prepare: ({ folder }) => fs.mkdirSync(path.join(folder, "data", segment(6))),
    }),
    code: 2,
    says: `wal-push cannot store this: 1 mistake
  - %p: is no file (received "…/data/0000000000000006.wal"). Give the path of a finished segment, as the database does: nothing else is ever archived.`,
  },

  // Specifications on standard input
  {
    what: "nothing on standard input",
    by: agent("archive-create"),
    code: 2,
    says: `The specification of archive-create on standard input is wrong: 1 mistake
  - (the whole): is empty (received ""). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a terminal as standard input",
    by: agent("plan", { stdin: terminal }),
    code: 2,
    says: `The specification of plan on standard input is wrong: 1 mistake
  - (the whole): is expected, and standard input is a terminal (received nothing). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a list where an object belongs",
    by: agent("node-create", { stdin: [] }),
    code: 2,
    says: `The specification of node-create on standard input is wrong: 1 mistake
  - (the whole): must be an object (received []). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a role that is not known",
    by: agent("archive-create", { stdin: { ...specs.archive, role: "backup" } }),
    code: 2,
    says: `The specification of archive-create on standard input is wrong: 1 mistake
  - role: must be one of "primary", "offsite" (received "backup"). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "an archive at the root",
    by: agent("archive-create", { stdin: { ...specs.archive, archive: { kind: "directory", location: "/" } } }),
    code: 2,
    says: `The archive cannot be made: 1 mistake
  - archive.location: must be an absolute path (received "/"). Write the whole path, such as /mnt/backup/neumann.`,
  },
  {
    what: "a bucket that is none, at no address",
    by: s3({ bucket: "B", region: "", endpoint: "ftp://x", prefix: "../x" }),
    code: 2,
    says: `The archive cannot be made: 4 mistakes
  - archive.bucket: is no name of a bucket (received "B"). Use 3 to 63 lower-case letters, digits, dashes and dots, such as acme-neumann-backup.
  - archive.region: is no region (received ""). Write it as in eu-central-1.
  - archive.prefix: is no prefix for keys (received "../x"). Use names of letters, digits and ._- with a slash between them, such as neumann/backup.
  - archive.endpoint: is no address of a store (received "ftp://x"). Write scheme, host and port only, such as https://s3.example.com.`,
  },
  {
    what: "keys and a profile",
    by: s3({ credentials: { accessKeyId: "AKID", secretAccessKey: "secret", profile: "p" } }),
    code: 2,
    says: `The archive cannot be made: 1 mistake
  - archive.credentials: has both keys and a file or profile (received "(not shown)"). Give one of them; best a file.`,
  },
  {
    what: "a relative file of keys",
    by: s3({ credentials: { file: "keys" } }),
    code: 2,
    says: `The archive cannot be made: 1 mistake
  - archive.credentials.file: must be an absolute path (received "keys"). Write the whole path, such as /etc/neumann/backup-credentials.`,
  },
  {
    what: "a file of keys that is not there",
    by: s3({ endpoint: "http://127.0.0.1:9", credentials: { file: "…/keys" } }),
    code: 4,
    says: "the archive's credentials cannot be read: ENOENT: no such file or directory, open '…/keys'. Put the file there, readable for the database's user only.",
  },
  {
    what: "a file of keys without any",
    by: s3({ endpoint: "http://127.0.0.1:9", credentials: { file: "…/etc/config.toml" } }),
    code: 4,
    says: "…/etc/config.toml has no keys in [default]: it needs aws_access_key_id and aws_secret_access_key there, a line each.",
  },
  {
    what: "no node to restore on",
    by: agent("plan", { stdin: { ...specs.plan, nodes: [] } }),
    code: 2,
    says: `The specification of plan on standard input is wrong: 1 mistake
  - nodes: must be a list of at least one (received []). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "nothing that a plan needs",
    by: agent("plan", { stdin: {} }),
    code: 2,
    says: `The specification of plan on standard input is wrong: 4 mistakes
  - archive: is missing (received nothing). docs/development.md shows what belongs there; components write it themselves.
  - restorePoint: is missing (received nothing). docs/development.md shows what belongs there; components write it themselves.
  - recoveryId: is missing (received nothing). docs/development.md shows what belongs there; components write it themselves.
  - nodes: is missing (received nothing). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a copy inside the archive",
    by: agent("plan", {
      stdin: { ...specs.plan, archive: { ...archive, offsite: { kind: "directory", location: "…/archive/copy" } } },
    }),
    code: 2,
    says: `The archive cannot be used: 1 mistake
  - archive.offsite.location: shares the fate of the first archive (received "…/archive/copy"). Choose a folder on another disk, outside the first.`,
  },
  {
    what: "a digest that is none",
    by: agent("restore --phase first", { stdin: specs.restore("abc") }),
    code: 2,
    says: `The specification of restore on standard input is wrong: 1 mistake
  - planDigest: must be 64 hex digits (received "abc"). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a node and peers without addresses",
    by: agent("node-create", { stdin: { ...specs.node, node: { ...node, adminUrl: "9090" }, peers: ["node2"] } }),
    code: 2,
    says: `The specification of node-create on standard input is wrong: 2 mistakes
  - node.adminUrl: must be http://host:port, such as http://127.0.0.1:9090 (received "9090"). docs/development.md shows what belongs there; components write it themselves.
  - peers.0: must be host:port, such as node1.internal:7878 (received "node2"). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a relative data folder",
    by: agent("node-create", { stdin: { ...specs.node, node: { ...node, dataDirectory: "data" } } }),
    code: 2,
    says: `The node cannot be made: 1 mistake
  - node.dataDirectory: must be an absolute path (received "data"). Write the whole path.`,
  },
  {
    what: "a node of another manager",
    by: agent("node-create", { stdin: { ...specs.node, node: { ...node, serviceManager: "systemd" } } }),
    code: 2,
    says: `The node cannot be made: 1 mistake
  - node.serviceManager: only nodes of kind process are made here (received "systemd"). Install the database on the host by its package.`,
  },
  {
    what: "paths that cannot stand in archive_command",
    by: agent("install", {
      stdin: {
        ...specs.install,
        config: {
          ...specs.install.config,
          agentDirectory: "/opt/my agent",
          node: { ...node, programDirectory: "bin" },
        },
      },
    }),
    code: 2,
    says: `The agent cannot be installed: 2 mistakes
  - node.programDirectory: must be an absolute path (received "bin"). Write the whole path.
  - agentDirectory: has a space, quote, percent sign or backslash (received "/opt/my agent"). Choose a plain path: it goes into archive_command.`,
  },

  // The database's configuration
  {
    what: "no database",
    by: agent("install", { stdin: specs.install, files: { "…/etc/config.toml": null } }),
    code: 2,
    says: `The agent cannot be installed: 1 mistake
  - node.configFile: is not there (received "…/etc/config.toml"). Install the database first.`,
  },
  {
    what: "a package of the database that is not on the host",
    by: agent("install", { stdin: packaged("…/neumann.deb") }),
    code: 2,
    says: `The agent cannot be installed: 1 mistake
  - node.databasePackage: is no file on this host (received "…/neumann.deb"). Copy the package there, or leave it out: then the programs alone are kept off-site.`,
  },
  {
    what: "a package of the database that is a folder",
    by: agent("install", { stdin: packaged("…/programs") }),
    code: 2,
    says: `The agent cannot be installed: 1 mistake
  - node.databasePackage: is no file on this host (received "…/programs"). Copy the package there, or leave it out: then the programs alone are kept off-site.`,
  },
  {
    what: "a package of the database by half a path",
    by: agent("install", { stdin: packaged("neumann.deb") }),
    code: 2,
    says: `The agent cannot be installed: 1 mistake
  - node.databasePackage: must be an absolute path (received "neumann.deb"). Write the whole path.`,
  },
  {
    what: "a config.toml that is no TOML",
    by: agent("install", { stdin: specs.install, files: { "…/etc/config.toml": "[node\nid =" } }),
    code: 2,
    says: `The database's configuration cannot be read: 1 mistake
  - …/etc/config.toml: is no TOML: line 2, column 1: Table header must be single-line (received "[node\\nid ="). Mend the file; it was not touched.`,
  },
  {
    what: "a config.toml without tables",
    by: agent("install", { stdin: specs.install, files: { "…/etc/config.toml": 'node = "node1"\nwal = 7\n' } }),
    code: 2,
    says: `The database's configuration cannot be read: 2 mistakes
  - …/etc/config.toml: node: must be a table (received "node1"). Write it as [node]; the file was not touched.
  - …/etc/config.toml: wal: must be a table (received 7). Write it as [wal]; the file was not touched.`,
  },
  {
    what: "a config.toml without a node",
    by: agent("node-create", { stdin: specs.node, files: { "…/etc/config.toml": "[cluster]\n" } }),
    code: 3,
    says: "…/etc/config.toml names no [node] id; node1 is expected: nothing was changed. Write the node's id there, or name its own file.",
  },
  {
    what: "another node's config.toml",
    by: agent("install", { stdin: specs.install, files: { "…/etc/config.toml": '[node]\nid = "node7"\n' } }),
    code: 3,
    says: '…/etc/config.toml is of node "node7", not of "node1": nothing was changed. Name the node\'s own file and id.',
  },
  {
    what: "another agent than was promised",
    by: agent("install", { stdin: specs.install }),
    code: 3,
    says: "this program is not the agent that was to be installed (SHA-256 0000000000000000000000000000000000000000000000000000000000000000): build or install the package again",
  },
  {
    what: "an installation that cannot be told",
    by: agent("uninstall", { stdin: specs.install, files: { "…/agent/agent.json": '{"generation":' } }),
    code: 2,
    says: `…/agent/agent.json is no configuration of this agent: 1 mistake
  - (the whole): is not JSON: Unexpected end of JSON input (received "{\\"generation\\":"). Run \`pulumi up\`: the install step writes the file anew.`,
  },

  // Restore points
  {
    what: "a restore point in plain words",
    by: plan("yesterday"),
    code: 2,
    says: `The restore point cannot be used: 1 mistake
  - restorePoint: is no restore point (received "yesterday"). Write one of: latest-offsite | latest | end-of-log[@STREAM] | backup:ID | time:UTC[@STREAM] | index:N. An ID is as \`neumann-backup list\` shows it, a time as 2026-11-23T10:30:00Z.`,
  },
  {
    what: "a time without a zone",
    by: plan("time:2026-11-23T10:30:00"),
    code: 2,
    says: `The restore point cannot be used: 1 mistake
  - restorePoint: has no time zone (received "time:2026-11-23T10:30:00"). Write the time in UTC, to the second, with a Z at its end: time:2026-11-23T10:30:00Z.`,
  },
  {
    what: "a time in another zone",
    by: plan("time:2026-11-23T12:30:00+02:00"),
    code: 2,
    says: `The restore point cannot be used: 1 mistake
  - restorePoint: is not in UTC (received "time:2026-11-23T12:30:00+02:00"). The same moment in UTC is time:2026-11-23T10:30:00Z.`,
  },
  {
    what: "a day that does not exist",
    by: plan("time:2026-02-30T10:30:00Z"),
    code: 2,
    says: `The restore point cannot be used: 1 mistake
  - restorePoint: is no restore point (received "time:2026-02-30T10:30:00Z"). Write one of: latest-offsite | latest | end-of-log[@STREAM] | backup:ID | time:UTC[@STREAM] | index:N. An ID is as \`neumann-backup list\` shows it, a time as 2026-11-23T10:30:00Z.`,
  },
  {
    what: "a time in the future",
    by: plan("time:2999-01-01T00:00:00Z"),
    code: 3,
    says: "Refused: 2999-01-01T00:00:00.000Z, in the future by the clock of this machine, lies after the end of the archived log, which reaches to 0000000000000005.wal of stream node1-0011aabb, stored at 2026-11-23T05:05:00.000Z. No node that led said afterwards whether anything had been written since. Use an earlier time, or end-of-log for all there is.",
  },
  {
    what: "a time after the end of the log",
    by: plan("time:2026-11-23T06:00:00Z"),
    code: 3,
    says: "Refused: 2026-11-23T06:00:00.000Z lies after the end of the archived log, which reaches to 0000000000000005.wal of stream node1-0011aabb, stored at 2026-11-23T05:05:00.000Z. No node that led said afterwards whether anything had been written since. Use an earlier time, or end-of-log for all there is.",
  },
  {
    what: "a time before the first backup",
    by: plan("time:2026-11-01T00:00:00Z"),
    code: 3,
    says: "Refused: 2026-11-01T00:00:00.000Z lies before the first backup that is left: the earliest time that can be restored is 2026-11-23T04:00:30.000Z.",
  },
  {
    what: "a stream that there is not",
    by: plan("end-of-log@node9-00000000"),
    code: 3,
    says: "Refused: no segment of stream node9-00000000 is archived in lineage l-one. Its streams: node1-0011aabb. Name one of them, or none for the best.",
  },
  {
    what: "an index that no backup ends at",
    by: plan("index:950"),
    code: 3,
    says: "Refused: no backup of lineage l-one ends at index 950, and no other index is known before the log is replayed. The nearest: 900 (20261123T040000Z-00000003) and 1000 (20261123T040000Z-00000002). Or use a time.",
  },
  {
    what: "an index that is none",
    by: plan("index:-1"),
    code: 2,
    says: `The restore point cannot be used: 1 mistake
  - restorePoint: is no restore point (received "index:-1"). Write one of: latest-offsite | latest | end-of-log[@STREAM] | backup:ID | time:UTC[@STREAM] | index:N. An ID is as \`neumann-backup list\` shows it, a time as 2026-11-23T10:30:00Z.`,
  },
  {
    what: "a backup that is no id",
    by: plan("backup:newest"),
    code: 2,
    says: `The restore point cannot be used: 1 mistake
  - restorePoint: is no restore point (received "backup:newest"). Write one of: latest-offsite | latest | end-of-log[@STREAM] | backup:ID | time:UTC[@STREAM] | index:N. An ID is as \`neumann-backup list\` shows it, a time as 2026-11-23T10:30:00Z.`,
  },
  {
    what: "a backup that the archive does not hold",
    by: plan("backup:20260101T000000Z-00000000"),
    code: 3,
    says: "Refused: backup 20260101T000000Z-00000000 is not in the archive. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000002, 20261123T040000Z-00000003.",
  },
  {
    what: "a recovery with a path as its name",
    by: plan("latest --recovery-id ../r1"),
    code: 2,
    says: `The recovery cannot be planned: 1 mistake
  - recoveryId: cannot name a recovery (received "../r1"). Use letters, digits, dots and dashes, such as 2026-11-23.`,
  },
  {
    what: "a recovery on nobody",
    by: plan("latest --nodes ,"),
    code: 2,
    says: `The plan cannot be made: 2 mistakes
  - nodes.0: must be a node id: letters, digits, dots and dashes, at most 63 (received ""). Write node ids with commas between them: --nodes node1,node2,node3.
  - nodes.1: must be a node id: letters, digits, dots and dashes, at most 63 (received ""). Write node ids with commas between them: --nodes node1,node2,node3.`,
  },
  {
    what: "another plan than the approved",
    by: agent("plan", { stdin: { ...specs.plan, approvedPlanDigest: "0".repeat(64) } }),
    code: 3,
    says: "Refused: the plan is not the one that was approved: approved 0000000000000000000000000000000000000000000000000000000000000000, now <hex> (backup 20261123T040000Z-00000002). Look at the new plan and approve it, or name the backup: restorePoint backup:ID.",
  },

  // The archive is another than the input says
  {
    what: "a missing mount",
    by: agent("list --archive …/mnt --cluster prod"),
    code: 4,
    says: "…/mnt is not the primary archive of cluster prod: prod/records/archive.json is missing. Is the disk mounted? A new archive is made by DirectoryArchive or `neumann-backup archive-create`.",
  },
  {
    what: "the copy in place of the archive",
    by: agent("list --archive …/offsite --cluster prod"),
    code: 3,
    says: "…/offsite is the offsite archive of cluster prod, not the primary archive of prod. Name the right folder.",
  },
  {
    what: "another cluster's folder",
    by: agent("list --archive …/archive --cluster test"),
    code: 4,
    says: "…/archive is not the primary archive of cluster test: test/records/archive.json is missing. Is the disk mounted? A new archive is made by DirectoryArchive or `neumann-backup archive-create`.",
  },
  {
    what: "another cluster's marker",
    by: agent("list", {
      files: {
        "…/archive/prod/records/archive.json": '{"format":"neumann-archive/1","clusterId":"test","role":"primary"}',
      },
    }),
    code: 3,
    says: "…/archive is the primary archive of cluster test, not the primary archive of prod. Name the right folder.",
  },
  {
    what: "a marker that was cut off",
    by: agent("list", { files: { "…/archive/prod/records/archive.json": "" } }),
    code: 5,
    says: '…/archive/prod/records/archive.json cannot be read: (the whole) is empty (received ""). It is damaged, or a later version wrote it: bring back the file as it was, or use the agent that wrote it.',
  },
  {
    what: "a folder with other things in it",
    by: agent("archive-create", { stdin: specs.archive, files: { "…/new/prod/photo.jpg": "x" } }),
    code: 3,
    says: "…/new holds prod/photo.jpg but no prod/records/archive.json: it is not an archive that this library made. Name an empty folder.",
  },
  {
    what: "an archive under a file",
    by: agent("list --archive …/etc/config.toml --cluster prod"),
    code: 4,
    says: "…/etc/config.toml is not the primary archive of cluster prod: prod/records/archive.json is missing. Is the disk mounted? A new archive is made by DirectoryArchive or `neumann-backup archive-create`.",
  },
  {
    what: "no record of any history",
    by: plan("latest", { files: { [at.lineage]: null, "…/offsite/prod/records/lineages/l-one.json": null } }),
    code: 3,
    says: "Refused: no lineage of prod is recorded in this archive. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000002, 20261123T040000Z-00000003.",
  },
  {
    what: "a damaged record",
    by: plan("latest", { files: inBothPlaces('{"format":"neumann-lineage/1"}') }),
    code: 3,
    says: "Refused: which history is the newest cannot be told: prod/records/lineages/l-one.json cannot be read: lineage is missing (received nothing); clusterId is missing (received nothing); databaseClusterId is missing (received nothing); and 3 more. It is damaged, or a later version wrote it: bring back the file as it was, or use the agent that wrote it. Or name the backup: restorePoint backup:ID. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000002, 20261123T040000Z-00000003.",
  },
  {
    what: "a record of another version",
    by: plan("latest", {
      files: inBothPlaces(JSON.stringify({ ...lineage("l-one"), format: "neumann-lineage/2" })),
    }),
    code: 3,
    says: 'Refused: which history is the newest cannot be told: prod/records/lineages/l-one.json cannot be read: format must be "neumann-lineage/1" (received "neumann-lineage/2"). It is damaged, or a later version wrote it: bring back the file as it was, or use the agent that wrote it. Or name the backup: restorePoint backup:ID. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000002, 20261123T040000Z-00000003.',
  },
  {
    what: "another cluster's record",
    by: plan("latest", { files: inBothPlaces(JSON.stringify({ ...lineage("l-one"), clusterId: "test" })) }),
    code: 3,
    says: 'Refused: which history is the newest cannot be told: prod/records/lineages/l-one.json in …/archive tells of lineage "l-one" of cluster "test": it does not belong there. Take it away, or bring back the record as it was. Or name the backup: restorePoint backup:ID. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000002, 20261123T040000Z-00000003.',
  },
  {
    what: "another recovery's plan",
    by: agent("plan", {
      stdin: specs.plan,
      files: {
        [at.pin]: JSON.stringify({
          format: "neumann-recovery/1",
          recoveryId: "r1",
          restorePoint: "latest",
          digest: "0".repeat(64),
          firstNode: "node1",
          plan: { recoveryId: "r2", clusterId: "prod" },
        }),
      },
    }),
    code: 5,
    says: 'prod/records/recoveries/r1/plan.json holds the plan of recovery "r2" of cluster "prod": somebody put it there. Nothing was touched; use a new recoveryId.',
  },
  {
    what: "a forged plan",
    by: agent("plan", {
      stdin: specs.plan,
      files: {
        [at.pin]: JSON.stringify({
          format: "neumann-recovery/1",
          recoveryId: "r1",
          restorePoint: "latest",
          digest: "0".repeat(64),
          firstNode: "node1",
          plan: { recoveryId: "r1", clusterId: "prod" },
        }),
      },
    }),
    code: 5,
    says: "prod/records/recoveries/r1/plan.json does not hold the plan whose digest it names. Nothing was touched; use a new recoveryId.",
  },
  {
    what: "an empty manifest",
    by: manifest(""),
    code: 3,
    says: 'Refused: backup 20261123T040000Z-00000002 cannot be restored: (the whole) is empty (received ""). Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.',
  },
  {
    what: "a manifest that was cut off",
    by: manifest('{"format":"neumann-backup/1"'),
    code: 3,
    says: 'Refused: backup 20261123T040000Z-00000002 cannot be restored: (the whole) is not JSON: Expected \',\' or \'}\' after property value in JSON at position 28 (received "{\\"format\\":\\"neumann-backup/1\\""). Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.',
  },
  {
    what: "a manifest of another version",
    by: manifest({ format: "neumann-backup/2" as never }),
    code: 3,
    says: 'Refused: backup 20261123T040000Z-00000002 cannot be restored: format must be "neumann-backup/1" (received "neumann-backup/2"). Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.',
  },
  {
    what: "another cluster's manifest",
    by: manifest({ clusterId: "test" }),
    code: 3,
    says: "Refused: backup 20261123T040000Z-00000002 cannot be restored: it belongs to test/full/l-one/20261123T040000Z-00000002. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.",
  },
  {
    what: "a manifest under another name",
    by: manifest({ backupId: known.older }),
    code: 3,
    says: "Refused: backup 20261123T040000Z-00000002 cannot be restored: it belongs to prod/full/l-one/20261123T040000Z-00000001. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.",
  },
  {
    what: "a manifest with a negative size",
    by: manifest({ parts: [{ name: "data.tar.zst", bytes: -3, sha256: "0".repeat(64) }] }),
    code: 3,
    says: "Refused: backup 20261123T040000Z-00000002 cannot be restored: parts.0.bytes must be a whole number, not negative (received -3). Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.",
  },
  {
    what: "a manifest that lists nothing",
    by: manifest({ parts: [] }),
    code: 3,
    says: "Refused: backup 20261123T040000Z-00000002 cannot be restored: the manifest lists no data. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.",
  },
  {
    what: "a manifest that points elsewhere",
    by: manifest({ parts: [{ name: "../../../x", bytes: 3, sha256: "0".repeat(64) }] }),
    code: 3,
    says: "Refused: backup 20261123T040000Z-00000002 cannot be restored: prod/full/data/l-one/20261123T040000Z-00000002/../../../x is missing. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.",
  },
  {
    what: "a backup without its data",
    by: plan(`backup:${known.newest}`, { files: { [at.data()]: null } }),
    code: 3,
    says: "Refused: backup 20261123T040000Z-00000002 cannot be restored: prod/full/data/l-one/20261123T040000Z-00000002/data.tar.zst is missing. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.",
  },
  {
    what: "a backup whose data was cut off",
    by: plan(`backup:${known.newest}`, { files: { [at.data()]: "xy" } }),
    code: 3,
    says: `Refused: backup 20261123T040000Z-00000002 cannot be restored: prod/full/data/l-one/20261123T040000Z-00000002/data.tar.zst has 2 bytes, not ${tarball().length}. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.`,
  },
  {
    what: "a backup that nobody signed",
    by: plan(`backup:${known.newest}`, { config: { policy: { signing: { trustedKeys: [publicKeyOf("node1")] } } } }),
    code: 3,
    says: "Refused: backup 20261123T040000Z-00000002 cannot be restored: it is not signed. No good backup is listed.",
  },
  {
    what: "a forged signature",
    by: manifest({ signature: { keyId: "x", publicKey: "y", value: "z" } }),
    code: 3,
    says: "Refused: backup 20261123T040000Z-00000002 cannot be restored: it names a key for its signature that is none. Good backups: 20261123T040000Z-00000001, 20261123T040000Z-00000003.",
  },
  {
    what: "a tarball that was cut off",
    by: query(tarball().subarray(0, 40)),
    code: 5,
    says: "prod/full/data/l-one/20261123T040000Z-00000002/data.tar.zst cannot be unpacked: the tarball is not whole: zstd failed with exit code 1: <why>. Nothing was put in place. A recovery needs another restore point under a new recoveryId.",
  },
  {
    what: "a tarball of other bytes",
    by: query(randomBytes(64)),
    code: 5,
    says: "prod/full/data/l-one/20261123T040000Z-00000002/data.tar.zst cannot be unpacked: the tarball is not whole: zstd failed with exit code 1: <why>. Nothing was put in place. A recovery needs another restore point under a new recoveryId.",
  },
  {
    what: "the tarball of another backup",
    by: query(tarball(), { files: [] }),
    code: 5,
    says: "prod/full/data/l-one/20261123T040000Z-00000002/data.tar.zst cannot be unpacked: data/raft/snapshots/s1 is not in the manifest. Nothing was put in place. A recovery needs another restore point under a new recoveryId.",
  },
  {
    what: "software of a backup that is not off-site",
    by: agent(`software ${known.newest} --to …/software`),
    code: 2,
    says: `The software cannot be fetched: 1 mistake
  - backup: is not in the off-site archive (received "${known.newest}"). Off-site backups with software: none.`,
  },
  {
    what: "software of a backup that was made by an older agent",
    by: agent(`software ${known.offsite} --to …/software`),
    code: 4,
    says: `backup ${known.offsite} names no software: it was made by an older agent. The next \`neumann-backup offsite\` of an agent of this version stores it.`,
  },
  {
    what: "software where no backup names any",
    by: agent("software --to …/software"),
    code: 4,
    says: "no good off-site backup names software. The next `neumann-backup offsite` of an agent of this version stores it.",
  },
  {
    what: "software of an archive alone",
    by: agent("software --to …/software --archive …/archive --cluster prod"),
    code: 4,
    says: "software lies in the off-site archive, and none can be read: mount it, or name it with --offsite.",
  },
  {
    what: "programs that are not there",
    by: agent("full", { config: { node: { programDirectory: "/nowhere" } } }),
    code: 4,
    says: "/nowhere/neumann-admin was not found. Install it or put it on PATH.",
  },
  {
    what: "a database that does not run",
    by: agent("full"),
    code: 4,
    says: "…/programs/neumann-admin cluster-info failed with exit code 1: no server answers",
  },

  {
    what: "no place for off-site backups",
    by: agent("offsite", { config: { archive: { offsite: undefined } } }),
    code: 3,
    says: "there is no off-site archive: give the archive reference an `offsite` location (DirectoryArchive offsiteLocation)",
  },

  // The target of a recovery
  {
    what: "another node than the recovery's",
    by: agent("restore --phase first", { stdin: { ...specs.restore(), node: "node7" } }),
    code: 3,
    says: "this agent serves node node1, but the recovery was sent to node7 (members: node1). Nothing was touched. Run it on the host of node7, with that node among the members.",
  },
  {
    what: "a phase on nobody",
    by: agent("restore --phase join", { stdin: { ...specs.restore(), members: [] } }),
    code: 2,
    says: `The specification of restore on standard input is wrong: 1 mistake
  - members: must be a list of at least one (received []). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a target that runs",
    by: agent("restore --phase first", { stdin: specs.restore(digestShown), prepare: (world) => world.run() }),
    code: 3,
    says: "a database runs on node1 (http://127.0.0.1:PORT): a recovery never touches a running node. Stop it, or name another node.",
  },
  {
    what: "a target that is not empty",
    by: target({ "…/data/raft/wal/0000000000000000.wal": "rows" }),
    code: 3,
    says: "…/data on node1 is not empty: it holds 1 file, such as raft/wal/0000000000000000.wal. A recovery goes onto empty nodes; nothing was touched.",
  },
  {
    what: "a target without the database's programs",
    by: target({}),
    code: 3,
    says: "node1 has no neumann in …/programs. Install the database on it, or correct programDirectory. Nothing was touched.",
  },
  {
    what: "a target of another recovery",
    by: target({
      "…/data/.neumann-backup-recovery": JSON.stringify({
        format: "neumann-recovery-mark/1",
        recoveryId: "r0",
        digest: "0",
        how: "restored",
      }),
    }),
    code: 3,
    says: "…/data holds the data of recovery r0 (restored); recovery r1 does not touch it. Use empty nodes.",
  },
  {
    what: "a target with another recovery half in place",
    by: target({
      "…/data/.neumann-backup-swap.json": JSON.stringify({ format: "neumann-swap/1", recoveryId: "r0", moves: [] }),
    }),
    code: 3,
    says: "recovery r0 was broken off on node1 while it put data in place (…/data/.neumann-backup-swap.json). Run that recovery to its end, or use an empty node. Nothing was touched.",
  },
  {
    what: "a damaged note in the target",
    by: target({ "…/data/.neumann-backup-recovery": "{" }),
    code: 5,
    says: "…/data/.neumann-backup-recovery cannot be read: (the whole) is not JSON: Expected property name or '}' in JSON at position 1 (received \"{\"). It is damaged, or a later version wrote it: bring back the file as it was, or use the agent that wrote it.",
  },
  {
    what: "a node that joins before the first is restored",
    by: agent("restore --phase join", {
      stdin: { ...specs.restore(), members: [{ id: "node0", address: "127.0.0.1:7877" }, ...specs.restore().members] },
    }),
    code: 3,
    says: "recovery r1 has no restored first node yet: an empty node must not start before it, or it could begin a cluster of its own. Restore the first node, then run this again",
  },
  {
    what: "an acceptance before the restore",
    by: agent("restore --phase accept", { stdin: specs.restore() }),
    code: 3,
    says: "recovery r1 has not restored its first node yet: run its phases in their order, as `pulumi up` does",
  },
  {
    what: "a recovery by an identity with a wrong letter",
    by: recovery({ identity: wrongLetter.identity }),
    says: `DisasterRecovery "dr" cannot be created: 1 mistake
  - identity: is no X25519 identity of age, or a letter of it is wrong (received "(not shown)"). Give the one line of age-keygen's file that begins with AGE-SECRET-KEY-1, as a secret.`,
  },
  {
    what: "a restore in place by the whole file of an identity",
    by: restore({ identity: `# public key: ${pair.recipient}\n${pair.identity}\n` }),
    says: `ClusterRestore "undo" cannot be created: 1 mistake
  - identity: is no X25519 identity of age, or a letter of it is wrong (received "(not shown)"). Give the one line of age-keygen's file that begins with AGE-SECRET-KEY-1, as a secret.`,
  },
  {
    what: "a plan by a recipient in place of an identity",
    by: agent("plan", { stdin: { ...specs.plan, identity: pair.recipient } }),
    code: 2,
    says: `The specification of plan on standard input is wrong: 1 mistake
  - identity: must be an age identity, AGE-SECRET-KEY-1… (received "(not shown)"). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a plan by an identity with a wrong letter",
    by: agent("plan", { stdin: { ...specs.plan, identity: wrongLetter.identity } }),
    code: 2,
    says: `The specification of plan on standard input is wrong: 1 mistake
  - identity: must be an age identity, AGE-SECRET-KEY-1… (received "(not shown)"). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a plan of an encrypted backup without an identity",
    by: encryptedPlan({}),
    code: 3,
    says: `Refused: backup 20261123T040000Z-00000002 is encrypted to ${pair.recipient}, and no identity was given. Give the identity of one of them: \`identity\` of the component, or --identity-file with a file that age-keygen wrote.`,
  },
  {
    what: "a plan of an encrypted backup with another identity",
    by: encryptedPlan({ identity: otherPair.identity }),
    code: 3,
    says: `Refused: backup 20261123T040000Z-00000002 is encrypted to ${pair.recipient}, and the identity that was given opens what is encrypted to ${otherPair.recipient}. Give the identity of one of them: \`identity\` of the component, or --identity-file with a file that age-keygen wrote.`,
  },
  {
    what: "an encrypted log behind a plain backup, without an identity",
    by: agent("plan", {
      stdin: { ...specs.plan, restorePoint: "end-of-log" },
      files: sealedSegments(5),
    }),
    code: 3,
    says: `Refused: the log of node1-0011aabb is encrypted, and no identity was given. Give the identity of one of them: \`identity\` of the component, or --identity-file with a file that age-keygen wrote.`,
  },
  {
    what: "an encrypted log behind a plain backup, by an identity that does not open it",
    by: agent("plan", {
      stdin: { ...specs.plan, restorePoint: "end-of-log", identity: pair.identity },
      files: sealedSegments(5),
    }),
    code: 3,
    says: `Refused: segment 0000000000000005.wal of the log of node1-0011aabb is encrypted to others than ${pair.recipient}, the recipient of the identity that was given: recipients were changed in between. Choose a backup that was taken after the change, or 20261123T040000Z-00000002 without its log: restorePoint backup:20261123T040000Z-00000002.`,
  },
  {
    what: "a log whose first segment only is encrypted, without an identity",
    by: agent("plan", {
      stdin: { ...specs.plan, restorePoint: "end-of-log" },
      files: sealedSegments(4),
    }),
    code: 3,
    says: "Refused: the log of node1-0011aabb is encrypted, and no identity was given. Give the identity of one of them: `identity` of the component, or --identity-file with a file that age-keygen wrote.",
  },
  {
    what: "a verification that restores, without an identity",
    by: agent("verify --depth restore", { files: encryptedBackup() }),
    code: 3,
    says: `Refused: backup 20261123T040000Z-00000002 is encrypted to ${pair.recipient}, and no identity was given. Give the identity of one of them: \`identity\` of the component, or --identity-file with a file that age-keygen wrote.`,
  },
  {
    what: "a look back with a file that is no identity",
    by: agent(["query", "--at", "latest", "--identity-file", "…/id", "SELECT COUNT(*) FROM t"], {
      files: { "…/id": `${wrongLetter.identity}\n` },
    }),
    code: 2,
    says: `The identity cannot be used: 1 mistake
  - --identity-file: holds not exactly one X25519 identity of age (received "(not shown)"). It has one line that begins with AGE-SECRET-KEY-1, and comments, as age-keygen writes it.`,
  },
  {
    what: "a look back with the identity in place of its file",
    by: agent(["query", "--at", "latest", "--identity-file", pair.identity, "SELECT COUNT(*) FROM t"]),
    code: 2,
    says: `The identity cannot be used: 1 mistake
  - --identity-file: is an identity, and not the file of one (received "(not shown)"). Name the file that age-keygen wrote. Others may have seen this one.`,
  },
  {
    what: "a specification with an identity that cannot be parsed",
    by: agent("plan", { stdin: `{"identity":"${pair.identity.slice(15)}` }),
    code: 2,
    says: `The specification of plan on standard input is wrong: 1 mistake
  - (the whole): is not JSON: it cannot be parsed (received "(not shown)"). docs/development.md shows what belongs there; components write it themselves.`,
  },
  {
    what: "a look back with two identities",
    by: agent(["query", "--at", "latest", "--identity-file", "…/id", "SELECT COUNT(*) FROM t"], {
      files: { "…/id": `${pair.identity}\n${otherPair.identity}\n` },
    }),
    code: 2,
    says: `The identity cannot be used: 1 mistake
  - --identity-file: holds not exactly one X25519 identity of age (received "(not shown)"). It has one line that begins with AGE-SECRET-KEY-1, and comments, as age-keygen writes it.`,
  },
  {
    what: "a verification with an identity's file that is not there",
    by: agent("verify --depth restore --identity-file …/nowhere"),
    code: 2,
    says: `The identity cannot be used: 1 mistake
  - --identity-file: cannot be read: ENOENT: no such file or directory, open '…/nowhere' (received "…/nowhere"). Name the file that age-keygen wrote.`,
  },
  {
    what: "a look back at an encrypted backup with another identity",
    by: agent(["query", "--at", `backup:${known.newest}`, "--identity-file", "…/id", "SELECT COUNT(*) FROM t"], {
      files: { ...encryptedBackup(), "…/id": `${otherPair.identity}\n` },
    }),
    code: 3,
    says: `Refused: backup 20261123T040000Z-00000002 is encrypted to ${pair.recipient}, and the identity that was given opens what is encrypted to ${otherPair.recipient}. Give the identity of one of them: \`identity\` of the component, or --identity-file with a file that age-keygen wrote.`,
  },
  {
    what: "a host without age for a policy with recipients",
    by: withoutPrograms(
      agent("install", {
        stdin: {
          ...specs.install,
          config: { ...specs.install.config, policy: { encryption: { recipients: [pair.recipient] } } },
        },
      }),
    ),
    code: 3,
    says: "age was not found. Install it or put it on PATH. Nodes encrypt with it for policy.encryption.recipients. Nothing was changed.",
  },
  {
    what: "a restore in place with wrong names",
    by: restore({ replaces: "prod", fenced: ["node2", 7], restorePoint: undefined }),
    says: `ClusterRestore "undo" cannot be created: 4 mistakes
  - replaces: is no lineage (received "prod"). Write it as \`neumann-backup status\` on a node names it, such as l-4d1a09b2c3d4e5f6.
  - fenced[0]: is also among the nodes (received "node2"). Write it in one place: it is restored, or it is gone.
  - fenced[1]: is no member (received 7). Write the id or the address of a member that never comes back.
  - restorePoint: is required (received nothing). Write what to restore, such as time:2026-11-23T10:30:00Z: there is no default.`,
  },
  {
    what: "a restore in place of what the archive does not know",
    by: agent("plan", { stdin: { ...specs.restore().plan, inPlace: { replaces: "l-0000000000000000", fenced: [] } } }),
    code: 3,
    says: "Refused: no lineage l-0000000000000000 is in the archive, and only what is known by name is put aside. Its lineages: l-one. `neumann-backup status` on a node tells which one it writes.",
  },
  {
    what: "a gate for a recovery onto empty nodes",
    by: agent("restore --phase gate", { stdin: specs.restore() }),
    code: 3,
    says: "recovery r1 goes onto empty nodes: there is nothing to stop. Nothing was touched.",
  },
  {
    what: "giving up what was never begun",
    by: agent("give-up r1"),
    code: 3,
    says: "node1 was not stopped by recovery r1: there is nothing to give up.",
  },
  {
    what: "a plan that is not the one shown",
    by: agent("restore --phase first", { stdin: specs.restore() }),
    code: 3,
    says: "Refused: the archive has changed since the plan was shown: shown 0000000000000000000000000000000000000000000000000000000000000000, now <hex> (backup 20261123T040000Z-00000002). Look at the new plan and run it again; nothing was touched.",
  },
];

it("no command takes a flag that it does not know", async () => {
  const { says } = await inProcess(["--help"]);
  const listed = says.slice(says.indexOf("\nCommands:"), says.indexOf("\nExamples:"));
  const commands = [...listed.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name]) => name as string);
  expect(commands).toContain("wal-push");
  for (const name of commands.filter((found) => found !== "help")) {
    expect(await agent(`${name} --zzz ${needed[name] ?? ""}`)()).toEqual({
      code: 2,
      says: `error: unknown option '--zzz'\n(neumann-backup ${name} --help shows how)`,
      touched: [],
    });
  }
});

it.each(table)("$what", async ({ by, code, says }) => {
  expect(await by()).toEqual({ code, says, touched: [] });
});
