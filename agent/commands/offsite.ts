import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type CatalogEntry, goodBackups, productionLineage } from "../../model/catalog";
import { dataPrefix, makeBackupId, manifestKey } from "../../model/layout";
import { type BackupPart, type Manifest, serializeManifest } from "../../model/manifest";
import { signatureProblem } from "../../model/signature";
import type { BackupSoftware } from "../../model/software";
import { Tier } from "../../model/tier";
import { formatSeconds } from "../../model/units";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { type Archives, openArchives } from "../archive/open";
import { findSoftware, storeSoftware } from "../backup/software";
import { takeClaim, type Claim } from "../claims";
import type { AgentConfig } from "../../model/agentConfig";
import { agentIdentity } from "../identity";
import { lineageKey } from "../lineage";
import { copyKeys, ensureSigner, publishKey, type Signer } from "../signing";
import { pathsOf } from "../context";
import { Damaged, Refused, WorldFault } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";
import { hashStream } from "../host/files";

export interface OffsiteContext {
  config: AgentConfig;
  archives?: Archives;
  source?: CatalogEntry;
  /** Older ones that may be copied in its place, the newest first. */
  others?: CatalogEntry[];
  signer?: Signer;
  claim?: Claim;
  backupId?: string;
  parts?: BackupPart[];
  software?: BackupSoftware[];
  manifest?: Manifest;
  /** True when this full backup is off-site already. */
  done?: boolean;
}

/** Copies the newest verified full backup to the off-site archive, complete in itself (protocol 20). */
export const offsite: Procedure<OffsiteContext> = {
  name: "offsite",
  steps: [
    { name: "begin", title: "open both archives", run: begin },
    { name: "claim", title: "claim the tier", run: claim },
    { name: "choose", title: "choose the newest full backup", run: choose },
    { name: "copy", title: "copy and check every byte", run: unlessDone(copy) },
    { name: "belongings", title: "store lineage and public keys beside it", run: unlessDone(belongings) },
    { name: "software", title: "store what a recovery runs on, once", run: unlessDone(software) },
    { name: "read-back", title: "read back what was stored", run: unlessDone(readBack) },
    { name: "manifest", title: "write the manifest", run: unlessDone(writeManifest) },
  ],
  async settle(context) {
    await context.claim?.release();
  },
};

type Run = (context: OffsiteContext, control: StepControl) => Promise<void>;

function unlessDone(run: Run): Run {
  return async (context, control) => {
    if (context.done !== true) await run(context, control);
  };
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("an earlier step makes this");
  return value;
}

function offsiteOf(context: OffsiteContext): Archive {
  const archive = needed(context.archives).offsite;
  if (archive === undefined) {
    throw new Refused(
      "there is no off-site archive: give the archive reference an `offsite` location (DirectoryArchive offsiteLocation)",
    );
  }
  return archive;
}

async function begin(context: OffsiteContext): Promise<void> {
  context.archives = await openArchives(context.config.archive);
  offsiteOf(context);
  context.signer = await ensureSigner(pathsOf(context.config));
}

async function claim(context: OffsiteContext): Promise<void> {
  const { primary, clusterId } = needed(context.archives);
  context.claim = await takeClaim(primary, clusterId, {
    name: Tier.Offsite,
    node: context.config.node.id,
    timeToLiveSeconds: 6 * 3600,
  });
}

async function choose(context: OffsiteContext, control: StepControl): Promise<void> {
  const { primary, clusterId } = needed(context.archives);
  const places = [
    { place: "primary" as const, archive: primary },
    { place: "offsite" as const, archive: offsiteOf(context) },
  ];
  const { policy } = context.config;
  const catalog = await readCatalog(clusterId, places, policy.signing.trustedKeys);
  const production = productionLineage(catalog);
  if ("refused" in production) throw new Refused(production.refused);
  const { lineage } = production.lineage;
  const fulls = goodBackups(catalog, lineage, { places: ["primary"], tiers: [Tier.Full] }).reverse();
  const [source] = fulls;
  if (source === undefined)
    throw new WorldFault(`there is no good full backup of lineage ${lineage} to copy: run \`full\` first`);
  const now = await primary.now();
  const ageOf = ({ storedAt }: CatalogEntry): number => (now.getTime() - Date.parse(storedAt)) / 1000;
  const ageSeconds = ageOf(source);
  const limit = policy.offsite.maxSourceAgeHours;
  const tooOld = (entry: CatalogEntry): boolean => ageOf(entry) > limit * 3600;
  if (tooOld(source)) {
    throw new Refused(
      `the newest full backup, ${source.manifest.backupId}, is ${formatSeconds(ageSeconds)} old, over the policy's offsite.maxSourceAgeHours of ${limit}: run \`full\` first`,
    );
  }
  context.source = source;
  const copyOf = ({ manifest }: CatalogEntry): CatalogEntry | undefined =>
    catalog.entries.find(
      (entry) =>
        entry.place === "offsite" && entry.problem === null && entry.manifest.source?.backupId === manifest.backupId,
    );
  // One that is older than a copy that is there would bring nothing.
  const end = fulls.findIndex((entry) => tooOld(entry) || copyOf(entry) !== undefined);
  context.others = fulls.slice(1, end < 0 ? undefined : end);
  const copy = copyOf(source);
  if (copy === undefined) return;
  context.done = true;
  context.manifest = copy.manifest;
  control.note(`${source.manifest.backupId} is off-site already, as ${copy.manifest.backupId}`);
}

