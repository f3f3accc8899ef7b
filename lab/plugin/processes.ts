import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

interface Row {
  pid: number;
  parent: number;
  group: number;
}

/** Kills a process and those of its descendants that have not left the process group (a daemon has). */
export function killTree(pid: number): void {
  const rows = processTable();
  const group = rows.find((row) => row.pid === pid)?.group;
  const victims = new Set([pid]);
  for (let before = 0; before < victims.size;) {
    before = victims.size;
    for (const row of rows) if (victims.has(row.parent) && row.group === group) victims.add(row.pid);
  }
  for (const victim of victims) kill(victim);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function processTable(): Row[] {
  if (process.platform === "linux") return readdirSync("/proc").flatMap(fromProc);
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0, group = 0]) => ({ pid, parent, group }));
}

function fromProc(name: string): Row[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "utf8");
    const [, parent = 0, group = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    return [{ pid: Number(name), parent, group }];
  } catch {
    return []; // it ended meanwhile
  }
}
