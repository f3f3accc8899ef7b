import { chown, stat } from "node:fs/promises";
import * as v from "valibot";
import { type NodeConfig, ServiceManager } from "../../model/agentConfig";
import { Refused, WorldFault } from "../run/errors";
import { publishFile, removeFile, replaceFile } from "./files";
import { gateFile } from "./gate";
import { callInitScript } from "./initScript";
import { run } from "./run";

/**
 * What only root may do to a database under a service manager of the host. All else that a recovery does, it does as the
 * database's user: what it writes is then the database's, in its data and in a folder that is an archive.
 */
export type RootTask =
  | { do: "systemctl"; verb: "start" | "stop" | "enable" | "unmask" }
  | { do: "initScript"; verb: "start" | "stop" | "enable" }
  | { do: "replace"; file: string; text: string }
  | { do: "remove"; file: string }
  | { do: "publish"; file: string; text: string };

const taskSchema: v.GenericSchema<unknown, RootTask> = v.variant("do", [
  v.object({ do: v.literal("systemctl"), verb: v.picklist(["start", "stop", "enable", "unmask"]) }),
  v.object({ do: v.literal("initScript"), verb: v.picklist(["start", "stop", "enable"]) }),
  v.object({ do: v.literal("replace"), file: v.string(), text: v.string() }),
  v.object({ do: v.literal("remove"), file: v.string() }),
  v.object({ do: v.literal("publish"), file: v.string(), text: v.string() }),
]);

interface Request {
  number: number;
  task: RootTask;
}

interface Answer {
  number: number;
  /** Empty: it is done. */
  failure: string;
}

/** Set in the environment of the part of a command that gave root up; the other part answers it. */
const servedVariable = "NEUMANN_BACKUP_SERVED";
const served = process.env[servedVariable] !== undefined;
delete process.env[servedVariable]; // Not for what this part starts itself.

/** Does a task, or has it done by the part of this command that is still root. */
export async function asRoot(task: RootTask): Promise<void> {
  if (!served) return perform(task);
  const number = (asked += 1);
  const answer = await new Promise<Answer>((resolve, reject) => {
    const listen = (message: unknown): void => {
      if ((message as Answer).number !== number) return;
      process.off("message", listen);
      resolve(message as Answer);
    };
    process.on("message", listen);
    process.send?.({ number, task } satisfies Request, (error: Error | null) => {
      if (error !== null) reject(error);
    });
  });
  if (answer.failure !== "") throw new WorldFault(answer.failure);
}

let asked = 0;

async function perform(task: RootTask): Promise<void> {
  if (task.do === "systemctl") return systemctl([task.verb, "neumann"]);
  if (task.do === "initScript") return callInitScript(task.verb);
  if (task.do === "remove") return removeFile(task.file);
  if (task.do === "publish") return publishFile(task.file, task.text);
  const before = await stat(task.file).catch(() => undefined);
  await replaceFile(task.file, task.text, before === undefined ? 0o644 : before.mode & 0o7777);
  if (before !== undefined && process.getuid?.() === 0) await chown(task.file, before.uid, before.gid);
}

/** Runs systemctl; what it says when it fails. */
export async function systemctl(words: readonly string[]): Promise<void> {
  const { code, stderr } = await run("systemctl", words, { timeoutSeconds: 180 });
  if (code !== 0) throw new WorldFault(`systemctl ${words.join(" ")} failed: ${stderr.trim()}`);
}

/** The user of the database's files; undefined where there is no data folder, or where it is root's. */
export async function databaseUser(node: NodeConfig): Promise<{ uid: number; gid: number } | undefined> {
  const stats = await stat(node.dataDirectory).catch(() => undefined);
  return stats === undefined || stats.uid === 0 ? undefined : { uid: stats.uid, gid: stats.gid };
}

/** Root gives itself up for the database's user, for good: nothing that is written from here on is in its way. */
export async function becomeDatabaseUser(node: NodeConfig): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const user = await databaseUser(node);
  if (user === undefined) return;
  // The groups of a user are asked for by name or number; Node's types do not know the call.
  (process as unknown as { initgroups(user: number, group: number): void }).initgroups(user.uid, user.gid);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
  const { userInfo } = await import("node:os"); // Not before it is needed: see host/run.ts.
  const { homedir, username } = userInfo();
  Object.assign(process.env, { HOME: homedir, USER: username, LOGNAME: username });
}

/**
 * Runs this very command in a second process, which becomes the database's user, and does as root what that one asks
 * for. Undefined where there is nothing to give up: the caller goes on by itself. `published`: files that root itself named.
 */
export async function servedAsRoot(node: NodeConfig, published: readonly string[] = []): Promise<number | undefined> {
  if (served) {
    await becomeDatabaseUser(node);
    return undefined;
  }
  if (process.getuid?.() !== 0 || (await databaseUser(node)) === undefined) return undefined;
  const { spawn } = await import("node:child_process");
  const child = spawn(process.execPath, process.argv.slice(1), {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, [servedVariable]: "1" },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  child.on("message", (message) => {
    void serve(message as Request, { node, published }).then((answer) => {
      if (child.connected) child.send(answer);
    });
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 128));
  });
}

/** Only on the one database that this agent serves. */
async function serve(
  { number, task }: Request,
  { node, published }: { node: NodeConfig; published: readonly string[] },
): Promise<Answer> {
  try {
    const checked = v.parse(taskSchema, task);
    refuseOthers(checked, { node, published });
    await perform(checked);
    return { number, failure: "" };
  } catch (error) {
    return { number, failure: (error as Error).message };
  }
}

const managerOf = { systemctl: ServiceManager.Systemd, initScript: ServiceManager.SysV } as const;

function refuseOthers(task: RootTask, { node, published }: { node: NodeConfig; published: readonly string[] }): void {
  if (!("file" in task)) {
    if (managerOf[task.do] === node.serviceManager) return;
    throw new Refused(`${task.do} is not what runs the database of ${node.id}: ${node.serviceManager} is`);
  }
  const files = task.do === "publish" ? published : [node.configFile, gateFile(node)];
  if (!files.includes(task.file)) throw new Refused(`${task.file} is no file that this command changes as root`);
}
