import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Node } from "../context";
import type { Admin } from "../database/admin";
import { makeDirectory } from "../host/files";
import { aloneIn, removeLeftovers, workFolder } from "../host/leftovers";
import { checkSpace, type Material, treeOf } from "./material";
import { whileAlone } from "./proof";

/**
 * Copies that are restored beside a running database, asked and thrown away: each lies in a folder of its own run alone.
 */
export function scratchFolder(node: Node, what: "query" | "verify"): Promise<string> {
  return workFolder(node, `${what}-${randomBytes(4).toString("hex")}`);
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

/** Starts what was restored, alone on loopback, for some work. `folder` is that of `scratchFolder`. */
export async function whileScratch(
  material: Material,
  folder: string,
  work: (admin: Admin) => Promise<void>,
): Promise<void> {
  const dataDirectory = path.join(treeOf(material), "data");
  await whileAlone(material.node, { directory: aloneIn(folder), dataDirectory }, work);
}
