import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { call, type CallOptions, type Outcome } from "../../hosts/command";
import { makeFolder, readText } from "../../hosts/files";
import { until } from "../../neumann/harness";
import { environmentOf, expand, hostnameOf, type PodFacts } from "./environment";
import type { Image } from "./images";
import type { ContainerSpec, PodObject, SecurityContext, VolumeMount } from "./spec";
import type { Volume } from "./volumes";

/** What a container is made in. */
export interface ContainerPlace {
  /** For its files; made by it. */
  folder: string;
  cgroup: string;
  /** The network namespace of its pod. */
  netns: string;
  /** Folders of the operating system below every image. */
  base: readonly string[];
  /** Files of this machine that a kubelet lays over some of the image's, by their path in the container. */
  files: Readonly<Record<string, string>>;
}

const containerProgram = path.join(__dirname, "container.sh");
const insideProgram = path.join(__dirname, "../../hosts/inside.sh");
const spaces = ["--mount", "--pid", "--ipc", "--uts"];

/** The code of what SIGKILL ended. */
const killed = 137;

/** What a container that drops nothing may have: the runtimes' usual set. */
const usualCapabilities =
  "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,mknod,audit_write,setfcap";

/** A container's process, which can be started again. */
export class Container {
  private child: ChildProcess | undefined;
  private rights: string[] = [];
  private variables: string[] = [];

  constructor(
    readonly spec: ContainerSpec,
    private readonly image: Image,
    private readonly place: ContainerPlace,
  ) {
    makeFolder(place.folder, "");
    mkdirSync(place.cgroup, { recursive: true });
  }

  get running(): boolean {
    return this.child !== undefined;
  }

  /** What it wrote to both streams, over all its starts. */
  get log(): string {
    return readText(path.join(this.place.folder, "log"));
  }

  /** What it left as its last word. */
  get terminationMessage(): string {
    return readText(path.join(this.place.folder, "termination-log"));
  }

  /** Starts it with a fresh file system; gives the promise of its code: 128 and the signal's number for one that was killed. */
  async start(facts: PodFacts, volumes: ReadonlyMap<string, Volume>): Promise<{ ended: Promise<number> }> {
    const variables = await environmentOf(this.spec, facts, this.image.environment ?? {});
    this.rights = rightsOf(this.spec, facts);
    this.variables = [...variables].map(([name, value]) => `${name}=${value}`);
    this.writeFiles(facts, volumes, this.commandLine(variables));
    const errors = path.join(this.place.folder, "errors");
    const output = openSync(errors, "w");
    const enter = [this.place.cgroup, "nsenter", `--net=/run/netns/${this.place.netns}`, "--"];
    const words = [...enter, "unshare", ...spaces, "--fork", "--kill-child", "--", containerProgram, this.place.folder];
    const child = spawn(insideProgram, words, { stdio: ["ignore", output, output], detached: true });
    closeSync(output);
    child.unref();
    this.child = child;
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        this.child = undefined;
        resolve(codeOf(code, signal, readText(errors)));
      });
    });
    await Promise.race([ended, until(`container ${this.spec.name} runs its program`, () => this.begun)]);
    return { ended };
  }

  /** Its first process is the program: before, a signal would be lost. */
  private get begun(): boolean {
    const first = this.firstProcess;
    const words = first === undefined ? [] : readText(`/proc/${first}/cmdline`).split("\0");
    const [program = "", option] = words;
    const before = words.includes(containerProgram) || program === "/usr/bin/setpriv";
    return program !== "" && !before && !(program === "/usr/bin/env" && option === "-i");
  }

  private commandLine(variables: ReadonlyMap<string, string>): string[] {
    const { command, args } = this.spec;
    const first = command ?? this.image.entrypoint ?? [];
    // Who names a command gets nothing of the image's.
    const rest = args ?? (command === undefined ? (this.image.command ?? []) : []);
    return [...first, ...rest].map((word) => expand(word, variables));
  }

  private writeFiles(facts: PodFacts, volumes: ReadonlyMap<string, Volume>, words: readonly string[]): void {
    const { folder, base } = this.place;
    for (const name of ["root", "upper", "work"]) rmSync(path.join(folder, name), { recursive: true, force: true });
    const last = path.join(folder, "termination-log");
    writeFileSync(last, "");
    chmodSync(last, 0o666);
    const files = { ...this.place.files, [this.spec.terminationMessagePath ?? "/dev/termination-log"]: last };
    const laid = Object.entries(files).flatMap(([target, source]) => [source, target, "rw"]);
    this.writeList("layers", [...this.image.layers, ...base]);
    this.writeList("mounts", [...laid, ...mountsOf(this.spec, volumes)]);
    this.writeList("rights", this.rights);
    this.writeList("words", [`--chdir=${this.spec.workingDir ?? "/"}`, ...this.variables, ...words]);
    writeFileSync(path.join(folder, "hostname"), hostnameOf(facts.pod));
    writeFileSync(path.join(folder, "mode"), this.spec.securityContext?.readOnlyRootFilesystem === true ? "ro" : "rw");
  }

  private writeList(name: string, words: readonly string[]): void {
    writeFileSync(path.join(this.place.folder, name), words.map((word) => `${word}\0`).join(""), { mode: 0o600 });
  }

  /** Sends a signal to its first process; nothing if it has ended. */
  signal(name: NodeJS.Signals): void {
    const first = this.firstProcess;
    if (first !== undefined) process.kill(first, name);
  }

  /** Runs a program in it, with its environment and rights. */
  exec(words: readonly string[], options: CallOptions = {}): Promise<Outcome> {
    return call(this.commandIn(words), options);
  }

  /** The words that run a program in it, for whoever wants its streams. */
  commandIn(words: readonly string[]): string[] {
    const first = this.firstProcess;
    if (first === undefined) throw new Error(`container ${this.spec.name} does not run`);
    const enter = ["nsenter", "--target", String(first), "--net", ...spaces, "--"];
    const program = ["/usr/bin/setpriv", ...this.rights, "--", "/usr/bin/env", "-i", ...this.variables, ...words];
    return [insideProgram, this.place.cgroup, ...enter, ...program];
  }

  /** Its number outside; the one that waits for it is our child. */
  private get firstProcess(): number | undefined {
    const waiting = this.child?.pid;
    if (waiting === undefined) return undefined;
    const [first = ""] = readText(`/proc/${waiting}/task/${waiting}/children`).split(" ");
    return first === "" ? undefined : Number(first);
  }
}

