import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename } from "node:fs/promises";
import { type Readable, Transform } from "node:stream";
import { firstLine, headerIn, opensHeader } from "../../model/ageHeader";
import { recipientOf } from "../../model/ageKeys";
import { segmentKey } from "../../model/layout";
import type { RestorePlan } from "../../model/plan";
import { PlanRefused } from "../../model/planRefused";
import { segmentsOf } from "../../model/replay";
import { type Archive, FrozenFault } from "../archive/archive";
import { ageVersion, decrypted } from "../host/age";
import { pipeHashed, streamInto, withFile } from "../host/files";
import type { Unpacked } from "../host/tarball";
import { inParallel } from "../host/tree";
import { Refused } from "../run/errors";

const toGive =
  "Give the identity of one of them: `identity` of the component, or --identity-file with a file that age-keygen wrote.";

/**
 * Before anything is touched: what is encrypted needs the identity of one of its recipients.
 * @throws PlanRefused that names the recipients.
 */
export function refuseWithoutIdentity(
  { source }: { source: Pick<RestorePlan["source"], "backupId" | "recipients"> },
  identities: readonly string[],
): void {
  const { recipients, backupId } = source;
  if (recipients === undefined) return;
  const closed = `backup ${backupId} is encrypted to ${recipients.join(", ")}`;
  if (identities.length === 0) throw new PlanRefused(`${closed}, and no identity was given. ${toGive}`);
  const own = identities.map(recipientOf);
  if (recipients.some((recipient) => own.includes(recipient))) return;
  const given = own.length === 1 ? "the identity that was given opens" : "the identities that were given open";
  throw new PlanRefused(`${closed}, and ${given} what is encrypted to ${own.join(", ")}. ${toGive}`);
}

/** What to do where one identity is taken, and the log is encrypted to others. */
function otherBackup({ source: { backupId } }: RestorePlan): string {
  return `Choose a backup that was taken after the change, or ${backupId} without its log: restorePoint backup:${backupId}.`;
}

/** The same where several are taken. */
export const anotherFile = "Repeat --identity-file, with the identity of one of them.";

/**
 * The same, with a look at each segment of the log: its header tells whether it is encrypted, and an identity whether it
 * opens that. Recipients may have been changed in between, and changed back. Gives whether there is anything to decrypt.
 * @throws PlanRefused
 */
export async function refuseUnlessOpened(
  archive: Archive,
  plan: RestorePlan,
  identities: readonly string[],
  remedy = otherBackup(plan),
): Promise<boolean> {
  refuseWithoutIdentity(plan, identities);
  const stream = plan.replay?.stream;
  const sealed = await sealedSegments(archive, plan);
  for (const [segment, header] of sealed) {
    if (identities.length === 0) {
      throw new PlanRefused(`the log of ${stream} is encrypted, and no identity was given. ${toGive}`);
    }
    if (identities.some((identity) => opensHeader(header, identity))) continue;
    const own = identities.map(recipientOf).join(", ");
    const of = identities.length === 1 ? "the recipient of the identity that was" : "the recipients of those that were";
    throw new PlanRefused(
      `segment ${segment} of the log of ${stream} is encrypted to others than ${own}, ${of} given: recipients were changed in between. ${remedy}`,
    );
  }
  return plan.source.recipients !== undefined || sealed.length > 0;
}

/** So many at once: of each only the beginning is read. */
const headersAtOnce = 16;

/** Segments of the plan's log that are encrypted, in order, with their headers. */
async function sealedSegments(
  archive: Archive,
  { replay, source, clusterId }: RestorePlan,
): Promise<[string, string][]> {
  if (replay === null) return [];
  const names = segmentsOf(replay);
  const found = new Map<string, string>();
  await inParallel(
    names,
    async (segment) => {
      const key = segmentKey(clusterId, source.lineage, replay.stream, segment);
      try {
        const header = await headerOf(await archive.getStream(key));
        if (header !== null) found.set(segment, header);
      } catch (error) {
        // It is looked at again by the run that comes once it is thawed.
        if (error instanceof FrozenFault) return;
        // One that is gone since: the fetch says what that means.
        if ((await archive.storedHash(key)) !== undefined) throw error;
      }
    },
    headersAtOnce,
  );
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Whether there is anything to decrypt, whoever can. */
export async function mustDecrypt(archive: Archive, plan: RestorePlan): Promise<boolean> {
  return plan.source.recipients !== undefined || (await sealedSegments(archive, plan)).length > 0;
}

/**
 * Before anything is touched: a host that cannot decrypt would find that out late.
 * @throws Refused
 */
export async function refuseWithoutAge(node: string): Promise<void> {
  await ageVersion().catch((error: unknown) => {
    throw new Refused(
      `${node} has to decrypt, and cannot: ${(error as Error).message.replace(/\.?$/, ".")} Install age on it (apt-get install age). Nothing was touched.`,
    );
  });
}

export function identitiesOf({ identities }: { identities: readonly string[] }): readonly string[] {
  if (identities.length === 0) throw new Refused(`it is encrypted, and no identity was given. ${toGive}`);
  return identities;
}

/** What a specification brings: one, or none. */
export function oneOrNone(identity: string | undefined): readonly string[] {
  return identity === undefined ? [] : [identity];
}

/** The plain content of an encrypted object, and, once that has ended, what was read of the object itself. */
export function unsealed(
  content: Readable,
  identities: readonly string[],
): { plain: Readable; stored: () => Unpacked } {
  const hash = createHash("sha256");
  let bytes = 0;
  const measured = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  content.on("error", (error) => measured.destroy(error));
  measured.on("close", () => content.destroy());
  content.pipe(measured);
  return { plain: decrypted(measured, identities), stored: () => ({ bytes, sha256: hash.digest("hex") }) };
}

/** The header of what is encrypted; null where it is not. */
async function headerOf(content: Readable): Promise<string | null> {
  let start = Buffer.alloc(0);
  for await (const chunk of content) {
    start = Buffer.concat([start, chunk as Buffer]);
    const header = headerIn(start);
    if (header !== undefined) return header;
  }
  return null;
}

/** A fetched segment becomes the plain one; one that is not encrypted stays as it is. */
export async function openSegment(file: string, material: { identities: readonly string[] }): Promise<void> {
  const beginning = Buffer.alloc(firstLine.length);
  const handle = await open(file);
  try {
    await handle.read(beginning, 0, beginning.length, 0);
  } finally {
    await handle.close();
  }
  if (beginning.toString("latin1") !== firstLine) return;
  const identities = identitiesOf(material);
  const temporary = `${file}.plain`;
  await withFile(temporary, "wx", async (into) =>
    pipeHashed(decrypted(createReadStream(file), identities), streamInto(into), () => undefined),
  );
  await rename(temporary, file);
}
