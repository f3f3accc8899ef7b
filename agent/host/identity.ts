import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { kubelet, type NodeConfig } from "../../model/agentConfig";
import { isCode, readIfThere } from "./files";
import { run } from "./run";

/** Says when a process began, in whatever unit: with its pid it names the process for ever. Undefined when it is gone. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform !== "linux") {
    const { stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)], { evenIfInterrupted: true });
    return stdout.trim() || undefined;
  }
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // Field 3 is the state: a zombie runs no more. Field 22 is the start in ticks since boot.
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch (error) {
    if (isCode(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
}

/** The command line of a process that runs, its words parted by spaces. Undefined when it is gone. */
export async function processCommand(pid: number): Promise<string | undefined> {
  if ((await processStart(pid)) === undefined) return undefined;
  if (process.platform !== "linux") {
    return (await run("ps", ["-o", "command=", "-p", String(pid)], { evenIfInterrupted: true })).stdout.trim();
  }
  try {
    return (await readIfThere(`/proc/${pid}/cmdline`))?.replaceAll("\0", " ").trim();
  } catch (error) {
    if (isCode(error, "ESRCH")) return undefined; // It ended between opening and reading.
    throw error;
  }
}

/**
 * Names this boot of this machine. Our units are told the boot's id by systemd: in a container that systemd started, the
 * id in /proc is laid over the kernel's own, and a unit with `ProtectKernelTunables` sees the kernel's.
 */
export async function hostIdentity(): Promise<string> {
  // A pod comes back on whatever machine: there is one of its name at a time, and its processes are no longer there then.
  const { POD_NAME: pod, POD_NAMESPACE: namespace } = process.env;
  if (pod && namespace) return `${pod}/${namespace}`;
  const boot = process.env.NEUMANN_BACKUP_BOOT ?? (await readIfThere("/proc/sys/kernel/random/boot_id")) ?? "boot";
  return `${hostname()}/${boot.trim().replaceAll("-", "")}`;
}

/** Names the machine of a node, across boots. A pod has none of its own: its address follows its volume from host to host. */
export async function machineIdentity({ serviceManager, address }: NodeConfig): Promise<string> {
  if (serviceManager === kubelet) return address;
  const id = await readIfThere("/etc/machine-id");
  return id?.trim() || hostname();
}
