import type { Core } from "./core";
import { type Entry, scanEntries } from "./entry";
import { type Message, reply } from "./transport";

/** What a leader sends with entries. */
export interface AppendBody {
  clusterId: string;
  term: number;
  leader: string;
  previousIndex: number;
  previousTerm: number;
  commit: number;
}

/** What a leader sends in between. */
export interface HeartbeatBody {
  clusterId: string;
  term: number;
  leader: string;
  commit: number;
  healthy: string[];
}

/** A member's answer to entries. */
export interface AppendReply {
  term: number;
  ok: boolean;
  /** With `ok`: the log agrees up to here. Else: try from behind here. */
  match: number;
  /** The node has no data and must join first. */
  empty?: boolean;
}

/** The follower's side of replication. */
export class Follower {
  constructor(private readonly core: Core) {}

  private refusal(match: number): Message {
    const answer: AppendReply = { term: this.core.term, ok: false, match };
    return reply({ ...answer });
  }

  private accepts(message: Message): boolean {
    const { core } = this;
    const body = message.body as unknown as HeartbeatBody;
    if (core.clusterId !== body.clusterId) throw new Error(`this node belongs to another cluster: ${core.clusterId}`);
    if (body.term < core.term) return false;
    core.follow(body.term, body.leader);
    core.leaderOrigin = message.origin;
    return true;
  }

  /** Takes entries from the leader; answers when they are on disk. */
  async append(message: Message): Promise<Message> {
    const { core } = this;
    const body = message.body as unknown as AppendBody;
    if (core.empty) return reply({ term: 0, ok: false, match: 0, empty: true } satisfies AppendReply & object);
    if (!this.accepts(message) || core.installing) return this.refusal(core.log.commitIndex);
    const { previousIndex, previousTerm } = body;
    if (previousIndex > core.log.lastIndex) return this.refusal(core.log.lastIndex);
    if (previousIndex > core.log.commitIndex && core.log.term(previousIndex) !== previousTerm) {
      return this.refusal(core.log.commitIndex);
    }
    const scan = scanEntries(message.payload);
    if (scan.fault) throw new Error("the entries were damaged on the way");
    await core.append(this.fresh(scan.entries));
    // Entries that were displaced while they went to disk must not count for the leader that sent them.
    if (core.term !== body.term || core.installing) return this.refusal(core.log.commitIndex);
    const match = previousIndex + scan.entries.length;
    core.commitTo(Math.min(body.commit, match, core.log.durableIndex));
    return reply({ term: core.term, ok: true, match } satisfies AppendReply & object);
  }

  /** The entries that the log does not have yet. */
  private fresh(entries: Entry[]): Entry[] {
    const { log } = this.core;
    const start = entries.findIndex((entry) => entry.index > log.commitIndex && log.term(entry.index) !== entry.term);
    return start < 0 ? [] : entries.slice(start);
  }

  /** Hears that the leader lives, and what is committed. */
  heartbeat(message: Message): Message {
    const { core } = this;
    const body = message.body as unknown as HeartbeatBody;
    if (core.empty) return reply({ term: 0, empty: true });
    if (this.accepts(message)) {
      core.healthy = body.healthy;
      core.commitTo(Math.min(body.commit, core.log.durableIndex));
    }
    return reply({ term: core.term });
  }
}
