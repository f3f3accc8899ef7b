import fs from "node:fs";
import { randomUUID } from "node:crypto";
import type { Core } from "./core";
import { encodeEntry, EntryType, type Member, scanEntries } from "./entry";
import { messageOf, readIfThere, seal, unseal, writeAtomic } from "./files";
import type { Leader } from "./leader";
import type { Receiver } from "./transfer";
import { type Message, reply } from "./transport";

const roundMs = 250;
const settleMs = 1500;
const promiseMs = 5000;
const callMs = 1000;

interface Hello {
  id: string;
  address: string;
  clusterId: string;
  leaderAddress: string | null;
}

interface JoinBody {
  id: string;
  address: string;
  clusterId: string;
}

/** The entry that a cluster begins with. */
export function firstEntry(clusterId: string, members: Member[]) {
  const data = Buffer.from(JSON.stringify({ clusterId, members }));
  return encodeEntry({ index: 1, term: 1, time: Date.now(), type: EntryType.members, data });
}

/** How a node without data finds a cluster, or founds one; and how a member makes its address known. */
export class Joining {
  private closed = false;
  private stableSince = 0;
  private seen = "";
  private promise: { to: string; until: number } | undefined;
  private readonly invited: string;

  constructor(
    private readonly core: Core,
    private readonly receiver: Receiver,
    private readonly leader: () => Leader | undefined,
  ) {
    this.invited = `${core.parts.paths.raft}/forming`;
  }

  private get self(): Member {
    return { id: this.core.id, address: this.core.config.advertised };
  }

  private async call(address: string, type: string, body: object, payload?: Buffer): Promise<Record<string, unknown>> {
    return (await this.core.parts.transport.call(address, type, { body: { ...body }, payload }, callMs)).body;
  }

  /** Runs until the node is closed: joins, or founds, or has nothing to do. */
  async run(): Promise<void> {
    const { core } = this;
    if (core.empty && (core.config.bootstrap || core.config.peers.length === 0)) await this.found([this.self]);
    while (!this.closed) {
      if (core.empty) await this.searchRound();
      else if (fs.existsSync(this.invited)) await this.invite();
      else await this.announceRound();
      await new Promise((resolve) => setTimeout(resolve, roundMs).unref());
    }
  }

  /** Ends the search. */
  close(): void {
    this.closed = true;
  }

  private async hellos(addresses: string[]): Promise<Hello[]> {
    const answers = await Promise.all(
      addresses.map(async (address) => {
        try {
          return (await this.call(address, "hello", {})) as unknown as Hello;
        } catch (error) {
          this.core.parts.say("debug", `${address}: ${messageOf(error)}`);
          return undefined;
        }
      }),
    );
    return answers.filter((answer) => answer !== undefined);
  }

  private async searchRound(): Promise<void> {
    const found = await this.hellos(this.core.config.peers);
    const settled = found.filter((hello) => hello.clusterId !== "");
    if (settled.length > 0) return this.ask(settled);
    this.receiver.joining = false;
    const names = found.map((hello) => hello.id).sort();
    if (names.join() !== this.seen) {
      this.seen = names.join();
      this.stableSince = performance.now();
    }
    const all = found.length === this.core.config.peers.length;
    const waited = performance.now() - this.stableSince > settleMs;
    // Nodes that see each other but no cluster found one. Where that is an accident, data on a node not seen is lost.
    if (names.length === 0 || !(all || waited) || names.some((name) => name <= this.core.id)) return;
    await this.negotiate(found);
  }

  private async negotiate(found: Hello[]): Promise<void> {
    if (this.promise && this.promise.to !== this.core.id && this.promise.until > performance.now()) return;
    this.promise = { to: this.core.id, until: performance.now() + promiseMs };
    for (const { address } of found) {
      const { agreed } = await this.call(address, "form-prepare", { coordinator: this.core.id }).catch(() => ({
        agreed: false,
      }));
      if (agreed !== true) return;
    }
    if (!this.core.empty) return;
    await this.found([this.self, ...found.map(({ id, address }) => ({ id, address }))]);
  }

  private async found(members: Member[]): Promise<void> {
    const entry = firstEntry(randomUUID(), members);
    // Whom the founder did not reach is told again, also after a crash: without a majority they could never begin.
    if (members.length > 1)
      writeAtomic(this.invited, seal({ members: members.slice(1), frame: entry.frame.toString("base64") }));
    await this.adopt(entry.frame);
    this.core.parts.say("info", `founded a cluster of ${members.map((member) => member.id).join(", ")}`);
  }

