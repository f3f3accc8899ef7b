import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import type { Core } from "./core";
import { readArchived, writeArchived } from "./recovery";
import type { Snapshots } from "./snapshots";
import type { Segment } from "./wal";

const firstRetryMs = 250;
const lastRetryMs = 5000;
const spareBytes = 64 * 1024 * 1024;

/** Finishes segments by time, offers finished ones to `archive_command` in order, deletes what nobody needs. */
export class Archiver {
  private archived: number;
  private child: ChildProcess | undefined;
  private retryMs = firstRetryMs;
  private retryAt = 0;
  private closed = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly core: Core,
    private readonly snapshots: Snapshots,
  ) {
    const noted = readArchived(core.parts.paths);
    // The open segment is never archived: a note that says so belongs to another stream.
    this.archived = noted < (core.log.wal.open?.number ?? 0) ? noted : -1;
    this.timer = setInterval(() => this.tick(), 100);
  }

  private tick(): void {
    const { core } = this;
    const timeout = core.config.archiveTimeoutSeconds * 1000;
    try {
      if (timeout > 0 && !core.installing && core.log.wal.openAge >= timeout) core.log.wal.finish();
      this.offer();
      this.tidy();
    } catch (error) {
      core.parts.fatal(error);
    }
  }

  private offer(): void {
    const command = this.core.config.archiveCommand;
    if (command === undefined || this.child || this.closed || performance.now() < this.retryAt) return;
    const next = this.core.log.wal.finished.find((segment) => segment.number > this.archived);
    if (next) this.run(command, next);
  }

  private run(template: string, segment: Segment): void {
    const values: Record<string, string> = { "%p": segment.file, "%f": path.basename(segment.file), "%%": "%" };
    const command = template.replace(/%[pf%]/g, (token) => values[token] ?? token);
    const child = spawn("/bin/sh", ["-c", command], {
      cwd: this.core.config.dataDirectory,
      detached: true,
      stdio: ["ignore", "inherit", "inherit"],
    });
    this.child = child;
    const ended = (problem: string | undefined) => {
      if (this.child !== child) return;
      this.child = undefined;
      if (!this.closed) this.note(segment, problem);
    };
    child.on("error", (error) => ended(error.message));
    child.on("exit", (code, signal) => ended(code === 0 ? undefined : `ended with ${signal ?? code}`));
  }

  private note(segment: Segment, problem: string | undefined): void {
    const { say, paths, fatal } = this.core.parts;
    if (problem !== undefined) {
      say("warn", `archive_command for ${path.basename(segment.file)} ${problem}; tried again in ${this.retryMs} ms`);
      this.retryAt = performance.now() + this.retryMs;
      this.retryMs = Math.min(2 * this.retryMs, lastRetryMs);
      return;
    }
    this.retryMs = firstRetryMs;
    this.archived = segment.number;
    try {
      writeArchived(paths, segment.number);
    } catch (error) {
      fatal(error);
      return;
    }
    this.tick();
  }

  /** Deletes segments that are archived and that a snapshot covers, but for some that lagging members may ask for. */
  private tidy(): void {
    const { wal } = this.core.log;
    let bytes = wal.totalBytes;
    wal.removeWhile((segment) => {
      const archived = this.core.config.archiveCommand === undefined || segment.number <= this.archived;
      const spare = bytes - segment.bytes < spareBytes;
      if (!archived || segment.lastIndex > this.snapshots.index || spare) return false;
      bytes -= segment.bytes;
      return true;
    });
  }

  /** Stops; a command that is running is ended and its segment offered again at the next start. */
  close(): void {
    this.closed = true;
    clearInterval(this.timer);
    if (this.child?.pid !== undefined) process.kill(-this.child.pid, "SIGTERM");
  }
}
