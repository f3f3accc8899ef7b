import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Api, checked, claimPath } from "./calls";
import type { PodLab } from "./lab";
import type { ClaimObject, ObjectMeta } from "./spec";

/** The driver that a VolumeSnapshotClass names. */
export const snapshotDriver = "pods.lab";

const apiVersion = "snapshot.storage.k8s.io/v1";
const kinds = `/apis/${apiVersion}`;
const finalizer = "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection";
const defaultMark = "snapshot.storage.kubernetes.io/is-default-class";
const volumes = "/api/v1/persistentvolumes";
const roundMs = 200;

interface Snapshot {
  metadata: ObjectMeta & { namespace: string; uid: string; finalizers?: string[] };
  spec: { source: { persistentVolumeClaimName?: string }; volumeSnapshotClassName?: string };
  status?: {
    boundVolumeSnapshotContentName?: string;
    creationTime?: string;
    readyToUse?: boolean;
    restoreSize?: string;
    error?: { message: string };
  };
}

interface SnapshotClass {
  metadata: ObjectMeta;
  driver: string;
  deletionPolicy: "Delete" | "Retain";
}

interface Content {
  spec: { deletionPolicy: "Delete" | "Retain"; source: { volumeHandle: string } };
}

/**
 * Snapshots of volumes of a lab, as a storage system's driver and the snapshot controller make them: cut at one moment
 * while pods write, told in the object's status, bound to a content object whose deletion policy counts, and copied into
 * the volume of a claim that names one as its `dataSource`. Snapshots of another driver's class are left alone.
 */
export class SnapshotDriver {
  private readonly problems = new Map<string, string>();
  private stopped = false;
  private readonly work: Promise<void>;

  private constructor(
    private readonly api: Api,
    private readonly lab: PodLab,
  ) {
    this.work = this.run();
  }

  /** The kinds must be installed: `ControlPlane.installCustomKinds`. */
  static start(api: Api, lab: PodLab): SnapshotDriver {
    return new SnapshotDriver(api, lab);
  }

  /** What cannot be made, and why: for messages. */
  get complaints(): string {
    return [...this.problems].map(([name, why]) => `${name}: ${why}`).join("\n");
  }

