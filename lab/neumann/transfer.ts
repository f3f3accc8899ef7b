import fs from "node:fs";
import path from "node:path";
import type { Core } from "./core";
import { writeNodeState } from "./recovery";
import {
  beginSnapshot,
  publishSnapshot,
  readSnapshotState,
  type Snapshot,
  snapshotFiles,
  verifySnapshot,
} from "./snapshot";
import type { Snapshots } from "./snapshots";
import { type Message, reply, type Transport } from "./transport";

const chunkBytes = 1024 * 1024;
const answerMs = 30_000;

interface TransferHead {
  clusterId: string;
  term: number;
  leader: string;
}

/** Sends a snapshot file by file; returns the index that the receiver then has. */
export async function sendSnapshot(
  transport: Transport,
  address: string,
  snapshot: Snapshot,
  head: TransferHead,
): Promise<number> {
  const call = (type: string, body: object, payload?: Buffer) =>
    transport.call(address, type, { body: { ...head, ...body, index: snapshot.index }, payload }, answerMs);
  await call("snapshot-begin", {});
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (const name of snapshotFiles(snapshot)) {
    const handle = await fs.promises.open(path.join(snapshot.directory, name), "r");
    try {
      for (let offset = 0; ;) {
        const { bytesRead } = await handle.read(chunk, 0, chunkBytes, offset);
        if (bytesRead === 0) break;
        await call("snapshot-chunk", { name, offset }, chunk.subarray(0, bytesRead));
        offset += bytesRead;
      }
    } finally {
      await handle.close();
    }
  }
  await call("snapshot-end", {});
  return snapshot.index;
}

const fileName = /^(rows-[0-9]{6}\.pages|meta)$/;

interface ChunkBody extends TransferHead {
  index: number;
  name: string;
  offset: number;
}

/** Receives a snapshot and puts it in place of everything that the node had. */
export class Receiver {
  private directory: string | undefined;
  private index = 0;
  /** Whether an empty node has asked to join, and so takes what a leader sends. */
  joining = false;

  constructor(
    private readonly core: Core,
    private readonly snapshots: Snapshots,
  ) {}

  private check(body: TransferHead): void {
    const { core } = this;
    if (core.empty ? !this.joining : core.clusterId !== body.clusterId) {
      throw new Error("this node does not belong to that cluster");
    }
    if (body.term < core.term) throw new Error(`term ${body.term} is over`);
    if (core.empty) core.leaderContactAt = performance.now();
    else core.follow(body.term, body.leader);
  }

  /** Begins a transfer; an unfinished one is dropped. */
  begin(message: Message): Message {
    const body = message.body as unknown as ChunkBody;
    this.check(body);
    if (this.core.installing) throw new Error("a snapshot is being put in place");
    this.index = body.index;
    this.directory = beginSnapshot(this.core.parts.paths.snapshots, body.index);
    return reply({});
  }

  /** Takes a piece of a file. */
  async chunk(message: Message): Promise<Message> {
    const body = message.body as unknown as ChunkBody;
    this.check(body);
    if (!this.directory || body.index !== this.index) throw new Error("no such transfer");
    if (!fileName.test(body.name)) throw new Error(`"${body.name}" is no file of a snapshot`);
    const handle = await fs.promises.open(path.join(this.directory, body.name), body.offset === 0 ? "w" : "r+");
    try {
      await handle.write(message.payload, 0, message.payload.length, body.offset);
      if (message.payload.length < chunkBytes) await handle.sync();
    } finally {
      await handle.close();
    }
    return reply({});
  }

  /** Checks what arrived and goes on from it. */
  async end(message: Message): Promise<Message> {
    const body = message.body as unknown as ChunkBody;
    this.check(body);
    const { directory, core } = this;
    if (!directory || body.index !== this.index) throw new Error("no such transfer");
    this.directory = undefined;
    core.installing = true;
    try {
      await this.snapshots.idle();
      await this.install(directory, body);
    } finally {
      core.installing = false;
    }
    core.releaseApplied();
    core.onApplied();
    return reply({});
  }

  private async install(directory: string, body: ChunkBody): Promise<void> {
    const { core } = this;
    const faults = await verifySnapshot({ directory, index: body.index });
    if (faults[0] !== undefined) throw new Error(`the snapshot did not arrive whole: ${faults[0]}`);
    const { clusterId } = readSnapshotState({ directory, index: body.index });
    if (clusterId !== body.clusterId) throw new Error(`the snapshot is of another cluster: ${clusterId}`);
    if (body.index <= core.log.commitIndex) throw new Error("the snapshot is older than what this node has");
    try {
      const snapshot = publishSnapshot(directory, body.index);
      const state = readSnapshotState(snapshot);
      await core.store.restore(snapshot.directory, state);
      await core.log.restart({ index: state.index, term: state.term });
      if (body.term > core.term) core.setTerm(body.term, null);
      writeNodeState(core.parts.paths, { term: core.term, votedFor: core.votedFor });
    } catch (error) {
      core.parts.fatal(error);
      throw error;
    }
    core.refreshMembership();
    core.follow(body.term, body.leader);
    this.snapshots.noteNew(body.index);
  }
}
