import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Node } from "../context";
import { isCode } from "./files";
import { processStart } from "./identity";
import { ProcessService } from "./service";

/**
 * Folders of runs that are under way, in the node's folder for work. Each carries the process that made it, so that whoever
 * comes next, with whatever command, can tell what is dead. The start is there for a power loss: the folder comes back with
 * the disk, and the number with another process.
 */
const folderPattern = /^(?:query|verify|snapshots|full)-.*-(\d+)\.(\w*)$/;

/** Of agents before this one. */
const olderPattern = /^(?:query|verify)-(\d+)-[0-9a-f]+$/;

/** A folder of this process alone. */
export async function workFolder({ paths }: Node, what: string): Promise<string> {
  return path.join(paths.work, `${what}-${process.pid}.${wordOf(await processStart(process.pid))}`);
}

function wordOf(start: string | undefined): string {
  return start?.replace(/\W/g, "") ?? "";
}

/** Takes away what dead runs left, and ends servers that may still run on it. */
export async function removeLeftovers({ config, paths }: Node): Promise<void> {
  for (const name of await namesIn(paths.work)) {
    const [, pid, start] = folderPattern.exec(name) ?? olderPattern.exec(name) ?? [];
    if (pid === undefined || (await lives(Number(pid), start))) continue;
    const folder = path.join(paths.work, name);
    await new ProcessService({ ...config.node, configFile: path.join(aloneIn(folder), "config.toml") }, null).stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, "ENOENT")) return []; // Nothing was ever made there.
    throw error;
  }
}

async function lives(pid: number, start: string | undefined): Promise<boolean> {
  const found = await processStart(pid);
  return found !== undefined && (start === undefined || wordOf(found) === start);
}

/** Where a copy is started alone. */
export function aloneIn(folder: string): string {
  return path.join(folder, "alone");
}
