import { claimSchema, type ClaimRecord } from "../model/records";
import { recordKey, recordPrefix } from "../model/layout";
import { parseStored } from "./archive/stored";
import { type Archive, Conflict } from "./archive/archive";
import { hostIdentity, processStart } from "./host/identity";
import { TryLater, WorldFault } from "./run/errors";

/**
 * A claim saves work and nothing relies on it to be right (protocol 15). Whoever is not the highest epoch writes no
 * manifest.
 */
export interface Claim {
  readonly name: string;
  readonly epoch: number;
  /** @throws WorldFault when somebody has taken over. */
  stillHeld(): Promise<void>;
  release(): Promise<void>;
}

const releasedSuffix = ".released.json";

/** No work of ours claims more: a record that does is forged, and keeps nobody away for longer. */
const longestSeconds = 24 * 3600;

/** When anybody may take over, by the store's clock. */
function endOf({ record, since }: Held): Date {
  return new Date(since.getTime() + Math.min(record.timeToLiveSeconds, longestSeconds) * 1000);
}

interface Held {
  record: ClaimRecord;
  since: Date;
}

/**
 * Takes a claim, over a dead holder on this host at once, over any other when its time is up.
 * @throws TryLater naming the holder.
 */
export async function takeClaim(
  archive: Archive,
  clusterId: string,
  claim: { name: string; node: string; timeToLiveSeconds: number },
): Promise<Claim> {
  const prefix = recordKey(clusterId, "claims", `${claim.name}/`);
  const { highest, held } = await lookAt(archive, prefix);
  if (held !== undefined && (await alive(archive, held))) {
    const { holder } = held.record;
    const until = endOf(held).toISOString();
    throw new TryLater(
      `${claim.name} is being worked on by node ${holder.node} (process ${holder.pid} on ${holder.host}) until ${until} at the latest; run it again afterwards`,
    );
  }
  const epoch = highest + 1;
  const key = `${prefix}${padded(epoch)}.json`;
  const record: ClaimRecord = {
    format: "neumann-claim/1",
    name: claim.name,
    epoch,
    holder: {
      node: claim.node,
      host: await hostIdentity(),
      pid: process.pid,
      started: (await processStart(process.pid)) ?? "",
    },
    timeToLiveSeconds: claim.timeToLiveSeconds,
  };
  try {
    await archive.putText(key, `${JSON.stringify(record)}\n`);
  } catch (error) {
    if (error instanceof Conflict)
      throw new TryLater(`${claim.name} was taken by another at this moment; run it again`);
    throw error;
  }
  return {
    name: claim.name,
    epoch,
    async stillHeld() {
      const now = await lookAt(archive, prefix);
      if (now.highest !== epoch) throw new WorldFault(`${claim.name} was taken over by another run; this one is void`);
    },
    async release() {
      await archive.putText(`${prefix}${padded(epoch)}${releasedSuffix}`, "{}\n");
    },
  };
}

/** Work that somebody has claimed and not given back. */
export interface LiveClaim {
  name: string;
  node: string;
  /** By the store's clock. */
  since: Date;
  /** Afterwards anybody may take over. */
  until: Date;
}

/** All that somebody works on at this moment: `prune` counts that as a backup in progress. */
export async function liveClaimsIn(archive: Archive, clusterId: string): Promise<LiveClaim[]> {
  const names = new Set<string>();
  for (const object of await archive.list(recordPrefix(clusterId, "claims"))) {
    names.add(object.key.slice(0, object.key.lastIndexOf("/") + 1));
  }
  const live: LiveClaim[] = [];
  for (const prefix of names) {
    const { held } = await lookAt(archive, prefix);
    if (held === undefined || !(await alive(archive, held))) continue;
    const { name, holder } = held.record;
    live.push({ name, node: holder.node, since: held.since, until: endOf(held) });
  }
  return live;
}

/** The names of what somebody works on. */
export async function liveClaims(archive: Archive, clusterId: string): Promise<string[]> {
  return (await liveClaimsIn(archive, clusterId)).map(({ name }) => name);
}

function padded(epoch: number): string {
  return String(epoch).padStart(8, "0");
}

async function lookAt(archive: Archive, prefix: string): Promise<{ highest: number; held?: Held }> {
  const objects = await archive.list(prefix);
  const claims = objects.filter((object) => !object.key.endsWith(releasedSuffix));
  const last = claims.at(-1);
  if (last === undefined) return { highest: 0 };
  const highest = Number(last.key.slice(prefix.length, prefix.length + 8));
  if (objects.some((object) => object.key === `${prefix}${padded(highest)}${releasedSuffix}`)) return { highest };
  const text = (await archive.getText(last.key)) ?? "";
  return { highest, held: { record: parseStored(claimSchema, text, last.key), since: last.storedAt } };
}

async function alive(archive: Archive, held: Held): Promise<boolean> {
  const { holder } = held.record;
  if (holder.host === (await hostIdentity()) && (await processStart(holder.pid)) !== holder.started) return false;
  return (await archive.now()) < endOf(held);
}
