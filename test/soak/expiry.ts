import fs from "node:fs";
import path from "node:path";
import { DeleteObjectCommand, GetObjectTaggingCommand, S3Client } from "@aws-sdk/client-s3";
import { segmentNumber } from "../../model/layout";
import type { Manifest } from "../../model/manifest";
import type { ExpiredRecord } from "../../model/records";
import { inParallel } from "../../agent/host/tree";
import { filesBelow } from "../agent/support";
import { randomOf } from "./schedule";

/** Older than anything that a policy keeps. */
const ageMs = 400 * 86_400_000;
const ages = /^prod\/((full|snapshots|offsite|wal)\/|records\/watermarks\/)/;

interface Kept {
  place: string;
  tier: string;
  lineage: string;
  manifest: Manifest;
}

/**
 * What the policy no longer keeps, and the bucket's rule that deletes what is tagged. Objects of both archives are files,
 * whose times are the stores': they grow old from one moment to the next.
 */
export class Expiry {
  /** What `prune` may give up: full paths. */
  private readonly old = new Set<string>();

  constructor(
    /** Of the bucket's objects below its prefix, and of the archive that is a folder. */
    private readonly folders: readonly [string, string],
    private readonly bucket: { name: string; prefix: string; client: S3Client },
  ) {}

  /** All that was stored before the newest full backups, so many, grows too old for the policy. */
  age(newest: number): void {
    const manifests = path.join(this.folders[0], "prod/full/manifest");
    const times = filesBelow(manifests)
      .map((name) => path.join(manifests, name))
      .filter((file) => !this.old.has(file))
      .map(mtimeOf);
    const before = times.sort((a, b) => b - a)[newest - 1] ?? 0;
    for (const folder of this.folders) {
      for (const name of filesBelow(folder).filter((found) => ages.test(found) && !isUnfinished(found))) {
        const file = path.join(folder, name);
        const at = mtimeOf(file);
        if (this.old.has(file) || !(at < before)) continue;
        this.old.add(file);
        changeTime(file, (at - ageMs) / 1000);
      }
    }
  }

  /** The bucket's rule is carried out for so large a share of what has the tag, in whatever order. How many it was. */
  async lifecycle(share: number, seed: number): Promise<number> {
    const random = randomOf(seed);
    let deleted = 0;
    const objects = filesBelow(this.folders[0]).filter((name) => !isUnfinished(name));
    const chosen = objects.filter(() => random() < share);
    await inParallel(chosen, async (name) => {
      const object = { Bucket: this.bucket.name, Key: `${this.bucket.prefix}/${name}` };
      if (!(await this.tagged(object))) return;
      await this.bucket.client.send(new DeleteObjectCommand(object));
      deleted += 1;
    });
    return deleted;
  }

  private async tagged(object: { Bucket: string; Key: string }): Promise<boolean> {
    try {
      const { TagSet = [] } = await this.bucket.client.send(new GetObjectTaggingCommand(object));
      return TagSet.some(({ Key, Value }) => Key === "neumann-backup" && Value === "expired");
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return false;
      throw error;
    }
  }

  /** Why these files, which are gone, should be there (I6): judged without the code that chose them. */
  problems(gone: readonly string[]): string[] {
    if (gone.length === 0) return [];
    const announced = new Set(this.folders.flatMap(announcedIn));
    const kept = this.folders.flatMap((folder) => keptIn(folder, announced));
    return gone.flatMap((file) => {
      const object = file.replace(/(\.[0-9a-f]{64})?\.meta$/, "");
      const why = this.old.has(object) ? whyNot(object, announced, kept) : "it was younger than the policy says";
      return why === undefined ? [] : [`${file} is gone: ${why}`];
    });
  }
}

function mtimeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? NaN;
}

function changeTime(file: string, seconds: number): void {
  try {
    fs.utimesSync(file, seconds, seconds);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

export function isUnfinished(name: string): boolean {
  return /neumann-backup-tmp|\.sgwtmp/.test(name);
}

/** All that a prune has ever announced in an archive, as full paths. */
function announcedIn(folder: string): string[] {
  const records = path.join(folder, "prod/records/expired");
  return filesBelow(records)
    .filter((name) => !isUnfinished(name) && /^[^.]+\.json$/.test(name))
    .flatMap((name) => {
      const { manifests, data, segments } = JSON.parse(
        fs.readFileSync(path.join(records, name), "utf8"),
      ) as ExpiredRecord;
      return [...manifests, ...data, ...segments].map((key) => path.join(folder, key));
    });
}

/** From then on every moment can be restored to: the policy keeps the backup and its log. */
export function restorableFrom(folder: string): number {
  const bases = keptIn(folder, new Set(announcedIn(folder))).filter(({ tier }) => tier !== "offsite");
  return Math.min(...bases.map(({ manifest }) => Date.parse(manifest.copiedAt)));
}

/** The backups that nobody has announced. */
function keptIn(folder: string, announced: ReadonlySet<string>): Kept[] {
  const kept: Kept[] = [];
  for (const tier of ["full", "snapshots", "offsite"]) {
    const place = path.join(folder, "prod", tier, "manifest");
    for (const name of filesBelow(place).filter((found) => found.endsWith(".json") && !isUnfinished(found))) {
      const file = path.join(place, name);
      if (announced.has(file)) continue;
      const manifest = JSON.parse(fs.readFileSync(file, "utf8")) as Manifest;
      kept.push({ place: folder, tier, lineage: path.dirname(name), manifest });
    }
  }
  return kept;
}

function whyNot(file: string, announced: ReadonlySet<string>, kept: readonly Kept[]): string | undefined {
  const there = kept.find(({ place }) => file.startsWith(`${place}/`));
  if (there === undefined) return "no backup is left in its archive";
  if (file.includes("/records/watermarks/")) return undefined;
  if (!announced.has(file)) return "no prune has said so";
  const here = kept.filter(({ place }) => place === there.place);
  return file.includes("/wal/") ? whySegmentStays(file, here) : whyBackupStays(file, here);
}

function whyBackupStays(file: string, kept: readonly Kept[]): string | undefined {
  const [, tier, what] = /\/prod\/([a-z]+)\/(data|manifest)\//.exec(file) ?? [];
  if (what === "manifest") return kept.some((one) => one.tier === tier) ? undefined : "it was the last of its tier";
  return kept.some(({ manifest }) => file.includes(`/${manifest.backupId}/`)) ? "its backup is listed" : undefined;
}

/** What a kept backup is rolled forward with, and its anchor; off-site only the newest is. */
function whySegmentStays(file: string, kept: readonly Kept[]): string | undefined {
  const [segment = "", stream = "", lineage = ""] = file.split("/").reverse();
  const bases = kept.filter((one) => one.lineage === lineage);
  const newest = bases
    .filter(({ tier }) => tier === "offsite")
    .sort(byId)
    .at(-1);
  const rolled = bases.filter((one) => one.tier !== "offsite" || one === newest);
  const base = rolled.find(({ manifest: { wal } }) => {
    const anchor = wal.anchors.find((found) => found.stream === stream)?.segment;
    return anchor === undefined || segmentNumber(segment) >= segmentNumber(anchor);
  });
  return base && `${base.manifest.backupId} needs it`;
}

function byId(a: Kept, b: Kept): number {
  return a.manifest.backupId < b.manifest.backupId ? -1 : 1;
}
