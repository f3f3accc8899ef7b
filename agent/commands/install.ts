import { answerAhead } from "../ahead";
import { chmod, chown, copyFile, lchown, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type AgentConfig, kubelet, parseGeneration, ServiceManager } from "../../model/agentConfig";
import { Mistakes } from "../../model/mistakes";
import { resolvePolicy } from "../../model/policy";
import type { InstallSpec } from "../../model/specs";
import { openArchives } from "../archive/open";
import { nodeOf, type Node, pathsOf } from "../context";
import { changeConfig, parseConfig, refuseForeignConfig } from "../database/config";
import { ageVersion } from "../host/age";
import { databaseUser } from "../host/asRoot";
import {
  exists,
  hashFile,
  makeDirectory,
  readIfThere,
  removeFile,
  replaceFile,
  syncDirectory,
  temporaryName,
  withFile,
} from "../host/files";
import { checkCronHost, putEntries, removeEntries } from "../host/cron";
import { putUnits, removeUnits } from "../host/systemd";
import { agentProgram, walPushProgram } from "../identity";
import { databaseFiles, readMark } from "../restore/context";
import { InputError } from "../../model/mistakes";
import { Refused, WorldFault } from "../run/errors";
import type { Procedure } from "../run/steps";
import { isClusterId } from "../../model/layout";
import { clusterIdRemedy } from "../../model/reference";
import { rest } from "../run/interrupt";
import { ensureSigner } from "../signing";
import { dropEmpty, dropOldRuntimes, noteDelivery, removeDelivery } from "./delivery";
import { startSchedule, stopSchedule } from "./schedule";
import { handoverCommand } from "../kubernetes/places";

export interface InstallContext {
  spec: InstallSpec;
  node: Node;
  turn?: "follower" | "last";
  result: Record<string, unknown>;
}

/** @throws Refused for a node in a pod. */
export function installContext(spec: InstallSpec): InstallContext {
  refusePod(spec.config);
  return { spec, node: nodeOf(spec.config), result: { nodeId: spec.config.node.id } };
}

/** The pod's init container does there what is done here for a host. */
export function refusePod({ node }: AgentConfig): void {
  if (node.serviceManager !== kubelet) return;
  throw new Refused(
    `${node.id} is a pod's: its agent comes and goes with the pod, by KubernetesBackups and KubernetesCluster. Nothing was changed.`,
  );
}

/** Files of the agent on a host. */
export function programs(config: AgentConfig) {
  const at = (name: string): string => path.join(config.agentDirectory, name);
  return {
    bundle: at("neumann-backup.cjs"),
    walPush: at("neumann-wal-push.cjs"),
    launcher: at("neumann-backup"),
    config: at("agent.json"),
  };
}

/** A restart is due while this file is there: the server reads its configuration at start only. */
export function restartDueFile(config: AgentConfig): string {
  return path.join(pathsOf(config).state, "restart-due");
}

/** Puts the agent on this host and the WAL configuration into `config.toml`; running it again mends what differs. */
export const install: Procedure<InstallContext> = {
  name: "install",
  steps: [
    { name: "check", title: "check the host and the archive", run: check },
    { name: "hold", title: "hold archiving until the recovery is accepted", run: hold },
    { name: "program", title: "copy the agent", run: program },
    { name: "signing-key", title: "make the key that signs this node's backups", run: signingKey },
    { name: "configuration", title: "write the agent's configuration", run: configuration },
    { name: "wal", title: "set archive_command in config.toml", run: wal },
    { name: "schedule", title: "start the schedule", run: schedule },
  ],
};

async function check({ spec, result }: InstallContext): Promise<void> {
  const { config } = spec;
  // What root installs is read by the database's user, whatever mask root is used to.
  if (process.getuid?.() === 0) process.umask(0o022);
  checkNames(config);
  const { configFile } = config.node;
  const text = await readIfThere(configFile);
  if (text === undefined) throw notThere("node.configFile", configFile);
  await refuseWithoutPackage(spec);
  await refuseUnfitHost(config);
  await refuseWithoutAge(config);
  refuseForeignConfig(parseConfig(text, configFile), config.node);
  if ((await hashFile(agentProgram())) !== spec.sha256) {
    throw new Refused(
      `this program is not the agent that was to be installed (SHA-256 ${spec.sha256}): build or install the package again`,
    );
  }
  await openArchives(config.archive);
  result.generation = config.generation;
}

