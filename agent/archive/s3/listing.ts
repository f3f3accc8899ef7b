import { frozenClass } from "../../../model/thaw";
import { ownPrefix } from "../../host/files";
import { metaSuffix, type StoredObject } from "../archive";
import { elements, text } from "./xml";

/** One answer to a listing. */
export interface Page {
  objects: StoredObject[];
  /** Where the next one goes on. */
  next?: string;
}

/** Reads the answer to `ListObjectsV2`; keys without the archive's root, and what is ours left out as in a folder. */
export function listed(xml: string, root: string): Page {
  const objects: StoredObject[] = [];
  for (const content of elements(xml, "Contents")) {
    const key = (text(content, "Key") ?? "").slice(root.length);
    // Some tools put empty objects for folders.
    if (key === "" || key.endsWith("/") || key.endsWith(metaSuffix)) continue;
    if (key.split("/").some((name) => name.startsWith(ownPrefix))) continue;
    const frozen = frozenClass(text(content, "StorageClass"));
    objects.push({
      key,
      bytes: Number(text(content, "Size")),
      storedAt: new Date(text(content, "LastModified") ?? ""),
      md5: md5In(content),
      ...(frozen === undefined ? {} : { frozen }),
    });
  }
  return { objects, next: text(xml, "IsTruncated") === "true" ? text(xml, "NextContinuationToken") : undefined };
}

/** Uploads in parts have a dash in their ETag. */
function md5In(content: string): string | undefined {
  return /<ETag>(?:"|&quot;|&#34;)?([0-9a-f]{32})(?:"|&quot;|&#34;)?<\/ETag>/.exec(content)?.[1];
}
