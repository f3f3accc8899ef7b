import type { Config, DataPaths } from "./config";
import { encodeEntry, type Entry, EntryType, type Member, type Membership } from "./entry";
import type { Log } from "./log";
import { newestMembership, writeNodeState } from "./recovery";
import type { Store } from "./store";
import type { Transport } from "./transport";

/** A write or a reading that failed. `unknown`: it may have happened or may still happen. */
export class NotDone extends Error {
  constructor(
    message: string,
    readonly unknown: boolean,
  ) {
    super(message);
  }
}

/** What a node is at the moment. */
export type Role = "follower" | "candidate" | "leader";

/** Someone who waits for the answers to entries that follow each other. */
interface Waiter {
  first: number;
  count: number;
  answers: string[];
  resolve: (answers: string[]) => void;
}

/** Writes a line to the log that the service manager keeps. */
export type Logger = (level: "debug" | "info" | "warn" | "error", text: string) => void;

/** What the parts of a node share. */
export interface CoreParts {
  config: Config;
  paths: DataPaths;
  transport: Transport;
  say: Logger;
  /** Ends the process: the disk failed or the data contradicts itself. */
  fatal: (error: unknown) => void;
}

const maxUncommittedBytes = 8 * 1024 * 1024;

/** Term, vote, role, log and store of a node, and the rules that tie them together. */
export class Core {
  role: Role = "follower";
  term = 0;
  votedFor: string | null = null;
  leaderId: string | null = null;
  /** When a leader was last heard of, by the monotonic clock. */
  leaderContactAt = -Infinity;
  /** The connection that the leader was last heard over. */
  leaderOrigin: object | undefined;
  /** Ids that the leader heard of lately. */
  healthy: string[] = [];
  membership: Membership = { clusterId: "", members: [] };
  /** While a snapshot is put in place nothing else may touch log and store. */
  installing = false;
  onRoleLost: () => void = () => undefined;
  onApplied: () => void = () => undefined;
  onMembership: () => void = () => undefined;
  /** In the order of the log. */
  private waiters: Waiter[] = [];
  private readonly appliedWaiters = new Set<{ index: number; resolve: () => void }>();

  constructor(
    readonly parts: CoreParts,
    readonly log: Log,
    readonly store: Store,
  ) {}

  get config(): Config {
    return this.parts.config;
  }

  get id(): string {
    return this.parts.config.nodeId;
  }

  get clusterId(): string {
    return this.membership.clusterId;
  }

  /** Whether the node belongs to no cluster yet. */
  get empty(): boolean {
    return this.membership.clusterId === "";
  }

  get isMember(): boolean {
    return this.membership.members.some((member) => member.id === this.id);
  }

  get others(): Member[] {
    return this.membership.members.filter((member) => member.id !== this.id);
  }

  /** How many members make a majority. */
  get majority(): number {
    return Math.floor(this.membership.members.length / 2) + 1;
  }

  get leaderAddress(): string | undefined {
    return this.membership.members.find((member) => member.id === this.leaderId)?.address;
  }

  /** Notes term and vote on disk. */
  setTerm(term: number, votedFor: string | null): void {
    if (term === this.term && votedFor === this.votedFor) return;
    this.term = term;
    this.votedFor = votedFor;
    writeNodeState(this.parts.paths, { term, votedFor });
  }

  /** Becomes or stays a follower. */
  follow(term: number, leaderId: string | null): void {
    if (term > this.term) this.setTerm(term, null);
    const lost = this.role === "leader";
    this.role = "follower";
    if (leaderId !== null) {
      this.leaderContactAt = performance.now();
      if (this.leaderId !== leaderId) this.parts.say("info", `leader is ${leaderId}, term ${term}`);
    }
    this.leaderId = leaderId;
    if (!lost) return;
    this.parts.say("info", `no longer the leader, term ${term}`);
    this.healthy = [];
    this.onRoleLost();
    this.rejectWaiters("the leader changed: the write may or may not have happened");
  }

  /** Answers everything that waits for its entry with an error. */
  rejectWaiters(reason: string): void {
    for (const waiter of this.waiters.splice(0)) {
      while (waiter.answers.length < waiter.count) waiter.answers.push(`ERROR ${reason}`);
      waiter.resolve(waiter.answers);
    }
  }

  private answer(entries: Entry[], answers: string[]): void {
    for (const [i, entry] of entries.entries()) {
      const waiter = this.waiters[0];
      if (!waiter) return;
      if (entry.index < waiter.first) continue;
      waiter.answers.push(answers[i] ?? "OK");
      if (waiter.answers.length < waiter.count) continue;
      this.waiters.shift();
      waiter.resolve(waiter.answers);
    }
  }

  /** Reads the membership anew after entries came or went. */
  refreshMembership(): void {
    const newest = this.log.findLast((entry) => entry.type === EntryType.members);
    this.membership = newestMembership(this.store, newest ? [newest] : []);
    this.onMembership();
  }

  /** Whether a change of the membership waits for its majority. */
  get membershipPending(): boolean {
    const newest = this.log.findLast((entry) => entry.type === EntryType.members);
    return newest !== undefined && newest.index > this.log.commitIndex;
  }

  /** Adds entries to the log; resolves when they are on disk. */
  async append(entries: Entry[]): Promise<void> {
    const displaces = (entries[0]?.index ?? Infinity) <= this.log.lastIndex;
    const done = this.log.append(entries);
    if (displaces || entries.some((entry) => entry.type === EntryType.members)) this.refreshMembership();
    try {
      await done;
    } catch (error) {
      this.parts.fatal(error);
      throw error;
    }
  }

  /** Whether the leader should take no more writes for now. */
  get full(): boolean {
    return this.log.uncommittedBytes > maxUncommittedBytes;
  }

  /** Makes entries of a leader's term; the answers come when the last one is applied. */
  propose(items: { type: number; data: Buffer }[]): { answers: Promise<string[]>; durable: Promise<void> } {
    const first = this.log.lastIndex + 1;
    const time = Date.now();
    const entries = items.map((item, i) => encodeEntry({ ...item, index: first + i, term: this.term, time }));
    const answers = new Promise<string[]>((resolve) => {
      this.waiters.push({ first, count: entries.length, answers: [], resolve });
    });
    return { answers, durable: this.append(entries) };
  }

  /** Commits up to an index: writes the segments, applies, answers. */
  commitTo(index: number): void {
    if (index <= this.log.commitIndex || this.installing) return;
    try {
      const entries = this.log.commitTo(index);
      this.answer(entries, this.store.apply(entries));
    } catch (error) {
      this.parts.fatal(error);
      return;
    }
    this.releaseApplied();
    this.onApplied();
  }

  /** Lets go on who waits for an index to be applied. */
  releaseApplied(): void {
    for (const waiter of [...this.appliedWaiters]) {
      if (waiter.index > this.store.state.index) continue;
      this.appliedWaiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Resolves when an index is applied here. */
  applied(index: number, timeoutMs: number): Promise<void> {
    if (this.store.state.index >= index) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiter = {
        index,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.appliedWaiters.delete(waiter);
        reject(new NotDone(`entry ${index} did not reach this node in ${timeoutMs} ms`, true));
      }, timeoutMs);
      this.appliedWaiters.add(waiter);
    });
  }
}
