import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** Everything on this machine that carries a lab's name or lies in its folder: processes, mounts, namespaces, cgroups, volumes. */
export function tracesOf(labFolder: string): string[] {
  const name = path.basename(labFolder);
  const mounts = linesOf("/proc/self/mountinfo").filter((line) => line.includes(name));
  const files = ["/run/netns", "/run/systemd/nspawn"].flatMap(below).filter((file) => file.includes(name));
  const cgroups = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"]
    .map((tree) => path.join(tree, name))
    .filter(existsSync);
  const folder = existsSync(labFolder) ? [labFolder] : [];
  return [...processesOf(name), ...mounts, ...files, ...cgroups, ...volumesOf(labFolder), ...folder];
}

/** The lock that nspawn has for a host's disk, which is named by numbers. */
export function lockOf(root: string): string {
  const { dev, ino } = statSync(root);
  return `/run/systemd/nspawn/locks/inode-${dev}:${ino}`;
}

function volumesOf(labFolder: string): string[] {
  const files = readdirSync("/sys/block").flatMap((device) => linesOf(`/sys/block/${device}/loop/backing_file`));
  return files.filter((file) => file.startsWith(`${labFolder}/`));
}

function processesOf(name: string): string[] {
  const pids = readdirSync("/proc").filter((each) => /^\d+$/.test(each) && Number(each) !== process.pid);
  return pids.flatMap((pid) => {
    const read = (file: string) => linesOf(`/proc/${pid}/${file}`);
    const lines = [...read("cgroup"), ...read("cmdline")];
    // One that has ended, and that its parent has not asked for, is no process any more.
    const ended = read("status").some((line) => /^State:\s+[ZX]/.test(line));
    return !ended && lines.some((line) => line.includes(name)) ? [`process ${pid}: ${lines.join(" ")}`] : [];
  });
}

function below(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return (readdirSync(folder, { recursive: true }) as string[]).map((file) => path.join(folder, file));
}

/** Nothing if what is read is gone meanwhile. */
function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}
