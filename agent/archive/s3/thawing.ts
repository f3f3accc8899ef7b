import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Retrieval } from "../../../model/aws/storageClasses";
import { frozenClass } from "../../../model/thaw";
import { FrozenFault, type Thawed, type Thawing } from "../archive";
import type { S3Http } from "./http";
import type { ReadAt } from "./read";
import { type Patience, retrying, Transient } from "./retry";

/** How S3 spells them. */
const tiers: Record<Retrieval, string> = {
  [Retrieval.Expedited]: "Expedited",
  [Retrieval.Standard]: "Standard",
  [Retrieval.Bulk]: "Bulk",
};

/** What it needs of its archive. */
interface Ways {
  patience: Patience;
  /** What is read under a key: the object, or a version of it. */
  from: (key: string) => ReadAt;
}

/** Objects of a bucket that lie in an archive class. */
export function bucketThawing(http: S3Http, { patience, from }: Ways): Thawing {
  return {
    look: (key) =>
      retrying(patience, async () => {
        const { status, headers, body } = await http.send({ method: "HEAD", ...from(key) });
        body.resume();
        return status === 200 ? thawedIn(headers) : undefined;
      }),
    ask: (key, how) => retrying(patience, () => ask(http, from(key), how)),
  };
}

async function ask(
  http: S3Http,
  { key, query }: ReadAt,
  { days, retrieval }: { days: number; retrieval: Retrieval },
): Promise<void> {
  const tier = `<GlacierJobParameters><Tier>${tiers[retrieval]}</Tier></GlacierJobParameters>`;
  const content = Buffer.from(
    `<RestoreRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Days>${days}</Days>${tier}</RestoreRequest>`,
  );
  const body = { content, sha256: createHash("sha256").update(content).digest("hex") };
  const request = { method: "POST" as const, key, query: { restore: "", ...query }, body };
  const {
    status,
    code,
    body: answer,
  } = await http.send(request).catch((error: unknown) => {
    // It is in another class by now: whoever looks again sees that.
    if (error instanceof FrozenFault) return { status: 200, code: undefined, body: undefined };
    throw error;
  });
  answer?.resume();
  if (status === 200 || status === 202 || code === "RestoreAlreadyInProgress") return;
  // What is gone is missed by whoever reads it.
  if (status !== 404) throw new Transient(`POST ?restore ${key} was answered with ${status} ${code}.`);
}

/** Reads the answer to HEAD. */
export function thawedIn(headers: IncomingHttpHeaders): Thawed {
  const storageClass = frozenClass(headers["x-amz-storage-class"]);
  if (storageClass === undefined) return { state: "readable" };
  const restore = String(headers["x-amz-restore"] ?? "");
  const bytes = Number(headers["content-length"]);
  if (/ongoing-request="true"/.test(restore)) return { state: "thawing", storageClass, bytes };
  const until = new Date(/expiry-date="([^"]+)"/.exec(restore)?.[1] ?? "");
  if (Number.isNaN(until.getTime())) return { state: "frozen", storageClass, bytes };
  return { state: "readable", until };
}
