import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ControlPlane, KubernetesObject } from "../../lab/kubernetes";
import { filesBelow } from "./support";

interface VolumeSnapshot extends KubernetesObject {
  spec: { source: { persistentVolumeClaimName: string } };
  status?: { creationTime?: string; readyToUse?: boolean };
}

/** What the driver does with what it is asked for. */
export type Behaviour = "good" | "never cuts" | "fails" | "fails after the cut";

/** So long a copy takes after the cut. */
const copyMs = 1500;

/**
 * A storage system and its controllers, in this process: copies the folder of a claim at one moment, says so, and a moment
 * later says that the copy is ready.
 */
export class TestDriver {
  behaviour: Behaviour = "good";
  /** Runs when a snapshot was asked for, before it is cut. */
  beforeCut: () => Promise<void> = () => Promise.resolve();
  /** What each object's volume held when it was cut: SHA-256 by path. */
  readonly cut = new Map<string, Map<string, string>>();
  private over = false;
  private running: Promise<void> | undefined;
  private fault: Error | undefined;

  constructor(
    private readonly plane: ControlPlane,
    private readonly namespace: string,
    /** Folders by their claims. */
    private readonly claims: Record<string, string>,
  ) {}

  start(): this {
    this.running = this.run().catch((error: unknown) => void (this.fault = error as Error));
    return this;
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.running;
  }

  async objects(): Promise<VolumeSnapshot[]> {
    if (this.fault !== undefined) throw this.fault;
    return this.plane.list<VolumeSnapshot>("volumesnapshots", this.namespace);
  }

  private async run(): Promise<void> {
    for (; !this.over; await sleep(50)) {
      const { status, body } = await this.plane.call({ path: this.path() });
      // A busy server asks to come again.
      if (status !== 200) continue;
      for (const found of (body as { items: VolumeSnapshot[] }).items) await this.serve(found);
    }
  }

  private path(name = ""): string {
    return `/apis/snapshot.storage.k8s.io/v1/namespaces/${this.namespace}/volumesnapshots${name}`;
  }

  private async serve({ metadata: { name, uid = "" }, spec, status = {} }: VolumeSnapshot): Promise<void> {
    if (status.readyToUse === true || this.behaviour === "never cuts") return;
    const failed = { error: { message: "the disk is on fire", time: "2026-11-28T12:00:00Z" } };
    if (this.behaviour === "fails") return this.say(name, failed);
    if (status.creationTime === undefined) {
      await this.beforeCut();
      this.cut.set(uid, hashes(this.claims[spec.source.persistentVolumeClaimName] ?? "no such claim"));
      return this.say(name, { creationTime: new Date().toISOString(), readyToUse: false });
    }
    if (this.behaviour === "fails after the cut") return this.say(name, failed);
    if (Date.now() - Date.parse(status.creationTime) < copyMs) return;
    await this.say(name, {
      readyToUse: true,
      restoreSize: "1Gi",
      boundVolumeSnapshotContentName: `snapcontent-${uid}`,
    });
  }

  private async say(name: string, status: object): Promise<void> {
    await this.plane.call({
      method: "PATCH",
      path: this.path(`/${name}/status`),
      body: { status },
      contentType: "application/merge-patch+json",
    });
  }
}

/** By what lies on the disk; the log and old snapshots may go at any time. */
function hashes(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of filesBelow(folder)) {
    if (name.split("/").some((part) => part.startsWith(".neumann-backup")) || name.startsWith("raft/wal/")) continue;
    const content = readUnlessGone(path.join(folder, name));
    if (content !== undefined) found.set(name, createHash("sha256").update(content).digest("hex"));
  }
  return found;
}

/** Old snapshots vanish at any time. */
function readUnlessGone(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && file.includes("/raft/snapshots/")) return undefined;
    throw error;
  }
}