/** What the archive holds is not what was backed up. */
class DamagedSource extends Damaged {}

/** Where the newest is damaged, an older one off-site is worth more than none; whoever looks is told. */
async function copy(context: OffsiteContext, control: StepControl): Promise<void> {
  for (;;) {
    try {
      return await copyParts(context, control);
    } catch (error) {
      const next = context.others?.shift();
      if (!(error instanceof DamagedSource) || next === undefined) throw error;
      control.note(`ALARM: ${error.message} The one before it, ${next.manifest.backupId}, is copied instead.`);
      context.source = next;
    }
  }
}

async function copyParts(context: OffsiteContext, control: StepControl): Promise<void> {
  const { primary, clusterId } = needed(context.archives);
  const { manifest } = needed(context.source);
  context.backupId = makeBackupId(new Date(), randomBytes(4).toString("hex"));
  const from = dataPrefix(clusterId, manifest.tier, manifest.lineage, manifest.backupId);
  const to = dataPrefix(clusterId, Tier.Offsite, manifest.lineage, context.backupId);
  context.parts = [];
  for (const part of manifest.parts) {
    const content = await primary.getStream(from + part.name);
    let bytes = 0;
    const measured = new PassThrough();
    content.on("data", (chunk: Buffer) => control.progress((bytes += chunk.length), part.bytes));
    const reading = pipeline(content, measured);
    reading.catch(() => undefined); // The put fails with it.
    await control.point();
    const storing = offsiteOf(context).putStream(to + part.name, measured);
    storing.catch(() => undefined); // Why it could not be read says more.
    const read = await reading.then(
      () => true,
      (error: unknown) => {
        if (error instanceof Damaged) return false;
        throw error;
      },
    );
    if (!read || (await storing).sha256 !== part.sha256) {
      throw new DamagedSource(
        `${from}${part.name} in ${primary.description} is not what its manifest says: the off-site copy was not completed. Take a new full backup and run \`verify\`.`,
      );
    }
    context.parts.push(part);
  }
}

/** What a recovery needs to know where nothing else is left: the history's record, public keys. */
async function belongings(context: OffsiteContext): Promise<void> {
  const { primary, clusterId } = needed(context.archives);
  const { lineage } = needed(context.source).manifest;
  const archive = offsiteOf(context);
  const record = await primary.getText(lineageKey(clusterId, lineage));
  if (record === undefined) throw new Damaged(`${lineageKey(clusterId, lineage)} is missing in ${primary.description}`);
  await archive.putText(lineageKey(clusterId, lineage), record);
  await publishKey(primary, { clusterId, nodeId: context.config.node.id }, needed(context.signer));
  await copyKeys(primary, archive, clusterId);
}

/** And what it runs on: agent, Node, database and configuration, with the description of the format. */
async function software(context: OffsiteContext, control: StepControl): Promise<void> {
  const { clusterId } = needed(context.archives);
  const found = await findSoftware(context.config, (message) => control.note(message));
  context.software = await storeSoftware(offsiteOf(context), clusterId, found, control);
}

async function readBack(context: OffsiteContext, control: StepControl): Promise<void> {
  const { clusterId } = needed(context.archives);
  const { lineage } = needed(context.source).manifest;
  const archive = offsiteOf(context);
  for (const part of needed(context.parts)) {
    const key = dataPrefix(clusterId, Tier.Offsite, lineage, needed(context.backupId)) + part.name;
    let bytes = 0;
    const content = await archive.getStream(key);
    const { sha256 } = await hashStream(content, (more) => control.progress((bytes += more), part.bytes));
    if (sha256 !== part.sha256) throw new Damaged(`${key} does not read back as it was written`);
  }
}

async function writeManifest(context: OffsiteContext): Promise<void> {
  await needed(context.claim).stillHeld();
  const { clusterId } = needed(context.archives);
  const source = needed(context.source);
  const backupId = needed(context.backupId);
  const { tier, agent, signature } = source.manifest;
  // What it holds and since when it is outdated are the source's: only the copy is new. Who signed the source can be told.
  const manifest = needed(context.signer).sign({
    ...source.manifest,
    backupId,
    tier: Tier.Offsite,
    source: {
      tier,
      backupId: source.manifest.backupId,
      manifestSha256: source.manifestSha256,
      agent,
      ...(signature === undefined ? {} : { signature }),
      software: needed(context.software),
    },
    agent: await agentIdentity(),
  });
  const text = serializeManifest(manifest);
  const problem = signatureProblem(text, []);
  if (problem !== null) {
    throw new Refused(
      `${source.manifest.backupId} was written by a later version of this agent, and its copy could not be proven to be one (${problem}): bring this node's agent up to date.`,
    );
  }
  context.manifest = manifest;
  const key = manifestKey(clusterId, Tier.Offsite, source.manifest.lineage, backupId);
  await offsiteOf(context).putText(key, text);
}
