import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/**
 * Every process of a run carries this variable, with the run's working folder as its value: children inherit it, also
 * those that detach. So a run recognises its own and nobody else's, whatever their names and ids.
 */
export const workVariable = "PULUMI_NEUMANN_WORK";

/** A process of a run. */
export interface OwnProcess {
  pid: number;
  command: string;
}

/** Processes, other than this one, that carry the folder's mark. */
export async function processesOf(workFolder: string): Promise<OwnProcess[]> {
  const mark = `${workVariable}=${workFolder}`;
  const found = process.platform === "linux" ? await fromProc(mark) : await fromPs(mark);
  return found.filter(({ pid }) => pid !== process.pid);
}

async function fromProc(mark: string): Promise<OwnProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const looked = await Promise.all(
    pids.map(async (pid) => {
      // Another user's process, or one that has ended meanwhile, is not ours.
      const [environment, command, stat] = await Promise.all(
        ["environ", "cmdline", "stat"].map((file) => readFile(`/proc/${pid}/${file}`, "latin1").catch(() => "")),
      );
      const ended = /\) [ZX] /.test(stat ?? "");
      const own = !ended && (environment ?? "").split("\0").includes(mark);
      return own ? [{ pid: Number(pid), command: (command ?? "").replaceAll("\0", " ").trim() }] : [];
    }),
  );
  return looked.flat();
}

/** `ps` shows the environment behind the command, separated by spaces. */
async function fromPs(mark: string): Promise<OwnProcess[]> {
  const { stdout } = await promisify(execFile)("ps", ["-axEww", "-o", "pid=,command="], { maxBuffer: 1 << 26 });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, rest] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || rest === undefined || !` ${rest} `.includes(` ${mark} `)) return [];
    return [{ pid: Number(pid), command: rest.split(` ${workVariable}=`)[0] ?? rest }];
  });
}

/** Whether a process exists and has the word in its command line. */
export async function runsProgram(pid: number, word: string): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  if (process.platform === "linux") {
    return (await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "")).includes(word);
  }
  const ps = promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)]);
  return (await ps.catch(() => ({ stdout: "" }))).stdout.includes(word);
}

const deadlineMs = 15_000;

/**
 * Kills processes until none is left: one that was about to start another may be seen before that other is.
 * Gives those that were killed.
 */
export async function killAll(find: () => Promise<OwnProcess[]>): Promise<OwnProcess[]> {
  const killed = new Map<number, OwnProcess>();
  for (const deadline = Date.now() + deadlineMs; ; await sleep(20)) {
    const found = await find();
    if (found.length === 0) return [...killed.values()];
    for (const own of found) {
      killed.set(own.pid, own);
      kill(own.pid);
    }
    if (Date.now() > deadline) {
      throw new Error(`processes cannot be ended: ${found.map(({ pid, command }) => `${pid} ${command}`).join("; ")}`);
    }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
