import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { AgentConfig } from "../model/agentConfig";
import { canonicalJson, type Json } from "../model/canonical";
import { isSecret, type Mistakes, Mistakes as MistakeList } from "../model/mistakes";
import { checkLocks } from "../model/objectLock";
import type { BackupPolicy } from "../model/policy";
import type { ArchiveSpec } from "../model/reference";
import type { SigningPolicy } from "../model/signature";
import type { InstallSpec } from "../model/specs";
import { agentBundle } from "./agentBundle";
import { type ArchiveReference, archiveSpec, checkArchiveReference } from "./archiveReference";
import { asUserError, isPlain, type Pending } from "./arguments";
import {
  AgentCopy,
  type CommandHost,
  commandHost,
  deliverAgent,
  hostCommand,
  type HostCommandResource,
} from "./hostCommand";
import { type HostArgs, HostKind, overlaps, type ResolvedHost, resolveHosts } from "./hosts";
import { type BackupPolicyArgs, planPolicy } from "./policyArgs";
import { type NodeKey, parseInstalled } from "./results";
import { settingsMinutes } from "./timeouts";

/** What to do about a host that does not answer when the agent should be removed from it. */
export const OnUnreachable = {
  /** Fail, and keep the resource: `pulumi state delete` forgets it once the host is known to be gone. */
  Fail: "fail",
  /** Never remove the agent from hosts reached by SSH: it stays where a host lives on. */
  Forget: "forget",
} as const;
export type OnUnreachable = (typeof OnUnreachable)[keyof typeof OnUnreachable];

/** What protecting a cluster needs, whichever component does it. */
export interface ProtectionArgs {
  nodes: HostArgs[];
  archive: pulumi.Input<ArchiveReference>;
  policy?: pulumi.Input<BackupPolicyArgs>;
  onUnreachable?: OnUnreachable;
}

/** The same with plain values. */
export interface KnownProtection {
  nodes: pulumi.Unwrap<HostArgs>[];
  archive: pulumi.Unwrap<ArchiveReference>;
  policy?: pulumi.Unwrap<BackupPolicyArgs>;
}

/** Plain data from which the resources are made. */
export interface ProtectionPlan {
  archive: ArchiveSpec;
  policy: BackupPolicy;
  hosts: ResolvedHost[];
  /** One for each node, in order. */
  installs: InstallSpec[];
  /** Changes whenever anything that is installed anywhere changes. */
  generation: string;
}

/** Who installs, and how. */
export interface Installer {
  /** Project, stack and component: two of them never remove each other's agent. */
  owner: string;
  /** Archiving is held until a recovery is accepted. */
  hold: boolean;
  /** Another value is another generation: everything is put there again. */
  reconcile?: string;
}

/** Collects what is wrong with what decides the resources. */
export function checkOnUnreachable(value: unknown, mistakes: Mistakes): void {
  const choices: unknown[] = Object.values(OnUnreachable);
  if (value === undefined || choices.includes(value)) return;
  const received = isPlain(value) ? value : "an output";
  mistakes.add("onUnreachable", "is not known", received, `Write one of: ${choices.join(", ")}.`);
}

/** Collects what is wrong with nodes, archive and policy, as far as they are known. */
export function checkProtection(known: KnownProtection, mistakes: Mistakes, pending: Pending): void {
  const hosts = resolveHosts(known.nodes, "nodes", mistakes);
  const before = mistakes.all.length;
  const policy = pending("policy") ? undefined : planPolicy(known.policy, "policy", mistakes);
  if (pending("archive")) return;
  if (typeof known.archive !== "object" || (known.archive as unknown) === null) {
    const remedy = "Give the reference of an archive, such as new DirectoryArchive(…).reference.";
    mistakes.add("archive", "is required", known.archive, remedy);
    return;
  }
  checkArchiveReference(known.archive, "archive", mistakes);
  if (!pending("policy")) refuseLogToNowhere(known, mistakes);
  // A policy or a reference that is wrong itself would only add noise.
  const sound = mistakes.all.length === before;
  if (sound && policy !== undefined) checkLocks(archiveSpec(known.archive), policy, "archive", mistakes);
  if (!pending("nodes")) refuseArchiveInNode(known, hosts, mistakes);
}

/** Collects a copy of the log that has no place to go to. */
export function refuseLogToNowhere(
  { archive, policy }: Pick<KnownProtection, "archive" | "policy">,
  mistakes: Mistakes,
): void {
  if (policy?.offsite?.continuousWal !== true || archive.offsite !== undefined) return;
  const remedy = "Give the archive an off-site location, or leave it out.";
  mistakes.add("policy.offsite.continuousWal", "needs an off-site archive", true, remedy);
}

