import { isKitName, kitName, parseRecoveryKit, type RecoveryKit, serializeRecoveryKit } from "../../model/recoveryKit";
import { recordKey, recordPrefix } from "../../model/layout";
import { InputError } from "../../model/mistakes";
import type { Archive } from "./archive";

/** A kit as an archive holds it. */
export interface StoredKit {
  kit: RecoveryKit;
  /** Its name among the records: the later it was stored, the greater. */
  name: string;
}

/** The newest whole kit of a cluster in an archive; `skipped` is told of each newer one that is not. */
export async function newestKit(
  archive: Archive,
  clusterId: string,
  skipped: (why: string) => void,
): Promise<StoredKit | undefined> {
  for (const name of (await namesIn(archive, clusterId)).reverse()) {
    const subject = `${archive.description}/${recordKey(clusterId, "kits", name)} is no recovery kit of ${clusterId}`;
    try {
      const kit = parseRecoveryKit((await archive.getText(recordKey(clusterId, "kits", name))) ?? "", subject);
      if (kit.clusterId === clusterId) return { kit, name };
      skipped(`${subject}, but of ${kit.clusterId}`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      skipped(error.message);
    }
  }
  return undefined;
}

/** Stores a kit unless it is the newest one already; whether it was stored. An older one stays for ever. */
export async function putKit(archive: Archive, kit: RecoveryKit): Promise<boolean> {
  const { clusterId, seal } = kit;
  const newest = await newestKit(archive, clusterId, () => undefined);
  if (newest?.kit.seal === seal) return false;
  const last = (await namesIn(archive, clusterId)).at(-1);
  const name = kitName(kit, await archive.now(), last);
  return (await archive.putText(recordKey(clusterId, "kits", name), serializeRecoveryKit(kit))).created;
}

async function namesIn(archive: Archive, clusterId: string): Promise<string[]> {
  const prefix = recordPrefix(clusterId, "kits");
  const names = (await archive.list(prefix)).map(({ key }) => key.slice(prefix.length));
  return names.filter(isKitName).sort();
}
