import { type InPlace, looseMembers } from "../../model/inPlace";
import { parseStored } from "../archive/stored";
import { type RecoveryGated, recoveryGatedSchema, type RecoveryGivenUp } from "../../model/records";
import type { Archive } from "../archive/archive";
import { recoveryKey, type RecoveryName } from "../commands/plan";
import { Refused } from "../run/errors";
import { recordsOf, type RestoreContext } from "./context";

/** @throws Refused for a recovery onto empty nodes. */
export function inPlaceOf({ spec }: RestoreContext): InPlace {
  const { inPlace, recoveryId } = spec.plan;
  if (inPlace !== undefined) return inPlace;
  throw new Refused(`recovery ${recoveryId} goes onto empty nodes: there is nothing to stop. Nothing was touched.`);
}

export async function readGated(
  records: Archive,
  plan: RecoveryName,
  nodeId: string,
): Promise<RecoveryGated | undefined> {
  const key = recoveryKey(plan, `gated-${nodeId}`);
  const text = await records.getText(key);
  return text === undefined ? undefined : parseStored(recoveryGatedSchema, text, key);
}

export async function isGivenUp(records: Archive, plan: RecoveryName): Promise<boolean> {
  return (await records.getText(recoveryKey(plan, "given-up"))) !== undefined;
}

export async function recordGivenUp(records: Archive, plan: RecoveryName, nodeId: string): Promise<void> {
  if (await isGivenUp(records, plan)) return;
  const { recoveryId } = plan;
  const record: RecoveryGivenUp = {
    format: "neumann-recovery-given-up/1",
    recoveryId,
    nodeId,
    at: new Date().toISOString(),
  };
  await records.putText(recoveryKey(plan, "given-up"), `${JSON.stringify(record)}\n`);
}

/** @throws Refused when the old cluster was let come back. */
export async function refuseGivenUp(context: RestoreContext): Promise<void> {
  const { plan } = context.spec;
  if (plan.inPlace === undefined || !(await isGivenUp(recordsOf(context), plan))) return;
  throw new Refused(`recovery ${plan.recoveryId} was given up: the old cluster came back. Use a new recoveryId.`);
}

/**
 * Before anything moves, no member of the old cluster may run or start by itself: with its data it is still a member,
 * and two of them are a majority (protocol 22).
 * @throws Refused naming every node that is not known to be stopped.
 */
export async function refuseUnlessAllGated(context: RestoreContext): Promise<void> {
  const { spec } = context;
  const { fenced } = inPlaceOf(context);
  const found = await Promise.all(
    spec.members.map(async ({ id }) => ({ id, gated: await readGated(recordsOf(context), spec.plan, id) })),
  );
  const missing = found.filter(({ gated }) => gated === undefined).map(({ id }) => id);
  if (missing.length > 0) {
    throw new Refused(
      `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not gated for recovery ${spec.plan.recoveryId}: nothing is moved while a member of the old cluster may run. Run the phase gate there.`,
    );
  }
  const records = found.flatMap(({ gated }) => (gated === undefined ? [] : [gated]));
  const addresses = [...records.map(({ address }) => address), ...spec.members.map(({ address }) => address)];
  const loose = looseMembers(
    records.flatMap(({ members }) => members),
    addresses,
    fenced,
  );
  if (loose.length === 0) return;
  throw new Refused(
    `${loose.join(", ")} ${loose.length === 1 ? "belongs" : "belong"} to the old cluster and ${loose.length === 1 ? "is" : "are"} neither a node of this recovery nor fenced. A node that does not answer is not a stopped one: make sure that it never comes back with its data, then name it in fenced. Nothing was moved.`,
  );
}
