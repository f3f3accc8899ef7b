import { rm } from "node:fs/promises";
import path from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { type BackupPolicyOverrides, resolvePolicy } from "../model/policy";
import { isTier } from "../model/tier";
import { formatCount, formatSeconds } from "../model/units";
import type { ClusterSettings, EnvironmentSettings, RecoverySettings } from "../stacks/settings";
import { compareRows, promisedBy, type RowComparison } from "./comparison";
import { DrivenStack, type EngineOptions, openEngine } from "./engine";
import type { Laboratory, RowWriter } from "./laboratory";
import { type Load, loadAndBackUp } from "./load";
import { type Check, verdictOf } from "../model/objectives";
import { explainLoss, measure, rowChecks } from "./measure";
import type { Progress } from "../cli/progress";
import { type Recovered, type RecoveryRun, runRecovery } from "./recovery";
import { type RehearsalResult, resultFormat } from "./result";
import { type Teller, Timeline } from "./timeline";
import { writeReport } from "./report";

/** Everything that an exercise needs. */
export interface ExerciseRequest {
  laboratory: Laboratory;
  engine: EngineOptions;
  /** Folder of the programs: with `Pulumi.yaml` and `stacks/recovery/Pulumi.yaml`. */
  programs: string;
  /** Everything is put here; it must be empty. */
  folder: string;
  /** The report is put here. */
  reportFolder: string;
  clusterId: string;
  recoveryId: string;
  /** Acknowledged writes at least. */
  writes: number;
  policy: BackupPolicyOverrides;
  /** Leaves the recovered cluster running. */
  keep: boolean;
  /** What it runs with, for the report. */
  tools: Record<string, string>;
  progress: Progress;
  signal?: AbortSignal;
}

/** Where an exercise's report is. */
export interface ExerciseOutcome {
  result: RehearsalResult;
  json: string;
  html: string;
}

const phases = 7;
const stackName = "demo";

/** Folders of an exercise. */
interface Places {
  environment: string;
  recovery: string;
}

interface Exercise extends ExerciseRequest {
  timeline: Timeline;
  places: Places;
  command: PulumiCommand;
  startedAt: Date;
}

/** Brings up a protected cluster, loads it, loses it, recovers it from the off-site copy alone, and measures that. */
export async function runExercise(request: ExerciseRequest): Promise<ExerciseOutcome> {
  const startedAt = new Date();
  const timeline = new Timeline(request.progress, phases, request.signal);
  const at = (name: string) => path.join(request.folder, name);
  const places: Places = {
    environment: at("pulumi-environment"),
    recovery: at("pulumi-recovery"),
  };
  const exercise: Exercise = { ...request, timeline, places, startedAt, command: await openEngine(request.engine) };
  const stack = await timeline.phase("protect", "Bring up a protected cluster", (tell) => protect(exercise, tell));
  const load = await timeline.phase("load", "Write, and back up meanwhile", (tell) =>
    loadAndBackUp({ ...exercise, archive: request.laboratory.archives.lost.folder }, tell),
  );
  const lostAt = await timeline.phase("lose", "Lose everything but the off-site copy", () =>
    lose(exercise, stack, load),
  );
  let rows: RowComparison | undefined;
  const run = await runRecovery({
    place: { project: path.join(request.programs, "stacks", "recovery"), folder: places.recovery, stack: stackName },
    engine: { command: exercise.command, options: request.engine },
    settings: recoverySettings(exercise),
    archives: { own: request.laboratory.archives.fresh.folder, offsite: request.laboratory.archives.offsite.folder },
    timeline,
    observe: () => request.laboratory.observe(request.laboratory.fresh),
    running: () => request.laboratory.runningOn(request.laboratory.fresh),
    verify: async (recovered) => {
      rows = await compare(exercise, load.writer, recovered);
      return [...rowChecks(rows), await countCheck(exercise, rows)];
    },
    keep: request.keep,
  });
  if (rows === undefined) throw new Error("the recovery did not look at the data");
  const found: Found = { load, lostAt, run, rows };
  return timeline.phase("report", "Measure and report", () => report(exercise, found));
}

function clusterSettings(exercise: Exercise): Pick<ClusterSettings, "clusterId" | "clusterName" | "programDirectory"> {
  const { clusterId, laboratory } = exercise;
  return { clusterId, clusterName: clusterId, programDirectory: laboratory.programDirectory };
}

function recoverySettings(exercise: Exercise): RecoverySettings {
  const { laboratory, recoveryId, policy } = exercise;
  return {
    ...clusterSettings(exercise),
    nodes: [...laboratory.fresh],
    archiveLocation: laboratory.archives.fresh.location,
    offsiteLocation: laboratory.archives.offsite.location,
    policy,
    recoveryId,
  };
}

