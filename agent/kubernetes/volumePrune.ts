import type { PodVolumeSnapshots } from "../../model/kubernetes/pod";
import { counted } from "../../model/units";
import { type VolumeRetention, volumeRetention } from "../../model/volumeRetention";
import type { Archive } from "../archive/archive";
import { openArchive } from "../archive/open";
import { giveVolumeUp, readVolumes } from "../archive/volumes";
import { type Claim, takeClaim } from "../claims";
import type { Node } from "../context";
import type { Procedure, StepControl } from "../run/steps";
import type { SnapshotApi } from "./snapshotApi";
import { volumesClaim, volumesClaimSeconds } from "./volumeSnapshot";

/** Volume snapshots that go. */
export interface VolumePruneContext {
  node: Node;
  settings: PodVolumeSnapshots;
  api: SnapshotApi;
  archive?: Archive;
  claim?: Claim;
  plan?: VolumeRetention;
  /** Names of the VolumeSnapshots that were deleted. */
  deleted: string[];
}

/** First the archive says that they count no more, then their objects are deleted: killed in between, it is done again. */
export const pruneVolumes: Procedure<VolumePruneContext> = {
  name: "volume-prune",
  steps: [
    { name: "look", title: "hold the archive's records against the namespace's VolumeSnapshots", run: choose },
    { name: "claim", title: "claim the volume snapshots", run: claim },
    { name: "end", title: "say which ones count no more", run: end },
    { name: "delete", title: "delete their VolumeSnapshots", run: remove },
  ],
  async settle(context) {
    await context.claim?.release();
  },
};

async function choose(context: VolumePruneContext): Promise<void> {
  const { archive: spec, policy } = context.node.config;
  const archive = context.archive ?? (await openArchive(spec, spec.clusterId, "primary"));
  context.archive = archive;
  // The objects first: one whose record is read afterwards was there when it was written.
  const found = await context.api.list();
  const known = await readVolumes(archive, spec.clusterId, policy.signing.trustedKeys);
  context.plan = volumeRetention({
    namespace: await context.api.namespace(),
    keep: context.settings.keep,
    entries: known.entries.filter(({ givenUp, problem }) => givenUp === null && problem === null),
    open: known.open,
    begun: known.begun,
    givenUp: known.givenUp,
    found,
  });
}

/** What is to be done; it is chosen anew under the claim, when nobody takes one. */
async function claim(context: VolumePruneContext): Promise<void> {
  const { plan, archive } = context;
  if (archive === undefined || plan === undefined || plan.ends.length + plan.deletions.length === 0) return;
  const { archive: spec, node } = context.node.config;
  const wanted = { name: volumesClaim, node: node.id, timeToLiveSeconds: volumesClaimSeconds };
  context.claim = await takeClaim(archive, spec.clusterId, wanted);
  await choose(context);
}

async function end(context: VolumePruneContext, control: StepControl): Promise<void> {
  const { archive, plan, claim: held } = context;
  if (archive === undefined || plan === undefined || held === undefined) return;
  const { archive: spec, node } = context.node.config;
  await held.stillHeld();
  for (const one of plan.ends) {
    await giveVolumeUp(archive, spec.clusterId, { ...one, node: node.id });
    control.note(`volume snapshot ${one.backupId} counts no more: ${one.reason}`);
    await control.point();
  }
}

async function remove(context: VolumePruneContext, control: StepControl): Promise<void> {
  const { plan, claim: held, api } = context;
  if (plan === undefined || held === undefined) return;
  await held.stillHeld();
  for (const one of plan.deletions) {
    await api.delete(one);
    context.deleted.push(one.name);
    await control.point();
  }
  if (plan.deletions.length > 0) control.note(`${counted(plan.deletions.length, "VolumeSnapshot")} deleted`);
}
