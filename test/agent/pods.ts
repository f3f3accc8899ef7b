import fs from "node:fs";
import path from "node:path";
import { LabCluster, type LabNode } from "../../lab/neumann/harness";
import { podPaths, type PodConfig } from "../../model/kubernetes/pod";
import type { BackupPolicyOverrides } from "../../model/policy";
import type { ArchiveSpec } from "../../model/reference";
import { PodContainers } from "./podContainers";
import { calm, labNodeConfig, quickPolicy } from "./support";

export interface PodOptions {
  archive: ArchiveSpec;
  policy?: BackupPolicyOverrides;
  /** The sidecar's volume, where the test itself writes the segments. @default the database's own */
  data?: string;
  /** The database's programs, as the agent knows them. @default those that the lab built */
  programDirectory?: string;
  /** @default none are taken */
  volumeSnapshots?: PodConfig["volumeSnapshots"];
}

/** A pod whose database is a node of the lab. Its volumes lie below one folder. */
export class LabPod extends PodContainers {
  private constructor(
    readonly node: LabNode,
    root: string,
    { data, programDirectory, archive, policy }: PodOptions & { policy: BackupPolicyOverrides; data: string },
  ) {
    const agentDirectory = path.join(data, path.basename(podPaths.agent));
    const host = {
      archive,
      policy,
      node: {
        ...labNodeConfig(node, programDirectory),
        dataDirectory: data,
        configFile: path.join(root, podPaths.config),
        address: `${node.id}.lab:7878`,
        serviceManager: "kubelet" as const,
      },
      agentDirectory,
      configFile: path.join(agentDirectory, "agent.json"),
    };
    super(host, root);
  }

  static async make(node: LabNode, options: PodOptions & { pods: string[] }): Promise<LabPod> {
    const root = path.join(node.folder, "pod");
    const pod = new LabPod(node, root, { policy: quickPolicy, data: node.dataDirectory, ...options });
    fs.mkdirSync(pod.wal, { recursive: true });
    const { pods, volumeSnapshots } = options;
    await pod.mount({ given: fs.readFileSync(node.configFile, "utf8"), pods, volumeSnapshots });
    if (options.data === undefined) {
      // The database's container sees what the init container writes under the name that it knows.
      fs.rmSync(node.configFile);
      fs.symlinkSync(pod.host.node.configFile, node.configFile);
    }
    return pod;
  }
}

/** A cluster that is not started, each node in a pod. */
export async function labPods(
  directory: string,
  options: PodOptions & { nodes: number },
): Promise<{ cluster: LabCluster; pods: LabPod[] }> {
  const cluster = new LabCluster({ directory, settings: calm });
  for (let i = 0; i < options.nodes; i += 1) await cluster.addNode(`neumann-${i}`);
  for (const node of cluster.nodes) cluster.configure(node, cluster.nodes);
  const pods: LabPod[] = [];
  const names = cluster.nodes.map(({ id }) => id);
  for (const node of cluster.nodes) pods.push(await LabPod.make(node, { ...options, pods: names }));
  return { cluster, pods };
}