async function protect(exercise: Exercise, tell: Teller) {
  const { places, laboratory, programs, policy, engine, command } = exercise;
  const settings: EnvironmentSettings = {
    ...clusterSettings(exercise),
    nodes: [...laboratory.lost],
    archiveLocation: laboratory.archives.lost.location,
    offsiteLocation: laboratory.archives.offsite.location,
    policy,
  };
  tell.note(`policy: the standard one, but ${describeOverrides(policy).join(", ")}`);
  const place = { project: programs, folder: places.environment, stack: stackName };
  const stack = await DrivenStack.create(place, settings, { command, options: engine });
  const { commands } = await stack.up((text) => tell.now(text));
  for (const { name, startedAt, endedAt } of commands) tell.part(name, startedAt, endedAt);
  const detail = `${laboratory.lost.length} nodes, each with the agent; the log is archived`;
  return { result: stack, detail };
}

/** What differs from the standard policy, such as `wal.archiveTimeoutSeconds = 1`. */
export function describeOverrides(policy: BackupPolicyOverrides): string[] {
  return Object.entries(policy).flatMap(([section, values]) =>
    Object.entries(values as Record<string, number>).map(([key, value]) => `${section}.${key} = ${value}`),
  );
}

async function lose(exercise: Exercise, stack: DrivenStack, load: Load) {
  const { laboratory, timeline } = exercise;
  // The writer's last answers may be on their way: what it did not read is not acknowledged.
  const killed = await laboratory.destroy(laboratory.lost);
  const lostAt = Date.now();
  timeline.mark("loss", "Cluster lost", lostAt);
  await load.writer.stop();
  await stack.lose();
  await rm(laboratory.archives.lost.folder, { recursive: true, force: true });
  const { acknowledged } = load.writer;
  const detail = `${killed} nodes killed in the middle of writing; ${formatCount(acknowledged)} writes had been acknowledged`;
  return { result: lostAt, detail };
}

async function compare({ laboratory }: Exercise, writer: RowWriter, { manifest }: Recovered): Promise<RowComparison> {
  return compareRows({
    notes: writer.notes,
    found: await laboratory.readRows(await laboratory.leaderOf(laboratory.fresh)),
    promised: promisedBy(manifest),
    valueOf: (k) => laboratory.valueOf(k),
  });
}

async function countCheck({ laboratory }: Exercise, rows: RowComparison): Promise<Check> {
  const counts = await Promise.all(laboratory.fresh.map((node) => laboratory.countRows(node)));
  return {
    name: "row-count",
    title: "Rows that each node counts",
    expected: formatCount(rows.recovered),
    found: counts.map(formatCount).join(", "),
    passed: counts.every((count) => count === rows.recovered),
  };
}

interface Found {
  load: Load;
  lostAt: number;
  run: RecoveryRun;
  rows: RowComparison;
}

async function report(exercise: Exercise, found: Found) {
  const result = resultOf(exercise, found);
  const files = await writeReport(exercise.reportFolder, result);
  const { seconds } = result;
  return { result: { result, ...files }, detail: `${result.verdict}, the whole took ${formatSeconds(seconds)}` };
}

function resultOf(exercise: Exercise, { load, lostAt, run, rows }: Found): RehearsalResult {
  const { timeline, startedAt } = exercise;
  const { plan, digest, report: recovery, manifest, acceptedAt } = run.recovered;
  const policy = resolvePolicy(exercise.policy);
  if (!isTier(plan.tier)) throw new Error(`the plan names a tier that is not known: ${plan.tier}`);
  const backupAt = Date.parse(manifest.createdAt);
  timeline.mark("backup", "Backup that was restored", backupAt);
  const objectives = measure({ policy: policy[plan.tier], lostAt, acceptedAt, backupAt, rows });
  const checks = [...load.checks, ...run.checks];
  const endedAt = new Date();
  const [recoveryPoint] = objectives;
  if (recoveryPoint === undefined) throw new Error("nothing was measured");
  return {
    format: resultFormat,
    verdict: verdictOf(checks, objectives),
    clusterId: exercise.clusterId,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    seconds: (endedAt.getTime() - startedAt.getTime()) / 1000,
    rows,
    objectives,
    loss: {
      at: new Date(lostAt).toISOString(),
      destroyed: [
        "every node (SIGKILL), with its data and configuration",
        "the first archive, with its log",
        "the environment's Pulumi state and its passphrase",
      ],
      explanation: explainLoss(rows, recoveryPoint, plan.backupId),
    },
    plan: { ...plan, digest },
    recovery,
    backups: load.backups,
    archivedSegments: load.archivedSegments,
    policy,
    policyOverrides: describeOverrides(exercise.policy),
    checks,
    phases: [...timeline.phases],
    marks: [...timeline.marks],
    tools: exercise.tools,
  };
}
