import * as v from "valibot";
import { parseStored } from "../archive/stored";
import { sha256Hex } from "../../model/parse";
import type { RestoreSpec } from "../../model/specs";
import { Refused } from "../run/errors";

/** How far a recovery has come, by what is kept outside the pods' volumes. */
const states = ["claimed", "restored", "accepted"] as const;
export type KeptState = (typeof states)[number];

/** The record of a recovery beside the archive's (protocol 26): a ConfigMap of the pods' own namespace. */
export interface KeptRecord {
  format: "neumann-pod-recovery/1";
  recoveryId: string;
  digest: string;
  state: KeptState;
  /** The pod that wrote it. */
  pod: string;
  /** When the first pod began, by its clock. */
  claimedAt: string;
}

const recordSchema: v.GenericSchema<unknown, KeptRecord> = v.object({
  format: v.literal("neumann-pod-recovery/1"),
  recoveryId: v.string(),
  digest: sha256Hex,
  state: v.picklist(states),
  pod: v.string(),
  claimedAt: v.string(),
});

/** One text outside the pods' volumes. */
export interface RecordStore {
  /** For messages: `ConfigMap neumann/neumann-recovery-2026-11-23`. */
  readonly name: string;
  /** An empty text where nothing was written yet; the version names what was read. */
  read(): Promise<{ text: string; version: string }>;
  /** Only over the version that was read. @throws TryLater where somebody else wrote meanwhile. */
  write(text: string, version: string): Promise<void>;
}

/**
 * What is kept of this recovery; undefined where nothing is.
 * @throws Refused where it is another recovery's, or another plan's.
 */
export async function readKept(store: RecordStore, spec: RestoreSpec): Promise<KeptRecord | undefined> {
  return judged((await store.read()).text, store, spec);
}

function judged(text: string, store: RecordStore, { plan, planDigest }: RestoreSpec): KeptRecord | undefined {
  if (text === "") return undefined;
  const found = parseStored(recordSchema, text, store.name);
  if (found.recoveryId === plan.recoveryId && found.digest === planDigest) return found;
  throw new Refused(
    `${store.name} is of recovery ${found.recoveryId} with plan ${found.digest}, not of ${plan.recoveryId} with plan ${planDigest}: nothing was touched. A cluster is restored once: go back to that recovery in restoreFrom, or use a new recoveryId for a cluster with empty volumes.`,
  );
}

/** Says that the recovery has come so far; nothing where it has come further. */
export async function keep(store: RecordStore, spec: RestoreSpec, state: KeptState): Promise<void> {
  const { text, version } = await store.read();
  const known = judged(text, store, spec);
  if (known !== undefined && states.indexOf(known.state) >= states.indexOf(state)) return;
  const record: KeptRecord = {
    format: "neumann-pod-recovery/1",
    recoveryId: spec.plan.recoveryId,
    digest: spec.planDigest,
    state,
    pod: spec.node,
    claimedAt: known?.claimedAt ?? new Date().toISOString(),
  };
  await store.write(`${JSON.stringify(record)}\n`, version);
}
