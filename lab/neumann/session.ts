import type { Duplex } from "node:stream";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { messageOf } from "./files";
import { errorLine, type Executor, readStatement } from "./executor";
import type { Statement } from "./sql";

const mostAtOnce = 500;
const mostWaiting = 4000;
const mostBytes = 512 * 1024;

type Read = Exclude<Statement, { kind: "write" }>;

/**
 * One client's stream of statements, a line each, and the answers in the same order. Inserts go out in groups and do not
 * wait for each other; anything else waits for what came before it and is waited for.
 */
export class Session {
  private group: Buffer[] = [];
  private groupBytes = 0;
  private waiting = 0;
  private answers: Promise<void> = Promise.resolve();

  constructor(
    private readonly executor: Executor,
    private readonly socket: Duplex,
  ) {}

  /** Serves until the client has no more statements. */
  async run(): Promise<void> {
    const lines = createInterface({ input: this.socket, crlfDelay: Infinity });
    for await (const line of lines) {
      if (line.trim() === "") continue;
      await this.take(readStatement(line));
      if (this.waiting > mostWaiting) await this.drain();
    }
    await this.drain();
    this.socket.end();
  }

  private async take(statement: Statement | string): Promise<void> {
    if (typeof statement === "string") {
      this.send();
      this.queue(() => this.print(`${statement}\n`));
    } else if (statement.kind !== "write") {
      await this.drain();
      await this.read(statement);
    } else if (statement.insert) {
      this.add(statement.data);
    } else {
      await this.drain();
      this.add(statement.data);
      await this.drain();
    }
  }

  private add(data: Buffer): void {
    if (this.group.length === 0) setImmediate(() => this.send());
    this.group.push(data);
    this.groupBytes += data.length;
    this.waiting += 1;
    if (this.group.length >= mostAtOnce || this.groupBytes > mostBytes) this.send();
  }

  private send(): void {
    if (this.group.length === 0) return;
    const group = this.group;
    this.group = [];
    this.groupBytes = 0;
    const answers = this.executor.writes(group);
    this.queue(async () => {
      const lines = await answers;
      this.waiting -= group.length;
      await this.print(`${lines.join("\n")}\n`);
    });
  }

  private queue(work: () => Promise<void>): void {
    this.answers = this.answers.then(work);
    // A client that is gone needs no answers; the loop over its lines ends by itself.
    this.answers.catch((error: unknown) => this.socket.destroy(error as Error));
  }

  private async drain(): Promise<void> {
    this.send();
    await this.answers;
  }

  private async print(text: string): Promise<void> {
    if (this.socket.destroyed) throw new Error("the client is gone");
    if (!this.socket.write(text)) await Promise.race([once(this.socket, "drain"), once(this.socket, "close")]);
  }

  private async read(statement: Read): Promise<void> {
    let begun = false;
    try {
      if (statement.kind === "count") return await this.print(`${await this.executor.count(statement.table)}\n`);
      for await (const rows of this.executor.select(statement.table, statement.columns)) {
        const text = rows.map((row) => JSON.stringify(row)).join(",");
        await this.print(begun ? `,${text}` : `[${text}`);
        begun = true;
      }
      await this.print(begun ? "]\n" : "[]\n");
    } catch (error) {
      if (begun) throw new Error(`reading failed in the middle: ${messageOf(error)}`);
      await this.print(`${errorLine(error)}\n`);
    }
  }
}
