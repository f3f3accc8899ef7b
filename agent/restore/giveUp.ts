import { rm } from "node:fs/promises";
import { type Claim, takeClaim } from "../claims";
import { openRecords, recoveryKey, type RecoveryName, type RecoveryPlaces } from "../commands/plan";
import type { Node } from "../context";
import { exists, removeFile } from "../host/files";
import { Refused } from "../run/errors";
import type { Procedure } from "../run/steps";
import { openGate, readMark, restorePathsOf } from "./context";
import { isGivenUp, readGated, recordGivenUp } from "./inPlace";

export interface GiveUpContext {
  node: Node;
  recoveryId: string;
  places?: RecoveryPlaces;
  /** This node is the one that restores: it decides. */
  decides?: boolean;
  claim?: Claim;
}

/** Lets a node of the old cluster come back from a restore in place that has moved nothing yet. */
export const giveUp: Procedure<GiveUpContext> = {
  name: "give-up",
  steps: [
    { name: "look", title: "look whether there is a way back", run: look },
    { name: "record", title: "record that the recovery is given up", run: record },
    { name: "clear", title: "remove what was staged", run: clear },
    { name: "start", title: "let the database start, and archiving flow", run: start },
  ],
  async settle({ claim }) {
    await claim?.release();
  },
};

function nameOf({ node, recoveryId }: GiveUpContext): RecoveryName {
  return { archive: node.config.archive, recoveryId };
}

async function look(context: GiveUpContext): Promise<void> {
  const { node, recoveryId } = context;
  const { id, dataDirectory } = node.config.node;
  const name = nameOf(context);
  context.places = await openRecords(name);
  const { records } = context.places;
  const gated = await readGated(records, name, id);
  if (gated === undefined) {
    throw new Refused(`${id} was not stopped by recovery ${recoveryId}: there is nothing to give up.`);
  }
  context.decides = gated.firstNode === id;
  // While the first node works on it, it may be moving data at this moment.
  if (context.decides) {
    const claim = { name: `recovery/${recoveryId}`, node: id, timeToLiveSeconds: 3600 };
    context.claim = await takeClaim(records, node.config.archive.clusterId, claim);
  }
  const moved =
    (await records.getText(recoveryKey(name, "restored"))) !== undefined ||
    (await readMark(dataDirectory))?.recoveryId === recoveryId ||
    (await exists(restorePathsOf(node, recoveryId).journal));
  if (moved) {
    throw new Refused(
      `recovery ${recoveryId} has put data in place already: there is no way back but another recovery. Run it to its end; the old data lies in ${restorePathsOf(node, recoveryId).aside} on each node.`,
    );
  }
  if (!context.decides && !(await isGivenUp(records, name))) {
    throw new Refused(
      `${gated.firstNode} restores and decides: run \`neumann-backup give-up ${recoveryId}\` there first, then here. Nothing was touched.`,
    );
  }
}

async function record(context: GiveUpContext): Promise<void> {
  if (context.decides !== true || context.places === undefined) return;
  await recordGivenUp(context.places.records, nameOf(context), context.node.config.node.id);
}

async function clear({ node, recoveryId }: GiveUpContext): Promise<void> {
  await rm(restorePathsOf(node, recoveryId).staging, { recursive: true, force: true });
}

async function start({ node }: GiveUpContext): Promise<void> {
  await removeFile(node.paths.hold);
  await openGate(node);
  await node.service.start();
}
