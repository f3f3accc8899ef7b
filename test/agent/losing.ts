import { expect } from "vitest";
import type { LabDisk } from "../../lab/disk/disk";
import type { Steps } from "./killing";
import { type AgentOptions, complaint, type Ran } from "./support";

/**
 * Between two steps nothing is written: what is on the disk after one is what is there before the next. All disks lose
 * power in a step, and the node's alone after it, when the archive knows of what the node may have forgotten.
 */
export const lossMoments = ["in", "after"] as const;
/** Points at which power was lost, and those after which all was well. */
export const lost: string[] = [];
export const withstood: string[] = [];

export interface Loss {
  procedure: Steps;
  /** Runs the command once. */
  run: (options: AgentOptions) => Promise<Ran>;
  /** The disk of the node that runs it. */
  own: LabDisk;
  /** Disks elsewhere: archives. */
  others: readonly LabDisk[];
  /** What the host does by itself when power is back. */
  boot: () => Promise<void>;
  /** What must hold then. */
  afterwards?: (point: string) => Promise<void>;
}

/** Runs a command and cuts power when it dies at its failpoint, or has ended well. */
async function runAndCut(loss: Loss, failpoint: string | undefined, disks: readonly LabDisk[]): Promise<Ran> {
  const ran = await loss.run({
    failpoint,
    started: (child) =>
      child.once("exit", (code, signal) => {
        if (signal === "SIGKILL" || (failpoint === undefined && code === 0)) for (const disk of disks) disk.cut();
      }),
  });
  if (ran.code !== null && !(failpoint === undefined && ran.code === 0)) return ran;
  await Promise.all(disks.map((disk) => disk.back()));
  await loss.boot();
  return ran;
}

async function losePower(point: string, loss: Loss, disks: readonly LabDisk[], failpoint?: string): Promise<void> {
  lost.push(point);
  let ran = await runAndCut(loss, failpoint, disks);
  for (let again = 0; again < 20 && (ran.code === 4 || ran.code === 75); again++)
    ran = await runAndCut(loss, failpoint, disks);
  expect(ran.code, `${point} was not reached: ${complaint(ran)} ${ran.stdout}`).toBe(
    failpoint === undefined ? 0 : null,
  );
  await loss.afterwards?.(point);
  withstood.push(point);
}

/** Power is lost in a step and after it. */
export async function losePowerAt(step: string, loss: Loss): Promise<void> {
  for (const moment of lossMoments) {
    const point = `${loss.procedure.name}/${step}:${moment}`;
    await losePower(point, loss, moment === "in" ? [loss.own, ...loss.others] : [loss.own], point);
  }
}

/** Power is lost everywhere as soon as the command has said that it is done: what it said must be so. */
export async function losePowerWhenDone(loss: Loss, what = ""): Promise<void> {
  await losePower(`${loss.procedure.name}${what} done`, loss, [loss.own, ...loss.others]);
}
