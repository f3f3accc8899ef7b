import { type Core, NotDone } from "./core";
import { EntryType, type Member } from "./entry";
import type { AppendBody, AppendReply, HeartbeatBody } from "./follower";
import { messageOf } from "./files";
import { sendSnapshot } from "./transfer";
import type { Snapshots } from "./snapshots";

const batchBytes = 1024 * 1024;
const silenceMs = 1000;
const learnerPatienceMs = 10_000;

/** A member, or a node that is to become one, as the leader sees it. */
export interface Peer {
  member: Member;
  learner: boolean;
  match: number;
  next: number;
  busy: boolean;
  beating: boolean;
  needsSnapshot: boolean;
  /** When the last call was sent that the peer answered in this term. */
  ackedAt: number;
  /** The same, but forgiving: a new peer counts as alive, and so does one whose answers this process was too late for. */
  aliveAt: number;
}

/** One term of leadership. */
export class Leader {
  readonly peers = new Map<string, Peer>();
  private readonly term: number;
  private stopped = false;
  private nextBeat = 0;
  private lastCheck = performance.now();
  private readonly confirming: { since: number; resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(
    private readonly core: Core,
    private readonly snapshots: Snapshots,
  ) {
    this.term = core.term;
    this.followMembership();
    // An entry of the own term: with it all earlier ones are committed too.
    void this.propose([{ type: EntryType.noop, data: Buffer.alloc(0) }]);
  }

  private get active(): boolean {
    return !this.stopped && this.core.role === "leader" && this.core.term === this.term;
  }

  /** Whether an entry of this term is committed: only then is the commit index known. */
  get settled(): boolean {
    return this.core.log.commitIndex > 0 && this.core.store.state.term === this.term;
  }

  /** Makes the list of peers that of the members. */
  followMembership(): void {
    for (const member of this.core.others) this.see(member, false);
    for (const [id, peer] of this.peers) {
      const member = this.core.others.some((other) => other.id === id && other.address === peer.member.address);
      if (!member && !peer.learner) this.peers.delete(id);
    }
  }

  private see(member: Member, learner: boolean): Peer {
    const known = this.peers.get(member.id);
    if (known && known.member.address === member.address) {
      known.learner &&= learner;
      return known;
    }
    const peer: Peer = {
      member,
      learner,
      match: 0,
      next: this.core.log.lastIndex + 1,
      busy: false,
      beating: false,
      needsSnapshot: false,
      ackedAt: -Infinity,
      aliveAt: performance.now(),
    };
    this.peers.set(member.id, peer);
    return peer;
  }

  /** Begins to bring a node up to date that wants to become a member. */
  learn(member: Member, empty: boolean): void {
    const peer = this.see(member, true);
    peer.needsSnapshot ||= empty && peer.match === 0;
    this.replicate(peer);
  }

  /** Appends entries and sends them. */
  propose(items: { type: number; data: Buffer }[]): Promise<string[]> {
    const { answers, durable } = this.core.propose(items);
    durable.then(
      () => this.active && this.advance(),
      (error: unknown) => this.core.parts.fatal(error),
    );
    this.peers.forEach((peer) => this.replicate(peer));
    return answers;
  }

  /** Commits what a majority has. */
  private advance(): void {
    const { core } = this;
    const matches = core.membership.members
      .map(({ id }) => (id === core.id ? core.log.durableIndex : (this.peers.get(id)?.match ?? 0)))
      .sort((a, b) => b - a);
    const majority = matches[core.majority - 1] ?? 0;
    if (majority <= core.log.commitIndex || core.log.term(majority) !== this.term) return;
    core.commitTo(Math.min(majority, core.log.durableIndex));
  }

  /** Sends what the peer lacks, one batch at a time. */
  private replicate(peer: Peer): void {
    if (peer.busy || !this.active) return;
    peer.busy = true;
    // Entries proposed in the same turn go out together.
    setImmediate(() => {
      this.stream(peer)
        .catch((error: unknown) => this.core.parts.say("debug", `to ${peer.member.id}: ${messageOf(error)}`))
        .finally(() => (peer.busy = false));
    });
  }

  private async stream(peer: Peer): Promise<void> {
    while (this.active && (peer.needsSnapshot || peer.next <= this.core.log.lastIndex || peer.match === 0)) {
      if (peer.needsSnapshot) await this.transfer(peer);
      else if (!(await this.send(peer))) return;
      this.promote(peer);
    }
  }

  private async transfer(peer: Peer): Promise<void> {
    const { core } = this;
    this.core.parts.say("info", `sending a snapshot to ${peer.member.id}`);
    const index = await this.snapshots.withTransferable((snapshot) => {
      const head = { clusterId: core.clusterId, term: this.term, leader: core.id };
      return sendSnapshot(core.parts.transport, peer.member.address, snapshot, head);
    });
    peer.needsSnapshot = false;
    peer.match = Math.max(peer.match, index);
    peer.next = index + 1;
    peer.aliveAt = performance.now();
  }

  /** Sends one batch; false if the peer cannot take any now. */
  private async send(peer: Peer): Promise<boolean> {
    const { core } = this;
    const batch = await core.log.read(peer.next, batchBytes);
    if (!batch) return (peer.needsSnapshot = true);
    const body: AppendBody = {
      clusterId: core.clusterId,
      term: this.term,
      leader: core.id,
      previousIndex: peer.next - 1,
      previousTerm: batch.previousTerm,
      commit: core.log.commitIndex,
    };
    const payload = Buffer.concat(batch.entries.map((entry) => entry.frame));
    const sentAt = performance.now();
    const answer = await core.parts.transport.call(
      peer.member.address,
      "append",
      { body: { ...body }, payload },
      10_000,
    );
    return this.heard(peer, answer.body as unknown as AppendReply, sentAt);
  }

  private heard(peer: Peer, answer: AppendReply, sentAt: number): boolean {
    if (!this.active) return false;
    if (answer.term > this.term) {
      this.core.follow(answer.term, null);
      return false;
    }
    if (answer.empty) {
      peer.needsSnapshot = peer.learner;
      return peer.learner;
    }
    this.noteAlive(peer, sentAt);
    if (!answer.ok) {
      // A node that stays at the same point cannot take entries at the moment.
      const moved = answer.match + 1 !== peer.next;
      peer.next = answer.match + 1;
      return moved;
    }
    peer.match = Math.max(peer.match, answer.match);
    peer.next = answer.match + 1;
    this.advance();
    return true;
  }

  /** Makes a node a voting member once it has caught up. */
  private promote(peer: Peer): void {
    const { core } = this;
    if (!peer.learner || !this.active || !this.settled || core.membershipPending) return;
    if (peer.match === 0 || peer.match < core.log.commitIndex || this.peers.get(peer.member.id) !== peer) return;
    if (core.membership.members.some((member) => member.id === peer.member.id)) return;
    core.parts.say("info", `${peer.member.id} has caught up and becomes a member`);
    this.changeMembers([...core.membership.members, peer.member]);
  }

  /** Proposes another membership; one member at a time, so that the majorities of both overlap. */
  changeMembers(members: Member[]): void {
    const data = Buffer.from(JSON.stringify({ clusterId: this.core.clusterId, members }));
    void this.propose([{ type: EntryType.members, data }]);
  }

  /** Whether a member answered lately. */
  hears(id: string, withinMs = silenceMs): boolean {
    const peer = this.peers.get(id);
    return peer !== undefined && performance.now() - peer.aliveAt < withinMs;
  }

  /** Heartbeats and the check that a majority still answers. */
  tick(): void {
    const now = performance.now();
    const stalled = now - this.lastCheck > 200;
    this.lastCheck = now;
    if (now >= this.nextBeat) this.beat();
    const patience = Math.max(2 * this.core.config.electionMaxMs, 3 * silenceMs);
    if (stalled) for (const peer of this.peers.values()) peer.aliveAt = Math.max(peer.aliveAt, now - patience / 2);
    const heard = this.core.others.filter((member) => this.hears(member.id, patience)).length;
    if (heard + 1 < this.core.majority && this.core.membership.members.length > 1) {
      this.core.parts.say("warn", "a majority of the members is silent");
      this.core.follow(this.term, null);
      return;
    }
    for (const [id, peer] of this.peers) {
      if (peer.learner && now - peer.aliveAt > learnerPatienceMs && !peer.busy) this.peers.delete(id);
    }
  }

  private beat(): void {
    this.nextBeat = performance.now() + this.core.config.heartbeatMs;
    this.core.healthy = [this.core.id, ...this.core.others.map(({ id }) => id).filter((id) => this.hears(id))];
    this.peers.forEach((peer) => {
      void this.sendBeat(peer);
      if (peer.next <= this.core.log.lastIndex || peer.match === 0 || peer.needsSnapshot) this.replicate(peer);
      else this.promote(peer);
    });
    this.settleConfirmations();
  }

  private async sendBeat(peer: Peer): Promise<void> {
    if (peer.beating) return;
    peer.beating = true;
    const { core } = this;
    const sentAt = performance.now();
    const body: HeartbeatBody = {
      clusterId: core.clusterId,
      term: this.term,
      leader: core.id,
      commit: Math.min(peer.match, core.log.commitIndex),
      healthy: core.healthy,
    };
    try {
      const timeout = Math.max(core.config.electionMaxMs, 300);
      const answer = await core.parts.transport.call(peer.member.address, "heartbeat", { body: { ...body } }, timeout);
      const { term, empty } = answer.body as { term: number; empty?: boolean };
      if (term > this.term) core.follow(term, null);
      else if (!empty) this.noteAlive(peer, sentAt);
    } catch (error) {
      core.parts.say("debug", `heartbeat to ${peer.member.id}: ${messageOf(error)}`);
    }
    peer.beating = false;
    if (!this.active) return;
    this.settleConfirmations();
    // Who asked while this heartbeat was under way needs one that was sent later.
    if (peer.ackedAt >= sentAt && this.confirming.length > 0) void this.sendBeat(peer);
  }

  private noteAlive(peer: Peer, sentAt: number): void {
    peer.ackedAt = Math.max(peer.ackedAt, sentAt);
    peer.aliveAt = Math.max(peer.aliveAt, sentAt);
  }

  /** Resolves once a majority has said, after the call, that this node still leads. */
  confirm(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new NotDone("no majority of the members answers", false)), timeoutMs);
      this.confirming.push({
        since: performance.now(),
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.peers.forEach((peer) => void this.sendBeat(peer));
      this.settleConfirmations();
    });
  }

  private settleConfirmations(): void {
    if (!this.settled) return;
    for (const waiting of [...this.confirming]) {
      const yes = this.core.others.filter(
        ({ id }) => (this.peers.get(id)?.ackedAt ?? -Infinity) >= waiting.since,
      ).length;
      if (yes + 1 < this.core.majority) continue;
      this.confirming.splice(this.confirming.indexOf(waiting), 1);
      waiting.resolve();
    }
  }

  /** Ends the leadership. */
  stop(): void {
    this.stopped = true;
    this.confirming.splice(0).forEach((each) => each.reject(new NotDone("the leader changed", false)));
  }
}
