import { copyFile, chmod, rename } from "node:fs/promises";
import path from "node:path";
import { type PodSettings, parsePodConfig, raftPort, podAddress } from "../../model/kubernetes/pod";
import { InputError } from "../../model/mistakes";
import { configurationText, walSettings } from "../commands/install";
import { agentConfigFile, pathsOf } from "../context";
import {
  type ConfigChanges,
  type ConfigTables,
  editConfig,
  parseConfig,
  refuseForeignConfig,
} from "../database/config";
import { makeDirectory, readIfThere, replaceFile, syncDirectory, temporaryName, withFile } from "../host/files";
import { agentProgram } from "../identity";
import { WorldFault } from "../run/errors";
import type { Procedure } from "../run/steps";
import { type PodPlaces, sharedPlaces } from "./places";

/** What the init container makes a pod ready with. */
export interface PodConfigure {
  places: PodPlaces;
  /** The pod's name. */
  pod: string;
  settings?: PodSettings;
  /** The database's configuration as the user wrote it. */
  given?: string;
  result: Record<string, unknown>;
}

/** Makes a pod ready for its sidecar and its database; each start of the pod does it anew. */
export const podConfigure: Procedure<PodConfigure> = {
  name: "pod-configure",
  steps: [
    { name: "settings", title: "read the pod's settings and the database's configuration", run: readSettings },
    { name: "folders", title: "make the agent's folders", run: folders },
    { name: "helper", title: "copy what hands segments over", run: helper },
    { name: "agent", title: "write the agent's configuration", run: agent },
    { name: "database", title: "write the database's configuration with archive_command", run: database },
  ],
};

/** @throws InputError when there is none, or it is wrong. */
export async function readPodSettings({ settings }: PodPlaces, pod: string): Promise<PodSettings> {
  const text = await readIfThere(settings);
  if (text !== undefined) return parsePodConfig(text, `${settings} is no configuration of a pod`, pod);
  const remedy = "This runs in a pod of KubernetesBackups or KubernetesCluster: their ConfigMap is mounted there.";
  throw new InputError("The pod has no settings", [
    { path: settings, problem: "is not there", received: undefined, remedy },
  ]);
}

async function readSettings(context: PodConfigure): Promise<void> {
  const settings = await readPodSettings(context.places, context.pod);
  const file = givenFile(context);
  const text = await readIfThere(file);
  if (text === undefined) {
    const remedy = "Name the ConfigMap that holds the database's config.toml, with that key.";
    const mistake = { path: file, problem: "is not there", received: undefined, remedy };
    throw new InputError("The database of this pod has no configuration", [mistake]);
  }
  const tables = parseConfig(text, file);
  // One text serves all pods: where it names a node, it is none of another pod's.
  if (!settings.ownsConfiguration && tables.node?.id !== undefined) {
    refuseForeignConfig(tables, { configFile: file, id: context.pod });
  }
  Object.assign(context, { settings, given: text });
}

function givenFile({ places }: PodConfigure): string {
  return path.join(places.given, "config.toml");
}

function settingsOf({ settings }: PodConfigure): PodSettings {
  if (settings === undefined) throw new Error("the first step reads the settings");
  return settings;
}

async function folders(context: PodConfigure): Promise<void> {
  const { config } = settingsOf(context);
  const { handover, socket } = sharedPlaces(config.node);
  for (const file of [handover, socket, config.node.configFile]) await makeDirectory(path.dirname(file));
  await makeDirectory(pathsOf(config).leases, 0o750);
}

/** It lies beside the agent's program in the image. */
async function helper(context: PodConfigure): Promise<void> {
  const { handover } = sharedPlaces(settingsOf(context).config.node);
  const source = path.join(path.dirname(agentProgram()), path.basename(handover));
  const temporary = temporaryName(path.dirname(handover));
  await copyFile(source, temporary).catch((error: unknown) => {
    throw new WorldFault(
      `${source} cannot be copied into the pod: ${(error as Error).message}. Use the agent's own image.`,
    );
  });
  await chmod(temporary, 0o755);
  await withFile(temporary, "r+", (file) => file.sync());
  await rename(temporary, handover);
  await syncDirectory(path.dirname(handover));
}

async function agent(context: PodConfigure): Promise<void> {
  const { config } = settingsOf(context);
  const file = agentConfigFile(config);
  const text = configurationText(config);
  if ((await readIfThere(file)) !== text) await replaceFile(file, text, 0o640);
}

/** All that is not ours stays as the user wrote it. */
async function database(context: PodConfigure): Promise<void> {
  const settings = settingsOf(context);
  const { config } = settings;
  const file = givenFile(context);
  const changes: ConfigChanges = { wal: walSettings(config) };
  if (settings.ownsConfiguration) Object.assign(changes, ownChanges(settings, parseConfig(context.given ?? "", file)));
  const text = editConfig(context.given ?? "", changes, file);
  await replaceFile(config.node.configFile, text);
  Object.assign(context.result, { nodeId: config.node.id, generation: config.generation });
}

/** What a pod of a cluster of our own has for itself. */
function ownChanges({ pod, pods, domain, config }: PodSettings, tables: ConfigTables): ConfigChanges {
  const given = tables.node?.bind_address;
  const bind = typeof given === "string" ? given : `0.0.0.0:${raftPort}`;
  return {
    node: { id: pod, data_dir: config.node.dataDirectory, bind_address: bind },
    cluster: { peers: pods.filter((other) => other !== pod).map((other) => podAddress(other, domain)) },
  };
}
