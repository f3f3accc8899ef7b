import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { until } from "../neumann/harness";
import { call, type CallOptions, CommandError, type Outcome, quoted } from "./command";
import { type DiskSource, type HostKey, makeDisk, readHostKey, removeDisk } from "./disk";
import { readText } from "./files";
import { connect, disconnect, setAlone, setCable } from "./network";
import { hostPlace, type HostPlace } from "./place";
import { sshWords } from "./ssh";

/** What a host needs of its lab. */
export interface HostSurroundings {
  disks: DiskSource;
  /** The file of the operator's key. */
  keyFile: string;
  /** The file of the hosts' keys. */
  knownHostsFile: string;
  /** Notes a host's key in that file. */
  setHostKey(address: string, line: string): void;
  /** The words that run a program where the hosts are reachable. */
  insideCommand(words: readonly string[]): string[];
}

/** How a command is run on a host. */
export interface HostRunOptions extends CallOptions {
  /** Who logs in: `root`, or `deploy`, who may do everything by sudo without a password. @default root */
  user?: string;
}

/** How a file lies on a host. */
export interface PutOptions {
  /** @default root */
  owner?: string;
  /** @default root */
  group?: string;
  /** Octal. @default 644 */
  mode?: string;
}

const bootSeconds = 60;
const haltSeconds = 60;
const killSeconds = 30;
const bootProgram = path.join(__dirname, "boot.sh");
const insideProgram = path.join(__dirname, "inside.sh");

/** A Linux machine with a disk, a cable and a switch. */
export class Host {
  private readonly place: HostPlace;
  private key: HostKey = { secret: "", line: "" };
  private unplugged = false;
  private alone = false;
  private readonly volumes: string[] = [];

  constructor(
    private readonly lab: HostSurroundings,
    number: number,
  ) {
    this.place = hostPlace(lab.disks.lab, number);
  }

  /** What the host calls itself; the others know it by this name too. */
  get name(): string {
    return this.place.name;
  }

  get address(): string {
    return this.place.address;
  }

  /** The public key by which it is known: `ssh-ed25519 AAAA…`. */
  get hostKey(): string {
    return this.key.line;
  }

  /** The disk, as files of this machine. Its links lead out of it: for looking, and for laying out plain files. */
  get root(): string {
    return this.place.root;
  }

  /** Whether anything of it runs. */
  get running(): boolean {
    return readText(path.join(this.place.cgroup, "cgroup.events")).includes("populated 1");
  }

  /** What it wrote to its console since it was made. */
  get consoleLog(): string {
    return readText(path.join(this.place.folder, "console.log"));
  }

  /** Gives it its first disk. */
  async install(): Promise<void> {
    mkdirSync(this.place.cgroup, { recursive: true });
    await this.newDisk();
  }

  private async newDisk(key?: HostKey): Promise<void> {
    await makeDisk(this.place, this.lab.disks, key);
    this.key = readHostKey(this.place);
    this.lab.setHostKey(this.address, this.hostKey);
  }

  /** Switches it on, with the disk as it is, and waits until systemd has started everything. */
  async boot(): Promise<void> {
    if (this.running) throw new Error(`${this.name} runs already`);
    await connect(this.lab.disks.lab, this.place);
    await this.plug();
    const child = this.start();
    const failed = new Promise<never>((_, reject) => child.once("error", reject));
    await Promise.race([failed, this.whenStarted(child)]);
  }

  private start(): ChildProcess {
    const { cgroup, netns, root, name, folder } = this.place;
    const log = openSync(path.join(folder, "console.log"), "a");
    const words = [cgroup, netns, root, netns, name, ...this.volumes.map((volume) => `--bind=${volume}`)];
    const child = spawn(bootProgram, words, { stdio: ["ignore", log, log], detached: true });
    closeSync(log);
    child.unref();
    return child;
  }

