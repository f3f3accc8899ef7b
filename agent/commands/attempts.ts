import path from "node:path";
import * as v from "valibot";
import { type Catalog, newestGood } from "../../model/catalog";
import { InputError } from "../../model/mistakes";
import { isoTime, parseJsonAs } from "../../model/parse";
import type { LastAttempt } from "../../model/schedule";
import { Tier } from "../../model/tier";
import { verificationDepths } from "../../model/verification";
import type { VerificationFailures } from "../../model/verificationSchedule";
import type { Archive } from "../archive/archive";
import type { Node } from "../context";
import { readIfThere, replaceFile } from "../host/files";
import { explain, ExitCode } from "../run/errors";
import type { Reporter } from "../run/events";

/** Where this host notes how the last run of something went: a tier, a verification. */
export function attemptFile(node: Node, what: string): string {
  return path.join(node.paths.state, `last-${what}.json`);
}

const attemptSchema = v.object({ endedAt: isoTime, seconds: v.number(), failure: v.optional(v.string()) });

/** What was noted. A note that cannot be read delays nothing: it only spaces runs. */
export async function readAttempt(file: string): Promise<LastAttempt | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return parseJsonAs(attemptSchema, text, "the note of the last run");
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Runs of this node; a node that leads since a moment ago knows none, and the catalog still keeps the interval. */
export async function lastAttempts(
  node: Node,
  { catalog, lineage }: { catalog: Catalog; lineage: string },
): Promise<Partial<Record<Tier, LastAttempt>>> {
  const found: Partial<Record<Tier, LastAttempt>> = {};
  for (const tier of [Tier.Snapshots, Tier.Full, Tier.Offsite] as const) {
    const newest = newestGood(catalog, lineage, { tiers: [tier] });
    const noted = await readAttempt(attemptFile(node, tier));
    if (noted !== undefined) found[tier] = noted;
    else if (newest !== undefined) found[tier] = { endedAt: newest.storedAt, seconds: 0 };
  }
  return found;
}

/** Verifications that were begun here and came to no verdict. */
export async function verificationFailures(node: Node): Promise<VerificationFailures> {
  const found: VerificationFailures = {};
  for (const depth of verificationDepths) {
    const { endedAt, failure } = (await readAttempt(attemptFile(node, `verify-${depth}`))) ?? {};
    if (endedAt !== undefined && failure !== undefined) found[depth] = { endedAt, message: failure };
  }
  return found;
}

/** How something that was due ended. */
export interface Ended {
  outcome: "done" | "failed" | "later";
  message?: string;
}

/** Does something and notes, good or bad, when it ended and how long it took. */
export async function attempt(
  file: string,
  archive: Archive,
  { what, reporter, work }: { what: string; reporter: Reporter; work: () => Promise<void> },
): Promise<Ended> {
  const began = Date.now();
  const ended = await endOf(what, reporter, work);
  // By the store's clock, as all ages are (protocol 16).
  const note: LastAttempt = { endedAt: (await archive.now()).toISOString(), seconds: (Date.now() - began) / 1000 };
  const failure = ended.outcome === "failed" ? { failure: ended.message } : {};
  await replaceFile(file, `${JSON.stringify({ ...note, ...failure })}\n`);
  return ended;
}

async function endOf(what: string, reporter: Reporter, work: () => Promise<void>): Promise<Ended> {
  try {
    await work();
    return { outcome: "done" };
  } catch (error) {
    const { exitCode, message } = explain(error);
    reporter.emit({ event: "error", message: `${what}: ${message}` });
    return { outcome: exitCode === ExitCode.TryLater ? "later" : "failed", message };
  }
}
