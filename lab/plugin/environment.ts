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
export async function refusedVariables(client: Client, variables: Record<string, string>): Promise<string[]> {
  const internals = client as unknown as Internals;
  const channel = await new Promise<RawChannel>((resolve, reject) => {
    const id = internals._chanMgr.add((error, opened) => (error ? reject(error) : resolve(opened)));
    if (id === -1) reject(new Error("no free channel"));
    else internals._protocol.session(id, 2 * 1024 * 1024, 32 * 1024);
  });
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
