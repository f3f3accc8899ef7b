import { existsSync } from "node:fs";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import type { Manifest } from "../model/manifest";
import { formatBytes, formatCount } from "../model/units";
import type { RecoverySettings } from "../stacks/settings";
import { DrivenStack, type EngineOptions, nothingChanged, type StackPlace, type UpResult } from "./engine";
import {
  countSegments,
  type Fingerprint,
  fingerprint,
  isLasting,
  isRecoveryRecord,
  isSame,
  lostOrChanged,
  readManifest,
  readRecovery,
} from "./files";
import type { Observation } from "./laboratory";
import type { Check } from "../model/objectives";
import { type PlanOutput, readPlan, readReport, type ReportOutput } from "./outputs";
import type { Teller, Timeline } from "./timeline";

/** A recovery to run: on a stack of its own, from an off-site archive. */
export interface RecoveryRequest {
  place: StackPlace;
  engine: { command: PulumiCommand; options: EngineOptions };
  settings: RecoverySettings;
  /** Folders where the objects of the settings' archives lie as files. */
  archives: { own: string; offsite: string };
  timeline: Timeline;
  /** Looks at the recovered cluster. */
  observe: () => Promise<Observation>;
  /** Processes that run on the recovered cluster's nodes. */
  running: () => Promise<number[]>;
  /** Looks at the recovered data; part of the phase that recovers. */
  verify: (recovered: Recovered, tell: Teller) => Promise<Check[]>;
  /** Leaves the recovered cluster running. */
  keep: boolean;
}

/** A plan as a preview showed it. */
export interface ShownPlan {
  plan: PlanOutput;
  digest: string;
  /** As the component explained it. */
  text: string;
}

/** What a recovery came to. */
export interface Recovered extends ShownPlan {
  report: ReportOutput;
  /** Of the backup that was restored. */
  manifest: Manifest;
  /** Milliseconds. */
  acceptedAt: number;
}

/** A recovery, and everything that was checked about it. */
export interface RecoveryRun {
  recovered: Recovered;
  checks: Check[];
}

/**
 * Previews a recovery, runs it, lets the caller look at the data, shows that running it again changes nothing, also
 * without Pulumi's state, and takes it down. The plan that the preview showed is the only one that is executed.
 */
export async function runRecovery(request: RecoveryRequest): Promise<RecoveryRun> {
  const { timeline } = request;
  const checks: Check[] = [];
  const { stack, shown } = await timeline.phase("plan", "Preview the recovery", (tell) => plan(request, checks, tell));
  const recovered = await timeline.phase("recover", "Recover on new nodes", (tell) =>
    recover({ ...request, stack }, shown, checks, tell),
  );
  const title = request.keep ? "Run it again" : "Run it again, then destroy it";
  await timeline.phase("repeat", title, (tell) => repeat({ ...request, stack }, checks, tell));
  return { recovered, checks };
}

interface WithStack extends RecoveryRequest {
  stack: DrivenStack;
}

async function plan(request: RecoveryRequest, checks: Check[], tell: Teller) {
  const { settings, engine, place, archives } = request;
  const before = await archivesOf(request);
  // A bucket is there before, a folder is not.
  const absent = [archives.own, ...settings.nodes.map(textDirectory)].filter((folder) => !existsSync(folder));
  const stack = await DrivenStack.create(place, settings, engine);
  const { outputs, messages } = await stack.preview((text) => tell.now(text));
  const shown: ShownPlan = { ...readPlan(outputs), text: planText(messages) };
  tell.note(shown.text);
  const touched = absent.filter((folder) => existsSync(folder));
  const changed = isSame(before, await archivesOf(request)) ? [] : Object.values(archives);
  checks.push(nothing("preview-touches-nothing", "Folders that the preview touched", [...touched, ...changed]));
  const { storedBytes, backupId } = shown.plan;
  return { result: { stack, shown }, detail: `backup ${backupId}, ${formatBytes(storedBytes)}, nothing touched` };
}

function planText(messages: readonly string[]): string {
  return messages.find((message) => message.includes("restore point")) ?? messages.join("\n");
}

/** Rehearsals name plain folders. */
function textDirectory({ directory }: { directory: unknown }): string {
  if (typeof directory === "string") return directory;
  throw new TypeError("a rehearsal's nodes need plain directories");
}

async function recover(request: WithStack, shown: ShownPlan, checks: Check[], tell: Teller) {
  const { settings, stack, timeline } = request;
  // Exactly what was shown, or nothing.
  await stack.configure({ ...settings, approvedPlanDigest: shown.digest });
  const done = await stack.up((text) => tell.now(text));
  for (const { name, startedAt, endedAt } of done.commands) tell.part(name, startedAt, endedAt);
  const { archives } = request;
  const { pin, accepted } = await readRecovery(archives.offsite, settings.clusterId, settings.recoveryId);
  const folder = shown.plan.place === "offsite" ? archives.offsite : archives.own;
  const recovered: Recovered = {
    ...shown,
    report: readReport(done.outputs),
    manifest: await readManifest(folder, settings.clusterId, shown.plan),
    acceptedAt: Date.parse(accepted.acceptedAt),
  };
  timeline.mark("accepted", "Recovery accepted", recovered.acceptedAt);
  const looked = Date.now();
  tell.now("comparing every row with the writer's notes");
  checks.push(equal("approved-plan", "Digest of the plan that was executed", shown.digest, pin.digest));
  checks.push(...(await clusterChecks(request, recovered)), ...(await request.verify(recovered, tell)));
  tell.part("rows compared", looked);
  const { report } = recovered;
  const detail = `${report.members.length} members, index ${formatCount(report.restoredIndex)}, accepted`;
  return { result: recovered, detail };
}

