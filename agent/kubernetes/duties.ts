import { setTimeout as sleep } from "node:timers/promises";
import { lookSeconds } from "../../model/policy";
import { exposition } from "../../model/prometheus";
import { statusMetrics } from "../../model/statusMetrics";
import { Tier } from "../../model/tier";
import { openArchive } from "../archive/open";
import { status } from "../commands/status";
import { agentConfigFile, type Node } from "../context";
import { AgentPart } from "../host/agentPart";
import { exists } from "../host/files";
import { endExpiredPauses, endLocalPauses } from "../pause";
import { explain } from "../run/errors";
import type { Reporter } from "../run/events";
import { leaseSeconds, type PodLease } from "./lease";
import { partPatienceMs } from "./phases";

/** What the sidecar's loops share. */
export interface Duty {
  node: Node;
  reporter: Reporter;
  /** Aborted when the pod ends: nothing is begun any more. */
  stopping: AbortSignal;
}

/** Waits; false as soon as the pod ends. */
async function goesOn({ stopping }: Duty, seconds: number): Promise<boolean> {
  await sleep(seconds * 1000, undefined, { signal: stopping }).catch(() => undefined);
  return !stopping.aborted;
}

function complain({ reporter }: Duty, what: string, error: unknown): void {
  reporter.emit({ event: "error", message: `${what}: ${explain(error).message}` });
}

const guardSeconds = 60;

/**
 * Ends pauses of ours whose time is up, at once and then every minute. The watchdog of a pause dies with the sidecar that
 * paused: this one, started again, and those of the other pods are there for it (I10).
 */
export async function guardPauses(duty: Duty): Promise<void> {
  const { archive: spec } = duty.node.config;
  do {
    try {
      const archive = await openArchive(spec, spec.clusterId, "primary").catch(() => undefined);
      const ended = await endLocalPauses(duty.node, archive);
      if (archive !== undefined) ended.push(...(await endExpiredPauses(duty.node, archive)));
      for (const lease of ended) duty.reporter.emit({ event: "note", message: `ended the pause ${lease}` });
    } catch (error) {
      complain(duty, "pauses", error);
    }
  } while (await goesOn(duty, guardSeconds));
}

/** The status, looked at in the background, so that whoever asks for metrics waits for nothing. */
export class Metrics {
  text: string | undefined;

  async refresh(duty: Duty): Promise<void> {
    let seconds: number;
    do {
      seconds = lookSeconds;
      try {
        const found = await status(duty.node);
        this.text = exposition(statusMetrics(found));
        // Before the database has started there is little to tell.
        if (found.role === null) seconds = 10;
      } catch (error) {
        this.text = undefined;
        complain(duty, "status", error);
      }
    } while (await goesOn(duty, seconds));
  }
}

/** What the sidecar takes by itself: the rest is the cluster's jobs'. */
const ownTiers = [Tier.Snapshots, Tier.Full];

/** So soon it is seen that this node leads. */
const pollSeconds = 5;

/** Takes what is due, in a process of its own: whatever becomes of it, segments are taken meanwhile. */
export class Schedule {
  private part: AgentPart | undefined;
  /** Whether this node led when it was last asked. */
  private led = false;
  private said = "";

  constructor(
    private readonly duty: Duty,
    /** @throws WorldFault where there is no API server to ask. */
    private readonly lease: () => PodLease,
    /** Words of the command that takes snapshots of the volume, where they are wanted. */
    private readonly volumes?: readonly string[],
  ) {}

  /** Looks when the database answers, and then in the rhythm of every node's schedule. */
  async run(): Promise<void> {
    const { node } = this.duty;
    let seconds: number;
    do {
      seconds = 2;
      if (!(await node.http.answers())) continue;
      try {
        seconds = await this.look();
      } catch (error) {
        seconds = lookSeconds;
        complain(this.duty, "schedule", error);
      }
    } while (await this.waits(seconds));
  }

  /** Waits for the next look, or until this node begins to lead: then it has backups to take. */
  private async waits(seconds: number): Promise<boolean> {
    const { node } = this.duty;
    for (const until = performance.now() + seconds * 1000; performance.now() < until;) {
      if (!(await goesOn(this.duty, Math.min(seconds, pollSeconds)))) return false;
      const leads = (await node.http.metrics().catch(() => undefined))?.role === "leader";
      if (leads && !this.led) return true;
      this.led = leads;
    }
    return true;
  }

  /** A backup that is being made ends in order, or is given up: writes are resumed by whoever is left. */
  async stop(): Promise<void> {
    await this.part?.stop(partPatienceMs);
  }

  /** After how many seconds to look again. */
  private async look(): Promise<number> {
    const { node } = this.duty;
    const { role } = await node.http.metrics();
    const held = await exists(node.paths.hold);
    this.led = role === "leader";
    if (!this.led || held) {
      await this.take([]);
      return lookSeconds;
    }
    const holder = await this.hold();
    if (holder !== null) {
      this.note(`the Lease is ${holder}'s: no backups are taken here`);
      await this.take([]);
      return leaseSeconds / 2;
    }
    await this.take(ownTiers);
    if (this.volumes !== undefined) await this.work(["--json", ...this.volumes]);
    await this.askLease((lease) => lease.release(), undefined);
    return lookSeconds;
  }

  /** Null where this pod has the Lease, or cannot ask for it. */
  private hold(): Promise<string | null> {
    return this.askLease((lease) => lease.hold(), null);
  }

  /** An API server that is away holds nothing up: the archive's claims still keep two apart (protocol 15). */
  private async askLease<T>(work: (lease: PodLease) => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work(this.lease());
    } catch (error) {
      const { message } = explain(error);
      this.note(`the Lease cannot be asked for: ${message}. The archive's claims alone keep two backups apart.`);
      return otherwise;
    }
  }

  /** Says what is so again and again once. */
  private note(message: string): void {
    if (message !== this.said) this.duty.reporter.emit({ event: "note", message });
    this.said = message;
  }

  private async take(tiers: readonly Tier[]): Promise<void> {
    const config = agentConfigFile(this.duty.node.config);
    const words = ["--config", config, "--json", "run-due", "--tiers", tiers.join(",") || "none"];
    await this.work(words, tiers.length > 0);
  }

  /** `leads`: it is given up when another has the Lease. */
  private async work(words: readonly string[], leads = true): Promise<void> {
    const { reporter, stopping } = this.duty;
    if (stopping.aborted) return;
    const part = new AgentPart(words, ({ event, step, message }) => {
      if (event !== "step" && event !== "progress") reporter.emit({ event, step, message });
    });
    this.part = part;
    try {
      while (await part.runs((leaseSeconds / 4) * 1000)) {
        const holder = leads ? await this.hold() : null;
        if (holder === null) continue;
        this.note(`the Lease is ${holder}'s now: what is under way here is given up`);
        await part.stop(partPatienceMs);
      }
    } finally {
      this.part = undefined;
    }
    await part.ended;
  }
}
