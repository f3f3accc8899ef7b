import { type Core, NotDone } from "./core";
import { EntryType, maxEntryBytes } from "./entry";
import { messageOf, sleep } from "./files";
import type { Leader } from "./leader";
import { parseStatement, SqlError, type Statement, type Value } from "./sql";
import { CallError, type Message, reply } from "./transport";

const patienceMs = 4000;
const answerMs = 10_000;

/** The line that tells a client what went wrong. */
export function errorLine(error: unknown): string {
  return `ERROR ${messageOf(error).replaceAll("\n", " ")}`;
}

/** Reads a statement; a mistake in it comes back as the line to answer. */
export function readStatement(text: string): Statement | string {
  try {
    const statement = parseStatement(text);
    if (statement.kind === "write" && statement.data.length > maxEntryBytes) return "ERROR the statement is too long";
    return statement;
  } catch (error) {
    if (error instanceof SqlError) return errorLine(error);
    throw error;
  }
}

/** Whether what failed surely did not happen. */
function isCertain(error: unknown): boolean {
  return error instanceof CallError ? !error.sent : error instanceof NotDone && !error.unknown;
}

/** Carries statements and pauses to the leader, wherever that is. */
export class Executor {
  private settling: Promise<void> | undefined;

  constructor(
    private readonly core: Core,
    private readonly leader: () => Leader | undefined,
  ) {}

  /** Writes the store through when a pause begins, so that nothing in it changes later. */
  onApplied(): void {
    if (!this.core.store.state.paused) this.settling = undefined;
    else this.settling ??= this.core.store.checkpoint();
    this.settling?.catch((error: unknown) => this.core.parts.fatal(error));
  }

