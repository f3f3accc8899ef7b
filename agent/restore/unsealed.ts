import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename } from "node:fs/promises";
import { type Readable, Transform } from "node:stream";
import { firstLine, headerIn, opensHeader } from "../../model/ageHeader";
import { recipientOf } from "../../model/ageKeys";
import { segmentKey } from "../../model/layout";
import type { RestorePlan } from "../../model/plan";
import { PlanRefused } from "../../model/planRefused";
import type { Archive } from "../archive/archive";
import { decrypted } from "../host/age";
import { pipeHashed, streamInto, withFile } from "../host/files";
import type { Unpacked } from "../host/tarball";
import { Refused } from "../run/errors";

const toGive =
  "Give the identity of one of them: `identity` of the component, or --identity-file with a file that age-keygen wrote.";

/**
 * Before anything is touched: what is encrypted needs the identity of one of its recipients.
 * @throws PlanRefused that names the recipients.
 */
export function refuseWithoutIdentity(
  { source }: { source: Pick<RestorePlan["source"], "backupId" | "recipients"> },
  identity: string | undefined,
): void {
  const { recipients, backupId } = source;
  if (recipients === undefined) return;
  if (identity === undefined) {
    throw new PlanRefused(
      `backup ${backupId} is encrypted to ${recipients.join(", ")}, and no identity was given. ${toGive}`,
    );
  }
  const own = recipientOf(identity);
  if (recipients.includes(own)) return;
  throw new PlanRefused(
    `backup ${backupId} is encrypted to ${recipients.join(", ")}, and the identity that was given opens what is encrypted to ${own}. ${toGive}`,
  );
}

/**
 * The same, with a look at both ends of the log: each segment tells by its header whether it is encrypted, and an identity
 * whether it opens that. Recipients may have been changed in between.
 * @throws PlanRefused
 */
export async function refuseUnlessOpened(
  archive: Archive,
  plan: RestorePlan,
  identity: string | undefined,
): Promise<void> {
  refuseWithoutIdentity(plan, identity);
  const { replay } = plan;
  if (replay === null) return;
  for (const segment of new Set([replay.last, replay.first])) await refuseSegment(archive, plan, { segment, identity });
}

async function refuseSegment(
  archive: Archive,
  { replay, source, clusterId }: RestorePlan,
  { segment, identity }: { segment: string; identity: string | undefined },
): Promise<void> {
  const stream = replay?.stream ?? "";
  const header = await headerOf(await archive.getStream(segmentKey(clusterId, source.lineage, stream, segment)));
  if (header === null) return;
  if (identity === undefined) {
    throw new PlanRefused(`the log of ${stream} is encrypted, and no identity was given. ${toGive}`);
  }
  if (opensHeader(header, identity)) return;
  throw new PlanRefused(
    `segment ${segment} of the log of ${stream} is encrypted to others than ${recipientOf(identity)}, the recipient of the identity that was given: recipients were changed in between. Choose a backup that was taken after the change, or ${source.backupId} without its log: restorePoint backup:${source.backupId}.`,
  );
}

export function identityOf({ identity }: { identity?: string }): string {
  if (identity === undefined) throw new Refused(`it is encrypted, and no identity was given. ${toGive}`);
  return identity;
}

/** The plain content of an encrypted object, and, once that has ended, what was read of the object itself. */
export function unsealed(content: Readable, identity: string): { plain: Readable; stored: () => Unpacked } {
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
  return { plain: decrypted(measured, identity), stored: () => ({ bytes, sha256: hash.digest("hex") }) };
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
export async function openSegment(file: string, material: { identity?: string }): Promise<void> {
  const beginning = Buffer.alloc(firstLine.length);
  const handle = await open(file);
  try {
    await handle.read(beginning, 0, beginning.length, 0);
  } finally {
    await handle.close();
  }
  if (beginning.toString("latin1") !== firstLine) return;
  const identity = identityOf(material);
  const temporary = `${file}.plain`;
  await withFile(temporary, "wx", async (into) =>
    pipeHashed(decrypted(createReadStream(file), identity), streamInto(into), () => undefined),
  );
  await rename(temporary, file);
}
