import * as v from "valibot";
import {
  address,
  type AgentConfig,
  agentConfigSchema,
  archiveLocationSchema,
  archiveSpecSchema,
  type NodeConfig,
  nodeConfigSchema,
  nodeId,
} from "./agentConfig";
import type { ArchiveLocation, ArchiveSpec } from "./reference";
import { isIdentity } from "./ageKeys";
import { sha256Hex, someOf, textThat } from "./parse";
import { type InPlace, inPlaceSchema } from "./inPlace";

/** What the components hand to the agent's commands on standard input (docs/development.md). */

/** `archive-create`. */
export interface ArchiveCreateSpec {
  archive: ArchiveLocation;
  clusterId: string;
  role: "primary" | "offsite";
}

/** `node-create` and `node-delete`. */
export interface NodeSpec {
  node: NodeConfig;
  /** `[cluster] name`. */
  clusterName: string;
  /** Raft addresses of members that run already. */
  peers: string[];
  /** Initialise a new cluster where the data folder is empty. */
  bootstrap: boolean;
  /** Raft addresses of all other nodes: where one of them answers there is a cluster, and none is begun beside it. */
  others: string[];
  /** Start it; a node that is there for a recovery stays stopped. */
  start: boolean;
}

/** `install`, `rollout` and `uninstall`. */
export interface InstallSpec {
  config: AgentConfig;
  /** SHA-256 of the agent's bundle. */
  sha256: string;
  /** Archiving is held from the start, until a recovery is accepted (protocol 28). */
  hold: boolean;
}

/** One SSH server, as the provider for commands is told of it. */
export interface SshServer {
  host: string;
  port: number;
  user: string;
  privateKey: string;
  privateKeyPassword?: string;
  /** The host's public key. */
  hostKey: string;
}

/** `drift --by-ssh`. */
export interface RemoteDriftSpec {
  install: InstallSpec;
  server: SshServer;
  /** Through which the other one is reached. */
  jump?: SshServer;
  /** The command line on the host. */
  line: string;
}

/** `plan`. */
export interface PlanSpec {
  archive: ArchiveSpec;
  restorePoint: string;
  recoveryId: string;
  /** Node ids, the first of which restores. */
  nodes: string[];
  /** Refuse any other plan. */
  approvedPlanDigest?: string;
  /** Only what one of these signed is restored; without them, whatever matches the key that it brings. */
  trustedKeys?: string[];
  /** The nodes are members of a cluster that is there: its data is put aside. */
  inPlace?: InPlace;
  /** Opens what is encrypted: a secret of whoever asks, and never part of a plan or a record. */
  identity?: string;
  /** Another cluster's archive, which is only read: the recovery is a clone, and `archive` is its own. */
  cloneOf?: ArchiveSpec;
  /** Where the pods are that the volume of a snapshot comes back to; only for such a restore point. */
  kubernetes?: { namespace: string };
}

/** What both are told. */
export interface KitSpec {
  /** The recovery kit, as text. */
  kit: string;
}

/** `kit-store`. Where this machine is no node of the cluster, it is told the archives. */
export interface KitStoreSpec extends KitSpec {
  /** @default the archive of this node */
  archive?: ArchiveSpec;
}

/** `kit-file`. */
export interface KitFileSpec extends KitSpec {
  /** Absolute path. */
  file: string;
}

/** A member of the recovered cluster. */
export interface MemberSpec {
  id: string;
  /** Raft address, `host:port`. */
  address: string;
}

/** `restore`, every phase. */
export interface RestoreSpec {
  plan: PlanSpec;
  /** Digest of the plan that was shown. */
  planDigest: string;
  /** The node that this is run on. */
  node: string;
  clusterName: string;
  /** The first restores; the others join in this order. */
  members: MemberSpec[];
}

export const archiveCreateSchema: v.GenericSchema<unknown, ArchiveCreateSpec> = v.object({
  archive: archiveLocationSchema,
  clusterId: v.string(),
  role: v.picklist(["primary", "offsite"]),
});

export const nodeSpecSchema: v.GenericSchema<unknown, NodeSpec> = v.object({
  node: nodeConfigSchema,
  clusterName: v.string(),
  peers: v.array(address),
  bootstrap: v.boolean(),
  others: v.optional(v.array(address), []),
  start: v.boolean(),
});

export const installSpecSchema: v.GenericSchema<unknown, InstallSpec> = v.object({
  config: agentConfigSchema,
  sha256: sha256Hex,
  hold: v.boolean(),
});

const sshServerSchema: v.GenericSchema<unknown, SshServer> = v.object({
  host: v.string(),
  port: v.number(),
  user: v.string(),
  privateKey: v.string(),
  privateKeyPassword: v.optional(v.string()),
  hostKey: v.string(),
});

export const remoteDriftSpecSchema: v.GenericSchema<unknown, RemoteDriftSpec> = v.object({
  install: installSpecSchema,
  server: sshServerSchema,
  jump: v.optional(sshServerSchema),
  line: v.string(),
});

export const planSpecSchema: v.GenericSchema<unknown, PlanSpec> = v.object({
  archive: archiveSpecSchema,
  restorePoint: v.string(),
  recoveryId: v.string(),
  nodes: someOf(nodeId),
  approvedPlanDigest: v.optional(sha256Hex),
  trustedKeys: v.optional(v.array(v.string())),
  inPlace: v.optional(inPlaceSchema),
  identity: v.optional(textThat(isIdentity, "an age identity, AGE-SECRET-KEY-1…")),
  cloneOf: v.optional(archiveSpecSchema),
  kubernetes: v.optional(v.object({ namespace: v.string() })),
});

export const kitStoreSpecSchema: v.GenericSchema<unknown, KitStoreSpec> = v.object({
  kit: v.string(),
  archive: v.optional(archiveSpecSchema),
});

export const kitFileSpecSchema: v.GenericSchema<unknown, KitFileSpec> = v.object({ kit: v.string(), file: v.string() });

export const restoreSpecSchema: v.GenericSchema<unknown, RestoreSpec> = v.object({
  plan: planSpecSchema,
  planDigest: sha256Hex,
  node: v.string(),
  clusterName: v.string(),
  members: someOf(v.object({ id: nodeId, address })),
});