function checkNames({ archive, node, agentDirectory }: AgentConfig): void {
  const mistakes = new Mistakes();
  if (!isClusterId(archive.clusterId))
    mistakes.add("archive.clusterId", "is no name for a cluster", archive.clusterId, clusterIdRemedy);
  const { dataDirectory, configFile, programDirectory } = node;
  if (programDirectory !== null && !path.isAbsolute(programDirectory))
    mistakes.add("node.programDirectory", "must be an absolute path", programDirectory, "Write the whole path.");
  const paths = { "node.dataDirectory": dataDirectory, "node.configFile": configFile, agentDirectory };
  for (const [name, value] of Object.entries(paths)) {
    if (!path.isAbsolute(value)) mistakes.add(name, "must be an absolute path", value, "Write the whole path.");
    if (!/[\s'"\\%]/.test(value)) continue;
    const remedy = "Choose a plain path: it goes into archive_command.";
    mistakes.add(name, "has a space, quote, percent sign or backslash", value, remedy);
  }
  mistakes.throwIfAny("The agent cannot be installed");
}

function notThere(path: string, received: string): InputError {
  const remedy = "Install the database first.";
  return new InputError("The agent cannot be installed", [{ path, problem: "is not there", received, remedy }]);
}

/** Not on the worst day: then a missing package keeps nobody from a recovery. */
async function refuseWithoutPackage({ config, hold }: InstallSpec): Promise<void> {
  const { databasePackage: file } = config.node;
  if (file === undefined || hold) return;
  const mistakes = new Mistakes();
  const add = (problem: string, remedy: string): void => mistakes.add("node.databasePackage", problem, file, remedy);
  if (!path.isAbsolute(file)) add("must be an absolute path", "Write the whole path.");
  else if (!(await isFile(file))) {
    add(
      "is no file on this host",
      "Copy the package there, or leave it out: then the programs alone are kept off-site.",
    );
  }
  mistakes.throwIfAny("The agent cannot be installed");
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

/** The owner of the data folder is who the agent works as: without the folder it is not known. */
async function refuseUnfitHost({ node }: AgentConfig): Promise<void> {
  if (node.serviceManager === ServiceManager.Process) return;
  const systemd = node.serviceManager === ServiceManager.Systemd;
  if (systemd && !(await exists("/run/systemd/system"))) {
    throw new Refused('this host does not run systemd: write serviceManager: "sysv" for it. Nothing was changed.');
  }
  if (process.getuid?.() !== 0) {
    throw new Refused("the agent is installed as root: log in as root, or write sudo: true. Nothing was changed.");
  }
  if (!(await exists(node.dataDirectory))) throw notThere("node.dataDirectory", node.dataDirectory);
  const mistakes = new Mistakes();
  if (!systemd) await checkCronHost(mistakes);
  mistakes.throwIfAny("The agent cannot be installed");
}

/** Later, every backup and every segment of the log would fail, until the disk is full. */
async function refuseWithoutAge({ policy }: AgentConfig): Promise<void> {
  if (resolvePolicy(policy).encryption.recipients.length === 0) return;
  await ageVersion().catch((error: unknown) => {
    if (!(error instanceof WorldFault)) throw error;
    throw new Refused(`${error.message} Nodes encrypt with it for policy.encryption.recipients. Nothing was changed.`);
  });
}

/** Only before there is any data: a node that serves is never held again. */
async function hold({ spec, node }: InstallContext): Promise<void> {
  if (!spec.hold) return;
  const { dataDirectory } = spec.config.node;
  if ((await readMark(dataDirectory)) !== undefined || (await databaseFiles(dataDirectory)).length > 0) return;
  await ownState(spec.config);
  await replaceFile(node.paths.hold, "until the recovery is accepted\n");
  await giveToDatabaseUser(spec.config, [node.paths.hold]);
}

/** A debugger's options do not belong in the agent, and reading extra certificates costs each start 40 ms. */
export function launcherScript(config: AgentConfig, node = process.execPath): string {
  const { bundle, walPush, config: file } = programs(config);
  return `#!/bin/sh
# Made by pulumi-neumann: the backup agent of node ${config.node.id}.
unset NODE_OPTIONS NODE_EXTRA_CA_CERTS
${answerAhead(config)}if [ "$#" = 3 ] && [ "$1" = wal-push ]; then exec ${node} ${walPush} ${file} "$2" "$3"; fi
export NEUMANN_BACKUP_CACHE="\${NEUMANN_BACKUP_CACHE-${config.agentDirectory}/state/cache}"
exec ${node} ${bundle} --config ${file} "$@"
`;
}

async function program({ spec }: InstallContext): Promise<void> {
  const { config } = spec;
  const { bundle, walPush, launcher } = programs(config);
  await makeDirectory(config.agentDirectory);
  await ownState(config);
  if (!(await exists(bundle)) || (await hashFile(bundle)) !== spec.sha256) {
    const temporary = temporaryName(config.agentDirectory);
    await copyFile(agentProgram(), temporary);
    await chmod(temporary, 0o755);
    // Nobody promises that a copy is on the disk: an empty program under its name would archive nothing.
    await withFile(temporary, "r+", (file) => file.sync());
    await rename(temporary, bundle);
    await syncDirectory(config.agentDirectory);
  }
  if ((await readIfThere(walPush)) !== walPushProgram) await replaceFile(walPush, walPushProgram);
  const script = launcherScript(config);
  if ((await readIfThere(launcher)) !== script || !(await isExecutable(launcher))) {
    await replaceFile(launcher, script, 0o755);
  }
  await dropOldRuntimes(config);
  await noteDelivery(config);
}

/** For everybody: the database runs it as its own user. */
export async function isExecutable(file: string): Promise<boolean> {
  return ((await stat(file)).mode & 0o111) === 0o111;
}

/** The agent's notes are the database user's, who writes them; its programs and configuration are root's. */
async function ownState(config: AgentConfig): Promise<void> {
  const { state, leases } = pathsOf(config);
  await makeDirectory(config.agentDirectory);
  await makeDirectory(leases, 0o750);
  await giveToDatabaseUser(config, [state, leases]);
}

async function giveToDatabaseUser(config: AgentConfig, files: readonly string[]): Promise<void> {
  const user = process.getuid?.() === 0 ? await databaseUser(config.node) : undefined;
  if (user === undefined) return;
  // In a folder that is that user's: what lies there may be a link to something that is not.
  for (const file of files) await lchown(file, user.uid, user.gid);
}

/** Once: a new key would have to be trusted anew (docs/decisions/0021-signatures.md). */
async function signingKey({ spec, node, result }: InstallContext): Promise<void> {
  const { keyId, publicKey } = await ensureSigner(node.paths);
  await giveToDatabaseUser(spec.config, [node.paths.signingKey]);
  Object.assign(result, { keyId, publicKey });
}

/** What `agent.json` holds. */
export function configurationText(config: AgentConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

async function configuration({ spec }: InstallContext): Promise<void> {
  const { config } = programs(spec.config);
  const text = configurationText(spec.config);
  const user = process.getuid?.() === 0 ? await databaseUser(spec.config.node) : undefined;
  if ((await readIfThere(config)) !== text) await replaceFile(config, text, user === undefined ? 0o600 : 0o640);
  // It may hold keys of an archive: the database's user reads it, and changes nothing in it.
  if (user !== undefined) await chown(config, 0, user.gid);
}

/** What the database runs for each finished segment. */
export function archiveCommand(config: AgentConfig): string {
  if (config.node.serviceManager === kubelet) return handoverCommand(config.node);
  return `${programs(config).launcher} wal-push %p %f`;
}

/** What `[wal]` of config.toml holds. */
export function walSettings(config: AgentConfig): { archive_command: string; archive_timeout: number } {
  return { archive_command: archiveCommand(config), archive_timeout: config.policy.wal.archiveTimeoutSeconds };
}

async function wal({ spec, result }: InstallContext): Promise<void> {
  const { config } = spec;
  const changes = { wal: walSettings(config) };
  const due = restartDueFile(config);
  // The note first: a death in between restarts once too often, never once too seldom.
  const wasDue = await exists(due);
  await replaceFile(due, "config.toml changed\n");
  const changed = await changeConfig(config.node.configFile, changes);
  if (!changed && !wasDue) await removeFile(due);
  result.restartDue = changed || wasDue;
}

async function schedule({ spec, node }: InstallContext): Promise<void> {
  const { config } = spec;
  if (config.node.serviceManager === ServiceManager.Process) return startSchedule(node);
  // What was put for another service manager would take the same backups.
  if (config.node.serviceManager === ServiceManager.SysV) {
    await removeUnits(config);
    return putEntries(config);
  }
  await removeEntries(config);
  await putUnits(config);
}

/** Restarts the node when that is due: followers in the first turn, whoever led then in the last. */
export const rollout: Procedure<InstallContext> = {
  name: "rollout",
  steps: [{ name: "restart", title: "restart the node if that is due", run: restart }],
};

async function restart(context: InstallContext): Promise<void> {
  const { spec, node, turn, result } = context;
  const due = restartDueFile(spec.config);
  result.restarted = false;
  if (!(await exists(due))) return;
  if (await node.service.running()) {
    const { leaderId, nodeId } = await node.admin.clusterInfo();
    if (turn === "follower" && leaderId === nodeId) return;
    await waitHealthy(node, "before the restart");
    await node.service.stop();
    await node.service.start();
    await waitHealthy(node, "after the restart");
    result.restarted = true;
  }
  await removeFile(due);
}

const healthyDeadlineMs = 120_000;

/** A node that applies what is committed, in a cluster with a healthy quorum. */
export async function waitHealthy(node: Node, when: string): Promise<void> {
  for (const deadline = Date.now() + healthyDeadlineMs; ; await rest(50)) {
    const metrics = await node.http.metrics().catch(() => undefined);
    const info = await node.admin.clusterInfo().catch(() => undefined);
    const caughtUp = metrics !== undefined && info?.leaderId != null && metrics.appliedIndex >= info.commitIndex;
    if (caughtUp && (await node.admin.healthyQuorum())) return;
    if (Date.now() > deadline) {
      throw new WorldFault(
        `the cluster was not healthy ${when} of ${node.config.node.id} for ${healthyDeadlineMs / 1000} s: no further node is restarted`,
      );
    }
  }
}

/** Takes `archive_command` out first and the program last; a later installation is left alone. */
export const uninstall: Procedure<InstallContext> = {
  name: "uninstall",
  steps: [
    { name: "recognise", title: "look which installation is there", run: recognise },
    { name: "wal", title: "take archive_command out of config.toml", run: withdrawWal },
    { name: "program", title: "remove the agent", run: removeProgram },
  ],
};

async function recognise({ spec, result }: InstallContext): Promise<void> {
  const { config: file } = programs(spec.config);
  const text = await readIfThere(file);
  const generation = text === undefined ? undefined : parseGeneration(text, file);
  result.removed = generation === spec.config.generation;
}

async function withdrawWal({ spec, result }: InstallContext): Promise<void> {
  if (result.removed !== true || !(await exists(spec.config.node.configFile))) return;
  const text = await readFile(spec.config.node.configFile, "utf8");
  const configured = parseConfig(text, spec.config.node.configFile).wal?.archive_command;
  if (configured !== archiveCommand(spec.config)) return;
  await changeConfig(spec.config.node.configFile, { wal: { archive_command: undefined, archive_timeout: undefined } });
}

async function removeProgram({ spec, node, result }: InstallContext): Promise<void> {
  if (result.removed !== true) return;
  const { serviceManager } = spec.config.node;
  if (serviceManager === ServiceManager.Process) await stopSchedule(node);
  else if (serviceManager === ServiceManager.SysV) await removeEntries(spec.config);
  else await removeUnits(spec.config);
  const { bundle, walPush, launcher, config } = programs(spec.config);
  // A server that still runs with the old configuration gets a failure for each segment and keeps it.
  for (const file of [launcher, walPush, bundle]) await removeFile(file);
  await rm(node.paths.state, { recursive: true, force: true });
  for (const name of ["runtime", "job", "job.pid"]) {
    await rm(path.join(spec.config.agentDirectory, name), { recursive: true, force: true });
  }
  await removeDelivery(spec.config);
  // Last: by it a run after a death recognises what there is to remove.
  await removeFile(config);
  await dropEmpty(spec.config.agentDirectory);
}
