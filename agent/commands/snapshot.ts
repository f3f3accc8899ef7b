import path from "node:path";
import { Tier } from "../../model/tier";
import {
  anchors,
  beginBackup,
  claim,
  endOfCopy,
  type HasRun,
  manifest,
  pack,
  readBack,
  runOf,
  settleBackup,
  takeSnapshot,
  walArrived,
} from "../backup/steps";
import { openSnapshot } from "../backup/openSnapshot";
import type { Node } from "../context";
import type { Procedure } from "../run/steps";

export interface SnapshotContext extends HasRun {
  node: Node;
}

/** A hot backup: the leader's snapshot, copied whole, pinned to leader and term. */
export const snapshot: Procedure<SnapshotContext> = {
  name: "snapshot",
  steps: [
    {
      name: "begin",
      title: "find the leader and the archive",
      async run(context) {
        context.run = await beginBackup(context.node, Tier.Snapshots);
      },
    },
    claim,
    anchors,
    {
      name: "snapshot",
      title: "take a snapshot",
      async run(context, control) {
        await takeSnapshot(runOf(context), control);
      },
    },
    {
      name: "copy",
      title: "copy the snapshot",
      async run(context, control) {
        const run = runOf(context);
        const opened = await openSnapshot(run);
        try {
          await control.point();
          await opened.copyTo(path.join(run.tree, "data", "raft", "snapshots"));
        } finally {
          await opened.close();
        }
        run.index = { low: opened.index, high: opened.index };
        await endOfCopy(run);
      },
    },
    pack,
    walArrived,
    readBack,
    manifest,
  ],
  settle: settleBackup,
};