  /** Tries until the leader took it; what may have happened is not tried again. */
  private async onLeader<T>(
    local: (leader: Leader) => Promise<T>,
    remote: (address: string) => Promise<T>,
  ): Promise<T> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const leader = this.leader();
      const address = this.core.leaderAddress;
      try {
        if (leader) return await local(leader);
        if (address !== undefined && this.core.role === "follower") return await remote(address);
      } catch (error) {
        if (!isCertain(error) || performance.now() > until) throw error;
      }
      if (performance.now() > until) throw new NotDone("no leader: too few members answer", false);
      await sleep(30);
    }
  }

  /** Carries out writes in order; an answer each. */
  async writes(commands: Buffer[]): Promise<string[]> {
    try {
      return await this.onLeader(
        (leader) => this.localWrites(leader, commands),
        (address) => this.remoteWrites(address, commands),
      );
    } catch (error) {
      return commands.map(() => errorLine(error));
    }
  }

  private async localWrites(leader: Leader, commands: Buffer[]): Promise<string[]> {
    if (this.core.store.state.paused) return commands.map(() => "ERROR writes are paused");
    if (this.core.full) throw new NotDone("too many writes are under way", false);
    return leader.propose(commands.map((data) => ({ type: EntryType.write, data })));
  }

  private async remoteWrites(address: string, commands: Buffer[]): Promise<string[]> {
    const lengths = commands.map((command) => command.length);
    const body = { clusterId: this.core.clusterId, lengths };
    const payload = Buffer.concat(commands);
    const answer = await this.call(address, "execute", body, payload);
    return JSON.parse(answer.payload.toString("utf8")) as string[];
  }

  private async call(address: string, type: string, body: object, payload?: Buffer): Promise<Message> {
    const call = this.core.parts.transport.call(address, type, { body: { ...body }, payload }, answerMs);
    const answer = await call.catch((error: unknown) => {
      if (error instanceof CallError && !error.sent) throw error;
      throw new NotDone(`lost the leader (${messageOf(error)}): it may or may not have happened`, true);
    });
    if (typeof answer.body.refused === "string") throw new NotDone(answer.body.refused, false);
    return answer;
  }

  private checkHere(message?: Message): Leader | Message {
    const leader = this.leader();
    if (!leader) return reply({ refused: "not the leader" });
    if (message && message.body.clusterId !== this.core.clusterId) return reply({ refused: "another cluster" });
    return leader;
  }

  /** Carries out writes for another member. */
  async serveWrites(message: Message): Promise<Message> {
    const leader = this.checkHere(message);
    if (!("propose" in leader)) return leader;
    if (this.core.full) return reply({ refused: "too many writes are under way" });
    let at = 0;
    const commands = (message.body.lengths as number[]).map((length) => message.payload.subarray(at, (at += length)));
    return reply({}, Buffer.from(JSON.stringify(await this.localWrites(leader, commands))));
  }

  /** Resolves once this node has applied all that was acknowledged before the call. */
  async barrier(timeoutMs = answerMs): Promise<void> {
    const index = await this.onLeader(
      async (leader) => {
        await leader.confirm(patienceMs);
        return this.core.log.commitIndex;
      },
      async (address) => (await this.call(address, "barrier", {})).body.index as number,
    );
    await this.core.applied(index, timeoutMs);
  }

  /** Tells another member what is committed. */
  async serveBarrier(): Promise<Message> {
    const leader = this.checkHere();
    if (!("propose" in leader)) return leader;
    return this.refusing(async () => {
      await leader.confirm(patienceMs);
      return this.core.log.commitIndex;
    });
  }

  private async refusing(work: () => Promise<number>): Promise<Message> {
    try {
      return reply({ index: await work() });
    } catch (error) {
      if (error instanceof NotDone && !error.unknown) return reply({ refused: error.message });
      throw error;
    }
  }

  /** Pauses or resumes; resolves when this node has applied it and, if paused, its store no longer changes. */
  async pause(paused: boolean): Promise<void> {
    const index = await this.onLeader(
      (leader) => this.localPause(leader, paused),
      async (address) => {
        const answer = await this.call(address, "pause", { clusterId: this.core.clusterId, paused });
        return answer.body.index as number;
      },
    );
    await this.core.applied(index, answerMs);
    await this.settling;
  }

  private async localPause(leader: Leader, paused: boolean): Promise<number> {
    await leader.confirm(patienceMs);
    // Already so: nothing is added to the log.
    if (this.core.store.state.paused === paused && this.core.log.lastIndex === this.core.log.commitIndex) {
      return this.core.log.commitIndex;
    }
    const type = paused ? EntryType.pause : EntryType.resume;
    const answers = leader.propose([{ type, data: Buffer.alloc(0) }]);
    const index = this.core.log.lastIndex;
    const [answer] = await answers;
    if (answer !== "OK") throw new NotDone(answer?.replace(/^ERROR /, "") ?? "no answer", true);
    return index;
  }

  /** Pauses or resumes for another member. */
  async servePause(message: Message): Promise<Message> {
    const leader = this.checkHere(message);
    if (!("propose" in leader)) return leader;
    return this.refusing(() => this.localPause(leader, message.body.paused === true));
  }

  /** How many rows a table has, or what is wrong. */
  async count(table: string): Promise<number> {
    await this.barrier();
    const found = this.core.store.table(table);
    if (!found) throw new NotDone(`there is no table ${table}`, false);
    return found.rows;
  }

  /** The rows of a table in groups, with the columns asked for. */
  async *select(table: string, columns: string[]): AsyncGenerator<Value[][]> {
    await this.barrier();
    const found = this.core.store.table(table);
    if (!found) throw new NotDone(`there is no table ${table}`, false);
    const all = found.columns.map((column) => column.name);
    const places = (columns[0] === "*" ? all : columns).map((name) => all.indexOf(name));
    if (places.includes(-1)) throw new NotDone(`table ${table} has not all of ${columns.join(", ")}`, false);
    for await (const rows of this.core.store.rows(table)) {
      yield rows.map((row) => places.map((place) => row[place] ?? null));
    }
  }

  /** The names of the columns that a query gives. */
  columnsOf(table: string, columns: string[]): string[] {
    if (columns[0] !== "*") return columns;
    return this.core.store.table(table)?.columns.map((column) => column.name) ?? [];
  }
}
