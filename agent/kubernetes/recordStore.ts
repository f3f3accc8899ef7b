import { TryLater, WorldFault } from "../run/errors";
import { type KubernetesApi, type KubernetesObject, ObjectChanged } from "./api";
import type { RecordStore } from "./record";

interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
}

/** The one key of the ConfigMap. */
const key = "record.json";

/** The record in a ConfigMap of this pod's namespace. The component makes it empty; here it is only changed. */
export class ConfigMapStore implements RecordStore {
  readonly name: string;
  /** As it was read, of each version that somebody may want to replace. */
  private last: ConfigMap | undefined;

  constructor(
    private readonly api: KubernetesApi,
    private readonly configMap: string,
  ) {
    this.name = `ConfigMap ${configMap}`;
  }

  async read(): Promise<{ text: string; version: string }> {
    const found = await this.api.get<ConfigMap>(await this.path());
    if (found === undefined) {
      throw new WorldFault(
        `${this.name} is not there: KubernetesCluster makes it, and it says that a recovery was done. Run \`pulumi up\` again.`,
      );
    }
    this.last = found;
    return { text: found.data?.[key] ?? "", version: found.metadata.resourceVersion ?? "" };
  }

  async write(text: string, version: string): Promise<void> {
    const before = this.last;
    if (before?.metadata.resourceVersion !== version) throw new Error("what is replaced was read before");
    try {
      await this.api.update(await this.path(), { ...before, data: { ...before.data, [key]: text } });
    } catch (error) {
      if (!(error instanceof ObjectChanged)) throw error;
      throw new TryLater(`${this.name} was changed by another pod at this moment`);
    }
  }

  private async path(): Promise<string> {
    return `/api/v1/namespaces/${await this.api.namespace()}/configmaps/${this.configMap}`;
  }
}
