import fs from "node:fs";
import path from "node:path";
import { usualLevel } from "../agent/host/compression";
import { programsFolder } from "../lab/neumann/harness";
import { freePorts } from "../lab/ports";
import type { NodeConfig } from "../model/agentConfig";
import type { ArchiveSpec } from "../model/reference";
import type { PlanSpec, RestoreSpec } from "../model/specs";
import { fill } from "./load";
import { agentGets, bundle, inFolder, install, must, protectedCluster, type Row, timed } from "./support";

const mebibyte = 1024 * 1024;
const names = ["new1", "new2", "new3"];

interface NewNode {
  config: NodeConfig;
  agent: string;
}

/**
 * The recovery of a lost cluster onto three new nodes, from the plan to its acceptance, beside what its bytes alone take:
 * unpacked once, copied to two others, and packed once more, for a recovery ends with a first backup of the new history.
 */
export async function benchRecovery(say: (line: string) => void, megabytes: number): Promise<Row[]> {
  return inFolder(async (folder) => {
    const { archive, object } = await lostCluster(folder, { say, megabytes });
    const rival = await bytesAlone(folder, object, say);
    const nodes: NewNode[] = [];
    for (const id of names) nodes.push(await newNode(folder, id));
    try {
      must("sync", []);
      const { seconds } = await timed(() => recover(nodes, archive, say));
      const what = `whole recovery of 3 nodes, ${megabytes} MiB, s`;
      return [{ what, ours: seconds, rival, kind: "ratio", atMost: 2, rivalName: "its bytes alone" }];
    } finally {
      for (const { config } of nodes) agentGets(["node-delete"], nodeSpec(config));
    }
  });
}

/** All that is left of it: its archive, with a full backup. */
async function lostCluster(
  folder: string,
  { say, megabytes }: { say: (line: string) => void; megabytes: number },
): Promise<{ archive: ArchiveSpec; object: string }> {
  const { cluster, archive, agent } = await protectedCluster(folder, 3);
  try {
    const node = await cluster.leader();
    await fill(node, megabytes * mebibyte, (done) => {
      say(`  ${Math.round(done / mebibyte)} of ${megabytes} MiB written`);
    });
    const { lineage, backupId } = JSON.parse((await agent(node, ["full"])).stdout) as Record<string, string>;
    const place = path.join(folder, "archive", archive.clusterId, "full", "data", lineage ?? "", backupId ?? "");
    return { archive, object: path.join(place, "data.tar.zst") };
  } finally {
    await cluster.close();
    for (const { dataDirectory } of cluster.nodes) fs.rmSync(dataDirectory, { recursive: true });
  }
}

async function bytesAlone(folder: string, object: string, say: (line: string) => void): Promise<number> {
  const at = (name: string): string => path.join(folder, `bytes-${name}`);
  fs.mkdirSync(at("first"));
  must("sync", []);
  const steps = {
    unpacked: `zstd -dqc ${object} | tar -x -C ${at("first")}`,
    copied: `cp -r ${at("first")} ${at("second")}`,
    "copied again": `cp -r ${at("first")} ${at("third")}`,
    packed: `tar -c -C ${at("first")} . | zstd -q -T0 -${usualLevel} -o ${at("packed")}`,
  };
  let sum = 0;
  for (const [name, script] of Object.entries(steps)) {
    const { seconds } = await timed(() => must("sh", ["-c", script]));
    say(`  its bytes ${name}: ${seconds.toFixed(2)} s`);
    sum += seconds;
  }
  must("sh", ["-c", `rm -r ${at("*")}`]);
  return sum;
}

async function newNode(folder: string, id: string): Promise<NewNode> {
  const [raft, admin] = await freePorts(2);
  const base = path.join(folder, id);
  const config: NodeConfig = {
    id,
    address: `127.0.0.1:${raft}`,
    adminUrl: `http://127.0.0.1:${admin}`,
    configFile: path.join(base, "etc", "config.toml"),
    dataDirectory: path.join(base, "data"),
    programDirectory: programsFolder(),
    serviceManager: "process",
  };
  return { config, agent: path.join(base, "agent") };
}

const nodeSpec = (node: NodeConfig): object => ({
  node,
  clusterName: "lab",
  peers: [],
  bootstrap: false,
  others: [],
  start: false,
});

/** As a recovery's stack does it, phase by phase. */
async function recover(nodes: readonly NewNode[], archive: ArchiveSpec, say: (line: string) => void): Promise<void> {
  for (const { config, agent } of nodes) {
    agentGets(["node-create"], nodeSpec(config));
    install(config, agent, archive, true);
  }
  const plan: PlanSpec = { archive, restorePoint: "latest", recoveryId: "bench", nodes: names };
  const { digest: planDigest } = agentGets<{ digest: string }>(["plan"], plan);
  const members = nodes.map(({ config: { id, address } }) => ({ id, address }));
  const phase = async (name: string, { config, agent }: NewNode): Promise<void> => {
    const spec: RestoreSpec = { plan, planDigest, node: config.id, clusterName: "lab", members };
    const words = [bundle, "--config", path.join(agent, "agent.json"), "--json", "restore", "--phase", name];
    const { seconds } = await timed(() => must("node", words, { input: JSON.stringify(spec) }));
    if (seconds >= 0.5) say(`  ${name} on ${config.id}: ${seconds.toFixed(2)} s`);
  };
  const [first, ...others] = nodes as [NewNode, ...NewNode[]];
  await phase("first", first);
  for (const node of others) await phase("join", node);
  for (const node of nodes) await phase("release", node);
  for (const node of nodes) await phase("base", node);
  await phase("accept", first);
}
