import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { uptime } from "node:os";
import path from "node:path";
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { recordKey, recordPrefix } from "../model/layout";
import { ServiceManager } from "../model/agentConfig";
import { parseStored } from "./archive/stored";
import { leaseSchema, type LeaseRecord } from "../model/records";
import type { Archive } from "./archive/archive";
import type { Node } from "./context";
import { exists, makeDirectory, ownPrefix, readIfThere, removeFile, replaceFile } from "./host/files";
import { hostIdentity, processCommand, processStart } from "./host/identity";
import { agentProgram } from "./identity";
import { WorldFault } from "./run/errors";

/** A pause of ours on this host: written before writes are paused, removed after they are taken again (protocol 13). */
interface LocalLease {
  format: "neumann-local-lease/1";
  leaseId: string;
  holder: { pid: number; started: string };
  host: string;
  /** `os.uptime()` (it counts while the machine sleeps) at which writes are resumed whatever happened. */
  deadlineUptime: number;
}

const localLeaseSchema: v.GenericSchema<unknown, LocalLease> = v.object({
  format: v.literal("neumann-local-lease/1"),
  leaseId: v.string(),
  holder: v.object({ pid: v.number(), started: v.string() }),
  host: v.string(),
  deadlineUptime: v.number(),
});

const watchedSuffix = ".watched";
const releasedSuffix = ".released.json";
const pollMs = 100;

function leaseFile(node: Node, leaseId: string): string {
  return path.join(node.paths.leases, `${leaseId}.json`);
}

async function readLease(file: string): Promise<LocalLease | undefined> {
  const text = await readIfThere(file);
  return text === undefined ? undefined : parseStored(localLeaseSchema, text, file);
}

/** Guards around one pause. */
export interface PauseGuard {
  readonly leaseId: string;
  /** True while no guard can have resumed writes behind our back. */
  inForce(): boolean;
  /** A guard has ended this pause: whatever pause there is now is somebody else's. */
  ended(): Promise<boolean>;
  /** Writes are taken again: the guards may go. */
  release(): Promise<void>;
}

/**
 * Sets up all that resumes writes if this process dies: a lease on this host, one in the archive for the other nodes,
 * and a watchdog process of its own. Only then may writes be paused (I10).
 */
export async function guardPause(node: Node, archive: Archive): Promise<PauseGuard> {
  const seconds = node.config.policy.full.maxPauseSeconds;
  const leaseId = `${node.config.node.id}-${randomBytes(6).toString("hex")}`;
  const file = leaseFile(node, leaseId);
  const deadlineUptime = uptime() + seconds;
  await makeDirectory(node.paths.leases);
  const started = (await processStart(process.pid)) ?? "";
  const local: LocalLease = {
    format: "neumann-local-lease/1",
    leaseId,
    holder: { pid: process.pid, started },
    host: await hostIdentity(),
    deadlineUptime,
  };
  await replaceFile(file, `${JSON.stringify(local)}\n`);
  const record: LeaseRecord = { format: "neumann-lease/1", leaseId, node: node.config.node.id, seconds };
  const { clusterId } = node.config.archive;
  await archive.putText(recordKey(clusterId, "leases", `${leaseId}.json`), `${JSON.stringify(record)}\n`);
  await startWatchdog(node, file);
  return {
    leaseId,
    inForce: () => uptime() < deadlineUptime,
    ended: async () => !(await exists(file)),
    async release() {
      await releaseLease(node, archive, leaseId);
    },
  };
}

/** Local first: while an archive is away no guard on this host may go on ending pauses that are no longer ours. */
async function releaseLease(node: Node, archive: Archive | undefined, leaseId: string): Promise<void> {
  await removeFile(leaseFile(node, leaseId));
  await removeFile(leaseFile(node, leaseId) + watchedSuffix);
  await archive?.putText(recordKey(node.config.archive.clusterId, "leases", `${leaseId}${releasedSuffix}`), "{}\n");
}

/**
 * Under systemd a unit watches for leases: a process of ours would die with the unit that the backup runs in. Cron ends
 * none.
 */
async function startWatchdog(node: Node, file: string): Promise<void> {
  if (node.config.node.serviceManager !== ServiceManager.Systemd) {
    const configFile = path.join(node.config.agentDirectory, "agent.json");
    const words = [agentProgram(), "resume-writes", "--watch", file, "--config", configFile];
    spawn(process.execPath, words, { detached: true, stdio: "ignore" }).unref();
  }
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(10)) {
    if (await exists(file + watchedSuffix)) return;
  }
  await removeFile(file);
  throw new WorldFault(
    "the watchdog that would resume writes did not start: writes were not paused. neumann-backup doctor says what is wrong.",
  );
}

/** The watchdog: waits for the end of a pause and ends it itself when its holder dies or its time is up. */
export async function watchPause(node: Node, archive: Archive | undefined, file: string): Promise<boolean> {
  await replaceFile(file + watchedSuffix, `${process.pid}\n`);
  for (;;) {
    const lease = await readLease(file);
    if (lease === undefined) return false;
    if (!(await holderAlive(lease)) || uptime() >= lease.deadlineUptime) {
      await endPause(node, archive, lease);
      return true;
    }
    await sleep(pollMs);
  }
}

