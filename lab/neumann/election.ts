import type { Core } from "./core";
import type { Member } from "./entry";
import { type Message, reply } from "./transport";

interface VoteBody {
  clusterId: string;
  term: number;
  candidate: string;
  lastIndex: number;
  lastTerm: number;
  /** A question only: would you vote for me? It changes nothing. */
  preliminary: boolean;
}

const tickMs = 15;
const patienceMs = 3000;

/** Timers and votes. */
export class Election {
  private deadline = 0;
  private lastTick = performance.now();
  private campaigning = false;
  private armed = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly core: Core,
    private readonly onElected: () => void,
    private readonly onLeaderTick: () => void,
  ) {
    this.postpone();
    this.timer = setInterval(() => this.tick(), tickMs);
  }

  private postpone(): void {
    const { electionMinMs, electionMaxMs } = this.core.config;
    this.deadline = performance.now() + electionMinMs + Math.random() * (electionMaxMs - electionMinMs);
  }

  /** The connection to the leader broke: it is taken for dead at once, not for slow. */
  connectionLost(origin: object): void {
    if (origin === this.core.leaderOrigin) this.core.leaderContactAt = -Infinity;
  }

  /**
   * Whether there is a leader as far as this node knows. One that is silent over an open connection is given more time
   * than the timeouts say: on a busy machine it is late far more often than it is dead, and dead processes hang up.
   */
  private led(now = performance.now()): boolean {
    const { role, leaderContactAt, config } = this.core;
    return role === "leader" || now - leaderContactAt < Math.max(config.electionMinMs, patienceMs);
  }

  private tick(): void {
    const now = performance.now();
    // If this process itself stood still, messages of the leader may wait unread: that is not the leader's silence.
    const stalled = now - this.lastTick > 4 * tickMs;
    this.lastTick = now;
    if (this.core.role === "leader") return this.onLeaderTick();
    if (this.led(now)) this.armed = false;
    else if (!this.armed || stalled) {
      this.armed = true;
      this.postpone();
    } else if (now >= this.deadline) this.start();
  }

  private start(): void {
    if (this.campaigning || this.core.installing || !this.core.isMember) return;
    this.campaigning = true;
    this.postpone();
    this.campaign()
      .catch((error: unknown) => this.core.parts.fatal(error))
      .finally(() => (this.campaigning = false));
  }

  private async campaign(): Promise<void> {
    const { core } = this;
    const term = core.term;
    core.leaderId = null;
    if (!(await this.collect(term + 1, true)) || core.term !== term || core.role === "leader") return;
    if (core.leaderId !== null) return;
    core.role = "candidate";
    core.setTerm(term + 1, core.id);
    const won = await this.collect(core.term, false);
    if (core.term !== term + 1 || (core.role as string) !== "candidate") return;
    if (!won) {
      core.role = "follower";
      return;
    }
    core.role = "leader";
    core.leaderId = core.id;
    core.parts.say("info", `elected leader, term ${core.term}`);
    this.onElected();
  }

  /** Asks all for their vote; resolves as soon as a majority said yes, or when all have answered. */
  private collect(term: number, preliminary: boolean): Promise<boolean> {
    const { core } = this;
    const body: VoteBody = {
      clusterId: core.clusterId,
      term,
      candidate: core.id,
      lastIndex: core.log.lastIndex,
      lastTerm: core.log.lastTerm,
      preliminary,
    };
    const needed = core.majority - 1;
    if (needed <= 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      let yes = 0;
      let waiting = core.others.length;
      for (const member of core.others) {
        void this.ask(member, body).then((granted) => {
          waiting -= 1;
          yes += granted ? 1 : 0;
          if (yes >= needed) resolve(true);
          else if (waiting === 0) resolve(false);
        });
      }
    });
  }

  private async ask(member: Member, body: VoteBody): Promise<boolean> {
    try {
      const timeout = this.core.config.electionMaxMs;
      const answer = await this.core.parts.transport.call(member.address, "vote", { body: { ...body } }, timeout);
      const { term, granted } = answer.body as { term: number; granted: boolean };
      if (term > this.core.term && !body.preliminary) this.core.follow(term, null);
      return granted;
    } catch (error) {
      this.core.parts.say("debug", `no vote from ${member.id}: ${(error as Error).message}`);
      return false;
    }
  }

  /** Answers a candidate. */
  vote(message: Message): Message {
    const { core } = this;
    const body = message.body as unknown as VoteBody;
    if (core.empty || body.clusterId !== core.clusterId) return reply({ term: 0, granted: false });
    const granted = this.grants(body);
    if (granted && !body.preliminary) {
      core.setTerm(core.term, body.candidate);
      this.postpone();
    }
    return reply({ term: core.term, granted });
  }

  private grants(body: VoteBody): boolean {
    const { core } = this;
    const { log } = core;
    if (this.led() || core.installing || body.term < core.term) return false;
    const ahead = body.lastTerm - log.lastTerm || body.lastIndex - log.lastIndex;
    const current = ahead >= 0;
    if (body.preliminary) return current && body.term > core.term;
    if (body.term > core.term) core.follow(body.term, null);
    return current && (core.votedFor === null || core.votedFor === body.candidate);
  }

  /** Stops the timers. */
  close(): void {
    clearInterval(this.timer);
  }
}