/** An archive inside a node's data is lost with it, and moved away by a restore. */
function refuseArchiveInNode(known: KnownProtection, hosts: readonly ResolvedHost[], mistakes: Mistakes): void {
  const places = [
    ["archive.location", known.archive.location],
    ["archive.offsite.location", known.archive.offsite?.location],
  ];
  for (const [path, location] of places) {
    if (typeof location !== "string") continue;
    const index = hosts.findIndex(({ node, agentDirectory }, at) => {
      const own = known.nodes[at]?.kind === HostKind.Local ? known.nodes[at].directory : undefined;
      return [own, node.dataDirectory, agentDirectory].some(
        (folder) => folder !== undefined && overlaps(location, folder),
      );
    });
    if (index < 0) continue;
    const remedy = "Choose a folder on another disk, outside every node's folders.";
    mistakes.add(path as string, `shares a folder with nodes[${index}] and would be lost with it`, location, remedy);
  }
}

/** The plan for checked arguments. The same arguments give the same plan: no clock, no randomness. */
export function planProtection(known: KnownProtection, installer: Installer): ProtectionPlan {
  const archive = archiveSpec(known.archive);
  const policy = planPolicy(known.policy, "policy", new MistakeList());
  const hosts = resolveHosts(known.nodes, "nodes", new MistakeList());
  const { sha256 } = agentBundle();
  const installs = hosts.map(({ node, agentDirectory }): InstallSpec => {
    const content = { format: "neumann-agent/1" as const, node, archive, policy, agentDirectory };
    // Without keys: a plain hash, which everybody may see, would let a weak one be guessed.
    const generation = digest({
      owner: installer.owner,
      sha256,
      content: { ...content, archive: withoutKeys(archive) },
      ...(installer.reconcile === undefined ? {} : { reconcile: installer.reconcile }),
    });
    const config: AgentConfig = { ...content, owner: installer.owner, generation };
    return { config, sha256, hold: installer.hold };
  });
  return { archive, policy, hosts, installs, generation: digest(installs.map((install) => install.config.generation)) };
}

function withoutKeys(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (isSecret(key) ? undefined : inner)));
}

function digest(value: unknown): string {
  return createHash("sha256")
    .update(canonicalJson(value as Json))
    .digest("hex")
    .slice(0, 16);
}

/** Names who installs: an agent that another stack or component has installed since is not removed by this one. */
export function ownerOf(type: string, name: string): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}/${type}/${name}`;
}

/** A node with its agent installed. */
export interface ProtectedNode {
  nodeId: string;
  host: CommandHost;
  install: HostCommandResource;
  specification: pulumi.Output<InstallSpec>;
}

/** Installs the agent on every node, all at once: no node is disturbed by it. */
export function installAgents(
  component: { name: string; subject: string; args: ProtectionArgs; owner: string },
  plan: pulumi.Output<ProtectionPlan>,
  opts: pulumi.CustomResourceOptions & { parent: pulumi.Resource },
): ProtectedNode[] {
  const { name, subject, args, owner } = component;
  return args.nodes.map((node, index) => {
    const { nodeId } = node;
    // No part of a host is secret, though the plan is where the archive's keys are.
    const agentDirectory = pulumi.unsecret(plan.apply((known) => (known.hosts[index] as ResolvedHost).agentDirectory));
    const host = commandHost(subject, node, { path: `nodes[${index}]`, agentDirectory, owner });
    const delivered = deliverAgent(name, host, opts);
    const specification = plan.apply((known) => known.installs[index] as InstallSpec);
    const install = hostCommand(
      `${name}-install-${nodeId}`,
      {
        host,
        copy: AgentCopy.Package,
        create: ["install"],
        // The copy on the host: it is there for as long as there is something to remove.
        delete: { copy: AgentCopy.Installed, words: ["uninstall"] },
        specification,
        timeoutMinutes: settingsMinutes,
      },
      {
        ...opts,
        dependsOn: delivered,
        // A command by SSH cannot tell a dead host from another failure: forgetting is decided beforehand.
        retainOnDelete: host.ssh !== undefined && args.onUnreachable === OnUnreachable.Forget ? true : undefined,
      },
    );
    return { nodeId, host, install, specification };
  });
}

/** The keys that the agents have, in the order of the nodes; known once they are installed. */
export function keysOf(nodes: readonly ProtectedNode[]): pulumi.Output<NodeKey[]> {
  // What the agent prints holds no secret, though its specification may.
  const printed = nodes.map(({ install }) => pulumi.unsecret(install.stdout));
  return pulumi.all(printed).apply((texts) => asUserError(() => texts.flatMap(parseInstalled)));
}

/** Says which nodes nobody else will believe; null when that is none. */
export function adviseKeys(keys: readonly NodeKey[], { trustedKeys }: SigningPolicy): string | null {
  const missing = keys.filter(({ publicKey }) => trustedKeys.length > 0 && !trustedKeys.includes(publicKey));
  if (missing.length === 0) return null;
  const names = missing.map(({ nodeId, publicKey }) => `${publicKey} (${nodeId})`).join(", ");
  return `policy.signing.trustedKeys lacks ${names}: backups of these nodes are listed and never chosen by other nodes and by recoveries. Add the keys.`;
}
