import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { freePorts } from "../ports";
import { call, type CallOptions, must, type Outcome, quoted } from "./command";
import { databaseLayer } from "./database";
import { Host, type HostSurroundings } from "./host";
import { imageLayers } from "./image";
import { makeHub } from "./network";
import { guard, noteOwner, sweep } from "./owner";
import { hubAddress, labPlace, type LabPlace, labPrefix, labsFolder, mostHosts } from "./place";
import { ownNamespace, startRelay } from "./relay";
import { keyRegister } from "./ssh";

/** What a lab is started with. */
export interface HostLabOptions {
  /** How many hosts; more can be added. @default 3 */
  hosts?: number;
  /** The lab makes a folder of its own below this one, for disks and logs. Not on an overlay. @default /var/tmp/neumann-lab */
  folder?: string;
  /** Told what takes long. */
  progress?: (line: string) => void;
}

const tooMany = `a lab has at most ${mostHosts} hosts`;
const insideProgram = path.join(__dirname, "inside.sh");

/**
 * Throw-away Linux machines with real systemd, sshd, sudo and cron, in a network of their own that has no way out. What
 * is to reach them runs in that network's hub: see `spawn`. Any number of labs may exist side by side.
 *
 * @example
 * const lab = await HostLab.start({ hosts: 3 });
 * try {
 *   await startDatabase(lab.hosts);
 *   await lab.hosts[0].must("neumann-admin cluster-status");
 * } finally {
 *   await lab.stop();
 * }
 */
export class HostLab {
  readonly hosts: Host[] = [];
  /** The operator's private key, for `root` and `deploy` on every host; the file holds the same. */
  readonly privateKey: string;

  private constructor(
    private readonly place: LabPlace,
    private readonly surroundings: HostSurroundings,
    private readonly end: () => Promise<void>,
  ) {
    this.privateKey = readFileSync(surroundings.keyFile, "utf8");
  }

  /** Makes a lab and waits until its hosts have started. Removes first what killed labs left behind. */
  static async start(options: HostLabOptions = {}): Promise<HostLab> {
    const { hosts = 3, folder: parent = labsFolder, progress = () => undefined } = options;
    if (hosts > mostHosts) throw new Error(tooMany);
    await sweep(parent);
    const image = await imageLayers(progress);
    mkdirSync(parent, { recursive: true });
    const folder = mkdtempSync(path.join(parent, labPrefix));
    noteOwner(folder);
    const end = guard(folder);
    try {
      const lab = await HostLab.furnish(labPlace(folder), image, end);
      const added = await Promise.allSettled(Array.from({ length: hosts }, () => lab.add()));
      // Not before all have come to their end: what is removed must not be made meanwhile.
      const failed = added.find((each) => each.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      return lab;
    } catch (error) {
      await end();
      throw error;
    }
  }

  private static async furnish(lab: LabPlace, image: readonly string[], end: () => Promise<void>): Promise<HostLab> {
    const keyFile = path.join(lab.folder, "key");
    await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", lab.name, "-f", keyFile]);
    mkdirSync(hubGroup(lab), { recursive: true });
    await makeHub(lab);
    const enter = [insideProgram, hubGroup(lab), "nsenter", `--net=/run/netns/${lab.hub}`, "--"];
    const knownHostsFile = path.join(lab.folder, "known_hosts");
    const surroundings: HostSurroundings = {
      disks: { lab, layers: [databaseLayer(lab.folder), ...image], publicKeyFile: `${keyFile}.pub` },
      keyFile,
      knownHostsFile,
      setHostKey: keyRegister(knownHostsFile),
      insideCommand: (words) => [...enter, ...words],
    };
    return new HostLab(lab, surroundings, end);
  }

  /** The address at which hosts reach a server in the hub. */
  get address(): string {
    return hubAddress(this.place);
  }

  get folder(): string {
    return this.place.folder;
  }

  get privateKeyFile(): string {
    return this.surroundings.keyFile;
  }

  /** Hosts and their keys, as SSH clients read them. */
  get knownHostsFile(): string {
    return this.surroundings.knownHostsFile;
  }

  /** Makes another host with an empty disk and waits until it has started. */
  async add(): Promise<Host> {
    const number = this.hosts.length + 1;
    if (number > mostHosts) throw new Error(tooMany);
    const host = new Host(this.surroundings, number);
    this.hosts.push(host);
    await host.install();
    await host.boot();
    return host;
  }

  /** The words that run a program in the hub, from where all hosts are reachable. What it starts ends with the lab. */
  insideCommand(words: readonly string[]): string[] {
    return this.surroundings.insideCommand(words);
  }

  /** Starts a program in the hub. */
  spawn(command: string, args: readonly string[] = [], options: SpawnOptions = {}): ChildProcess {
    const [program = "", ...words] = this.insideCommand([command, ...args]);
    return spawn(program, words, options);
  }

  /** Runs a program in the hub to its end. */
  run(words: readonly string[], options: CallOptions = {}): Promise<Outcome> {
    return call(this.insideCommand(words), options);
  }

  /**
   * Writes an executable that runs a program in the hub: for those who want the path of a program, as Pulumi's
   * Automation API does (`PulumiCommand.get({ root })` wants `bin/pulumi`). Gives its path, below the lab's folder.
   */
  wrapper(name: string, program: string): string {
    const file = path.join(this.folder, "wrappers", name);
    mkdirSync(path.dirname(file), { recursive: true });
    const words = this.insideCommand([program]).map(quoted);
    writeFileSync(file, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /**
   * Lets hosts reach a server on this machine's loopback, at the same port of the lab's address or at another one that
   * the hub has; gives `host:port`.
   */
  async offer(port: number, listen = `${this.address}:${port}`): Promise<string> {
    const connect = `127.0.0.1:${port}`;
    await startRelay({ listen, listenIn: this.hubNamespace, connect, connectIn: ownNamespace, cgroup: this.hubGroup });
    return listen;
  }

  /** Lets this process reach a port of a host, or of the hub, on this machine's loopback; gives `host:port`. */
  async expose(address: string, port: number): Promise<string> {
    const [free] = await freePorts(1);
    const listen = `127.0.0.1:${free}`;
    const connect = `${address}:${port}`;
    await startRelay({ listen, listenIn: ownNamespace, connect, connectIn: this.hubNamespace, cgroup: this.hubGroup });
    return listen;
  }

  /** Makes an empty block device of this machine, which goes with the lab; for `Host.attach`. */
  async addVolume(mebibytes: number): Promise<string> {
    const folder = path.join(this.folder, "volumes");
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, String(readdirSync(folder).length + 1));
    writeFileSync(file, "");
    truncateSync(file, mebibytes * 1024 * 1024);
    return (await must(["losetup", "--find", "--show", file])).trim();
  }

  private get hubNamespace(): string {
    return `/run/netns/${this.place.hub}`;
  }

  private get hubGroup(): string {
    return hubGroup(this.place);
  }

  /** Removes everything: processes, disks, networks. May be called again. */
  async stop(): Promise<void> {
    if (existsSync(this.folder)) await this.end();
  }
}

/** The cgroup of what runs in the hub. */
function hubGroup({ cgroup }: LabPlace): string {
  return path.join(cgroup, "hub");
}
