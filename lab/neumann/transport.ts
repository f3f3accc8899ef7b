import net from "node:net";
import { type Endpoint, endpointText, parseEndpoint } from "./config";
import { messageOf } from "./files";

/** A message: a small JSON body and bytes. */
export interface Message {
  body: Record<string, unknown>;
  payload: Buffer;
  /** Stands for the connection that a call came over. */
  origin?: object;
}

/** Answers a call. */
export type Handler = (type: string, message: Message) => Promise<Message>;

/** A call that got no answer; whether it was carried out is not known unless `sent` is false. */
export class CallError extends Error {
  constructor(
    message: string,
    readonly sent: boolean,
  ) {
    super(message);
  }
}

const maxFrame = 64 * 1024 * 1024;
const none = Buffer.alloc(0);

function encode(head: object, payload: Buffer): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const frame = Buffer.allocUnsafe(8 + json.length + payload.length);
  frame.writeUInt32BE(4 + json.length + payload.length, 0);
  frame.writeUInt32BE(json.length, 4);
  json.copy(frame, 8);
  payload.copy(frame, 8 + json.length);
  return frame;
}

interface Head {
  id: number;
  type?: string;
  error?: string;
  body: Record<string, unknown>;
}

/** Cuts a stream into frames. */
function readFrames(socket: net.Socket, onFrame: (head: Head, payload: Buffer) => void): void {
  let parts: Buffer[] = [];
  let have = 0;
  let need = 4;
  socket.on("data", (data: Buffer) => {
    parts.push(data);
    have += data.length;
    if (have < need) return;
    let bytes = parts.length === 1 ? data : Buffer.concat(parts, have);
    for (;;) {
      need = bytes.length >= 4 ? 4 + bytes.readUInt32BE(0) : 4;
      if (need > maxFrame) return void socket.destroy(new Error("a frame is too large"));
      if (bytes.length < need || bytes.length < 8) break;
      const json = bytes.readUInt32BE(4);
      onFrame(JSON.parse(bytes.toString("utf8", 8, 8 + json)) as Head, bytes.subarray(8 + json, need));
      bytes = bytes.subarray(need);
    }
    parts = bytes.length > 0 ? [bytes] : [];
    have = bytes.length;
  });
}

interface Waiting {
  resolve: (message: Message) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

class Connection {
  private readonly socket: net.Socket;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  closed = false;
  connected = false;

  constructor(address: string, onClose: () => void) {
    const { host, port } = parseEndpoint(address, 7878);
    this.socket = net.connect({ host, port, noDelay: true });
    this.socket.once("connect", () => (this.connected = true));
    readFrames(this.socket, (head, payload) => this.answer(head, payload));
    let reason = "the connection was closed";
    this.socket.on("error", (error) => (reason = error.message));
    this.socket.on("close", () => {
      this.closed = true;
      onClose();
      for (const [id, each] of [...this.waiting])
        this.settle(id, () => each.reject(new CallError(reason, this.connected)));
    });
  }

  private settle(id: number, how: () => void): void {
    clearTimeout(this.waiting.get(id)?.timer);
    this.waiting.delete(id);
    how();
  }

  private answer(head: Head, payload: Buffer): void {
    const waiting = this.waiting.get(head.id);
    if (!waiting) return;
    this.settle(head.id, () => {
      if (head.error === undefined) waiting.resolve({ body: head.body, payload });
      else waiting.reject(new CallError(head.error, true));
    });
  }

  call(type: string, message: Message, timeoutMs: number): Promise<Message> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new CallError(`no answer in ${timeoutMs} ms`, true));
        // What never connected is dialled anew next time.
        if (!this.connected) this.socket.destroy();
      }, timeoutMs);
      this.waiting.set(id, { resolve, reject, timer });
      this.socket.write(encode({ id, type, body: message.body }, message.payload));
    });
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Calls between the members, over TCP. Calls to one address are sent, and handled, in the order they are made. */
export class Transport {
  private readonly connections = new Map<string, Connection>();
  private readonly accepted = new Set<net.Socket>();
  private readonly server: net.Server;
  /** Called when a connection that calls came over is gone. */
  onClosed: (origin: object) => void = () => undefined;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly handler: Handler,
  ) {
    this.server = net.createServer({ noDelay: true }, (socket) => this.accept(socket));
  }

  /** Begins to listen. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", (error) => reject(new Error(`raft ${endpointText(this.endpoint)}: ${error.message}`)));
      this.server.listen(this.endpoint.port, this.endpoint.host, () => resolve());
    });
  }

  private accept(socket: net.Socket): void {
    this.accepted.add(socket);
    socket.on("close", () => {
      this.accepted.delete(socket);
      this.onClosed(socket);
    });
    socket.on("error", () => socket.destroy());
    readFrames(socket, (head, payload) => {
      const { id } = head;
      this.handler(head.type ?? "", { body: head.body, payload, origin: socket }).then(
        (reply) => socket.writable && socket.write(encode({ id, body: reply.body }, reply.payload)),
        (error: unknown) => socket.writable && socket.write(encode({ id, error: messageOf(error), body: {} }, none)),
      );
    });
  }

  /** Calls a member. */
  call(address: string, type: string, message: Partial<Message>, timeoutMs: number): Promise<Message> {
    let connection = this.connections.get(address);
    if (!connection || connection.closed) {
      const fresh = new Connection(address, () => {
        if (this.connections.get(address) === fresh) this.connections.delete(address);
      });
      this.connections.set(address, fresh);
      connection = fresh;
    }
    return connection.call(type, { body: message.body ?? {}, payload: message.payload ?? none }, timeoutMs);
  }

  /** Stops at once. */
  close(): void {
    this.server.close();
    this.connections.forEach((connection) => connection.close());
    this.accepted.forEach((socket) => socket.destroy());
  }
}

/** A reply without bytes. */
export function reply(body: Record<string, unknown>, payload: Buffer = none): Message {
  return { body, payload };
}
