import { setTimeout as sleep } from "node:timers/promises";
import type { CallOptions, Outcome } from "../../hosts/command";
import { CommandError } from "../../hosts/command";
import { until } from "../../neumann/harness";
import type { PodFacts } from "./environment";
import type { ContainerRunner, RestartPolicy } from "./runner";
import { isSidecar, namespaceOf, type PodObject } from "./spec";

/** Where a pod is in its life, as the API server's `status.phase`. */
export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed";

/** What the lab makes for a pod and takes away after it. */
export interface PodParts {
  facts: PodFacts;
  runners: ReadonlyMap<string, ContainerRunner>;
  /** All its processes are in it. */
  cgroup: string;
  /** Its network, volumes and files are removed. */
  remove(): Promise<void>;
}

const graceSeconds = 30;

/** A pod that runs on this machine. */
export class RunningPod {
  phase: PodPhase = "Pending";
  private deletion: Promise<void> | undefined;
  private tellEnd: () => void = () => undefined;
  private readonly toldToEnd = new Promise<void>((resolve) => (this.tellEnd = resolve));
  private readonly life: Promise<void>;

  constructor(private readonly parts: PodParts) {
    this.life = this.live();
  }

  get object(): PodObject {
    return this.parts.facts.pod;
  }

  get name(): string {
    return this.object.metadata.name;
  }

  get namespace(): string {
    return namespaceOf(this.object);
  }

  get address(): string {
    return this.parts.facts.ip;
  }

  get runners(): ReadonlyMap<string, ContainerRunner> {
    return this.parts.runners;
  }

  get cgroup(): string {
    return this.parts.cgroup;
  }

  get terminating(): boolean {
    return this.deletion !== undefined;
  }

  /** Whether the services send it their clients. */
  get ready(): boolean {
    const counted = [...this.lasting, ...this.sidecars];
    return this.phase === "Running" && !this.terminating && counted.every(({ ready }) => ready);
  }

  private get lasting(): ContainerRunner[] {
    return this.object.spec.containers.map(({ name }) => this.runner(name));
  }

  private get sidecars(): ContainerRunner[] {
    return (this.object.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => this.runner(name));
  }

  private async live(): Promise<void> {
    const initialised = await this.initialise();
    if (initialised && !this.terminating) {
      this.phase = "Running";
      await Promise.all(this.lasting.map((runner) => runner.keep()));
    }
    // They end after the others, the last one first.
    for (const sidecar of this.sidecars.reverse()) await this.stopped(sidecar);
    this.phase = initialised && this.lasting.every(({ exitCode }) => exitCode === 0) ? "Succeeded" : "Failed";
  }

  private async initialise(): Promise<boolean> {
    for (const spec of this.object.spec.initContainers ?? []) {
      if (this.terminating) return false;
      const runner = this.runner(spec.name);
      const kept = runner.keep();
      if (isSidecar(spec)) {
        this.keptSidecars.set(spec.name, kept);
        await Promise.race([runner.whenStarted(), this.toldToEnd]);
      } else if ((await kept) !== 0) return false;
    }
    return true;
  }

  private readonly keptSidecars = new Map<string, Promise<unknown>>();

  private async stopped(sidecar: ContainerRunner): Promise<void> {
    sidecar.stop("SIGTERM");
    await this.keptSidecars.get(sidecar.spec.name);
  }

  private runner(container: string): ContainerRunner {
    const found = this.parts.runners.get(container);
    if (found === undefined) {
      throw new Error(`pod ${this.name} has no container ${container}: ${[...this.parts.runners.keys()].join(", ")}`);
    }
    return found;
  }

  /** What a container has written, over all its starts. */
  log(container: string): string {
    return this.runner(container).container.log;
  }

  /** Everything that its containers have written: for messages. */
  get logs(): string {
    return [...this.parts.runners]
      .map(([name, { container }]) => `--- ${name}\n${container.log.slice(-3000)}`)
      .join("\n");
  }

  /** Kills a container's processes at once; what its restart policy says follows. */
  kill(container: string): void {
    this.runner(container).container.signal("SIGKILL");
  }

  /** Runs a program in a container to its end, with the container's environment and rights. */
  exec(container: string, words: readonly string[], options: CallOptions = {}): Promise<Outcome> {
    return this.runner(container).container.exec(words, options);
  }

  /** The words that run a program in a container, for whoever wants its streams. */
  commandIn(container: string, words: readonly string[]): string[] {
    return this.runner(container).container.commandIn(words);
  }

  /** Like `exec`; gives what was written, and throws unless it ended with 0. */
  async must(container: string, words: readonly string[], options: CallOptions = {}): Promise<string> {
    const outcome = await this.exec(container, words, options);
    if (outcome.code !== 0) throw new CommandError(`${this.name}: ${words.join(" ")}`, outcome);
    return outcome.stdout;
  }

  /** Waits until it is ready. */
  async whenReady(seconds = 60): Promise<this> {
    await this.wait("is ready", () => this.ready, seconds);
    return this;
  }

  /** Waits until all its containers have ended for good. */
  async whenOver(seconds = 120): Promise<PodPhase> {
    await this.wait("is over", () => this.phase === "Succeeded" || this.phase === "Failed", seconds);
    return this.phase;
  }

  private async wait(what: string, test: () => boolean, seconds: number): Promise<void> {
    await until(`pod ${this.name} ${what}`, test, seconds * 1000).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}\n${this.problems}${this.logs}`);
    });
  }

  private get problems(): string {
    const told = [...this.parts.runners.values()].map(({ problem }) => problem).filter((each) => each !== undefined);
    return told.map((each) => `${each}\n`).join("");
  }

  /**
   * Ends it as a kubelet does: SIGTERM to the containers, then to the sidecars, the last one first; SIGKILL to what is
   * left when the grace period is over. Everything but claims is gone afterwards.
   * @param grace in seconds; what the pod says if left out.
   */
  delete(grace = this.object.spec.terminationGracePeriodSeconds ?? graceSeconds): Promise<void> {
    this.deletion ??= this.end(grace);
    return this.deletion;
  }

  private async end(grace: number): Promise<void> {
    const ended = new AbortController();
    const all = [...this.parts.runners.values()];
    const forced = sleep(grace * 1000, undefined, { signal: ended.signal }).then(
      () => all.forEach((runner) => runner.stop("SIGKILL")),
      () => undefined,
    );
    const sidecars = this.sidecars;
    for (const runner of all.filter((each) => !sidecars.includes(each))) runner.stop("SIGTERM");
    this.tellEnd();
    await this.life;
    ended.abort();
    await forced;
    await this.parts.remove();
  }
}

/** When containers of a pod that have ended are started again. */
export function restartPolicyOf(pod: PodObject, container: string): RestartPolicy {
  const init = pod.spec.initContainers?.find(({ name }) => name === container);
  if (init !== undefined && isSidecar(init)) return "Always";
  const policy = (pod.spec.restartPolicy ?? "Always") as RestartPolicy;
  // An init container is over once it has succeeded.
  return init !== undefined && policy === "Always" ? "OnFailure" : policy;
}
