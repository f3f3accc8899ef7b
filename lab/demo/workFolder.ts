import { existsSync } from "node:fs";
import { link, mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { killAll, type OwnProcess, processesOf, runsProgram, workVariable } from "./processes";

/** Another run uses the working folder. */
export class WorkFolderBusy extends Error {
  override readonly name = "WorkFolderBusy";
}

/** The one folder that a run uses. */
export interface WorkFolder {
  folder: string;
  /** Everything of this run; empty at its beginning. */
  run: string;
  /** What a run before this one left and was ended now. */
  leftovers: OwnProcess[];
  /** Ends every process of this run. */
  end(): Promise<OwnProcess[]>;
  /** Gives the folder back. */
  release(): Promise<void>;
}

/** Files of the runs themselves are found by this name in their command line. */
const program = "start.mjs";

/**
 * Takes the working folder for this process: ends what a killed run left in it, and clears its data. From here on
 * every child process carries the folder's mark.
 */
export async function takeWork(named: string): Promise<WorkFolder> {
  await mkdir(named, { recursive: true });
  // One name for one folder: processes are recognised by it.
  const folder = await realpath(named);
  await lock(folder);
  process.env[workVariable] = folder;
  const end = () => endProcesses(folder);
  const leftovers = await end();
  const run = path.join(folder, "run");
  await rm(run, { recursive: true, force: true });
  await mkdir(run, { recursive: true });
  return { folder, run, leftovers, end, release: () => rm(lockFile(folder), { force: true }) };
}

/** Ends what runs in a working folder and removes it. */
export async function cleanWork(named: string): Promise<{ killed: OwnProcess[]; removed: boolean }> {
  const removed = existsSync(named);
  const folder = removed ? await realpath(named) : path.resolve(named);
  await refuseIfTaken(folder);
  const killed = await endProcesses(folder);
  await rm(folder, { recursive: true, force: true });
  return { killed, removed };
}

function endProcesses(folder: string): Promise<OwnProcess[]> {
  return killAll(() => processesOf(folder));
}

function lockFile(folder: string): string {
  return path.join(folder, "run.pid");
}

/** Two runs that start in the same moment: one creates the file, the other finds it. */
async function lock(folder: string): Promise<void> {
  const own = `${lockFile(folder)}.${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (await linked(own, lockFile(folder))) return;
      await refuseIfTaken(folder);
      await rm(lockFile(folder), { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
  throw new WorkFolderBusy(`${folder} is taken by another run again and again. Run it once at a time.`);
}

/** A link appears whole or not at all. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

async function refuseIfTaken(folder: string): Promise<void> {
  const text = await readFile(lockFile(folder), "utf8").catch(() => "");
  const pid = Number(text);
  if (pid === process.pid || !(await runsProgram(pid, program))) return;
  throw new WorkFolderBusy(`process ${pid} runs in ${folder}. Wait for its end, or end it with Ctrl-C.`);
}
