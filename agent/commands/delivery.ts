import { readdir, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import type { AgentConfig } from "../../model/agentConfig";
import { exists, isCode, readIfThere, removeFile, replaceFile } from "../host/files";
import { agentProgram } from "../identity";

/** Runtimes that were shipped by earlier installations; who still runs one keeps it until it ends. */
export async function dropOldRuntimes(config: AgentConfig): Promise<void> {
  const folder = path.join(config.agentDirectory, "runtime");
  for (const name of (await exists(folder)) ? await readdir(folder) : []) {
    const old = path.join(folder, name);
    if (!process.execPath.startsWith(`${old}${path.sep}`)) await rm(old, { recursive: true, force: true });
  }
}

/** Below the home of whom the host is reached as; each component has a folder of its own in it. */
const deliveryFolder = ".neumann-backup";

/** Set by start.sh: the folder that the program and its runtime were copied to. */
const deliveredVariable = "NEUMANN_BACKUP_DELIVERED";

/** Remembered, so that nothing of it stays when the agent is removed. What an earlier installation brought goes now. */
export async function noteDelivery(config: AgentConfig): Promise<void> {
  const folder = process.env[deliveredVariable];
  if (folder === undefined) return;
  await replaceFile(deliveryFile(config), `${folder}\n`);
  const current = path.basename(agentProgram());
  const old = (await readdir(folder)).filter((name) => /^agent-[0-9a-f]+\.cjs$/.test(name) && name !== current);
  for (const name of old) await removeFile(path.join(folder, name));
}

function deliveryFile(config: AgentConfig): string {
  return path.join(config.agentDirectory, "delivered");
}

/** Only what was copied by us; the folder itself where nothing else is in it. */
export async function removeDelivery(config: AgentConfig): Promise<void> {
  const folder = (await readIfThere(deliveryFile(config)))?.trim();
  if (folder === undefined) return;
  const names = (await exists(folder)) ? await readdir(folder) : [];
  const ours = names.filter((name) => /^(agent-[0-9a-f]+\.cjs|start-[0-9a-f]+\.sh|node-linux-.*\.tgz)$/.test(name));
  for (const name of ours) await removeFile(path.join(folder, name));
  await dropEmpty(folder);
  if (path.basename(path.dirname(folder)) === deliveryFolder) await dropEmpty(path.dirname(folder));
  await removeFile(deliveryFile(config));
}

/** Removes a folder unless something is in it that is not ours. */
export async function dropEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if (!isCode(error, "ENOTEMPTY", "EEXIST", "ENOENT", "EBUSY")) throw error;
  });
}
