import { Archiver } from "./archiver";
import type { Config } from "./config";
import { dataPaths } from "./config";
import { Core, type Logger } from "./core";
import { Election } from "./election";
import { Executor } from "./executor";
import { Follower } from "./follower";
import { Joining } from "./joining";
import { Leader } from "./leader";
import { Log } from "./log";
import { recover } from "./recovery";
import { Snapshots } from "./snapshots";
import { Receiver } from "./transfer";
import { type Message, Transport } from "./transport";
import { Wal } from "./wal";

/** A running node. */
export interface Node {
  core: Core;
  snapshots: Snapshots;
  executor: Executor;
  leader(): Leader | undefined;
  close(): Promise<void>;
}

type Handlers = Record<string, (message: Message) => Message | Promise<Message>>;

/** Opens the data and takes part in the cluster. */
export async function startNode(config: Config, say: Logger, fatal: (error: unknown) => void): Promise<Node> {
  const paths = dataPaths(config.dataDirectory);
  const recovered = await recover(paths);
  const wal = new Wal(paths.wal, config.fsync, fatal);
  wal.adopt(recovered.segments, recovered.segments.length > 0 ? recovered.base.term : 0);
  const log = new Log(wal, paths.tail, config.fsync);
  await log.start(recovered.base, recovered.tail);
  let handlers: Handlers = {};
  const transport = new Transport(config.raft, async (type, message) => {
    const handle = handlers[type];
    if (!handle) throw new Error(`this node does not know "${type}"`);
    return handle(message);
  });
  const core = new Core({ config, paths, transport, say, fatal }, log, recovered.store);
  core.term = recovered.state.term;
  core.votedFor = recovered.state.votedFor;
  core.refreshMembership();

  const snapshots = new Snapshots(core);
  const receiver = new Receiver(core, snapshots);
  const follower = new Follower(core);
  let leader: Leader | undefined;
  const joining = new Joining(core, receiver, () => leader);
  const executor = new Executor(core, () => leader);
  const archiver = new Archiver(core, snapshots);
  core.onRoleLost = () => {
    leader?.stop();
    leader = undefined;
  };
  core.onMembership = () => leader?.followMembership();
  core.onApplied = () => {
    snapshots.consider();
    executor.onApplied();
  };
  const election = new Election(
    core,
    () => (leader = new Leader(core, snapshots)),
    () => leader?.tick(),
  );
  transport.onClosed = (origin) => election.connectionLost(origin);
  handlers = {
    vote: (message) => election.vote(message),
    append: (message) => follower.append(message),
    heartbeat: (message) => follower.heartbeat(message),
    "snapshot-begin": (message) => receiver.begin(message),
    "snapshot-chunk": (message) => receiver.chunk(message),
    "snapshot-end": (message) => receiver.end(message),
    hello: () => joining.hello(),
    join: (message) => joining.join(message),
    "form-prepare": (message) => joining.prepare(message),
    "form-commit": (message) => joining.commit(message),
    execute: (message) => executor.serveWrites(message),
    barrier: () => executor.serveBarrier(),
    pause: (message) => executor.servePause(message),
  };
  await transport.listen();
  joining.run().catch(fatal);
  say("info", `node ${core.id} at ${config.advertised}: index ${log.commitIndex}, term ${core.term}`);

  return {
    core,
    snapshots,
    executor,
    leader: () => leader,
    close: async () => {
      joining.close();
      archiver.close();
      election.close();
      leader?.stop();
      core.rejectWaiters("the node is being stopped: the write may or may not have happened");
      transport.close();
      core.installing = true;
      await snapshots.idle();
      await core.store.checkpoint();
      await log.close();
      core.store.close();
    },
  };
}
