import {
  volumeSnapshot,
  volumeSnapshotKind,
  volumeSnapshotLabels,
  backupIdLabel,
} from "../../model/kubernetes/volumeSnapshots";
import type { FoundVolumeSnapshot } from "../../model/volumeRetention";
import { WorldFault } from "../run/errors";
import type { KubernetesApi, KubernetesObject } from "./api";

/** snapshot.storage.k8s.io/v1, as far as it is looked at. */
export interface VolumeSnapshot extends KubernetesObject {
  metadata: KubernetesObject["metadata"] & { labels?: Record<string, string>; deletionTimestamp?: string };
  spec: { source: { persistentVolumeClaimName?: string }; volumeSnapshotClassName?: string };
  status?: {
    /** When the storage system cut it. */
    creationTime?: string;
    readyToUse?: boolean;
    restoreSize?: string;
    boundVolumeSnapshotContentName?: string;
    error?: { message?: string; time?: string };
  };
}

/** The VolumeSnapshots of one cluster, in this pod's namespace. */
export class SnapshotApi {
  constructor(
    private readonly api: KubernetesApi,
    private readonly clusterId: string,
  ) {}

  namespace(): Promise<string> {
    return this.api.namespace();
  }

  /** Has the volume of a claim cut; it returns before that is done. */
  async create(wanted: { backupId: string; claim: string; className?: string }): Promise<VolumeSnapshot> {
    const object = volumeSnapshot({ ...wanted, clusterId: this.clusterId, namespace: await this.namespace() });
    return this.api.create<VolumeSnapshot>(await this.path(), object);
  }

  /** Undefined where there is none of that name. */
  async get(name: string): Promise<VolumeSnapshot | undefined> {
    return this.api.get<VolumeSnapshot>(`${await this.path()}/${name}`);
  }

  /** All that have our labels. @throws WorldFault where the kind is not there. */
  async list(): Promise<FoundVolumeSnapshot[]> {
    const found = await this.api.list<VolumeSnapshot>(await this.path(), volumeSnapshotLabels(this.clusterId));
    if (found === undefined) {
      throw new WorldFault(
        "the API server does not know the kind VolumeSnapshot: install the CRDs and the controller of external-snapshotter, or leave volumeSnapshots out",
      );
    }
    return found.map(({ metadata: { name, uid = "", labels = {}, deletionTimestamp } }) => ({
      name,
      uid,
      backupId: labels[backupIdLabel],
      leaving: deletionTimestamp !== undefined,
    }));
  }

  /** Nothing happens where it is gone. */
  async delete({ name, uid }: { name: string; uid: string }): Promise<void> {
    await this.api.delete(`${await this.path()}/${name}`, uid);
  }

  private async path(): Promise<string> {
    const { group, plural } = volumeSnapshotKind;
    return `/apis/${group}/v1/namespaces/${await this.namespace()}/${plural}`;
  }
}