/** The watchdog of a host with systemd: watches every pause of this host, and ends when there is none. Those it ended. */
export async function watchPauses(node: Node, archive: Archive | undefined): Promise<string[]> {
  const watches = new Map<string, Promise<boolean>>();
  const ended: string[] = [];
  const watch = async (name: string): Promise<boolean> => {
    const wasEnded = await watchPause(node, archive, path.join(node.paths.leases, name));
    if (wasEnded) ended.push(path.basename(name, ".json"));
    watches.delete(name);
    return wasEnded;
  };
  for (;;) {
    for (const name of await leaseNames(node)) if (!watches.has(name)) watches.set(name, watch(name));
    if (watches.size === 0) return ended;
    await Promise.race([sleep(pollMs), ...watches.values()]);
  }
}

async function leaseNames(node: Node): Promise<string[]> {
  const names = await readdir(node.paths.leases).catch(() => []);
  return names.filter((name) => name.endsWith(".json") && !name.startsWith(ownPrefix));
}

async function holderAlive(lease: LocalLease): Promise<boolean> {
  if (lease.host !== (await hostIdentity())) return false;
  return (await processStart(lease.holder.pid)) === lease.holder.started;
}

/** A pause that was asked for may still land for a while, so writes are resumed now and once more then. */
async function endPause(node: Node, archive: Archive | undefined, lease: LocalLease): Promise<void> {
  await resumeUntilDone(node);
  await sleep(pauseTimeoutSeconds(node) * 1000);
  // Its holder has ended it meanwhile: a pause that is there now may be an operator's.
  if (!(await exists(leaseFile(node, lease.leaseId)))) return;
  await resumeUntilDone(node);
  await releaseLease(node, archive, lease.leaseId);
}

/** `pause-writes` itself is given so long; one that was cut off lands within it or not at all. */
export function pauseTimeoutSeconds(node: Node): number {
  return Math.min(10, node.config.policy.full.maxPauseSeconds);
}

/** `resume-writes` until it succeeds: writes are worth more than any backup. */
export async function resumeUntilDone(node: Node, deadline = Number.POSITIVE_INFINITY): Promise<void> {
  for (let wait = 100; ; wait = Math.min(wait * 2, 2000)) {
    const { code, stderr } = await node.admin.run(["resume-writes"], { timeoutSeconds: 10, evenIfInterrupted: true });
    if (code === 0) return;
    if (Date.now() > deadline) throw new WorldFault(`writes could not be resumed: ${stderr.trim()}`);
    await sleep(wait);
  }
}

/** Ends pauses of ours on this host whose holder is gone: after a boot, and before every backup. Ids of the leases. */
export async function endLocalPauses(node: Node, archive: Archive | undefined): Promise<string[]> {
  const ended: string[] = [];
  for (const name of await leaseNames(node)) {
    const file = path.join(node.paths.leases, name);
    const lease = await readLease(file);
    if (lease === undefined || (await stillRuns(lease))) continue;
    // A watchdog that is at it resumes once more in a while: no new pause may begin before that.
    while ((await exists(file)) && (await watchdogRuns(file))) await sleep(pollMs);
    if (await exists(file)) await endPause(node, archive, lease);
    ended.push(lease.leaseId);
  }
  return ended;
}

async function watchdogRuns(file: string): Promise<boolean> {
  const pid = Number(await readIfThere(file + watchedSuffix));
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  const command = await processCommand(pid);
  return command !== undefined && [file, "--watch-all"].some((word) => command.includes(word));
}

async function stillRuns(lease: LocalLease): Promise<boolean> {
  return uptime() < lease.deadlineUptime && (await holderAlive(lease));
}

/** A pause of ours that nobody has released yet. */
export interface OpenLease {
  leaseId: string;
  node: string;
  /** By the store's clock. */
  since: Date;
  /** When every guard ends it. */
  until: Date;
}

/** The pauses of ours that the archive knows of, those whose time is up among them. */
export async function openLeases(archive: Archive, clusterId: string): Promise<OpenLease[]> {
  const objects = await archive.list(recordPrefix(clusterId, "leases"));
  const released = new Set(objects.filter((o) => o.key.endsWith(releasedSuffix)).map((o) => o.key));
  const open = objects.filter((o) => !released.has(o.key) && !released.has(o.key.replace(/\.json$/, releasedSuffix)));
  const leases: OpenLease[] = [];
  for (const { key, storedAt } of open) {
    const { leaseId, node, seconds } = parseStored(leaseSchema, (await archive.getText(key)) ?? "", key);
    leases.push({ leaseId, node, since: storedAt, until: new Date(storedAt.getTime() + seconds * 1000) });
  }
  return leases;
}

/** The pauses of ours on this host, for while the archive is away. */
export async function localLeases(node: Node): Promise<Pick<OpenLease, "leaseId" | "node" | "until">[]> {
  const names = await readdir(node.paths.leases).catch(() => []);
  const found: Pick<OpenLease, "leaseId" | "node" | "until">[] = [];
  for (const name of names.filter((n) => n.endsWith(".json"))) {
    const lease = await readLease(path.join(node.paths.leases, name));
    if (lease === undefined) continue;
    const until = new Date(Date.now() + (lease.deadlineUptime - uptime()) * 1000);
    found.push({ leaseId: lease.leaseId, node: node.config.node.id, until });
  }
  return found;
}

/**
 * Ends pauses of ours anywhere in the cluster whose time is up by the archive's own clock: what the timer on every
 * node does. An operator's own pause has no lease and stays.
 */
export async function endExpiredPauses(node: Node, archive: Archive): Promise<string[]> {
  const open = await openLeases(archive, node.config.archive.clusterId);
  if (open.length === 0) return [];
  const now = await archive.now();
  const ended: string[] = [];
  for (const { leaseId, until } of open) {
    if (now < until) continue;
    await resumeUntilDone(node, Date.now() + 60_000);
    await releaseLease(node, archive, leaseId);
    ended.push(leaseId);
  }
  return ended;
}
