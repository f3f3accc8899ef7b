import { stat } from "node:fs/promises";
import {
  type AgentConfig,
  kubelet,
  parseAgentConfig,
  parseInstallation,
  ServiceManager,
} from "../../model/agentConfig";
import { agentTaken, type Drift } from "../../model/drift";
import { show } from "../../model/mistakes";
import type { InstallSpec } from "../../model/specs";
import { nodeOf, type Node, pathsOf } from "../context";
import { parseConfig } from "../database/config";
import { databaseUser } from "../host/asRoot";
import { exists, hashFile, readIfThere } from "../host/files";
import { stoppedEntries, wrongEntries } from "../host/cron";
import { stoppedUnits, wrongUnits } from "../host/systemd";
import { agentProgram, walPushProgram } from "../identity";
import { sharedPlaces } from "../kubernetes/places";
import { whyNobodyListens } from "../kubernetes/walSocket";
import { explain, Refused } from "../run/errors";
import {
  configurationText,
  isExecutable,
  launcherScript,
  programs,
  refusePod,
  restartDueFile,
  walSettings,
} from "./install";
import { scheduleRuns } from "./schedule";

/** What is wrong, in the words of a list. */
type Look = () => Promise<string[]>;

/** What on this host differs from what an installation puts there. Only looks, and asks neither database nor archive. */
export async function drift(spec: InstallSpec): Promise<Drift> {
  refusePod(spec.config);
  if ((await hashFile(agentProgram())) !== spec.sha256) {
    throw new Refused(`this program is not the agent that is to be compared (SHA-256 ${spec.sha256})`);
  }
  const { config } = spec;
  const text = await readIfThere(programs(config).config);
  if (text === undefined && (await isAbsent(config))) return neverThere(config);
  const found = text === undefined ? { generation: config.generation } : generationOf(text, config);
  if (found.generation === config.generation) {
    return { nodeId: config.node.id, state: "current", owner: null, differences: await all(looksAt(spec, text)) };
  }
  const differences = await all(looksAtOther(spec, text ?? ""));
  return { nodeId: config.node.id, state: "other", owner: found.owner ?? null, differences };
}

/** A first installation; but where the database still calls the agent, somebody took it away. */
async function neverThere(config: AgentConfig): Promise<Drift> {
  const { configFile, id: nodeId } = config.node;
  const text = await readIfThere(configFile);
  const configured = text === undefined ? undefined : parseConfig(text, configFile).wal?.archive_command;
  if (configured !== walSettings(config).archive_command) {
    return { nodeId, state: "absent", owner: null, differences: [] };
  }
  return { nodeId, state: "other", owner: null, differences: [agentTaken(configFile)] };
}

async function isAbsent(config: AgentConfig): Promise<boolean> {
  const { bundle, launcher } = programs(config);
  return !(await exists(bundle)) && !(await exists(launcher));
}

/** A text that names none is this installation's, and edited. */
function generationOf(text: string, config: AgentConfig): { generation: string; owner?: string } {
  try {
    return parseInstallation(text, programs(config).config);
  } catch {
    return { generation: config.generation };
  }
}

/** Everything that this very installation put there. */
function looksAt(spec: InstallSpec, text: string | undefined): Look[] {
  const node = nodeOf(spec.config);
  return [
    () => wrongPrograms(spec),
    () => Promise.resolve(wrongConfiguration(spec.config, text)),
    () => wrongState(spec.config),
    () => wrongWal(spec.config),
    () => wrongSchedule(node),
    () => restartDue(spec.config),
  ];
}

/** Another installation is held against its own configuration: that this one is another is no difference by itself. */
function looksAtOther(spec: InstallSpec, text: string): Look[] {
  const { config: file, bundle } = programs(spec.config);
  let config: AgentConfig;
  try {
    config = parseAgentConfig(text, file);
  } catch (error) {
    return [() => Promise.resolve([`${file} cannot be read: ${oneLine(error)}`])];
  }
  const node = nodeOf(config);
  const looks: Look[] = [() => wrongState(config), () => wrongWal(config), () => restartDue(config)];
  const byProgram: Look = async () => {
    // What another version puts there is not known to this one.
    const same = (await exists(bundle)) && (await hashFile(bundle)) === spec.sha256;
    return same ? [...(await wrongPrograms({ ...spec, config })), ...(await wrongSchedule(node))] : stopped(node);
  };
  return [byProgram, ...looks];
}

async function all(looks: readonly Look[]): Promise<string[]> {
  const found: string[] = [];
  for (const look of looks) {
    // What cannot be looked at is not as it should be.
    found.push(...(await look().catch((error: unknown) => [oneLine(error)])));
  }
  return found;
}

function oneLine(error: unknown): string {
  return explain(error).message.replaceAll(/\s*\n\s*/g, " ");
}

