import * as v from "valibot";
import { type AgentConfig, type NodeConfig, parseAgentConfig } from "../agentConfig";
import { isNodeId } from "../addresses";
import { parseJsonAs, sha256Hex, someOf, wholeNumber } from "../parse";
import { type MemberSpec, type PlanSpec, planSpecSchema } from "../specs";

/** Where everything lies in a pod of the database: the same paths in every container that sees it. */
export const podPaths = {
  /** The database's data, on the pod's volume. */
  data: "/var/lib/neumann",
  /** The agent's notes and its key, on the same volume: they outlive the pod, and the database ignores the name. */
  agent: "/var/lib/neumann/.neumann-backup-agent",
  /** The database's own configuration, as its ConfigMap has it, with certificates beside it. */
  database: "/etc/neumann",
  /** What this library has laid into the pod: a volume that lives as long as the pod. */
  shared: "/neumann-backup",
  /** The database's configuration with `archive_command`: made anew with each pod. */
  config: "/neumann-backup/etc/config.toml",
  /** Hands a segment to the sidecar: a program that needs nothing of the image it runs in. */
  handover: "/neumann-backup/bin/neumann-wal-handover",
  /** Where the sidecar takes segments. */
  socket: "/neumann-backup/run/wal.sock",
  /** `neumann` and `neumann-admin`, out of the database's image. */
  programs: "/neumann-backup/programs",
  /** The pod's configuration, out of our ConfigMap. */
  settings: "/etc/neumann-backup/pod.json",
  /** The database's ConfigMap, as our containers see it. */
  given: "/etc/neumann-backup-given",
  /** Keys of the archive, out of a Secret, as the AWS SDKs' shared file; absent where the pod's identity has the rights. */
  credentials: "/etc/neumann-backup-credentials/credentials",
  /** The private key that backups are signed with, out of a Secret. */
  signingKey: "/etc/neumann-backup-signing/key.pem",
  /** Opens what is encrypted, out of a Secret; only where a recovery needs it. */
  identity: "/etc/neumann-backup-identity/identity.txt",
  /** Where a job works: on a volume of its own. */
  scratch: "/scratch",
} as const;

/** Port of the sidecar: `/startz`, `/readyz`, `/livez` for the kubelet and `/metrics` for Prometheus. */
export const sidecarPort = 9190;

/** The database's port for other members. */
export const raftPort = 7878;

/** What the database's `archive_command` is in a pod. */
export const podArchiveCommand = `${podPaths.handover} ${podPaths.socket} %p %f`;

/** What a pod's recovery is, the same text for every pod. */
export interface PodRecovery {
  plan: PlanSpec;
  planDigest: string;
  clusterName: string;
  /** The first restores; the others join in this order. */
  members: MemberSpec[];
  /** ConfigMap that holds the recovery's record beside the archive's (protocol 26): made empty by the component. */
  record: string;
}

/**
 * What the agent in a pod knows before it knows which pod it is: `pod.json` of our ConfigMap. No secret is in it.
 */
export interface PodConfig {
  format: "neumann-pod/1";
  /** The agent's configuration; the pod's name becomes `node.id`, and its address follows from it. */
  agent: Omit<AgentConfig, "node"> & { node: Omit<NodeConfig, "id" | "address"> };
  /** What follows the pod's name in its address, such as `.neumann-headless.neumann.svc.cluster.local`. */
  domain: string;
  /** Names of all pods of the set, the first first. */
  pods: string[];
  /** Lease that says whose schedule runs. */
  lease: string;
  /** A cluster of our own: `[node]` and `[cluster] peers` are written for each pod. Else the text is the user's. */
  ownsConfiguration: boolean;
  /** The cluster comes from a backup. */
  recovery?: PodRecovery;
  /** Whoever leads takes them of its own volume. */
  volumeSnapshots?: PodVolumeSnapshots;
}

/** What the pods know of volume snapshots. */
export interface PodVolumeSnapshots {
  className?: string;
  everyMinutes: number;
  keep: number;
  /** The claim template with the database's data: a pod's claim is `<dataVolume>-<pod>`. */
  dataVolume: string;
}

const volumeSnapshotsSchema: v.GenericSchema<unknown, PodVolumeSnapshots> = v.object({
  className: v.optional(v.string()),
  everyMinutes: wholeNumber,
  keep: wholeNumber,
  dataVolume: v.string(),
});

const recoverySchema: v.GenericSchema<unknown, PodRecovery> = v.object({
  plan: planSpecSchema,
  planDigest: sha256Hex,
  clusterName: v.string(),
  members: someOf(v.object({ id: v.string(), address: v.string() })),
  record: v.string(),
});

const outerSchema = v.object({
  format: v.literal("neumann-pod/1"),
  agent: v.looseObject({ node: v.looseObject({}) }),
  domain: v.string(),
  pods: someOf(v.string()),
  lease: v.string(),
  ownsConfiguration: v.boolean(),
  recovery: v.optional(recoverySchema),
  volumeSnapshots: v.optional(volumeSnapshotsSchema),
});

/** The same, in one pod. */
export interface PodSettings extends Omit<PodConfig, "agent" | "format"> {
  /** The pod's name, which is its node's id. */
  pod: string;
  config: AgentConfig;
}

/** `host:port` of a pod for other members. */
export function podAddress(pod: string, domain: string): string {
  return `${pod}${domain}:${raftPort}`;
}

/**
 * Reads `pod.json` for one pod.
 * @throws InputError naming what is wrong with it.
 */
export function parsePodConfig(text: string, subject: string, pod: string): PodSettings {
  const remedy = "Run `pulumi up` again: KubernetesBackups and KubernetesCluster write it.";
  const { format, agent, ...rest } = parseJsonAs(outerSchema, text, subject, remedy);
  void format;
  if (!isNodeId(pod)) throw new Error(`${pod} is no pod of a StatefulSet`);
  const node = { ...agent.node, id: pod, address: podAddress(pod, rest.domain) };
  const config = parseAgentConfig(JSON.stringify({ ...agent, node }), subject);
  return { ...rest, pod, config };
}
