import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { RecoveryPlan, RecoveryReport } from "../components/results";
import type { Check, Objective } from "../model/objectives";
import { judgeRehearsal } from "../model/rehearsed";
import { formatBytes, formatSeconds } from "../model/units";
import { EngineStopped, findEngine } from "./engine";
import type { EventWatch } from "./engineEvents";
import { replaceFile } from "./files";
import { flagHelp } from "./flags";
import { type Progress, progressOn, silentProgress } from "./progress";
import { readRehearsal, rehearseFlags, type RehearseOrder } from "./rehearseRequest";
import { RehearsalStack } from "./rehearsalStack";
import { stopOnSignals } from "./signals";
import { CommandFailure, ExitCode, facts, type Terminal } from "./terminal";

export const rehearseHelp = `Usage: npx pulumi-neumann rehearse --project DIR --stack NAME [--policy FILE] [--report DIR] [flags]

Rehearses a recovery with a stack of yours: takes down what an earlier rehearsal left, shows the plan, restores exactly that by
pulumi up, measures recovery point and recovery time against the policy, destroys the stack and writes report.json. It runs
unattended, and destroys also when the recovery fails. Pulumi's backend and its secrets are those of your surroundings.

${flagHelp(rehearseFlags)}

The program says that it is a rehearsal: \`rehearsal: true\` in the stack's configuration and \`export const rehearsal = true\`, else it
is refused. It reads \`recoveryId\` and \`approvedPlanDigest\` from its configuration, which are set for each run, and exports \`plan\`,
\`planDigest\` and \`report\` of a ClusterClone, which reads production's archive and writes none of it (docs/rehearsal.md).

Examples:
  npx pulumi-neumann rehearse --project stacks/clone --stack rehearsal
  npx pulumi-neumann rehearse --project rehearsal --stack weekly --policy policy.json --report out --json

Exit codes: 0 PASS; 2 wrong input; 3 the stack is no rehearsal, or there is no plan (nothing was touched); 4 the recovery or the
destroy broke off; 5 FAIL; 75 not yet: another run is at work, or what the backup needs is thawing (the thaw goes on; report.json says
from when on the same will do).`;

const format = "neumann-rehearsal-run/1";

/** What a rehearsal found: `report.json`. docs/rehearsal.md explains each part. */
export interface RehearsalReport {
  format: typeof format;
  verdict: "PASS" | "FAIL";
  stack: string;
  recoveryId: string;
  /** ISO 8601 in UTC. */
  startedAt: string;
  endedAt: string;
  seconds: number;
  plan: RecoveryPlan;
  planDigest: string;
  /** Null where the recovery broke off. */
  report: RecoveryReport | null;
  objectives: Objective[];
  checks: Check[];
  /** Why it broke off; null where it did not. */
  failure: string | null;
  /** When the same will do at the earliest, where it broke off because a store thaws what is needed; ISO 8601 in UTC. */
  tryAgainAt: string | null;
}

interface Run {
  order: RehearseOrder;
  stack: RehearsalStack;
  progress: Progress;
  recoveryId: string;
}

interface Shown {
  plan: RecoveryPlan;
  planDigest: string;
}

