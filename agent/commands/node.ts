import { connect } from "node:net";
import path from "node:path";
import { stringify } from "@decimalturn/toml-patch";
import { ServiceManager } from "../../model/agentConfig";
import { Mistakes } from "../../model/mistakes";
import type { NodeSpec } from "../../model/specs";
import { Admin } from "../database/admin";
import { parseConfig, refuseForeignConfig } from "../database/config";
import { AdminHttp } from "../database/http";
import { exists, makeDirectory, readIfThere, removeFile, replaceFile } from "../host/files";
import { gateFile } from "../host/gate";
import { serviceOf } from "../host/service";
import { databaseFiles } from "../restore/context";
import { Refused, WorldFault } from "../run/errors";
import type { Procedure } from "../run/steps";
import { rest } from "../run/interrupt";

export interface NodeContext {
  spec: NodeSpec;
  result: Record<string, unknown>;
}

export function nodeContext(spec: NodeSpec): NodeContext {
  return { spec, result: { nodeId: spec.node.id } };
}

/** A node of kind `process`: configuration, data folder, first start. Running it again changes nothing. */
export const nodeCreate: Procedure<NodeContext> = {
  name: "node-create",
  steps: [
    { name: "check", title: "check the specification", run: check },
    { name: "configuration", title: "write config.toml where there is none", run: configuration },
    { name: "initialise", title: "begin the cluster where the data folder is empty", run: initialise },
    { name: "start", title: "start the node", run: start },
    { name: "healthy", title: "wait until it is a healthy member", run: healthy },
  ],
};

/** Stops the process. Data and configuration stay. */
export const nodeDelete: Procedure<NodeContext> = {
  name: "node-delete",
  steps: [
    {
      name: "stop",
      title: "stop the node",
      async run({ spec, result }) {
        const service = serviceOf(spec.node);
        result.stopped = await service.running();
        await service.stop();
      },
    },
  ],
};

function check({ spec }: NodeContext): Promise<void> {
  const mistakes = new Mistakes();
  const { node } = spec;
  mistakes.require(node.serviceManager === ServiceManager.Process, {
    path: "node.serviceManager",
    problem: "only nodes of kind process are made here",
    received: node.serviceManager,
    remedy: "Install the database on the host by its package.",
  });
  for (const [name, value] of Object.entries({ configFile: node.configFile, dataDirectory: node.dataDirectory })) {
    if (!path.isAbsolute(value))
      mistakes.add(`node.${name}`, "must be an absolute path", value, "Write the whole path.");
  }
  mistakes.throwIfAny("The node cannot be made");
  return Promise.resolve();
}

async function configuration({ spec }: NodeContext): Promise<void> {
  const { node } = spec;
  const text = await readIfThere(node.configFile);
  if (text !== undefined) {
    refuseForeignConfig(parseConfig(text, node.configFile), node);
    return;
  }
  await makeDirectory(node.dataDirectory, 0o700);
  const url = new URL(node.adminUrl);
  const tables = {
    node: { id: node.id, data_dir: node.dataDirectory, bind_address: node.address },
    cluster: { name: spec.clusterName, peers: spec.peers },
    storage: { wal_sync_mode: "fsync" },
    metrics: { bind_address: url.host },
  };
  await replaceFile(node.configFile, stringify(tables), 0o600);
}

const initialisedMarker = "initialised";

/** `init-cluster` once: repeated it would start over, which is a loss (hazard 25). A marker is written last. */
async function initialise({ spec, result }: NodeContext): Promise<void> {
  const { node } = spec;
  const marker = path.join(path.dirname(node.configFile), initialisedMarker);
  if (!spec.bootstrap || !spec.start || (await exists(marker))) return;
  // A restore is under way: the start will be refused, and nothing may be begun beside it either.
  if ((await serviceOf(node).running()) || (await exists(gateFile(node)))) return;
  if ((await databaseFiles(node.dataDirectory)).length > 0 && !(await exists(`${marker}.begun`))) return;
  const running = await firstAnswering(spec.others);
  if (running !== undefined) {
    throw new Refused(
      `${node.id} is empty, but ${running} answers: there is a cluster already, and ${node.id} was its first node. Beginning another beside it would part them. ` +
        `Let it join: write [cluster] peers = ["${running}"] into ${node.configFile} and start it once, or recover the cluster on new nodes.`,
    );
  }
  // Data that appears after this note is an unfinished beginning of ours and holds nothing yet.
  await replaceFile(`${marker}.begun`, "");
  await new Admin(node).mustRun(["init-cluster", "--bootstrap"]);
  await replaceFile(marker, "");
  await removeFile(`${marker}.begun`);
  result.initialised = true;
}

/** The first of some raft addresses at which somebody listens. */
async function firstAnswering(addresses: readonly string[]): Promise<string | undefined> {
  for (const address of addresses) {
    const { hostname, port } = new URL(`tcp://${address}`);
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: hostname, port: Number(port), timeout: 1000 }, () => end(true));
      const end = (found: boolean): void => {
        socket.destroy();
        resolve(found);
      };
      socket.on("error", () => end(false));
      socket.on("timeout", () => end(false));
    });
    if (answers) return address;
  }
  return undefined;
}

async function start({ spec, result }: NodeContext): Promise<void> {
  const service = serviceOf(spec.node);
  result.started = false;
  if (!spec.start || (await service.running())) return;
  await service.start();
  result.started = true;
}

const healthyDeadlineMs = 60_000;

async function healthy({ spec }: NodeContext): Promise<void> {
  if (!spec.start) return;
  const admin = new Admin(spec.node);
  const http = new AdminHttp(spec.node.adminUrl);
  for (const deadline = Date.now() + healthyDeadlineMs; ; await rest(50)) {
    if ((await http.answers()) && (await admin.healthyQuorum()) && (await isMember(admin, spec.node.id))) return;
    if (Date.now() > deadline) {
      throw new WorldFault(
        `${spec.node.id} is no healthy member after ${healthyDeadlineMs / 1000} s. Its log lies beside ${spec.node.configFile}`,
      );
    }
  }
}

async function isMember(admin: Admin, id: string): Promise<boolean> {
  const info = await admin.clusterInfo().catch(() => undefined);
  return info?.leaderId != null && info.members.some((member) => member.id === id);
}
