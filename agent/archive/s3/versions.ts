import { frozenClass } from "../../../model/thaw";
import { ownPrefix } from "../../host/files";
import type { Archive, HiddenObject, ObjectVersion, Versions } from "../archive";
import { bucketSettings } from "./bucket";
import type { S3Http } from "./http";
import { type Patience, retrying, Transient } from "./retry";
import { elements, text, whole } from "./xml";

/** What the versions need of their archive. */
interface Ways {
  patience: Patience;
  /** Takes our tag off a version, by its key in the bucket. */
  untag(at: string, versionId: string): Promise<void>;
  reading(versions: ReadonlyMap<string, string>): Archive;
}

interface Marker {
  versionId: string;
  at: Date;
  by?: string;
}

/** All that a key has had; `latest` is the marker that hides it, if one does. */
interface History {
  versions: ObjectVersion[];
  latest?: Marker;
}

/** So many markers may lie on each other. */
const mostMarkers = 1000;

/** Older versions of a bucket's objects. */
export class BucketVersions implements Versions {
  constructor(
    private readonly http: S3Http,
    private readonly root: string,
    private readonly ways: Ways,
  ) {}

  async kept(): Promise<boolean> {
    return (await bucketSettings(this.http, this.ways.patience).versioning()) === "on";
  }

  async hidden(prefix: string): Promise<HiddenObject[]> {
    const found: HiddenObject[] = [];
    for (const [key, { versions, latest }] of await this.histories(prefix)) {
      if (latest !== undefined) found.push({ key, marker: latest, versions });
    }
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  reading(versions: ReadonlyMap<string, string>): Archive {
    return this.ways.reading(versions);
  }

  async uncover({ key, versions: [newest] }: HiddenObject): Promise<void> {
    if (newest === undefined) return;
    // Else the rule that deletes what has the tag would hide it again.
    await this.ways.untag(this.root + key, newest.versionId);
    for (let left = mostMarkers; left > 0; left -= 1) {
      const latest = (await this.histories(key)).get(key)?.latest;
      if (latest === undefined) return;
      await this.removeMarker(key, latest);
    }
  }

  /** Of one version, and only of one that the store has just called a delete marker: nothing else is ever deleted. */
  private removeMarker(key: string, { versionId }: Marker): Promise<void> {
    return retrying(this.ways.patience, async () => {
      const { status, body } = await this.http.send({ method: "DELETE", key: this.root + key, query: { versionId } });
      body.resume();
      if (status !== 204 && status !== 200 && status !== 404)
        throw new Transient(`DELETE a marker of ${key} was answered with ${status}.`);
    });
  }

  private async histories(prefix: string): Promise<Map<string, History>> {
    const found = new Map<string, History>();
    let next: Record<string, string> | undefined = {};
    while (next !== undefined) {
      const after: Record<string, string> = next;
      next = await retrying(this.ways.patience, () => this.page(prefix, after, found));
    }
    return found;
  }

  /** Reads one answer to `ListObjectVersions`; where the next one goes on. */
  private async page(
    prefix: string,
    after: Record<string, string>,
    found: Map<string, History>,
  ): Promise<Record<string, string> | undefined> {
    const query = { versions: "", prefix: this.root + prefix, ...after };
    const response = await this.http.send({ method: "GET", query });
    if (response.status !== 200) throw new Transient(`listing versions was answered with ${response.status}.`);
    return readPage(whole(await this.http.read(response), "ListVersionsResult"), this.root, found);
  }
}

function readPage(xml: string, root: string, found: Map<string, History>): Record<string, string> | undefined {
  for (const element of elements(xml, "Version")) {
    const { key, versionId, at } = entryOf(element, root);
    const frozen = frozenClass(text(element, "StorageClass"));
    const bytes = Number(text(element, "Size"));
    historyOf(key, found)?.versions.push({ versionId, bytes, storedAt: at, ...(frozen && { frozen }) });
  }
  for (const element of elements(xml, "DeleteMarker")) {
    if (text(element, "IsLatest") !== "true") continue;
    const { key, ...marker } = entryOf(element, root);
    const history = historyOf(key, found);
    if (history !== undefined) history.latest = { ...marker, ...ownerOf(element) };
  }
  if (text(xml, "IsTruncated") !== "true") return undefined;
  return {
    "key-marker": text(xml, "NextKeyMarker") ?? "",
    "version-id-marker": text(xml, "NextVersionIdMarker") ?? "",
  };
}

function entryOf(element: string, root: string): { key: string; versionId: string; at: Date } {
  return {
    key: (text(element, "Key") ?? "").slice(root.length),
    versionId: text(element, "VersionId") ?? "null",
    at: new Date(text(element, "LastModified") ?? ""),
  };
}

function ownerOf(element: string): { by?: string } {
  const by = text(element, "DisplayName") ?? text(element, "ID") ?? "";
  return by === "" ? {} : { by };
}

/** undefined for what is not ours: some tools put empty objects for folders. */
function historyOf(key: string, found: Map<string, History>): History | undefined {
  if (key === "" || key.endsWith("/") || key.split("/").some((name) => name.startsWith(ownPrefix))) return undefined;
  const history = found.get(key) ?? { versions: [] };
  found.set(key, history);
  return history;
}
