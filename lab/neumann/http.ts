import http from "node:http";
import type { Duplex } from "node:stream";
import { endpointText } from "./config";
import { messageOf } from "./files";
import type { Node } from "./node";
import { Session } from "./session";

/** What `cluster-info` shows. */
export function clusterInfo(node: Node) {
  const { core } = node;
  return {
    cluster_id: core.clusterId,
    cluster_name: core.config.clusterName,
    node_id: core.id,
    leader_id: core.leaderId,
    term: core.term,
    commit_index: core.log.commitIndex,
    applied_index: core.store.state.index,
    paused: core.store.state.paused,
    members: core.membership.members.map(({ id, address }) => ({
      id,
      address,
      state: isHealthy(node, id) ? "healthy" : "unreachable",
      role: id === core.leaderId ? "leader" : "follower",
    })),
  };
}

function isHealthy({ core }: Node, id: string): boolean {
  if (core.leaderId === null) return id === core.id;
  return id === core.id || core.healthy.includes(id);
}

function health(node: Node) {
  const { core } = node;
  const members = core.membership.members.map((member) => member.id);
  const healthy = members.filter((id) => isHealthy(node, id)).length;
  const quorum = core.leaderId !== null && healthy >= core.majority;
  return {
    status: !quorum ? "unhealthy" : healthy === members.length ? "healthy" : "degraded",
    node_id: core.id,
    raft_state: core.role,
    term: core.term,
    commit_index: core.log.commitIndex,
    members: members.length,
    healthy_members: healthy,
  };
}

const roles = { follower: 0, candidate: 1, leader: 2 };

function metrics({ core, snapshots }: Node): string {
  const values: [string, string, number][] = [
    ["term", "Current term", core.term],
    ["commit_index", "Last committed entry", core.log.commitIndex],
    ["applied_index", "Last applied entry", core.store.state.index],
    ["entries_total", "Entries in the history of the log", core.log.lastIndex],
    ["wal_size_bytes", "Bytes of all segments", core.log.wal.totalBytes],
    ["raft_state", "0 follower, 1 candidate, 2 leader", roles[core.role]],
    ["snapshot_index", "Index that the newest finished snapshot covers", snapshots.index],
  ];
  return values
    .map(([name, help, value]) => {
      const metric = `tensor_chain_${name}`;
      return `# HELP ${metric} ${help}\n# TYPE ${metric} gauge\n${metric} ${value}\n`;
    })
    .join("");
}

interface Answer {
  code: number;
  type: string;
  text: string;
}

function json(code: number, value: unknown): Answer {
  return { code, type: "application/json", text: `${JSON.stringify(value)}\n` };
}

/** Says 200 when the work is done, 503 with the reason when it is not. */
async function attempt(work: () => Promise<unknown>): Promise<Answer> {
  try {
    await work();
    return json(200, { done: true });
  } catch (error) {
    return json(503, { error: messageOf(error) });
  }
}

function requestSnapshot(node: Node): Answer {
  if (node.core.role !== "leader") return json(409, { error: "not the leader", leader_id: node.core.leaderId });
  if (!node.leader()?.settled) return json(503, { error: "newly elected: try again" });
  node.snapshots.request();
  return json(202, { requested_at_index: node.core.log.commitIndex });
}

async function route(node: Node, call: string): Promise<Answer> {
  switch (call) {
    case "POST /admin/snapshot":
      return requestSnapshot(node);
    case "GET /health":
      return json(200, health(node));
    case "GET /metrics":
      return { code: 200, type: "text/plain; version=0.0.4", text: metrics(node) };
    case "GET /internal/info":
      return json(200, clusterInfo(node));
    case "GET /internal/quorum":
      return attempt(() => node.executor.barrier());
    case "POST /internal/pause-writes":
      return attempt(() => node.executor.pause(true));
    case "POST /internal/resume-writes":
      return attempt(() => node.executor.pause(false));
    default:
      return json(404, { error: `there is no ${call}` });
  }
}

function serveStatements(node: Node, request: http.IncomingMessage, socket: Duplex): void {
  socket.on("error", (error) => node.core.parts.say("debug", `client: ${error.message}`));
  if (request.url !== "/internal/query") {
    socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
    return;
  }
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: neumann\r\n\r\n");
  new Session(node.executor, socket).run().catch((error: unknown) => {
    node.core.parts.say("debug", `client: ${messageOf(error)}`);
    socket.destroy();
  });
}

/** Serves administration and metrics. */
export async function startHttp(node: Node): Promise<() => void> {
  const endpoint = node.core.config.http;
  const sockets = new Set<Duplex>();
  const server = http.createServer((request, response) => {
    const call = `${request.method ?? ""} ${(request.url ?? "").split("?")[0] ?? ""}`;
    request.resume();
    route(node, call)
      .catch((error: unknown) => json(500, { error: messageOf(error) }))
      .then(({ code, type, text }) => response.writeHead(code, { "content-type": type }).end(text))
      .catch((error: unknown) => node.core.parts.say("warn", messageOf(error)));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (request, socket) => serveStatements(node, request, socket));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new Error(`http ${endpointText(endpoint)}: ${error.message}`)));
    server.listen(endpoint.port, endpoint.host, () => resolve());
  });
  return () => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  };
}
