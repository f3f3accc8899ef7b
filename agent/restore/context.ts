import { createHash } from "node:crypto";
import path from "node:path";
import * as v from "valibot";
import type { Manifest } from "../../model/manifest";
import { PlanRefused } from "../../model/planRefused";
import { parseStored } from "../archive/stored";
import { type RecoveryRestored, recoveryRestoredSchema } from "../../model/records";
import type { OldMember } from "../../model/inPlace";
import { parseRestorePoint } from "../../model/restorePoint";
import type { RestoreSpec } from "../../model/specs";
import type { VolumeRecord } from "../../model/volumeRecord";
import type { Archive } from "../archive/archive";
import { takeClaim, type Claim } from "../claims";
import { openRecovery, recoveryKey, type RecoveryPlaces, type ResolvedPlan } from "../commands/plan";
import type { Node } from "../context";
import { asRoot } from "../host/asRoot";
import { ownPrefix, readIfThere, walkTree } from "../host/files";
import { gateFile } from "../host/gate";
import { machineIdentity } from "../host/identity";
import { Refused } from "../run/errors";
import type { Step } from "../run/steps";
import type { FileHashes } from "./fileHashes";

/** What the phases of a recovery share. */
export interface RestoreContext {
  node: Node;
  spec: RestoreSpec;
  places?: RecoveryPlaces;
  resolved?: ResolvedPlan;
  manifest?: Manifest;
  /** What the node's own volume is a copy of, in the place of a manifest. */
  volume?: VolumeRecord;
  /** Holds the backup and its log. */
  source?: Archive;
  /** Of the recovery, and of the folder that it goes to. */
  claims?: Claim[];
  /** What was hashed while the backup was unpacked. */
  hashes?: FileHashes;
  /** Where this node's data comes from, by the mark in its folder; in place, an earlier recovery's does not count. */
  mark?: RecoveryMark;
  /** The other members of the cluster that is replaced. */
  members?: OldMember[];
  /** Nothing is left to do in this phase. */
  done?: boolean;
  began: number;
  /** What the command prints at its end. */
  result: Record<string, unknown>;
}

/** `<data>/.neumann-backup-recovery`: which recovery put this data here. It comes into place with the data. */
export interface RecoveryMark {
  format: "neumann-recovery-mark/1";
  recoveryId: string;
  digest: string;
  /** `restored` from the backup, or `joined`, empty, to the others. */
  how: "restored" | "joined";
}

const markSchema: v.GenericSchema<unknown, RecoveryMark> = v.object({
  format: v.literal("neumann-recovery-mark/1"),
  recoveryId: v.string(),
  digest: v.string(),
  how: v.picklist(["restored", "joined"]),
});

export function markFile(dataDirectory: string): string {
  return path.join(dataDirectory, `${ownPrefix}-recovery`);
}

export async function readMark(dataDirectory: string): Promise<RecoveryMark | undefined> {
  const text = await readIfThere(markFile(dataDirectory));
  return text === undefined ? undefined : parseStored(markSchema, text, markFile(dataDirectory));
}

/** Folders of a recovery on the node, all on the data's own file system. */
export interface RestorePaths {
  /** Fetched and proven here, moved from here. */
  staging: string;
  /** The unpacked tarball: `data/…` and `config/…`. */
  tree: string;
  /** A copy that is started alone. */
  proof: string;
  /** What lay in the data folder before. */
  aside: string;
  /** Moves of the swap that are under way. */
  journal: string;
}

export function restorePaths(context: Pick<RestoreContext, "node" | "spec">): RestorePaths {
  return restorePathsOf(context.node, context.spec.plan.recoveryId);
}

export function restorePathsOf(node: Node, recoveryId: string): RestorePaths {
  const { dataDirectory } = node.config.node;
  const staging = path.join(dataDirectory, `${ownPrefix}-staging`, recoveryId);
  return {
    staging,
    tree: path.join(staging, "tree"),
    proof: path.join(staging, "proof"),
    aside: path.join(dataDirectory, `${ownPrefix}-aside`, recoveryId),
    journal: path.join(dataDirectory, `${ownPrefix}-swap.json`),
  };
}