  private async whenStarted(child: ChildProcess): Promise<void> {
    const started = async () => {
      if (child.exitCode !== null) throw new Error(`${this.name} did not start: ${this.consoleLog.slice(-2000)}`);
      if (this.initProcess === undefined) return false;
      const { stdout } = await this.console("systemctl is-system-running --wait", { timeoutSeconds: bootSeconds });
      return /^(running|degraded)/.test(stdout);
    };
    const what = `${this.name} has started`;
    await until(what, started, bootSeconds * 1000).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}\n${this.consoleLog.slice(-2000)}`);
    });
  }

  /** Gives it a block device of this machine from its next start on, also under another path, as udev would. */
  attach(device: string, alias: string): void {
    this.volumes.push(device, `${device}:${alias}`);
  }

  /** Powers it off in order. */
  async halt(): Promise<void> {
    const [supervisor] = this.processes("supervisor");
    if (supervisor === undefined) throw new Error(`${this.name} is off`);
    process.kill(supervisor, "SIGTERM");
    await this.gone(haltSeconds);
  }

  /** Kills every process in it at once. Its network lives on, so that others see their connections reset. */
  async kill(): Promise<void> {
    if (!this.running) throw new Error(`${this.name} is off`);
    writeFileSync(path.join(this.place.cgroup, "cgroup.kill"), "1");
    await this.gone(killSeconds);
  }

  /**
   * Takes its power away: the others hear nothing of it. What was written but not synced is still on the disk, since
   * this machine did not lose its power.
   */
  async crash(): Promise<void> {
    if (!this.running) throw new Error(`${this.name} is off`);
    await setCable(this.lab.disks.lab, this.place, false);
    await this.kill();
    // With its namespace go the connections that the kernel would end in order once the cable is back.
    await disconnect(this.lab.disks.lab, this.place);
  }

  private gone(seconds: number): Promise<boolean> {
    return until(`${this.name} is off`, () => !this.running, seconds * 1000);
  }

  /** Pulls its cable: nobody reaches it and it reaches nobody, also after another start. */
  async cut(): Promise<void> {
    this.unplugged = true;
    await this.plug();
  }

  /** Keeps it and the other hosts from each other; the hub still reaches all. */
  async isolate(): Promise<void> {
    await setAlone(this.lab.disks.lab, this.place, true);
    this.alone = true;
  }

  /** Ends what `cut` and `isolate` did. */
  async heal(): Promise<void> {
    this.unplugged = false;
    await this.plug();
    if (this.alone) await setAlone(this.lab.disks.lab, this.place, false);
    this.alone = false;
  }

  private async plug(): Promise<void> {
    const { lab } = this.lab.disks;
    if (existsSync(`/run/netns/${this.place.netns}`)) await setCable(lab, this.place, !this.unplugged);
  }

  /**
   * Destroys the disk, taking the power away first if it is on, and puts in a new one with nothing but the image. It is
   * off afterwards. The address stays; the host's key is a new one, as on any machine that was installed anew.
   */
  async wipe(options: { keepHostKey?: boolean } = {}): Promise<void> {
    if (this.running) await this.crash();
    await removeDisk(this.place);
    await this.newDisk(options.keepHostKey === true ? this.key : undefined);
  }

  /** Runs a command by SSH to its end, in the user's shell. 255 means that SSH failed. */
  run(command: string, options: HostRunOptions = {}): Promise<Outcome> {
    return call(this.lab.insideCommand(this.sshCommand(command, options.user)), options);
  }

  /** Like `run`; gives what was written, and throws unless it ended with 0. */
  async must(command: string, options: HostRunOptions = {}): Promise<string> {
    const outcome = await this.run(command, options);
    if (outcome.code !== 0) throw new CommandError(`${this.name}: ${command}`, outcome);
    return outcome.stdout;
  }

  /** The words of a call of `ssh`, for whoever runs it in the hub with streams of their own. */
  sshCommand(command: string, user = "root"): string[] {
    return [...sshWords(this.lab), `${user}@${this.address}`, "--", command];
  }

  /** Runs a command as root as if at the host's keyboard: works while no network does. */
  console(command: string, options: CallOptions = {}): Promise<Outcome> {
    const init = this.initProcess;
    if (init === undefined) throw new Error(`${this.name} is off`);
    const spaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"];
    const enter = ["nsenter", "--target", String(init), ...spaces, "--", "/bin/sh", "-c", command];
    return call([insideProgram, this.place.cgroup, ...enter], options);
  }

  /** Puts a file, or bytes, on the running host; folders on the way are made. */
  async put(source: string | Buffer, target: string, options: PutOptions = {}): Promise<void> {
    const { owner = "root", group = "root", mode = "644" } = options;
    const stdin = typeof source === "string" ? readFileSync(source) : source;
    const words = ["install", "-D", "-o", owner, "-g", group, "-m", mode, "/dev/stdin", target];
    await this.must(words.map(quoted).join(" "), { stdin });
  }

  /** Number of its first process; undefined while there is none. */
  private get initProcess(): number | undefined {
    return this.processes("payload/init.scope")[0];
  }

  private processes(below: string): number[] {
    const pids = readText(path.join(this.place.cgroup, below, "cgroup.procs")).split("\n");
    return pids.filter((pid) => pid !== "").map(Number);
  }
}
