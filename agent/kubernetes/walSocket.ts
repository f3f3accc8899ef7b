import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import * as v from "valibot";
import { parseJsonAs } from "../../model/parse";
import { dropFile, makeDirectory } from "../host/files";
import { explain } from "../run/errors";

/** What the database offers: `%p` and `%f`. */
export interface Offer {
  path: string;
  name: string;
}

/** What it is told: 0 only when the archive holds the segment. */
export interface Answer {
  exitCode: number;
  message?: string;
}

const offerSchema: v.GenericSchema<unknown, Offer> = v.strictObject({ path: v.string(), name: v.string() });

/** A request is a line of a path and a name. */
const longestBytes = 64 * 1024;
const silenceMs = 10_000;

/** Takes segments from the database's container: one connection each, a line of JSON there and one back. */
export class WalSocket {
  private readonly server: Server;

  /** `take` answers for all that goes wrong with a segment, and takes them in the order of the asking. */
  constructor(
    private readonly file: string,
    private readonly take: (offer: Offer) => Promise<Answer>,
  ) {
    this.server = createServer((socket) => void this.serve(socket));
  }

  get listening(): boolean {
    return this.server.listening;
  }

  /** The name that a dead sidecar left is taken over: a pod has one sidecar. */
  async listen(): Promise<void> {
    await makeDirectory(path.dirname(this.file));
    await dropFile(this.file);
    this.server.listen(this.file);
    await once(this.server, "listening");
    // The database may run as another user: both are in the volume's group.
    await chmod(this.file, 0o660);
  }

  /** Takes no more, and waits for those that were taken. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, "close");
  }

  private async serve(socket: Socket): Promise<void> {
    // Whoever asked may be gone: the segment is stored all the same, and offered again.
    socket.on("error", () => undefined);
    const answer = await this.answerTo(socket).catch((error: unknown): Answer => explain(error));
    const { exitCode, message } = answer;
    socket.end(`${JSON.stringify({ exitCode, ...(message === undefined ? {} : { message }) })}\n`);
  }

  private async answerTo(socket: Socket): Promise<Answer> {
    const line = await readLine(socket);
    const remedy = "archive_command hands segments over; nobody else writes here.";
    return this.take(parseJsonAs(offerSchema, line, "what was handed over is no segment", remedy));
  }
}

/** The first line; less, where the other side ends or rests before it is whole. */
async function readLine(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8");
  return new Promise((resolve) => {
    const over = (): void => {
      socket.setTimeout(0);
      socket.off("data", more);
      resolve(text.split("\n")[0] ?? "");
    };
    const more = (piece: string): void => {
      text += piece;
      if (text.includes("\n") || text.length > longestBytes) over();
    };
    socket.setTimeout(silenceMs, over);
    socket.on("data", more);
    socket.once("end", over);
    socket.once("close", over);
  });
}

/** Why nobody takes segments there, or null. */
export async function whyNobodyListens(file: string): Promise<string | null> {
  const socket = connect(file);
  try {
    await once(socket, "connect");
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    socket.destroy();
  }
}
