import path from "node:path";
import type { AgentConfig } from "../../model/agentConfig";
import { startedUnits, systemdUnits, type UnitFile } from "../../model/systemdUnits";
import { pathsOf } from "../context";
import { WorldFault } from "../run/errors";
import { databaseUser, systemctl } from "./asRoot";
import { readIfThere, removeFile, replaceFile } from "./files";
import { gateFile } from "./gate";

const folder = "/etc/systemd/system";

/** The units of this installation. */
async function unitsOf(config: AgentConfig): Promise<UnitFile[]> {
  const { uid, gid } = (await databaseUser(config.node)) ?? { uid: 0, gid: 0 };
  return systemdUnits(config, {
    user: String(uid),
    group: String(gid),
    launcher: path.join(config.agentDirectory, "neumann-backup"),
    leases: pathsOf(config).leases,
    gate: gateFile(config.node),
  });
}

/** Puts the units in place and starts them; what is right already stays, and nothing is disturbed. */
export async function putUnits(config: AgentConfig): Promise<void> {
  let changed = false;
  for (const { path: name, text } of await unitsOf(config)) {
    const file = path.join(folder, name);
    if ((await readIfThere(file)) === text) continue;
    await replaceFile(file, text);
    changed = true;
  }
  if (changed) await systemctl(["daemon-reload"]);
  await systemctl(["enable", "--now", ...startedUnits]);
}

/** Which of them are not as they were put: of no use while it is so. */
export async function wrongUnits(config: AgentConfig): Promise<string[]> {
  const wrong: string[] = [];
  for (const { path: name, text } of await unitsOf(config)) {
    if ((await readIfThere(path.join(folder, name))) !== text) wrong.push(`${name} differs`);
  }
  return [...wrong, ...(await stoppedUnits())];
}

/** Which of those that start the others do not, now or after the next start of the host. */
export async function stoppedUnits(): Promise<string[]> {
  const wrong: string[] = [];
  for (const name of startedUnits) {
    if (!(await holds(["is-active", "--quiet", name]))) wrong.push(`${name} is off`);
    else if (!(await holds(["is-enabled", "--quiet", name]))) wrong.push(`${name} does not start with the host`);
  }
  return wrong;
}

/** What systemctl tells by its exit code. */
async function holds(question: readonly string[]): Promise<boolean> {
  try {
    await systemctl(question);
    return true;
  } catch (error) {
    if (error instanceof WorldFault) return false;
    throw error;
  }
}

/** Takes the units away; a backup that one of them takes ends in order first. */
export async function removeUnits(config: AgentConfig): Promise<void> {
  const units = await unitsOf(config);
  const there: UnitFile[] = [];
  for (const unit of units) if ((await readIfThere(path.join(folder, unit.path))) !== undefined) there.push(unit);
  if (there.length === 0) return;
  const started = startedUnits.filter((name) => there.some((unit) => unit.path === name));
  if (started.length > 0) await systemctl(["disable", "--now", ...started]);
  const services = there.map((unit) => unit.path).filter((name) => /^neumann-backup[a-z-]*\.service$/.test(name));
  if (services.length > 0) await systemctl(["stop", ...services]);
  // When the timer ran last: systemd keeps that apart.
  if (started.includes(startedUnits[0])) await systemctl(["clean", "--what=state", startedUnits[0]]);
  for (const unit of there) await removeFile(path.join(folder, unit.path));
  await systemctl(["daemon-reload"]);
}
