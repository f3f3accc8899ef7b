import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import type { Catalog, CatalogEntry, Place } from "../../model/catalog";
import { type Coverage, coverageOf } from "../../model/coverage";
import { inOrder } from "../../model/catalog";
import { dataPrefix } from "../../model/layout";
import { InputError } from "../../model/mistakes";
import type { ArchiveSpec } from "../../model/reference";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { openReachable } from "../archive/open";
import { readSegments } from "../archive/segments";
import { WorldFault } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";

export type VerifyDepth = "manifest" | "bytes";

/** What was found of one backup. */
export interface Verdict {
  backupId: string;
  place: Place;
  tier: string;
  good: boolean;
  problem: string | null;
  bytes: number;
}

export interface VerifyContext {
  archive: ArchiveSpec;
  depth: VerifyDepth;
  /** One backup, or all. */
  backupId?: string;
  /** Also where the archived log can restore to, and where not. */
  log?: boolean;
  coverage?: Coverage;
  catalog?: Catalog;
  places?: { place: Place; archive: Archive }[];
  entries?: CatalogEntry[];
  verdicts: Verdict[];
}

/** Holds the archive against its manifests: that all is there, or every byte of it. */
export const verify: Procedure<VerifyContext> = {
  name: "verify",
  steps: [
    { name: "catalog", title: "read the catalog", run: catalog },
    { name: "backups", title: "verify the backups", run: backups },
    { name: "log", title: "look for gaps in the log", run: log },
  ],
};

async function catalog(context: VerifyContext): Promise<void> {
  context.places = await openReachable(context.archive);
  const found = await readCatalog(context.archive.clusterId, context.places);
  context.catalog = found;
  for (const { place, key, problem } of found.unreadable) {
    context.verdicts.push({ backupId: key, place, tier: "", good: false, problem, bytes: 0 });
  }
  context.entries = inOrder(found).filter(
    ({ manifest }) => context.backupId === undefined || manifest.backupId === context.backupId,
  );
  if (context.backupId !== undefined && context.entries.length === 0) {
    const known = inOrder(found).map(({ manifest }) => manifest.backupId);
    const remedy = `Known backups: ${known.slice(-5).join(", ") || "none"}.`;
    throw new InputError("The backup cannot be verified", [
      { path: "backup", problem: "is not in the archive", received: context.backupId, remedy },
    ]);
  }
}

async function backups(context: VerifyContext, control: StepControl): Promise<void> {
  for (const entry of context.entries ?? []) {
    const { manifest, place } = entry;
    let { problem } = entry;
    let bytes = 0;
    if (problem === null && context.depth === "bytes") {
      const archive = context.places?.find((candidate) => candidate.place === place)?.archive;
      const read = archive === undefined ? { problem: "unreachable", bytes } : await readParts(archive, entry, control);
      ({ problem, bytes } = read);
    }
    context.verdicts.push({
      backupId: manifest.backupId,
      place,
      tier: manifest.tier,
      good: problem === null,
      problem,
      bytes,
    });
  }
}

async function log(context: VerifyContext): Promise<void> {
  const { archive, catalog: found, places = [] } = context;
  if (context.log !== true || found === undefined) return;
  const primary = places.find(({ place }) => place === "primary")?.archive;
  if (primary === undefined) throw new WorldFault("the primary archive, where the log lies, cannot be read. Mount it.");
  context.coverage = coverageOf(found, await readSegments(primary, archive.clusterId));
}

async function readParts(
  archive: Archive,
  { manifest }: CatalogEntry,
  control: StepControl,
): Promise<{ problem: string | null; bytes: number }> {
  const prefix = dataPrefix(manifest.clusterId, manifest.tier, manifest.lineage, manifest.backupId);
  const total = manifest.parts.reduce((sum, part) => sum + part.bytes, 0);
  let bytes = 0;
  for (const part of manifest.parts) {
    const hash = createHash("sha256");
    const content = await archive.getStream(prefix + part.name);
    content.on("data", (chunk: Buffer) => control.progress((bytes += chunk.length), total));
    await pipeline(content, hash);
    const found = hash.digest("hex");
    if (found !== part.sha256) return { problem: `${part.name} has SHA-256 ${found}, not ${part.sha256}`, bytes };
  }
  return { problem: null, bytes };
}