/** Files of the database in its data folder; folders alone are nothing. */
export async function databaseFiles(dataDirectory: string): Promise<string[]> {
  return (await walkTree(dataDirectory)).filter(({ stats }) => !stats.isDirectory()).map((file) => file.path);
}

export function recordsOf(context: RestoreContext): Archive {
  if (context.places === undefined) throw new Error("the first step opens the places");
  return context.places.records;
}

/** The archive that holds the backup and its log. */
export function sourceArchive({ source }: RestoreContext): Archive {
  if (source === undefined) throw new Error("the first step opens the source");
  return source;
}

export function resolvedOf(context: RestoreContext): ResolvedPlan {
  if (context.resolved === undefined) throw new Error("the first step resolves the plan");
  return context.resolved;
}

export async function readRestored(context: RestoreContext): Promise<RecoveryRestored | undefined> {
  const key = recoveryKey(context.spec.plan, "restored");
  const text = await recordsOf(context).getText(key);
  return text === undefined ? undefined : parseStored(recoveryRestoredSchema, text, key);
}

/** This node finds on its volume what it restores. */
export function comesOnVolume({ plan, node, members }: RestoreSpec): boolean {
  return parseRestorePoint(plan.restorePoint).kind === "volume-snapshot" && members[0]?.id === node;
}

/** The same specification for every phase: this node is one of the members, and the agent's own. */
export async function openPhase(context: RestoreContext): Promise<void> {
  const { spec, node } = context;
  const ids = spec.members.map((member) => member.id);
  if (spec.node !== node.config.node.id || !ids.includes(spec.node)) {
    throw new Refused(
      `this agent serves node ${node.config.node.id}, but the recovery was sent to ${spec.node} (members: ${ids.join(", ")}). Nothing was touched. Run it on the host of ${spec.node}, with that node among the members.`,
    );
  }
  context.places = await openRecovery(spec.plan);
  const mark = await readMark(node.config.node.dataDirectory);
  // In place, and on the volume of a snapshot, the data of an earlier recovery is what is put aside.
  const replaces = spec.plan.inPlace !== undefined || comesOnVolume(spec);
  const old = replaces && mark?.recoveryId !== spec.plan.recoveryId;
  context.mark = old ? undefined : mark;
}

/** One node restores a recovery, and one recovery at a time works on a folder. */
export async function claimRecovery(context: RestoreContext): Promise<void> {
  const { plan, node } = context.spec;
  const folder = `${await machineIdentity(context.node.config.node)} ${context.node.config.node.dataDirectory}`;
  const target = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  context.claims = [];
  for (const name of [`recovery/${plan.recoveryId}`, `target/${target}`]) {
    const claim = { name, node, timeToLiveSeconds: 24 * 3600 };
    context.claims.push(await takeClaim(recordsOf(context), plan.archive.clusterId, claim));
  }
}

/** A step that is left out when the phase has nothing left to do. */
export function unlessDone(step: Step<RestoreContext>): Step<RestoreContext> {
  return { ...step, run: async (context, control) => (context.done === true ? undefined : step.run(context, control)) };
}

/** @throws PlanRefused when the plan is no longer the one that was shown (protocol 21). */
export function refuseChangedPlan({ spec }: RestoreContext, now: ResolvedPlan, untouched: string): void {
  if (now.digest === spec.planDigest) return;
  throw new PlanRefused(
    `the archive has changed since the plan was shown: shown ${spec.planDigest}, now ${now.digest} (backup ${now.plan.source.backupId}). Look at the new plan and run it again; ${untouched} was touched.`,
  );
}

/** The database may be started again. */
export function openGate(node: Node): Promise<void> {
  return asRoot({ do: "remove", file: gateFile(node.config.node) });
}

/** From here on nobody starts the database (protocol 22). */
export async function closeGate({ node, spec }: RestoreContext): Promise<void> {
  await asRoot({ do: "replace", file: gateFile(node.config.node), text: `recovery ${spec.plan.recoveryId}\n` });
}
