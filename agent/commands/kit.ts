import path from "node:path";
import type { Place } from "../../model/catalog";
import { InputError } from "../../model/mistakes";
import { parseRecoveryKit, type RecoveryKit } from "../../model/recoveryKit";
import type { ArchiveSpec } from "../../model/reference";
import type { KitFileSpec, KitStoreSpec } from "../../model/specs";
import { newestKit, putKit, type StoredKit } from "../archive/kits";
import { type Archives, openArchives, openReachable } from "../archive/open";
import type { Node } from "../context";
import { exists, readIfThere, replaceFile } from "../host/files";
import { Refused, WorldFault } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";

export interface KitStoreContext {
  /** Left out where the specification names the archives. */
  node?: Node;
  spec: KitStoreSpec;
  kit?: RecoveryKit;
  archives?: Archives;
  result: Record<string, unknown>;
}

/** Puts a recovery kit where it survives: into the archive, and into the off-site one. Running it again adds nothing. */
export const kitStore: Procedure<KitStoreContext> = {
  name: "kit-store",
  steps: [
    { name: "check", title: "check the kit and open the archives", run: check },
    { name: "primary", title: "store the kit in the archive", run: (context) => store(context, "primary") },
    { name: "offsite", title: "store the kit off-site", run: (context) => store(context, "offsite") },
  ],
};

async function check(context: KitStoreContext): Promise<void> {
  const { spec, node, result } = context;
  const kit = parseRecoveryKit(spec.kit, "The recovery kit cannot be stored");
  const archive = spec.archive ?? node?.config.archive;
  if (archive === undefined) throw new Error("a node, or an archive, is given");
  if (kit.clusterId !== archive.clusterId) {
    const whose = spec.archive === undefined ? "this node belongs to" : "the archive is of";
    throw new Refused(`the kit is of cluster ${kit.clusterId}, and ${whose} ${archive.clusterId}`);
  }
  context.kit = kit;
  context.archives = await openArchives(archive);
  Object.assign(result, { clusterId: kit.clusterId, seal: kit.seal, stored: [] });
}

async function store({ archives, kit, result }: KitStoreContext, place: Place): Promise<void> {
  const archive = archives?.[place];
  if (archive === undefined || kit === undefined) return;
  if (await putKit(archive, kit)) (result.stored as Place[]).push(place);
}

export interface KitFileContext {
  spec: KitFileSpec;
  result: Record<string, unknown>;
}

/** Writes a recovery kit to a file of this machine, over an older kit of the same cluster and over nothing else. */
export const kitFile: Procedure<KitFileContext> = {
  name: "kit-file",
  steps: [{ name: "write", title: "write the kit to its file", run: write }],
};

async function write({ spec, result }: KitFileContext): Promise<void> {
  const { file } = spec;
  const kit = parseRecoveryKit(spec.kit, "The recovery kit cannot be written");
  const folder = path.dirname(file);
  if (!path.isAbsolute(file)) {
    const mistake = { path: "file", problem: "must be an absolute path", received: file, remedy: "Write it whole." };
    throw new InputError("The recovery kit cannot be written", [mistake]);
  }
  if (!(await exists(folder))) throw new WorldFault(`${folder} is not there: make it, or mount the disk that it is on`);
  const text = spec.kit;
  const before = await readIfThere(file);
  if (before !== undefined) refuseOther(before, file, kit);
  if (before !== text) await replaceFile(file, text, 0o644);
  Object.assign(result, { file, seal: kit.seal, written: before !== text });
}

/** A file that is something else, or another cluster's, is somebody's. */
function refuseOther(before: string, file: string, kit: RecoveryKit): void {
  let problem: string;
  try {
    const { clusterId } = parseRecoveryKit(before, file);
    if (clusterId === kit.clusterId) return;
    problem = `is the kit of cluster ${clusterId}`;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problem = "is there and is no whole recovery kit";
  }
  throw new Refused(`${file} ${problem}: it was left as it is. Move it away, or name another file.`);
}

/**
 * The newest kit that can be read.
 * @throws WorldFault where there is none.
 */
export async function findKit(spec: ArchiveSpec, control: Pick<StepControl, "note">): Promise<StoredKit> {
  const found: StoredKit[] = [];
  const places = await openReachable(spec);
  for (const { archive } of places) {
    const newest = await newestKit(archive, spec.clusterId, (why) => control.note(why));
    if (newest !== undefined) found.push(newest);
  }
  const [first] = found.sort((a, b) => (a.name < b.name ? 1 : -1));
  if (first !== undefined) return first;
  const where = places.map(({ archive }) => archive.description).join(" and ");
  throw new WorldFault(
    `there is no recovery kit of cluster ${spec.clusterId} in ${where}: ClusterBackups, KubernetesBackups and KubernetesCluster of this version write one`,
  );
}
