import type { Container } from "./container";
import type { PodFacts } from "./environment";
import { pause, type ProbeTarget, whenProbe } from "./probes";
import type { ContainerSpec, Probe } from "./spec";
import type { Volume } from "./volumes";

/** What a container is run in. */
export interface RunContext {
  facts: PodFacts;
  volumes: ReadonlyMap<string, Volume>;
  reach: ProbeTarget["reach"];
  /** Wait before another start after a failure; doubled each time up to thirty times as much. */
  backOffSeconds: number;
  /** The grace period for one that is stopped because a probe failed. */
  graceSeconds: number;
}

/** When a container that has ended is started again. */
export type RestartPolicy = "Always" | "OnFailure" | "Never";

const longestBackOff = 30;

/** Keeps one container of a pod as its spec says: started, looked at, started again. */
export class ContainerRunner {
  /** Its startup probe has passed, or it has none and runs. */
  started = false;
  ready = false;
  restarts = 0;
  /** The code of its last end. */
  exitCode: number | undefined;
  /** Why it cannot be started; it is tried again. */
  problem: string | undefined;
  private stopping = new AbortController();
  private readonly waiting: (() => void)[] = [];

  constructor(
    readonly container: Container,
    private readonly policy: RestartPolicy,
    private readonly context: RunContext,
  ) {}

  get spec(): ContainerSpec {
    return this.container.spec;
  }

  /** Runs it until it is over for good; gives its last code, undefined if it was never started. */
  async keep(): Promise<number | undefined> {
    const { backOffSeconds } = this.context;
    for (let times = 0; !this.stopping.signal.aborted; times++) {
      if (times > 0) {
        const seconds = backOffSeconds * Math.min(2 ** (times - 1), longestBackOff);
        if (!(await pause(seconds, this.stopping.signal))) break;
        this.restarts = times;
      }
      this.exitCode = await this.once();
      this.started = this.ready = false;
      if (!this.again()) break;
    }
    this.wake();
    return this.exitCode;
  }

  private again(): boolean {
    if (this.policy === "Always" || this.problem !== undefined) return true;
    return this.policy === "OnFailure" && this.exitCode !== 0;
  }

  /** Runs it once; its code. What keeps it from being started is told and counts as a failed start. */
  private async once(): Promise<number | undefined> {
    const { facts, volumes } = this.context;
    const over = new AbortController();
    try {
      const { ended } = await this.container.start(facts, volumes);
      this.problem = undefined;
      void this.look(over.signal);
      return await ended;
    } catch (error) {
      this.problem = (error as Error).message;
      return this.exitCode;
    } finally {
      over.abort();
    }
  }

  /** Follows the probes of one run: the others count once the first has passed. */
  private async look(signal: AbortSignal): Promise<void> {
    const target: ProbeTarget = { container: this.container, reach: this.context.reach, signal };
    const { startupProbe, readinessProbe } = this.spec;
    const up = startupProbe === undefined ? true : await firstAnswer(startupProbe, target, undefined);
    if (signal.aborted) return;
    if (up !== true) return this.end(signal);
    this.started = true;
    this.ready = readinessProbe === undefined;
    this.wake();
    await Promise.all([this.followReadiness(target), this.followLife(target)]);
  }

  private async followLife(target: ProbeTarget): Promise<void> {
    const probe = this.spec.livenessProbe;
    if (probe !== undefined && (await firstAnswer(probe, target, true)) === false) await this.end(target.signal);
  }

  private async followReadiness(target: ProbeTarget): Promise<void> {
    const probe = this.spec.readinessProbe;
    if (probe === undefined) return;
    for (let ready = await firstAnswer(probe, target, false); ready !== undefined;) {
      this.ready = ready;
      ready = await whenProbe(probe, target, ready);
    }
  }

  /** Stops a run that a probe calls dead. */
  private async end(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.container.signal("SIGTERM");
    if (await pause(this.context.graceSeconds, signal)) this.container.signal("SIGKILL");
  }

  /** Resolves once it has started, or is over for good. */
  whenStarted(): Promise<void> {
    if (this.started || this.stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** No more starts; the process is sent a signal. */
  stop(signal: NodeJS.Signals): void {
    this.stopping.abort();
    this.wake();
    this.container.signal(signal);
  }
}

/** The first change of what a probe says, not before its initial delay. */
async function firstAnswer(probe: Probe, target: ProbeTarget, known: boolean | undefined) {
  if (!(await pause(probe.initialDelaySeconds ?? 0, target.signal))) return undefined;
  return whenProbe(probe, target, known);
}
