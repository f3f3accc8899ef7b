import { full } from "../../agent/commands/full";
import { install, rollout, uninstall } from "../../agent/commands/install";
import { kitFile, kitStore } from "../../agent/commands/kit";
import { nodeCreate, nodeDelete } from "../../agent/commands/node";
import { offsite } from "../../agent/commands/offsite";
import { offsiteWal } from "../../agent/commands/offsiteWal";
import { prune } from "../../agent/commands/prune";
import { query } from "../../agent/commands/query";
import { snapshot } from "../../agent/commands/snapshot";
import { undelete } from "../../agent/commands/undelete";
import { verify } from "../../agent/commands/verify";
import { verifyRestored } from "../../agent/commands/verifyRestored";
import { walPush } from "../../agent/commands/walPush";
import { podConfigure } from "../../agent/kubernetes/configure";
import { podSidecar } from "../../agent/kubernetes/sidecar";
import { podAccepted, podFirst, podMember } from "../../agent/kubernetes/recovery";
import { podJoin, podRestore } from "../../agent/kubernetes/restore";
import { pruneVolumes } from "../../agent/kubernetes/volumePrune";
import { takeVolumeSnapshot } from "../../agent/kubernetes/volumeSnapshot";
import { restoreAccept, restoreBase, restoreRelease } from "../../agent/restore/accept";
import { restoreFirst } from "../../agent/restore/first";
import { restoreGate } from "../../agent/restore/gate";
import { giveUp } from "../../agent/restore/giveUp";
import { restoreJoin } from "../../agent/restore/join";
import { restoreStatus } from "../../agent/restore/status";
import type { Steps } from "./killing";

/** These never look at an archive: what it is kept in is nothing to them. */
export const withoutArchive: readonly Steps[] = [rollout, uninstall, nodeCreate, nodeDelete, kitFile, podConfigure];

const stored = [full, snapshot, offsite, offsiteWal, verify, verifyRestored, query, walPush, install];
const ended = [restoreRelease, restoreBase, restoreAccept, restoreStatus];
const inPlace = [restoreGate, restoreFirst, restoreJoin, giveUp];

/** A recovery in pods, whose archive is in buckets. */
export const inPods: readonly Steps[] = [podRestore, podFirst, podJoin, podMember, podAccepted];

/** Snapshots of volumes, which only pods take. */
export const ofVolumes: readonly Steps[] = [takeVolumeSnapshot, pruneVolumes];

/** Which test kills what, at every moment of every step. */
export const killed: Record<"folders" | "buckets", Record<string, readonly Steps[]>> = {
  folders: {
    "kill-points": [...stored, rollout, uninstall, nodeCreate, nodeDelete, restoreFirst, restoreJoin, ...ended],
    "in-place-killed": inPlace,
    "kits-killed": [kitStore, kitFile],
    prune: [prune],
    "pod-killed": [podConfigure],
  },
  buckets: {
    "kill-points": stored,
    "in-place-killed": [...inPlace, ...ended],
    "kits-killed": [kitStore],
    "prune-bucket": [prune],
    undelete: [undelete],
    "pod-killed": [podSidecar, walPush],
    "pod-restore": inPods,
    "volume-killed": ofVolumes,
  },
};
