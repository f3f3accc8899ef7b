import { claimSchema, type ClaimRecord } from "../model/records";
import { recordKey, recordPrefix } from "../model/layout";
import { parseStored } from "./archive/stored";
import { type Archive, Conflict } from "./archive/archive";
import { hostIdentity, processStart } from "./host/identity";
import { Damaged, TryLater, WorldFault } from "./run/errors";

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
  const seconds = Math.min(record?.timeToLiveSeconds ?? longestSeconds, longestSeconds);
  return new Date(since.getTime() + seconds * 1000);
}

interface Held {
  /** Undefined where it cannot be read: somebody may work all the same. */
  record?: ClaimRecord;
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
    const holder = held.record?.holder;
    const who = holder
      ? `node ${holder.node} (process ${holder.pid} on ${holder.host})`
      : "somebody whose record cannot be read";
    const until = endOf(held).toISOString();
    throw new TryLater(
      `${claim.name} is being worked on by ${who} until ${until} at the latest; run it again afterwards`,
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
  const all = recordPrefix(clusterId, "claims");
  const names = new Set<string>();
  for (const { key } of await archive.list(all)) names.add(key.slice(all.length, key.lastIndexOf("/")));
  const live: LiveClaim[] = [];
  for (const name of names) {
    const { held } = await lookAt(archive, `${all}${name}/`);
    if (held === undefined || !(await alive(archive, held))) continue;
    const node = held.record?.holder.node ?? "unknown";
    live.push({ name, node, since: held.since, until: endOf(held) });
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

const claimName = /^(\d{8})\.json$/;

/**
 * The newest epoch, and who holds it. Each is one more than the one before, so what lies behind a hole is forged: were it
 * believed, none could ever come after the last number.
 */
async function lookAt(archive: Archive, prefix: string): Promise<{ highest: number; held?: Held }> {
  const objects = await archive.list(prefix);
  const claims = objects.flatMap((object) => {
    const epoch = claimName.exec(object.key.slice(prefix.length))?.[1];
    return epoch === undefined ? [] : [{ ...object, epoch: Number(epoch) }];
  });
  const hole = claims.findIndex(({ epoch }, index) => index > 0 && epoch !== (claims[index - 1]?.epoch ?? 0) + 1);
  const last = (hole === -1 ? claims : claims.slice(0, hole)).at(-1);
  if (last === undefined) return { highest: 0 };
  const highest = last.epoch;
  if (objects.some((object) => object.key === `${prefix}${padded(highest)}${releasedSuffix}`)) return { highest };
  return { highest, held: { record: await recordIn(archive, last.key), since: last.storedAt } };
}

async function recordIn(archive: Archive, key: string): Promise<ClaimRecord | undefined> {
  try {
    return parseStored(claimSchema, (await archive.getText(key)) ?? "", key);
  } catch (error) {
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}

async function alive(archive: Archive, held: Held): Promise<boolean> {
  const holder = held.record?.holder;
  const here = holder?.host === (await hostIdentity());
  if (holder !== undefined && here && (await processStart(holder.pid)) !== holder.started) return false;
  return (await archive.now()) < endOf(held);
}
