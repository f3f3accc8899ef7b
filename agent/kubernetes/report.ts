import {
  type RecoveryAccepted,
  recoveryAcceptedSchema,
  type RecoveryRestored,
  recoveryRestoredSchema,
} from "../../model/records";
import type { PlanSpec } from "../../model/specs";
import { formatSeconds } from "../../model/units";
import { parseStored } from "../archive/stored";
import { openRecords, readPin, recoveryKey, recoveryState, type RecoveryState } from "../commands/plan";
import { explain, WorldFault } from "../run/errors";
import { interrupted, rest } from "../run/interrupt";

/** What an accepted recovery did, in the words of its two phases. */
export interface RecoveryFacts {
  recoveryId: string;
  state: RecoveryState;
  /** Of `restore --phase first`: `bytes` are those of the backup. */
  restored: RecoveryRestored & { bytes: number | null };
  /** Of `restore --phase accept`: `seconds` are those of the whole recovery. */
  accepted: RecoveryAccepted & { seconds: number };
}

/** What the archive's records tell: the facts once it is accepted, else how far it has come. */
export async function recoveryFacts(plan: PlanSpec): Promise<RecoveryFacts | Exclude<RecoveryState, "accepted">> {
  const { records } = await openRecords(plan);
  const state = await recoveryState(plan, records);
  if (state !== "accepted") return state;
  const read = async (name: string): Promise<{ key: string; text: string }> => {
    const key = recoveryKey(plan, name);
    return { key, text: (await records.getText(key)) ?? "" };
  };
  const [one, other] = [await read("restored"), await read("accepted")];
  const restored = parseStored(recoveryRestoredSchema, one.text, one.key);
  const accepted = parseStored(recoveryAcceptedSchema, other.text, other.key);
  const pin = await readPin(plan, records);
  const bytes = (pin?.plan as { source?: { plainBytes?: number } } | undefined)?.source?.plainBytes ?? null;
  const seconds = (Date.parse(accepted.acceptedAt) - Date.parse(restored.restoredAt)) / 1000 + restored.seconds;
  return { recoveryId: plan.recoveryId, state, restored: { ...restored, bytes }, accepted: { ...accepted, seconds } };
}

const lookEveryMs = 2000;

/**
 * Waits until a recovery is accepted, by the archive's records alone.
 * @throws WorldFault when it is not by then: with how far it has come, or why that cannot be told.
 */
export async function awaitRecovery(plan: PlanSpec, timeoutSeconds: number): Promise<RecoveryFacts> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const found = await recoveryFacts(plan).catch((error: unknown) => {
      interrupted.throwIfAborted();
      // Wrong input stays wrong; a store may be away for a while.
      if (!(error instanceof WorldFault)) throw error;
      return error;
    });
    if (!(found instanceof WorldFault) && typeof found !== "string") return found;
    if (Date.now() >= deadline) throw late(plan, timeoutSeconds, found);
    await rest(Math.min(lookEveryMs, Math.max(1, deadline - Date.now())));
  }
}

function late({ recoveryId, nodes }: PlanSpec, seconds: number, found: string | WorldFault): WorldFault {
  const how = typeof found === "string" ? `it is ${found}` : `how far it is cannot be told: ${explain(found).message}`;
  const look = `kubectl logs ${nodes[0]} -c neumann-backup-restore, and -c neumann-backup on each pod`;
  return new WorldFault(
    `recovery ${recoveryId} is not accepted after ${formatSeconds(seconds)}: ${how}. It goes on by itself. Look at: ${look}`,
  );
}

/** For people, and short enough for a container's termination message. */
export function factsText({ recoveryId, restored, accepted }: RecoveryFacts): string {
  return [
    `recovery ${recoveryId} is accepted`,
    `lineage ${accepted.lineage}, restored up to index ${restored.index}, ${restored.totalEntries ?? "?"} entries`,
    `members ${accepted.members.join(", ")}; first backup ${accepted.baseBackupId}`,
    `restored in ${formatSeconds(restored.seconds)}, accepted after ${formatSeconds(accepted.seconds)}`,
  ].join("\n");
}