  /** Looks after nothing any more; what it has copied is the lab's to remove. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.work;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.attempt("round", () => this.round());
      await sleep(roundMs, undefined, { ref: false });
    }
  }

  /** The server may be gone for a moment, or refuse what has changed meanwhile: the next round sees. */
  private async attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.problems.delete(name);
    } catch (error) {
      this.problems.set(name, (error as Error).message);
    }
  }

  private async round(): Promise<void> {
    for (const snapshot of await this.list<Snapshot>(`${kinds}/volumesnapshots`)) {
      await this.attempt(`snapshot ${snapshot.metadata.name}`, () => this.look(snapshot));
    }
    for (const claim of await this.list<ClaimObject>("/api/v1/persistentvolumeclaims")) {
      if (claim.spec.dataSource?.kind !== "VolumeSnapshot" || claim.status?.phase === "Bound") continue;
      await this.attempt(`claim ${claim.metadata.name}`, () => this.provide(claim));
    }
  }

  private async look(snapshot: Snapshot): Promise<void> {
    const { metadata, status = {} } = snapshot;
    if (metadata.deletionTimestamp !== undefined) return this.release(snapshot);
    if (status.creationTime === undefined) return this.cutOrSayWhy(snapshot);
    if (status.readyToUse !== true) return this.finish(snapshot);
  }

  private async cutOrSayWhy(snapshot: Snapshot): Promise<void> {
    const found = await this.classOf(snapshot);
    if (found !== undefined && found.driver !== snapshotDriver) return;
    try {
      await this.cut(snapshot, found);
    } catch (error) {
      const { message } = error as Error;
      if (snapshot.status?.error?.message === message) return;
      await this.tell(snapshotPath(snapshot), { readyToUse: false, error: { message, time: now() } });
    }
  }

  private async cut(snapshot: Snapshot, found: SnapshotClass | undefined): Promise<void> {
    const { namespace, name, uid } = snapshot.metadata;
    const { persistentVolumeClaimName: claim } = snapshot.spec.source;
    if (found === undefined) throw new Error("there is no such VolumeSnapshotClass, and none is the default");
    if (claim === undefined) throw new Error("the lab takes snapshots of claims only");
    if ((await this.find(claimPath(namespace, claim))) === undefined) throw new Error(`there is no claim ${claim}`);
    await this.patch(snapshotPath(snapshot), { metadata: { finalizers: [finalizer] } });
    const content = contentName(snapshot);
    await this.create(`${kinds}/volumesnapshotcontents`, {
      apiVersion,
      kind: "VolumeSnapshotContent",
      metadata: { name: content },
      spec: {
        driver: snapshotDriver,
        deletionPolicy: found.deletionPolicy,
        source: { volumeHandle: `${namespace}/${claim}` },
        volumeSnapshotClassName: found.metadata.name,
        volumeSnapshotRef: { apiVersion, kind: "VolumeSnapshot", namespace, name, uid },
      },
    });
    await this.lab.copyClaim(namespace, claim, this.lab.copyFolder(content));
    const creationTime = now();
    const status = { boundVolumeSnapshotContentName: content, creationTime, readyToUse: false, error: null };
    await this.tell(snapshotPath(snapshot), status);
  }

  /** What was cut can be used once the storage system has it all. */
  private async finish(snapshot: Snapshot): Promise<void> {
    const { namespace } = snapshot.metadata;
    const { persistentVolumeClaimName: claim = "" } = snapshot.spec.source;
    const { spec } = checked(
      await this.api.call({ path: claimPath(namespace, claim) }),
      `claim ${claim}`,
    ) as ClaimObject;
    const restoreSize = storageOf(spec);
    const creationTime = Date.parse(snapshot.status?.creationTime ?? "") * 1e6;
    const content = contentName(snapshot);
    const status = { readyToUse: true, snapshotHandle: content, creationTime, restoreSize: bytesOf(restoreSize) };
    await this.tell(contentPath(content), status);
    await this.tell(snapshotPath(snapshot), { readyToUse: true, restoreSize });
  }

  /** The snapshot is given up: its copy too, unless the content is to be kept. */
  private async release(snapshot: Snapshot): Promise<void> {
    const content = contentName(snapshot);
    const found = await this.find<Content>(contentPath(content));
    if (found?.spec.deletionPolicy !== "Retain") {
      if (found !== undefined) checked(await this.api.call({ method: "DELETE", path: contentPath(content) }), content);
      rmSync(this.lab.copyFolder(content), { recursive: true, force: true });
    }
    if (snapshot.metadata.finalizers !== undefined) {
      await this.patch(snapshotPath(snapshot), { metadata: { finalizers: null } });
    }
  }

  /** Fills the volume of a claim, which the controller binds then: a pod that mounts it has waited for that. */
  private async provide({ metadata, spec }: ClaimObject): Promise<void> {
    const { namespace = "", name, uid } = metadata;
    const volume = `pvc-${uid}`;
    if ((await this.find(`${volumes}/${volume}`)) !== undefined) return;
    const source = `${kinds}/namespaces/${namespace}/volumesnapshots/${spec.dataSource?.name}`;
    const snapshot = await this.find<Snapshot>(source);
    if (snapshot?.status?.readyToUse !== true) throw new Error(`waits for VolumeSnapshot ${spec.dataSource?.name}`);
    const storage = storageOf(spec);
    const { restoreSize = "0" } = snapshot.status;
    if (bytesOf(storage) < bytesOf(restoreSize)) {
      throw new Error(`asks for ${storage}, and the snapshot is of a volume of ${restoreSize}`);
    }
    await this.lab.fillClaim(namespace, name, this.lab.copyFolder(contentName(snapshot)));
    await this.create(volumes, volumeOf(volume, { metadata, spec }));
  }

  private async classOf({ spec }: Snapshot): Promise<SnapshotClass | undefined> {
    const classes = await this.list<SnapshotClass>(`${kinds}/volumesnapshotclasses`);
    const { volumeSnapshotClassName: name } = spec;
    return classes.find(({ metadata }) =>
      name === undefined ? metadata.annotations?.[defaultMark] === "true" : metadata.name === name,
    );
  }

  private async list<T>(path: string): Promise<T[]> {
    return (checked(await this.api.call({ path }), path) as { items: T[] }).items;
  }

  private async find<T>(path: string): Promise<T | undefined> {
    const answer = await this.api.call({ path });
    return answer.status === 404 ? undefined : (checked(answer, path) as T);
  }

  /** An earlier round may have made it, and come no further. */
  private async create(path: string, body: object): Promise<void> {
    const answer = await this.api.call({ method: "POST", path, body });
    if (answer.status !== 409) checked(answer, path);
  }

  private async patch(path: string, body: object): Promise<void> {
    checked(await this.api.call({ method: "PATCH", path, body, contentType: "application/merge-patch+json" }), path);
  }

  private tell(path: string, status: object): Promise<void> {
    return this.patch(`${path}/status`, { status });
  }
}

/** A volume that only this claim gets. */
function volumeOf(volume: string, { metadata: { namespace, name, uid }, spec }: ClaimObject): object {
  const { accessModes, storageClassName = "" } = spec;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: volume },
    spec: {
      capacity: { storage: storageOf(spec) },
      accessModes,
      storageClassName,
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid },
      persistentVolumeReclaimPolicy: "Retain",
      csi: { driver: snapshotDriver, volumeHandle: volume },
    },
  };
}

function storageOf({ resources }: ClaimObject["spec"]): string {
  return resources?.requests?.storage ?? "0";
}

function snapshotPath({ metadata: { namespace, name } }: Snapshot): string {
  return `${kinds}/namespaces/${namespace}/volumesnapshots/${name}`;
}

function contentPath(name: string): string {
  return `${kinds}/volumesnapshotcontents/${name}`;
}

function contentName({ metadata: { uid } }: Snapshot): string {
  return `snapcontent-${uid}`;
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}

const units = ["", "Ki", "Mi", "Gi", "Ti"];

/** A size as Kubernetes writes it, in bytes. */
function bytesOf(quantity: string): number {
  const [, number, unit = ""] = /^(\d+)([KMGT]i)?$/.exec(quantity) ?? [];
  if (number === undefined) throw new Error(`the lab does not know the size ${quantity}`);
  return Number(number) * 1024 ** units.indexOf(unit);
}
