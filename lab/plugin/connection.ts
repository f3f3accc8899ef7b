import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ConnectConfig, utils } from "ssh2";
import type { Operation } from "./operation";

/** How to reach one SSH server. */
export interface Endpoint {
  user: string;
  host: string;
  port: number;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  /** Further attempts after the first; -1 is no limit. */
  dialErrorLimit: number;
  /** Limit for the TCP connection; 0 is none. The handshake has no limit, as in the official provider. */
  perDialTimeout: number;
  hostKey?: string;
}

/** How to reach a host, if need be through another one. */
export interface Connection extends Endpoint {
  proxy?: Endpoint;
}

/** An established connection. */
export interface Session {
  client: Client;
  close: () => void;
}

type Transport = NonNullable<ConnectConfig["sock"]>;

/** Connects as the official provider does: mistakes in keys fail at once, everything after that is tried again. */
export async function dial(connection: Connection, operation: Operation): Promise<Session> {
  const config = await clientConfig(connection);
  if (!connection.proxy) {
    const client = await retrying("Dial", connection.dialErrorLimit, operation, async () =>
      handshake(await connectTcp(connection), config),
    );
    return { client, close: () => client.end() };
  }
  return dialThrough(connection.proxy, connection, config, operation).catch((error: Error) => {
    throw new Error(`proxy: ${error.message}`);
  });
}

async function dialThrough(
  proxy: Endpoint,
  target: Endpoint,
  config: ConnectConfig,
  operation: Operation,
): Promise<Session> {
  const proxyConfig = await clientConfig(proxy);
  const bastion = await retrying("Dial proxy", proxy.dialErrorLimit, operation, async () =>
    handshake(await connectTcp(proxy), proxyConfig),
  );
  try {
    const client = await retrying("Dial from proxy", target.dialErrorLimit, operation, async () =>
      handshake(await forward(bastion, target), config),
    );
    const close = () => {
      client.end();
      bastion.end();
    };
    return { client, close };
  } catch (error) {
    bastion.end();
    throw error;
  }
}

/** Delays of the engine's own retry helper: from 100 ms, by half as much again, up to 5 s. */
async function retrying<T>(what: string, limit: number, operation: Operation, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0, delay = 100; ; delay = Math.min(delay * 1.5, 5_000)) {
    if (operation.signal.aborted) throw new Error("context canceled");
    try {
      return await attempt();
    } catch (error) {
      if (limit >= 0 && failures >= limit) {
        throw new Error(`after ${failures} failed attempts: ${(error as Error).message}`, { cause: error });
      }
      failures += 1;
      await operation.log.status(`${what} ${failures}/${limit === -1 ? "inf" : limit} failed: retrying`);
    }
    await sleep(delay, undefined, { signal: operation.signal }).catch(() => undefined);
  }
}

function connectTcp({ host, port, perDialTimeout }: Endpoint): Promise<net.Socket> {
  const fail = (reason: string) => new Error(`dial tcp ${net.isIPv6(host) ? `[${host}]` : host}:${port}: ${reason}`);
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, noDelay: true });
    const timer =
      perDialTimeout > 0
        ? setTimeout(() => socket.destroy(new Error("i/o timeout")), perDialTimeout * 1000)
        : undefined;
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(fail(error.code === "ECONNREFUSED" ? "connect: connection refused" : error.message));
    });
  });
}

function forward(bastion: Client, { host, port }: Endpoint): Promise<Transport> {
  return new Promise((resolve, reject) => {
    bastion.forwardOut("127.0.0.1", 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

function handshake(sock: Transport, config: ConnectConfig): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let denied = false;
    const { hostVerifier } = config;
    const verify = (key: Buffer) => {
      denied = !(hostVerifier as ((key: Buffer) => boolean) | undefined)?.(key) && hostVerifier !== undefined;
      return !denied;
    };
    const fail = (error: Error) => {
      client.destroy();
      reject(
        new Error(`ssh: handshake failed: ${denied ? "ssh: host key mismatch" : describe(error)}`, { cause: error }),
      );
    };
    client.once("ready", () => resolve(client));
    // After the handshake a lost connection shows as the end of what runs over it.
    client.on("error", fail);
    client.once("close", () => fail(new Error("EOF")));
    client.on("keyboard-interactive", (...[, , , prompts, finish]) => finish(prompts.map(() => config.password ?? "")));
    client.connect({ ...config, hostVerifier: verify, sock });
  });
}

function describe(error: Error): string {
  const known = "All configured authentication methods failed";
  return error.message === known ? "ssh: unable to authenticate, no supported methods remain" : error.message;
}

async function clientConfig(endpoint: Endpoint): Promise<ConnectConfig> {
  const config: ConnectConfig = { username: endpoint.user, readyTimeout: 0, ...hostKeyConfig(endpoint.hostKey) };
  const methods: ConnectConfig["authHandler"] = ["none"];
  if (endpoint.privateKey !== undefined) {
    // A key that cannot be read, or whose passphrase is wrong, is no reason to try again.
    parse(endpoint.privateKey, "ssh: cannot parse the private key", endpoint.privateKeyPassword);
    config.privateKey = endpoint.privateKey;
    config.passphrase = endpoint.privateKeyPassword;
    methods.push("publickey");
  }
  if (endpoint.password !== undefined) {
    config.password = endpoint.password;
    config.tryKeyboard = true;
    methods.push("password", "keyboard-interactive");
  }
  const agent = endpoint.agentSocketPath ?? (process.env["SSH_AUTH_SOCK"] || undefined);
  if (agent !== undefined) {
    await agentAnswers(agent);
    config.agent = agent;
    if (endpoint.privateKey === undefined) methods.push("agent");
  }
  return { ...config, authHandler: methods };
}

function hostKeyConfig(hostKey: string | undefined): ConnectConfig {
  if (hostKey === undefined) return {};
  const expected = parse(hostKey, "failed to parse host key");
  const hostVerifier = (key: Buffer) => key.equals(expected.getPublicSSH());
  return { hostVerifier, algorithms: { serverHostKey: [expected.type] } };
}

function parse(key: string, message: string, passphrase?: string) {
  const parsed = utils.parseKey(key, passphrase);
  if (parsed instanceof Error) throw new Error(`${message}: ${parsed.message}`);
  return parsed;
}

function agentAnswers(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        new Error(
          `dial unix ${path}: connect: ${error.code === "ENOENT" ? "no such file or directory" : error.message}`,
        ),
      );
    });
  });
}