/** `rehearse`: the exit code. @throws InputError, CommandFailure */
export async function rehearse(argv: readonly string[], terminal: Terminal): Promise<number> {
  const order = await readRehearsal(argv);
  const json = argv.includes("--json");
  const progress = json ? silentProgress : progressOn(terminal.err);
  const engine = await findEngine((line) => void terminal.err.write(`${line}\n`));
  const stack = await opened(order, () => RehearsalStack.open(order.project, order.stack, engine));
  const stop = stopOnSignals(stack, "stopping after what is under way, then destroying", terminal);
  try {
    const recoveryId = `rehearsal-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
    const report = await exercise({ order, stack, progress, recoveryId });
    const file = await keep(order.report, report);
    terminal.out(json ? JSON.stringify(report) : textOf(report, file));
    if (report.tryAgainAt !== null) return ExitCode.TryLater;
    if (report.failure !== null) return ExitCode.World;
    return report.verdict === "PASS" ? ExitCode.Done : ExitCode.Damaged;
  } finally {
    stop();
    await stack.end();
  }
}

async function exercise(run: Run): Promise<RehearsalReport> {
  const { order, stack, recoveryId } = run;
  const startedAt = new Date();
  await stack.configure({ recoveryId });
  await step(run, 1, "Take down what an earlier rehearsal left", async (listen) => {
    const left = await stack.held();
    if (left.length > 0) await stack.destroy(listen);
    return left.length === 0 ? "nothing was there" : `${left.length} resources`;
  });
  const shown = await look(run);
  const beganAt = Date.now();
  const done = await attempt(run, shown);
  const acceptedAt = Date.now();
  const gone = order.keep ? { left: [], failure: null } : await takeDown(run);
  const endedAt = new Date();
  const judged =
    done.report === null
      ? { verdict: "FAIL" as const, objectives: [], checks: [] }
      : judgeRehearsal({ ...shown, report: done.report, policy: order.policy, beganAt, acceptedAt, left: gone.left });
  return {
    format,
    ...judged,
    stack: order.stack,
    recoveryId,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    seconds: (endedAt.getTime() - startedAt.getTime()) / 1000,
    ...shown,
    report: done.report,
    failure: done.failure ?? gone.failure,
    // What is left in the stack is more urgent.
    tryAgainAt: gone.failure === null ? done.tryAgainAt : null,
  };
}

const steps = 4;

async function step<T extends string>(
  { progress }: Run,
  number: number,
  title: string,
  work: (listen: (text: string) => void) => Promise<T>,
): Promise<T> {
  progress.begin({ number, of: steps, title });
  try {
    const detail = await work((text) => progress.now(text));
    progress.end(detail);
    return detail;
  } catch (error) {
    progress.fail("see below");
    throw error instanceof EngineStopped ? brokeOff(title, error) : error;
  }
}

function brokeOff(title: string, { message, later, afterSeconds }: EngineStopped): CommandFailure {
  if (afterSeconds > 0) return new Thawing(message, afterSeconds);
  const what = later
    ? "Another run is at work on this stack. If it was killed, end its lock by `pulumi cancel`, and run this again"
    : `${title}: it broke off. Mend what it says and run the same again`;
  return new CommandFailure(`${what}:\n${message}`, later ? ExitCode.TryLater : ExitCode.World);
}

/** What the backup needs lies in an archive class and was asked for: a later rehearsal finds it. */
class Thawing extends CommandFailure {
  readonly tryAgainAt: string;
  constructor(message: string, afterSeconds: number) {
    const tryAgainAt = new Date(Date.now() + afterSeconds * 1000).toISOString();
    super(
      `Not yet. The store thaws what is needed; run the same again after ${tryAgainAt}:\n${message}`,
      ExitCode.TryLater,
    );
    this.tryAgainAt = tryAgainAt;
  }
}

/** @throws CommandFailure when the program shows no plan, or does not say that it is a rehearsal. */
async function look(run: Run): Promise<Shown> {
  let found: EventWatch["outputs"] = {};
  await step(run, 2, "Look at the plan", async (listen) => {
    const watch = await run.stack.preview(listen);
    found = watch.outputs;
    const { plan, planDigest, rehearsal } = found as unknown as Shown & { rehearsal: unknown };
    if (rehearsal !== true) throw unfit("its program does not export `rehearsal` as true");
    if (typeof planDigest !== "string") throw unfit("its program shows no `plan` and `planDigest`");
    return `backup ${plan.backupId}, ${formatBytes(plan.storedBytes)}`;
  });
  return { plan: found.plan, planDigest: found.planDigest } as Shown;
}

function unfit(why: string): CommandFailure {
  return new CommandFailure(
    `The stack is not taken for a rehearsal: ${why} (docs/rehearsal.md). Nothing was touched.`,
    ExitCode.Refused,
  );
}

interface Attempt {
  report: RecoveryReport | null;
  failure: string | null;
  tryAgainAt: string | null;
}

/** Exactly what was shown, or nothing. What breaks off is destroyed all the same. */
async function attempt(run: Run, { planDigest }: Shown): Promise<Attempt> {
  try {
    await run.stack.configure({ approvedPlanDigest: planDigest });
    let outputs: EventWatch["outputs"] = {};
    await step(run, 3, "Recover", async (listen) => {
      ({ outputs } = await run.stack.up(listen));
      if (outputs.report === undefined) throw new EngineStopped("its program exports no `report`", false);
      return "recovered and accepted";
    });
    return { report: outputs.report as RecoveryReport, failure: null, tryAgainAt: null };
  } catch (error) {
    const tryAgainAt = error instanceof Thawing ? error.tryAgainAt : null;
    return { report: null, failure: (error as Error).message, tryAgainAt };
  }
}

async function takeDown(run: Run): Promise<{ left: string[]; failure: string | null }> {
  try {
    await step(run, 4, "Destroy it", async (listen) => {
      await run.stack.destroy(listen);
      return "nothing is left";
    });
    return { left: await run.stack.held(), failure: null };
  } catch (error) {
    const left = await run.stack.held();
    return { left, failure: `${(error as Error).message}\nLeft in the stack: ${left.join(", ")}` };
  }
}

async function keep(folder: string, report: RehearsalReport): Promise<string> {
  const file = path.join(folder, "report.json");
  try {
    await mkdir(folder, { recursive: true });
    await replaceFile(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    throw new CommandFailure(`The report was not written: ${(error as Error).message}`, ExitCode.World);
  }
  return file;
}

function textOf({ verdict, plan, objectives, checks, failure, seconds }: RehearsalReport, file: string): string {
  const measured = objectives.map(({ title, measuredSeconds, objectiveSeconds, met }): [string, string] => [
    title,
    `${formatSeconds(measuredSeconds)}, allowed ${formatSeconds(objectiveSeconds)}${met ? "" : ": NOT MET"}`,
  ]);
  const checked = checks.map(({ title, expected, found, passed }): [string, string] => [
    title,
    passed ? found : `${found}, expected ${expected}: FAILED`,
  ]);
  const table = facts([
    ["backup", `${plan.backupId} (${plan.tier}, ${plan.place}), taken ${plan.createdAt}`],
    ...measured,
    ...checked,
    ["the whole took", formatSeconds(seconds)],
  ]);
  const said = failure === null ? "" : `\n\n${failure}`;
  return `${verdict}\n\n${table}${said}\n\nReport: ${file}`;
}

async function opened({ project, stack }: RehearseOrder, open: () => Promise<RehearsalStack>): Promise<RehearsalStack> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const message = `Stack ${stack} of ${project} cannot be opened, and nothing was touched: ${(error as Error).message}`;
    throw new CommandFailure(message, ExitCode.World);
  }
}
