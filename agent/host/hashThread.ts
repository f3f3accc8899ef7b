import type { createHash } from "node:crypto";
import type { closeSync, openSync, readSync } from "node:fs";
import { type MessagePort, Worker } from "node:worker_threads";

interface Work {
  done: (found: Hashed) => void;
  failed: (error: Error) => void;
  progress: (bytes: number) => void;
}

/** What a thread says of the file that it was given. */
type Answer = { id: number; bytes: number } & ({ sha256?: string } | { error: Error });

/** A file as it was read. */
export interface Hashed {
  sha256: string;
  bytes: number;
}

/** The modules that the thread works with. */
interface Tools {
  openSync: typeof openSync;
  readSync: typeof readSync;
  closeSync: typeof closeSync;
  createHash: typeof createHash;
}

/** Runs in the thread, as text: it knows nothing but its arguments. Reads and hashes without a way through an event loop. */
function serve(
  port: MessagePort,
  { openSync: open, readSync: read, closeSync: close, createHash: hashBy }: Tools,
): void {
  const piece = Buffer.allocUnsafe(256 * 1024);
  const told = 16 * 1024 * 1024;
  port.on("message", ({ id, file }: { id: number; file: string }) => {
    let bytes = 0;
    let said = 0;
    try {
      const fd = open(file, "r");
      try {
        const hash = hashBy("sha256");
        for (let more = read(fd, piece); more > 0; more = read(fd, piece)) {
          hash.update(piece.subarray(0, more));
          bytes += more;
          if (bytes - said >= told) port.postMessage({ id, bytes: (said = bytes) });
        }
        port.postMessage({ id, bytes, sha256: hash.digest("hex") });
      } finally {
        close(fd);
      }
    } catch (error) {
      port.postMessage({ id, bytes, error });
    }
  });
}

const program = `(${serve.toString()})(require("node:worker_threads").parentPort, { ...require("node:fs"), ...require("node:crypto") })`;

/**
 * Hashes whole files in a thread of its own, in turn: beside programs that use every core, the way through the event loop
 * costs half as much again as the hash itself. Starts with the first file; keeps no process alive that waits for nothing.
 */
export class HashThread {
  private worker: Worker | undefined;
  private readonly under = new Map<number, Work>();
  private next = 0;

  /** SHA-256 of a file. @throws what the system says of it. */
  hash(file: string, progress: (bytes: number) => void = () => undefined): Promise<Hashed> {
    const worker = (this.worker ??= this.start());
    const id = (this.next += 1);
    return new Promise((done, failed) => {
      this.under.set(id, { done, failed, progress });
      worker.ref();
      worker.postMessage({ id, file });
    });
  }

  /** Ends the thread; whoever still waits is told so. */
  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(program, { eval: true });
    worker.on("message", (answer: Answer) => this.take(answer));
    worker.on("error", (error) => this.fail(error));
    worker.on("exit", () => this.fail(new Error("the thread that hashes files ended before its work")));
    return worker;
  }

  private take(answer: Answer): void {
    const work = this.under.get(answer.id);
    if (work === undefined) return;
    work.progress(answer.bytes);
    if ("error" in answer) work.failed(answer.error);
    else if (answer.sha256 !== undefined) work.done({ sha256: answer.sha256, bytes: answer.bytes });
    else return;
    this.under.delete(answer.id);
    if (this.under.size === 0) this.worker?.unref();
  }

  private fail(error: Error): void {
    for (const { failed } of this.under.values()) failed(error);
    this.under.clear();
  }
}
