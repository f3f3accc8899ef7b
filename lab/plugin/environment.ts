import type { Client } from "ssh2";

/**
 * The parts of ssh2 that its interface does not offer. It sends variables without asking for an answer, so a server
 * that refuses them goes unnoticed; the official provider fails then. The version is pinned and bundled.
 */
interface Internals {
  _chanMgr: { add: (opened: (error: Error | undefined, channel: RawChannel) => void) => number };
  _protocol: {
    session: (channel: number, window: number, packet: number) => void;
    env: (channel: number, key: string, value: string, wantReply: boolean) => void;
  };
}

interface RawChannel {
  outgoing: { id: number };
  _callbacks: ((refused: boolean | Error) => void)[];
  close: () => void;
}

/** Asks the server which of the variables it accepts; returns the names of those that it refuses. */
export function refusedVariables(client: Client, variables: Record<string, string>): Promise<string[]> {
  const internals = client as unknown as Internals;
  return new Promise((resolve, reject) => {
    // Asks at once, not after an await: of a channel that is closed in the same read nobody would hear again.
    const id = internals._chanMgr.add((error, channel) =>
      error ? reject(error) : resolve(ask(internals, channel, variables)),
    );
    if (id === -1) reject(new Error("no free channel"));
    else internals._protocol.session(id, 2 * 1024 * 1024, 32 * 1024);
  });
}

async function ask(internals: Internals, channel: RawChannel, variables: Record<string, string>): Promise<string[]> {
  try {
    const answers = Object.entries(variables).map(
      ([key, value]) =>
        new Promise<string[]>((resolve) => {
          channel._callbacks.push((refused) => resolve(refused ? [key] : []));
          internals._protocol.env(channel.outgoing.id, key, value, true);
        }),
    );
    return (await Promise.all(answers)).flat();
  } finally {
    channel.close();
  }
}