/** unshare ends as its child did; it cannot for SIGKILL, and says so. */
function codeOf(code: number | null, signal: NodeJS.Signals | null, errors: string): number {
  if (signal !== null) return 128 + os.constants.signals[signal];
  return errors.startsWith("unshare: ") ? killed : (code ?? -1);
}

/** The words of setpriv that make a process what the pod says. */
function rightsOf(container: ContainerSpec, { pod }: PodFacts): string[] {
  const all = pod.spec.securityContext ?? {};
  const { runAsUser = 0, runAsGroup = 0, ...own } = { ...all, ...container.securityContext };
  if (own.runAsNonRoot === true && runAsUser === 0) {
    throw new Error(`container ${container.name} has runAsNonRoot and image will run as root`);
  }
  return [
    ...[`--reuid=${runAsUser}`, `--regid=${runAsGroup}`, groupsOf(pod)],
    ...[`--bounding-set=${capabilitiesOf(own).join(",")}`, "--inh-caps=-all"],
    ...(own.allowPrivilegeEscalation === false ? ["--no-new-privs"] : []),
  ];
}

function groupsOf({ spec }: PodObject): string {
  const { supplementalGroups = [], fsGroup } = spec.securityContext ?? {};
  const groups = fsGroup === undefined ? supplementalGroups : [...supplementalGroups, fsGroup];
  return groups.length === 0 ? "--clear-groups" : `--groups=${groups.join(",")}`;
}

function capabilitiesOf({ capabilities }: SecurityContext): string[] {
  const kept = capabilities?.drop?.includes("ALL") === true ? [] : usualCapabilities.split(",");
  return ["-all", ...kept.map((name) => `+${name}`)];
}

/** What is mounted, the outer before the inner as runtimes do: source, target, ro or rw. */
function mountsOf(container: ContainerSpec, volumes: ReadonlyMap<string, Volume>): string[] {
  const depth = ({ mountPath }: VolumeMount) => mountPath.split("/").filter((part) => part !== "").length;
  const sorted = [...(container.volumeMounts ?? [])].sort((one, other) => depth(one) - depth(other));
  return sorted.flatMap((mount) => {
    const volume = volumes.get(mount.name);
    if (volume === undefined) throw new Error(`container ${container.name} mounts ${mount.name}, which is no volume`);
    const how = volume.readOnly || mount.readOnly === true ? "ro" : "rw";
    return [mountSource(volume, mount), mount.mountPath, how];
  });
}

/** A part of a volume that is not there becomes a folder. */
function mountSource({ folder }: Volume, { subPath }: VolumeMount): string {
  if (subPath === undefined) return folder;
  const part = path.join(folder, subPath);
  if (!existsSync(part)) mkdirSync(part, { recursive: true });
  return part;
}