async function clusterChecks(request: WithStack, { report, manifest }: Recovered): Promise<Check[]> {
  const { settings, archives, observe } = request;
  const names = settings.nodes.map((node) => node.nodeId).sort();
  const { members, clusterId } = await observe();
  const segments = await countSegments(archives.own, settings.clusterId, report.lineage);
  const promised = manifest.totalEntries ?? 0;
  const counted = report.totalEntries ?? 0;
  return [
    equal("members", "Members of the recovered cluster", names.join(", "), [...members].sort().join(", ")),
    {
      name: "new-cluster",
      title: "Bootstrapped as a cluster of its own",
      expected: `not ${manifest.databaseClusterId}`,
      found: clusterId,
      passed: clusterId !== manifest.databaseClusterId,
    },
    {
      name: "manifest-count",
      title: "Entries counted, against the manifest",
      expected: `at least ${formatCount(promised)}`,
      found: formatCount(counted),
      passed: counted >= promised,
    },
    {
      name: "archiving-flows",
      title: "Log segments archived in the new lineage",
      expected: "at least 1",
      found: formatCount(segments),
      passed: segments > 0,
    },
  ];
}

async function repeat(request: WithStack, checks: Check[], tell: Teller) {
  const before = await stateOf(request);
  tell.now("preview, expecting no changes");
  await timed(tell, "preview --expect-no-changes", () => request.stack.preview(() => undefined, true));
  checks.push(nothing("preview-unchanged", "Changes that a second preview shows", []));

  tell.now("up again");
  const again = await timed(tell, "up again", () => request.stack.up((text) => tell.now(`up again: ${text}`)));
  const changed = nothingChanged(again.changes) ? [] : [JSON.stringify(again.changes)];
  checks.push(nothing("up-unchanged", "Resources that a second up changed", changed));
  checks.push(sameState("up-restores-nothing", "Second up", before, await stateOf(request)));

  const stack = await withoutState(request, tell);
  checks.push(sameState("lost-state", "Up without Pulumi's state", before, await stateOf(request)));
  if (request.keep) return { result: undefined, detail: "nothing changed; the recovered cluster keeps running" };
  checks.push(...(await takeDown({ ...request, stack }, tell)));
  const detail = `nothing changed, nothing left running, ${formatCount(before.backups.size)} archived files untouched`;
  return { result: undefined, detail };
}

async function withoutState(request: WithStack, tell: Teller): Promise<DrivenStack> {
  tell.now("Pulumi's state is deleted, up once more");
  await request.stack.lose();
  const stack = await DrivenStack.create(request.place, request.settings, request.engine);
  await timed(tell, "up without state", (): Promise<UpResult> => stack.up((text) => tell.now(`state lost: ${text}`)));
  return stack;
}

async function takeDown(request: WithStack, tell: Teller): Promise<Check[]> {
  const before = await archivesOf(request, isLasting(request.settings.clusterId));
  await timed(tell, "destroy", () => request.stack.destroy((text) => tell.now(`destroy: ${text}`)));
  const gone = lostOrChanged(before, await archivesOf(request, isLasting(request.settings.clusterId)));
  const left = await request.running();
  return [
    nothing("destroy-stops", "Processes left after destroy", left.map(String)),
    nothing("destroy-keeps-backups", "Archived files that destroy deleted or changed", gone),
  ];
}

async function timed<T>(tell: Teller, title: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  const result = await work();
  tell.part(title, began);
  return result;
}

/** What may not change when a recovery is run again. */
interface RecoveryState {
  observation: Observation;
  records: Fingerprint;
  backups: Fingerprint;
}

async function stateOf(request: RecoveryRequest): Promise<RecoveryState> {
  const { settings, archives, observe } = request;
  const [observation, records, backups] = await Promise.all([
    observe(),
    fingerprint(archives.offsite, isRecoveryRecord(settings.clusterId)),
    archivesOf(request, isLasting(settings.clusterId)),
  ]);
  return { observation, records, backups };
}

/** Everything in both archives that a filter lets through, under distinct names. */
async function archivesOf({ archives }: RecoveryRequest, keep?: (key: string) => boolean): Promise<Fingerprint> {
  const [away, own] = await Promise.all([fingerprint(archives.offsite, keep), fingerprint(archives.own, keep)]);
  const named = (name: string, all: Fingerprint) =>
    [...all].map(([key, hash]): [string, string] => [`${name}/${key}`, hash]);
  return new Map([...named("offsite", away), ...named("archive", own)]);
}

function sameState(name: string, what: string, before: RecoveryState, after: RecoveryState): Check {
  const differences = [
    ...(sameProcesses(before, after) ? [] : ["processes"]),
    ...(before.observation.clusterId === after.observation.clusterId ? [] : ["cluster id"]),
    ...(isSame(before.records, after.records) ? [] : ["records of recoveries"]),
    ...lostOrChanged(before.backups, after.backups),
  ];
  return nothing(name, `${what}: processes, cluster id, records and backups that differ`, differences);
}

function sameProcesses(before: RecoveryState, after: RecoveryState): boolean {
  return JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
}

function sorted({ observation }: RecoveryState): [string, number][] {
  return Object.entries(observation.processes).sort(([a], [b]) => a.localeCompare(b));
}

function nothing(name: string, title: string, found: readonly string[]): Check {
  return { name, title, expected: "none", found: found.join(", ") || "none", passed: found.length === 0 };
}

function equal(name: string, title: string, expected: string, found: string): Check {
  return { name, title, expected, found, passed: expected === found };
}
