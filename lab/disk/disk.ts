import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { until } from "../neumann/harness";
import { findOnPath } from "../toolchain/files";
import { account, run } from "../toolchain/run";

/** Programs that disks are made with, and the Debian packages that bring them. */
const programs = {
  "mkfs.ext4": "e2fsprogs",
  mount: "mount",
  umount: "mount",
  findmnt: "util-linux",
  sync: "coreutils",
  python3: "python3",
};

/** Why this machine cannot have disks, in one line; undefined if it can. */
export function whyNoDisks(): string | undefined {
  if (process.platform !== "linux") return "they need Linux";
  if (process.getuid?.() !== 0) return "they need root";
  const lacking = Object.entries(programs).flatMap(([program, name]) =>
    findOnPath(program, process.env.PATH) === undefined ? [name] : [],
  );
  if (lacking.length > 0) return `apt-get install ${[...new Set(lacking)].join(" ")}`;
  return fs.existsSync("/dev/loop-control") ? undefined : "there are no loop devices";
}

/**
 * Waits for a line, then shuts the file system down at once without writing its log: EXT4_IOC_SHUTDOWN with
 * EXT4_GOING_FLAGS_NOLOGFLUSH. It is started beforehand, so that nothing is written while it starts.
 */
const switchProgram = `
import fcntl, os, struct, sys
disk = os.open(sys.argv[1], os.O_RDONLY)
print("ready", flush=True)
if sys.stdin.readline():
    fcntl.ioctl(disk, 0x8004587D, struct.pack("I", 2))
`;

/** The kernel writes nothing out by itself for so long: what is on the disk was synced. */
const commitSeconds = 300;

/** A real file system (ext4) in a file, mounted, that can lose power: then only what was synced is there. */
export class LabDisk {
  private switch: ChildProcess | undefined;

  private constructor(
    /** Where it is mounted. */
    readonly path: string,
    private image: string,
  ) {}

  /** Makes an empty one and mounts it; the image lies beside the mount's folder. */
  static async make(at: string, mebibytes = 256): Promise<LabDisk> {
    fs.mkdirSync(at, { recursive: true });
    const image = imageBeside(at);
    fs.writeFileSync(image, "");
    fs.truncateSync(image, mebibytes * 1024 * 1024);
    await must("mkfs.ext4", ["-q", "-E", "lazy_itable_init=0", "-m", "0", image]);
    const disk = new LabDisk(at, image);
    await disk.mount();
    fs.rmdirSync(path.join(at, "lost+found"));
    await disk.sync();
    return disk;
  }

  /** All that was written is on it: what a test itself has put there. */
  async sync(): Promise<void> {
    await must("sync", ["-f", this.path]);
  }

  /** The moment at which power is lost: nothing that is written from now on, or was not synced, comes onto the disk. */
  cut(): void {
    this.switch?.stdin?.end("\n");
  }

  /** Returns what makes it read-only at once, as the kernel does where it finds an error: what is there can be read. */
  async failing(): Promise<() => void> {
    await must("mount", ["-o", "remount,errors=remount-ro", this.path]);
    const { stdout } = await run("findmnt", ["-no", "SOURCE", this.path], { timeoutSeconds: 10 });
    const trigger = path.join("/sys/fs/ext4", path.basename(stdout.trim()), "trigger_fs_error");
    return () => fs.writeFileSync(trigger, "1");
  }

  /** What is left after `cut`: its processes die, the file system is mounted again and replays its journal. */
  async back(): Promise<void> {
    const cut = this.switch as ChildProcess;
    await until("power is cut", () => cut.exitCode !== null || cut.signalCode !== null);
    if (cut.exitCode !== 0) throw new Error(`${this.path} was not shut down: exit ${cut.exitCode}`);
    const before = this.image;
    this.image = imageBeside(this.path);
    await must("cp", ["--sparse=always", before, this.image]);
    await this.release();
    // Not the same image: where another mount namespace still holds it, it would come back as it is, shut down.
    await this.mount();
    fs.rmSync(before);
  }

  /** Ends its processes and removes it with all that it held. */
  async remove(): Promise<void> {
    this.switch?.kill("SIGKILL");
    await this.release();
    fs.rmSync(this.image);
    fs.rmdirSync(this.path);
  }

  private async mount(): Promise<void> {
    await must("mount", ["-o", `loop,commit=${commitSeconds},noinit_itable`, this.image, this.path]);
    const child = spawn("python3", ["-c", switchProgram, this.path], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.on("error", () => undefined);
    await new Promise((resolve, reject) => {
      child.stdout.once("data", resolve);
      child.once("exit", reject);
    });
    this.switch = child;
  }

  /** For a moment after its last process the kernel still holds it. */
  private async release(): Promise<void> {
    await until(`${this.path} can be unmounted`, async () => {
      for (const pid of this.users()) end(pid);
      return (await run("umount", [this.path], { timeoutSeconds: 30 })).code === 0;
    });
  }

  /** Processes that run from it, stand in it, or have something of it open. */
  private users(): number[] {
    const names = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return names.map(Number).filter((pid) => pid !== process.pid && this.isUsedBy(pid));
  }

  private isUsedBy(pid: number): boolean {
    const below = `${this.path}/`;
    try {
      if (fs.readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(below)) return true;
      const links = [`/proc/${pid}/cwd`, ...fs.readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`)];
      return links.some((link) => `${linkOf(link)}/`.startsWith(below));
    } catch {
      return false; // It ended while it was looked at.
    }
  }
}

function imageBeside(at: string): string {
  return path.join(path.dirname(at), `.${path.basename(at)}-${randomUUID()}.ext4`);
}

function linkOf(file: string): string {
  try {
    return fs.readlinkSync(file);
  } catch {
    return ""; // Closed meanwhile.
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function must(program: string, words: readonly string[]): Promise<void> {
  const result = await run(program, words, { timeoutSeconds: 60 });
  if (result.code !== 0) throw new Error(`${program} ${account(result)}`);
}
