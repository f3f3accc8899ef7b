import { expect } from "vitest";
import { until } from "../../lab/neumann/harness";
import { type AgentOptions, complaint, type Ran } from "./support";

export const moments = ["before", "in", "after"] as const;
/** Kill points that were tried, and those after which all was well. */
export const tried: string[] = [];
export const survived: string[] = [];

export interface Steps {
  name: string;
  steps: readonly { name: string }[];
}

export interface Attempt {
  procedure: Steps;
  /** What its archive is kept in. @default "folders" */
  kind?: string;
  /** Runs the command once. */
  run: (options: AgentOptions) => Promise<Ran>;
  /** What must hold while the dead run's remains lie about. */
  afterKill?: (point: string) => Promise<void>;
}

/** Kills the command at the three moments of one step. */
export async function killAt(step: string, { procedure, kind = "folders", run, afterKill }: Attempt): Promise<void> {
  for (const moment of moments) {
    const failpoint = `${procedure.name}/${step}:${moment}`;
    const point = `${failpoint} in ${kind}`;
    tried.push(point);
    let ran = await run({ failpoint });
    // A busy machine may void a backup or still end what a dead run left: then it is tried again.
    for (let again = 0; again < 20 && (ran.code === 4 || ran.code === 75); again++) ran = await run({ failpoint });
    expect(ran.code, `${point} was not reached: ${complaint(ran)} ${ran.stdout}`).toBeNull();
    await afterKill?.(point);
    survived.push(point);
  }
}

/** Each of the procedures was killed at every moment of every step, and nothing came of it. */
export function allSurvived(procedures: readonly Steps[] = [], kind = "folders"): void {
  expect(procedures).not.toEqual([]);
  const points = procedures.flatMap(({ name, steps }) =>
    steps.flatMap((step) => moments.map((moment) => `${name}/${step.name}:${moment} in ${kind}`)),
  );
  expect(points.filter((point) => !survived.includes(point))).toEqual([]);
  expect(tried.filter((point) => !survived.includes(point))).toEqual([]);
}

/** Runs the command until it ends well: a run may find the world still busy with the dead one's remains. */
export async function untilDone(run: () => Promise<Ran>, ms = 300_000): Promise<Ran> {
  let last: Ran | undefined;
  return until(
    "the command ends well",
    async () => {
      last = await run();
      if (last.code !== null && ![0, 4, 75].includes(last.code)) throw new Error(complaint(last));
      return last.code === 0 ? last : undefined;
    },
    ms,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${last && complaint(last)}`);
  });
}