async function wrongPrograms({ config, sha256 }: InstallSpec): Promise<string[]> {
  const { bundle, walPush, launcher } = programs(config);
  const wrong: string[] = [];
  const found = (await exists(bundle)) ? await hashFile(bundle) : undefined;
  if (found === undefined) wrong.push(`${bundle} is gone`);
  else if (found !== sha256) wrong.push(`${bundle} is another program (SHA-256 ${found.slice(0, 12)})`);
  const text = await readIfThere(walPush);
  if (text !== walPushProgram) wrong.push(`${walPush} ${text === undefined ? "is gone" : "was edited"}`);
  return [...wrong, ...(await wrongLauncher(config, launcher))];
}

async function wrongLauncher(config: AgentConfig, launcher: string): Promise<string[]> {
  const text = await readIfThere(launcher);
  if (text === undefined) return [`${launcher} is gone`];
  const node = await nodeNamedIn(text, config);
  if (text !== launcherScript(config, node)) return [`${launcher} was edited`];
  if (!(await isExecutable(launcher))) return [`${launcher} cannot be run`];
  return (await exists(node)) ? [] : [`${node}, which runs the agent, is gone`];
}

/** A host's own Node may be any; the one that was brought there is that one only. */
async function nodeNamedIn(text: string, { agentDirectory }: AgentConfig): Promise<string> {
  const brought = process.execPath.startsWith(`${agentDirectory}/`);
  const named = /^exec (\S+) /m.exec(text)?.[1];
  return brought || named === undefined || !(await exists(named)) ? process.execPath : named;
}

/** By names only: values may be keys of an archive. */
function wrongConfiguration(config: AgentConfig, text: string | undefined): string[] {
  const { config: file } = programs(config);
  if (text === undefined) return [`${file} is gone`];
  if (text === configurationText(config)) return [];
  const names = editedKeys(config, text);
  return [`${file} was edited${names.length === 0 ? "" : ` (${names.join(", ")})`}`];
}

function editedKeys(config: AgentConfig, text: string): string[] {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return ["it is no JSON"];
  }
  if (typeof found !== "object" || found === null) return ["it is no object"];
  const [theirs, ours] = [found as Record<string, unknown>, { ...config } as Record<string, unknown>];
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  return keys.filter((key) => JSON.stringify(theirs[key]) !== JSON.stringify(ours[key])).sort();
}

/** What the agent writes into, as the database's user. */
async function wrongState(config: AgentConfig): Promise<string[]> {
  const { state, leases, signingKey } = pathsOf(config);
  const user = process.getuid?.() === 0 ? await databaseUser(config.node) : undefined;
  const wrong: string[] = [];
  for (const folder of [state, leases]) {
    if (!(await exists(folder))) return [`${folder} is gone`];
    if (user !== undefined && (await stat(folder)).uid !== user.uid) wrong.push(`${folder} is not the database user's`);
  }
  if (!(await exists(signingKey))) wrong.push(`${signingKey} is gone: a new key has to be trusted anew`);
  return wrong;
}

/** What `[wal]` of config.toml says otherwise. */
export async function wrongWal(config: AgentConfig): Promise<string[]> {
  const { configFile } = config.node;
  const text = await readIfThere(configFile);
  if (text === undefined) return [`${configFile} is gone`];
  const found = parseConfig(text, configFile).wal ?? {};
  return Object.entries(walSettings(config)).flatMap(([key, right]) =>
    found[key] === right ? [] : [`${key} in ${configFile} is ${show(found[key])}, not ${JSON.stringify(right)}`],
  );
}

/** What keeps backups from being taken when they are due. */
export async function wrongSchedule(node: Node): Promise<string[]> {
  const { serviceManager } = node.config.node;
  if (serviceManager === ServiceManager.Systemd) return wrongUnits(node.config);
  if (serviceManager === ServiceManager.SysV) return wrongEntries(node.config);
  if (serviceManager === kubelet) return wrongSidecar(node.config.node);
  return (await scheduleRuns(node)) ? [] : ["the process that looks for due backups does not run"];
}

/** Whoever takes the segments of a pod also looks for due backups. */
async function wrongSidecar(node: AgentConfig["node"]): Promise<string[]> {
  const { socket } = sharedPlaces(node);
  const why = await whyNobodyListens(socket);
  return why === null ? [] : [`the pod's sidecar does not take segments at ${socket}: ${why}`];
}

/** The same, of an installation whose units are not known. */
async function stopped(node: Node): Promise<string[]> {
  const { serviceManager } = node.config.node;
  if (serviceManager === ServiceManager.Systemd) return stoppedUnits();
  return serviceManager === ServiceManager.SysV ? stoppedEntries() : wrongSchedule(node);
}

async function restartDue(config: AgentConfig): Promise<string[]> {
  if (!(await exists(restartDueFile(config)))) return [];
  return ["the database was not restarted since config.toml changed"];
}
