import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Node } from "../context";
import type { Admin } from "../database/admin";
import { makeDirectory } from "../host/files";
import { ProcessService } from "../host/service";
import { checkSpace, type Material, treeOf } from "./material";
import { whileAlone } from "./proof";

/**
 * Copies that are restored beside a running database, asked and thrown away. Each lies in a folder that carries the
 * process that made it, in the node's folder for work.
 */
const folderPattern = /^(?:query|verify)-(\d+)-[0-9a-f]+$/;

/** A folder of this run alone. */
export function scratchFolder({ paths }: Node, what: "query" | "verify"): string {
  return path.join(paths.work, `${what}-${process.pid}-${randomBytes(4).toString("hex")}`);
}

/** Takes away what dead runs left, then sees that there is room for what is to be restored. */
export async function makeRoom(material: Material): Promise<void> {
  const { node } = material;
  const { work } = node.paths;
  await makeDirectory(work);
  await removeLeftovers(node);
  // It lies beside the data of a database that runs: that must never lose the last of its disk.
  const reserve = node.config.policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  await checkSpace(material, work, reserve);
}

/** Copies of runs that died on this host, and servers that may still run on them. */
export async function removeLeftovers({ config, paths }: Node): Promise<void> {
  for (const name of await readdir(paths.work)) {
    const pid = folderPattern.exec(name)?.[1];
    if (pid === undefined || lives(Number(pid))) continue;
    const folder = path.join(paths.work, name);
    await new ProcessService({ ...config.node, configFile: path.join(aloneIn(folder), "config.toml") }, null).stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function aloneIn(folder: string): string {
  return path.join(folder, "alone");
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Starts what was restored, alone on loopback, for some work. `folder` is that of `scratchFolder`. */
export async function whileScratch(
  material: Material,
  folder: string,
  work: (admin: Admin) => Promise<void>,
): Promise<void> {
  const dataDirectory = path.join(treeOf(material), "data");
  await whileAlone(material.node, { directory: aloneIn(folder), dataDirectory }, work);
}
