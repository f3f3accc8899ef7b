/** A way to tell the engine, and so the user, something about a resource. */
export interface Log {
  /** Shown only while it is the newest message of its resource. */
  status: (message: string) => Promise<void>;
  /** Shown also in the end. */
  lasting: (severity: "warning" | "error", message: string) => Promise<void>;
}

/** What every operation on a resource is given. */
export interface Operation {
  log: Log;
  /** Fires at cancellation and when the operation's own time limit is over. */
  signal: AbortSignal;
}

/** Which streams of a command are shown to the user. */
export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

/** The streams that a logging mode shows. */
export function shows(logging: Logging | undefined, stream: "stdout" | "stderr"): boolean {
  return logging === undefined || logging === "stdoutAndStderr" || logging === stream;
}

/** The longest line that the official provider can log. */
const longestLine = 64 * 1024;

/** Collects what a command prints and hands it on to the engine line by line. */
export class Streams {
  private readonly chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[], both: [] as Buffer[] };
  private partial = "";
  private logged: Promise<void> = Promise.resolve();
  /** Set when a line was longer than {@link longestLine}. */
  private tooLong = false;

  constructor(
    private readonly log: Log,
    private readonly logging: Logging | undefined,
  ) {}

  /** Takes in what a stream printed. */
  add(stream: "stdout" | "stderr", chunk: Buffer): void {
    this.chunks[stream].push(chunk);
    this.chunks.both.push(chunk);
    if (!shows(this.logging, stream)) return;
    const lines = (this.partial + chunk.toString("latin1")).split("\n");
    this.partial = lines.pop() ?? "";
    lines.forEach((line) => this.show(line));
    if (this.partial.length >= longestLine) this.tooLong = true;
  }

  private show(line: string): void {
    if (line.length >= longestLine) this.tooLong = true;
    const text = Buffer.from(line, "latin1").toString("utf8").replace(/\r$/, "");
    this.logged = this.logged.then(() => this.log.status(text));
  }

  /** Waits until the engine has every line. */
  async end(): Promise<void> {
    if (this.partial !== "") this.show(this.partial);
    this.partial = "";
    await this.logged;
    if (this.tooLong) {
      throw new Error(
        "a logged line is longer than 64 KiB: the official provider waits for ever then; set logging to none",
      );
    }
  }

  /** Everything that a stream printed, without one last line break. */
  text(stream: "stdout" | "stderr"): string {
    return Buffer.concat(this.chunks[stream]).toString("utf8").replace(/\n$/, "");
  }

  /** Both streams as they came, for a message of failure. */
  combined(): string {
    return Buffer.concat(this.chunks.both).toString("utf8");
  }
}
