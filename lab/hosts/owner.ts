import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readJson, writeJson } from "../toolchain/files";
import { call } from "./command";
import { readText } from "./files";
import { labPrefix } from "./place";

const removeProgram = path.join(__dirname, "remove.sh");

/** A process, told from another that has its number later. */
interface Owner {
  pid: number;
  startTime: string;
}

function ownerFile(folder: string): string {
  return path.join(folder, "owner.json");
}

/** Writes into a lab's folder that it belongs to this process. */
export function noteOwner(folder: string): void {
  const owner: Owner = { pid: process.pid, startTime: startTimeOf(process.pid) ?? "" };
  writeJson(ownerFile(folder), owner);
}

/** In ticks since the machine's start; undefined if there is no such process. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/**
 * Starts the process that removes the lab when this one is gone, however it died. Gives what lets it do so now and
 * waits for it.
 */
export function guard(folder: string): () => Promise<void> {
  const errors = openSync(path.join(folder, "remove.log"), "a");
  const child = spawn(removeProgram, [folder, "--when-input-ends"], {
    stdio: ["pipe", "ignore", errors],
    // A signal for this process, as from a terminal, is not for it.
    detached: true,
  });
  closeSync(errors);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("exit", (code) => resolve(code ?? -1));
    child.once("error", reject);
  });
  // Whoever forgets to stop a lab still ends.
  child.unref();
  return async () => {
    child.ref();
    child.stdin?.end();
    if ((await ended) !== 0) await remove(folder);
  };
}

async function remove(folder: string): Promise<void> {
  const { code } = await call([removeProgram, folder]);
  if (code === 0) return;
  const log = readText(path.join(folder, "remove.log")).slice(-2000);
  throw new Error(`${folder} cannot be removed: ${log}`);
}

/** Removes the labs below a folder whose owner is gone, and only those; gives their folders. */
export async function sweep(parent: string): Promise<string[]> {
  const names = existsSync(parent) ? readdirSync(parent).filter((name) => name.startsWith(labPrefix)) : [];
  const left = names.map((name) => path.join(parent, name)).filter(isLeft);
  for (const folder of left) await remove(folder);
  return left;
}

function isLeft(folder: string): boolean {
  const owner = readJson(ownerFile(folder)) as Owner | undefined;
  return owner !== undefined && startTimeOf(owner.pid) !== owner.startTime;
}