  private async adopt(frame: Buffer): Promise<void> {
    const { core } = this;
    core.setTerm(1, null);
    await core.append(scanEntries(frame).entries);
    core.commitTo(1);
  }

  private async invite(): Promise<void> {
    const bytes = readIfThere(this.invited);
    if (!bytes) return;
    const { members, frame } = unseal(bytes, this.invited) as { members: Member[]; frame: string };
    const missing: Member[] = [];
    for (const member of members) {
      try {
        await this.call(member.address, "form-commit", { coordinator: this.core.id }, Buffer.from(frame, "base64"));
      } catch (error) {
        this.core.parts.say("debug", `${member.id}: ${messageOf(error)}`);
        missing.push(member);
      }
    }
    if (missing.length === 0) fs.rmSync(this.invited);
    else if (missing.length < members.length) writeAtomic(this.invited, seal({ members: missing, frame }));
  }

  private async ask(settled: Hello[]): Promise<void> {
    const body: JoinBody = { ...this.self, clusterId: this.core.clusterId };
    this.receiver.joining = true;
    const leaders = settled.flatMap((hello) => (hello.leaderAddress === null ? [] : [hello.leaderAddress]));
    for (const address of new Set([...leaders, ...settled.map((hello) => hello.address)])) {
      try {
        const { status } = await this.call(address, "join", body);
        this.core.parts.say("debug", `asked ${address} to join: ${String(status)}`);
        if (status !== "not-leader") return;
      } catch (error) {
        this.core.parts.say("debug", `asked ${address} to join: ${messageOf(error)}`);
      }
    }
  }

  /** A node with data that the membership does not show, or shows elsewhere, tells the leader where it is. */
  private async announceRound(): Promise<void> {
    const { core } = this;
    const listed = core.membership.members.find((member) => member.id === core.id);
    if (core.role === "leader" && listed && listed.address !== this.self.address) this.accept(this.self);
    if (core.role === "leader" || listed?.address === this.self.address) return;
    const addresses = [...new Set([...core.others.map((member) => member.address), ...core.config.peers])];
    const found = await this.hellos(addresses.filter((address) => address !== this.self.address));
    await this.ask(found.filter((hello) => hello.clusterId === core.clusterId));
  }

  /** Says who this is. */
  hello(): Message {
    const { core } = this;
    const leaderAddress = core.role === "leader" ? this.self.address : (core.leaderAddress ?? null);
    return reply({ ...this.self, clusterId: core.clusterId, leaderAddress } satisfies Hello & object);
  }

  /** Agrees to let another node found the cluster, unless another one was told so. */
  prepare(message: Message): Message {
    const { coordinator } = message.body as { coordinator: string };
    const taken = this.promise && this.promise.to !== coordinator && this.promise.until > performance.now();
    const agreed = this.core.empty && !taken;
    if (agreed) this.promise = { to: coordinator, until: performance.now() + promiseMs };
    return reply({ agreed });
  }

  /** Takes the first entry from the founder. */
  async commit(message: Message): Promise<Message> {
    if (this.core.empty) await this.adopt(Buffer.from(message.payload));
    return reply({});
  }

  /** A leader hears from a node that wants to be a member, or at another address. */
  join(message: Message): Message {
    const body = message.body as unknown as JoinBody;
    const { core } = this;
    if (!this.leader()?.settled) return reply({ status: "not-leader" });
    const empty = body.clusterId === "";
    if (!empty && body.clusterId !== core.clusterId) return reply({ status: "another cluster" });
    return reply({ status: this.admit({ id: body.id, address: body.address }, empty) });
  }

  private admit(node: Member, empty: boolean): string {
    const { core } = this;
    const leader = this.leader();
    const known = core.membership.members.find((member) => member.id === node.id);
    if (!leader || core.membershipPending) return "busy";
    if (!known) {
      leader.learn(node, empty);
      return "learning";
    }
    if (!empty) return this.accept(node);
    if (node.id === core.id || leader.hears(node.id)) return "a living member has this id";
    // The disk was replaced: the old entry goes, then the node joins like any other.
    leader.changeMembers(core.others.filter((member) => member.id !== node.id).concat(this.listedSelf()));
    return "replacing";
  }

  private listedSelf(): Member {
    return this.core.membership.members.find((member) => member.id === this.core.id) ?? this.self;
  }

  private accept(node: Member): string {
    const { core } = this;
    const leader = this.leader();
    if (!leader?.settled || core.membershipPending) return "busy";
    const same = core.membership.members.some((member) => member.id === node.id && member.address === node.address);
    if (same) return "member";
    leader.changeMembers(core.membership.members.map((member) => (member.id === node.id ? node : member)));
    return "moved";
  }
}
