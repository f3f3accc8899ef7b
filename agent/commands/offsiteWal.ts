import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { StoredSegment } from "../../model/catalog";
import { segmentKey } from "../../model/layout";
import { missingOffsite, offsiteBase } from "../../model/offsiteLog";
import { formatBytes } from "../../model/units";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { openArchives } from "../archive/open";
import { readSegments } from "../archive/segments";
import type { Node } from "../context";
import { inParallel } from "../host/tree";
import { Damaged, Refused } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";
import { readStream } from "../stream";

export interface OffsiteWalContext {
  node: Node;
  primary?: Archive;
  offsite?: Archive;
  missing?: StoredSegment[];
  /** How many segments this run has stored off-site. */
  copied?: number;
}

/**
 * Copies what the primary archive holds of this node's stream off-site, as far as the newest off-site backup can be rolled
 * forward with it. Each segment appears there whole and checked or not at all, so that a run may end anywhere.
 */
export const offsiteWal: Procedure<OffsiteWalContext> = {
  name: "offsite-wal",
  steps: [
    { name: "begin", title: "open both archives", run: begin },
    { name: "choose", title: "choose what is not off-site yet", run: choose },
    { name: "copy", title: "copy and check each segment", run: copy },
  ],
};

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("an earlier step makes this");
  return value;
}

async function begin(context: OffsiteWalContext): Promise<void> {
  const { primary, offsite } = await openArchives(context.node.config.archive);
  if (offsite === undefined) {
    throw new Refused(
      "there is no off-site archive: give the archive reference an `offsite` location (DirectoryArchive offsiteLocation)",
    );
  }
  context.primary = primary;
  context.offsite = offsite;
}

async function choose(context: OffsiteWalContext, control: StepControl): Promise<void> {
  const { archive, policy } = context.node.config;
  const { clusterId } = archive;
  const [primary, offsite] = [needed(context.primary), needed(context.offsite)];
  context.missing = [];
  const state = await readStream(context.node);
  if (state === undefined) return control.note("no segment of this node is archived yet");
  const catalog = await readCatalog(clusterId, [{ place: "offsite", archive: offsite }], policy.signing.trustedKeys);
  const base = offsiteBase(catalog, state.lineage);
  if (base === undefined) return control.note(`no off-site backup of lineage ${state.lineage} could be rolled forward`);
  const [near, away] = await Promise.all([
    readSegments(primary, clusterId, "primary"),
    readSegments(offsite, clusterId, "offsite"),
  ]);
  const missing = missingOffsite(base, state.stream, { primary: near, offsite: away });
  if (missing === null) {
    return control.note(`the newest off-site backup does not serve stream ${state.stream}: the next one will`);
  }
  context.missing = missing;
  const bytes = missing.reduce((sum, segment) => sum + segment.bytes, 0);
  control.note(`${missing.length} segments of ${formatBytes(bytes)} are not off-site yet`);
}

/** A damaged one is left out and told of at the end: what follows it serves the next off-site backup. */
async function copy(context: OffsiteWalContext, control: StepControl): Promise<void> {
  const missing = needed(context.missing);
  const total = missing.reduce((sum, segment) => sum + segment.bytes, 0);
  const damaged: string[] = [];
  let bytes = 0;
  context.copied = 0;
  await inParallel(missing, async ({ lineage, stream, segment, bytes: size }) => {
    const key = segmentKey(context.node.config.archive.clusterId, lineage, stream, segment);
    await control.point();
    try {
      await copyOne(context, key);
      context.copied = (context.copied ?? 0) + 1;
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      damaged.push(error.message);
    }
    control.progress((bytes += size), total);
  });
  if (damaged.length > 0) throw new Damaged(damaged.sort().join("; "));
}

/** What does not match the hash that was stored with it fails before its name appears. */
async function copyOne({ primary, offsite }: OffsiteWalContext, key: string): Promise<void> {
  const from = needed(primary);
  const expected = await from.storedHash(key);
  if (expected === undefined) return; // Expired meanwhile.
  const hash = createHash("sha256");
  const checked = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      if (hash.digest("hex") === expected) done();
      else done(new Damaged(`${key} in ${from.description} is not what was stored: it was not copied off-site`));
    },
  });
  const reading = pipeline(await from.getStream(key), checked);
  reading.catch(() => undefined); // The put fails with it.
  await needed(offsite).putStream(key, checked);
  await reading;
}
