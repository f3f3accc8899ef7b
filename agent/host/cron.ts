import { lstat, realpath, rm } from "node:fs/promises";
import path from "node:path";
import type { AgentConfig } from "../../model/agentConfig";
import { cronEntries, readsDefaults, withGate, withoutGate } from "../../model/cronEntries";
import type { Mistakes } from "../../model/mistakes";
import { agentConfigFile } from "../context";
import { cronProgram } from "../identity";
import { WorldFault } from "../run/errors";
import { asRoot } from "./asRoot";
import { DetachedProcess } from "./detached";
import { exists, makeDirectory, readIfThere, removeFile, replaceFile } from "./files";
import { gateFile } from "./gate";
import { processCommand } from "./identity";
import { defaultsFile, initScript } from "./initScript";
import { run } from "./run";

/** No dot in its name: cron would not read it. */
const entriesFile = "/etc/cron.d/neumann-backup";

function scriptFile(config: AgentConfig): string {
  return path.join(config.agentDirectory, "cron.sh");
}

/** Locks, and the number of the process that takes backups: root's, unlike the agent's notes. */
function notesFolder(config: AgentConfig): string {
  return path.join(config.agentDirectory, "cron");
}

/** What is put in place, beside the block in the defaults file. */
function filesOf(config: AgentConfig): { file: string; text: string; mode: number }[] {
  const script = scriptFile(config);
  const entries = cronEntries({ nodeId: config.node.id, script });
  return [
    { file: script, text: cronProgram, mode: 0o755 },
    { file: entriesFile, text: entries, mode: 0o644 },
  ];
}

/** Puts the gate, the script and the entries in place; what is right already stays. */
export async function putEntries(config: AgentConfig): Promise<void> {
  await makeDirectory(notesFolder(config), 0o755);
  await changeDefaults((text) => withGate(text, gateFile(config.node)));
  for (const { file, text, mode } of filesOf(config)) {
    if ((await wrongFile(file, text, mode)) !== undefined) await replaceFile(file, text, mode);
  }
}

/** Owner and mode stay; a link stays one. */
async function changeDefaults(change: (text: string | undefined) => string | undefined): Promise<void> {
  const before = await readIfThere(defaultsFile);
  const after = change(before);
  if (after === before) return;
  if (after === undefined) return removeFile(defaultsFile);
  const file = before === undefined ? defaultsFile : await realpath(defaultsFile);
  await asRoot({ do: "replace", file, text: after });
}

/** Which parts are not as they were put, and what the host lacks: of no use while it is so. */
export async function wrongEntries(config: AgentConfig): Promise<string[]> {
  const wrong = (await lacks()).map(({ problem }) => problem);
  for (const { file, text, mode } of filesOf(config)) {
    const why = await wrongFile(file, text, mode);
    if (why !== undefined) wrong.push(`${file} ${why}`);
  }
  const defaults = await readIfThere(defaultsFile);
  if (defaults !== withGate(defaults, gateFile(config.node))) wrong.push(`the gate in ${defaultsFile} differs`);
  return wrong;
}

/** The same, of an installation whose entries are not known. */
export async function stoppedEntries(): Promise<string[]> {
  const gone = (await exists(entriesFile)) ? [] : [`${entriesFile} is gone`];
  return [...(await lacks()).map(({ problem }) => problem), ...gone];
}

/** Cron does not read a file of another owner, or one that others may write. */
async function wrongFile(file: string, text: string, mode: number): Promise<string | undefined> {
  const found = await readIfThere(file);
  if (found === undefined) return "is gone";
  if (found !== text) return "differs";
  const stats = await lstat(file);
  const right = stats.isFile() && stats.uid === 0 && (stats.mode & 0o7777) === mode;
  return right ? undefined : `is not root's own file of mode ${mode.toString(8)}`;
}

const settleTimeoutMs = 120_000;

/** Takes them away; a backup that is being taken ends in order first. Another agent's entries stay. */
export async function removeEntries(config: AgentConfig): Promise<void> {
  const entries = await readIfThere(entriesFile);
  const notes = notesFolder(config);
  if (entries?.includes(` ${scriptFile(config)} `) !== true && !(await exists(notes))) return;
  if (entries?.includes(` ${scriptFile(config)} `) === true) await removeFile(entriesFile);
  const running = new DetachedProcess(path.join(notes, "due.pid"), [agentConfigFile(config), "run-due"]);
  if (!(await running.stop(settleTimeoutMs))) {
    throw new WorldFault(`the backup under way did not end in ${settleTimeoutMs / 1000} s; run it again`);
  }
  await changeDefaults(withoutGate);
  await removeFile(scriptFile(config));
  // Last: by it a run after a death knows that there is more to remove.
  await rm(notes, { recursive: true, force: true });
}

/** Collects what a host lacks whose database is run by an init script. */
export async function checkCronHost(mistakes: Mistakes): Promise<void> {
  for (const { problem, remedy } of await lacks()) mistakes.add("node.serviceManager", problem, "sysv", remedy);
}

interface Lack {
  problem: string;
  remedy: string;
}

const programs = ["flock", "logger", "update-rc.d"];

async function lacks(): Promise<Lack[]> {
  const found = await lacksOfScript();
  if (!(await exists(path.dirname(entriesFile)))) {
    found.push({ problem: "there is no /etc/cron.d", remedy: "Install a cron that reads it (Debian: cron)." });
  }
  if (!(await cronRuns())) {
    found.push({
      problem: "no cron runs on this host",
      remedy: "Start Debian's cron or cronie, such as by `service cron start`.",
    });
  }
  for (const program of programs) {
    const { code } = await run("sh", ["-c", 'PATH="$PATH:/usr/sbin:/sbin" command -v "$1"', "sh", program]);
    if (code === 0) continue;
    found.push({
      problem: `${program} is not installed`,
      remedy: "Debian has them in util-linux, bsdutils and init-system-helpers.",
    });
  }
  return found;
}

/** Without it nobody could keep the database from starting in the middle of a restore. */
async function lacksOfScript(): Promise<Lack[]> {
  const text = await readIfThere(initScript);
  if (text === undefined) {
    return [{ problem: `there is no ${initScript}`, remedy: "Install the database's init script first." }];
  }
  if (readsDefaults(text)) return [];
  const remedy = `Write into it, before it does anything: [ ! -r ${defaultsFile} ] || . ${defaultsFile}`;
  return [{ problem: `${initScript} does not read ${defaultsFile}, where the gate is`, remedy }];
}

/** By the file in which Debian's cron and cronie note themselves: their children, which may live longer, have the same name. */
async function cronRuns(): Promise<boolean> {
  const pid = Number(await readIfThere("/run/crond.pid"));
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  return /(^|\/)crond?( |$)/i.test((await processCommand(pid)) ?? "");
}
