import type { Core } from "./core";
import { createSnapshot, listSnapshots, readSnapshotState, removeOldSnapshots, type Snapshot } from "./snapshot";

const kept = 2;

/** Makes snapshots: on request, and by itself every so many entries. */
export class Snapshots {
  private running: Promise<Snapshot> | undefined;
  private again = false;
  private users = 0;
  private lastMs = 0;
  private lastEnd = -Infinity;
  /** The index that the newest finished snapshot covers. */
  index: number;
  onMade: () => void = () => undefined;

  constructor(private readonly core: Core) {
    this.index = listSnapshots(core.parts.paths.snapshots).at(-1)?.index ?? 0;
  }

  /** Makes a snapshot that covers at least the present commit index, after the one that is under way. */
  request(): void {
    if (this.running) this.again = true;
    else void this.start();
  }

  private start(): Promise<Snapshot> {
    this.again = false;
    const running = this.make().finally(() => {
      this.running = undefined;
      if (this.again) void this.start();
    });
    this.running = running;
    running.catch((error: unknown) => this.core.parts.fatal(error));
    return running;
  }

  private async make(): Promise<Snapshot> {
    const { core } = this;
    const started = performance.now();
    this.users += 1;
    try {
      const snapshot = await createSnapshot(core.store, core.parts.paths.snapshots);
      await core.store.checkpoint();
      this.lastMs = performance.now() - started;
      this.lastEnd = performance.now();
      this.noteNew(snapshot.index);
      return snapshot;
    } finally {
      this.users -= 1;
      this.tidy();
    }
  }

  /** Takes note of a snapshot that was made or received. */
  noteNew(index: number): void {
    this.index = Math.max(this.index, index);
    this.core.parts.say("info", `snapshot of index ${index}`);
    this.onMade();
  }

  private tidy(): void {
    if (this.users === 0) removeOldSnapshots(this.core.parts.paths.snapshots, kept);
  }

  /** Makes one if enough entries have come; a large store is given time in between. */
  consider(): void {
    const { core } = this;
    const due = core.store.state.index - this.index >= core.config.snapshotInterval;
    if (!due || this.running || core.installing) return;
    if (performance.now() - this.lastEnd < 4 * this.lastMs) return;
    void this.start();
  }

  /** Lends a snapshot behind which the log still has all entries; it is not deleted meanwhile. */
  async withTransferable<T>(use: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    this.users += 1;
    try {
      return await use(await this.transferable());
    } finally {
      this.users -= 1;
      this.tidy();
    }
  }

  private async transferable(): Promise<Snapshot> {
    const { log } = this.core;
    const newest = listSnapshots(this.core.parts.paths.snapshots).at(-1);
    if (newest && this.ours(newest) && (newest.index === log.lastIndex || (await log.read(newest.index + 1, 1)))) {
      return newest;
    }
    if (this.running) await this.running;
    return this.start();
  }

  /** After `init-cluster` the newest snapshot may still be of the cluster before: whoever got it would belong to that one. */
  private ours(snapshot: Snapshot): boolean {
    return readSnapshotState(snapshot).clusterId === this.core.clusterId;
  }

  /** Waits for the one that is under way. */
  async idle(): Promise<void> {
    this.again = false;
    await this.running;
  }
}
