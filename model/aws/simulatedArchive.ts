import { type Catalog, type CatalogEntry, missingObjects, type Place, type StoredSegment } from "../catalog";
import { dataPrefix, makeBackupId, manifestKey, segmentKey, segmentName } from "../layout";
import type { Manifest } from "../manifest";
import type { BackupPolicy } from "../policy";
import { planRetention, type StoredData } from "../retention";
import { Tier } from "../tier";
import { tiersOf } from "./archiveParts";
import { begin, clusterId, hash, lineage, manifestOf, minuteMs, stream, timeOf } from "./simulatedBackup";
import { dayMs, type Pay, SimulatedBucket, type SimulatedVersion } from "./simulatedBucket";
import {
  type Account,
  type GivenUp,
  type SimulatedCost,
  type SimulatedDay,
  type SimulatedHolding,
  type SimulatedTimes,
  type SimulationRequest,
  standardTimes,
  withPlaces,
} from "./simulation";
import { listPrices } from "./storageClasses";
import { loadOf } from "./storageCost";

const manifestBytes = 64 * 1024;
/** More backups of a tier at a time than that are thinned. */
const mostBackups = 200;

/** A backup that was begun. */
interface Backup {
  entry: CatalogEntry;
  storedAt: number;
  data: SimulatedVersion;
  /** The same as a listing shows it. */
  object: StoredData;
  prefix: string;
  /** Not there until the upload has ended. */
  manifest?: SimulatedVersion;
}

/** Both archives of a cluster, lived through day by day. */
export class SimulatedArchive {
  readonly standsFor: Record<Tier, number>;
  private readonly buckets: ReadonlyMap<Place, SimulatedBucket>;
  private backups: Backup[] = [];
  private log: { place: Place; day: number; version: SimulatedVersion; segment: StoredSegment }[] = [];
  private readonly nextRun: Record<Tier, number>;
  private readonly had = new Set<Tier>();
  private number = 0;
  /** Days of the log in the first archive: so many were stored, these are there. */
  private logged = 0;
  private logDays: ReadonlySet<number> = new Set();
  private costs = new Map<string, SimulatedCost>();
  private readonly times: SimulatedTimes;

  constructor(private readonly request: SimulationRequest) {
    const { policy, times = standardTimes, prices = listPrices } = request;
    this.times = times;
    const pay = (place: Place): Pay => this.payFor(place);
    this.buckets = new Map(
      withPlaces(request).map((place) => {
        const { undeleteDays } = request;
        const plan = { clusterId, policy, place, undeleteDays, ...request[place] };
        return [place, new SimulatedBucket(plan, prices, pay(place))];
      }),
    );
    const per = (tier: Tier): number => {
      const { retentionDays, everyMinutes } = policy[tier];
      return Math.max(1, Math.ceil((retentionDays * 1440) / everyMinutes / mostBackups));
    };
    this.standsFor = { snapshots: per(Tier.Snapshots), full: per(Tier.Full), offsite: per(Tier.Offsite) };
    this.nextRun = { ...times.begins };
  }

  live(day: number): SimulatedDay {
    const startsAt = begin + day * dayMs;
    const endsAt = startsAt + dayMs;
    this.costs = new Map();
    for (const bucket of this.buckets.values()) bucket.midnight(startsAt);
    this.forget();
    this.archiveLog(day);
    for (const place of day < (this.request.lastBackupDay ?? Infinity) ? this.buckets.keys() : []) {
      for (const tier of tiersOf(place)) this.run(tier, place, endsAt);
    }
    this.prune(startsAt + this.times.pruneAt * minuteMs);
    this.complete(endsAt);
    for (const bucket of this.buckets.values()) bucket.payDay(endsAt);
    return this.look(day + 1, endsAt);
  }

  private bucket(place: Place): SimulatedBucket {
    return this.buckets.get(place) as SimulatedBucket;
  }

  private payFor(place: Place): Pay {
    return ({ part, storageClass }, kind, dollars) => {
      if (dollars === 0) return;
      const account: Account = `${place}/${part.kept}`;
      const key = `${account} ${storageClass} ${kind}`;
      const cost = this.costs.get(key);
      if (cost === undefined) this.costs.set(key, { account, storageClass, kind, dollars });
      else cost.dollars += dollars;
    };
  }

  /** What is gone for good. */
  private forget(): void {
    this.backups = this.backups.filter(({ manifest, data }) => !data.gone || manifest?.gone === false);
    this.log = this.log.filter(({ version }) => !version.gone);
  }

  /** All nodes' segments of a day are one: rules and prunes look once a day. */
  private archiveLog(day: number): void {
    const { policy, sizes } = this.request;
    const { bytes, objectsPerDay: count } = loadOf("wal", policy, sizes);
    const segment = segmentName(BigInt(day));
    const key = segmentKey(clusterId, lineage.lineage, stream, segment);
    for (const [place, bucket] of this.buckets) {
      if (place === "offsite" && !policy.offsite.continuousWal) continue;
      // Its newest, so that none of them is given up too early.
      const storedAt = begin + (day + 1) * dayMs - 1;
      const version = bucket.store({ part: bucket.part("wal"), key, count, bytes, storedAt });
      const stored = { place, lineage: lineage.lineage, stream, segment, bytes, storedAt: timeOf(storedAt) };
      this.log.push({ place, day, version, segment: stored });
    }
  }

  private run(tier: Tier, place: Place, endsAt: number): void {
    const every = this.request.policy[tier].everyMinutes * this.standsFor[tier];
    for (; begin + this.nextRun[tier] * minuteMs < endsAt; this.nextRun[tier] += every) {
      const begunAt = begin + this.nextRun[tier] * minuteMs;
      const upload = Math.min(this.times.uploadMinutes[tier], every);
      this.backUp({ tier, place, begunAt, storedAt: begunAt + upload * minuteMs });
    }
  }

  private backUp(made: { tier: Tier; place: Place; begunAt: number; storedAt: number }): void {
    const { tier, place, begunAt, storedAt } = made;
    const { policy, sizes } = this.request;
    const bytes = Math.round(loadOf(tier, policy, sizes).bytes);
    this.number += 1;
    const backupId = makeBackupId(new Date(begunAt), this.number.toString(16).padStart(8, "0"));
    const manifest = manifestOf({ backupId, tier, begunAt, storedAt, bytes });
    const entry: CatalogEntry = {
      place,
      manifest,
      manifestSha256: hash,
      storedAt: timeOf(storedAt),
      problem: null,
    };
    const bucket = this.bucket(place);
    const prefix = dataPrefix(clusterId, tier, lineage.lineage, backupId);
    const key = `${prefix}data.tar.zst`;
    const count = this.standsFor[tier];
    const data = bucket.store({ part: bucket.part(`${tier}-data`), key, count, bytes, storedAt: begunAt });
    const object = { place, tier, lineage: lineage.lineage, backupId, key, bytes, storedAt: timeOf(begunAt) };
    this.backups.push({ entry, storedAt, data, object, prefix });
  }

  /** Uploads that have ended by then have their manifest. */
  private complete(now: number): void {
    for (const backup of this.backups) {
      const { entry, storedAt, manifest: there } = backup;
      if (there !== undefined || storedAt > now) continue;
      const { place, manifest } = entry;
      const { tier, backupId } = manifest;
      const bucket = this.bucket(place);
      const key = manifestKey(clusterId, tier, lineage.lineage, backupId);
      const part = bucket.part(`${tier}-manifests`);
      backup.manifest = bucket.store({ part, key, count: this.standsFor[tier], bytes: manifestBytes, storedAt });
      this.had.add(tier);
    }
  }

  private prune(now: number): void {
    this.complete(now);
    const { tagging = "prune" } = this.request;
    if (tagging === "prune") this.giveUp(now);
    if (tagging !== "everything") return;
    for (const bucket of this.buckets.values()) {
      for (const version of bucket.there.values()) if (version.storedAt <= now) bucket.tag(version, now);
    }
  }

  private giveUp(now: number): void {
    for (const { place, version } of this.expiring(this.request.policy, now)) this.bucket(place).tag(version, now);
  }

  /** What a prune by this policy chooses. */
  private expiring(policy: BackupPolicy, now: number): { place: Place; version: SimulatedVersion }[] {
    const stays = (version: SimulatedVersion | undefined): boolean =>
      version !== undefined && version.taggedAt === null && version.hiddenAt === null && version.storedAt <= now;
    const plan = planRetention({
      catalog: this.catalog(this.backups.filter(({ manifest }) => stays(manifest)).map(({ entry }) => entry)),
      data: this.backups.filter(({ data }) => stays(data)).map(({ object }) => object),
      // The day's own log is there in part.
      segments: this.log
        .filter(({ version }) => version.taggedAt === null && version.hiddenAt === null)
        .map(({ segment }) => segment),
      policy: this.thinned(policy),
      now: new Date(now),
      claims: [],
    });
    return plan.expire.flatMap(({ place, key }) => {
      const version = this.bucket(place).there.get(key);
      return version === undefined ? [] : [{ place, version }];
    });
  }

  /** What a prune at the end of a day would give up by another policy. */
  givenUpBy(policy: BackupPolicy, day: number): GivenUp[] {
    const found = new Map<Account, GivenUp>();
    for (const { place, version } of this.expiring(policy, begin + day * dayMs)) {
      const { part, bytes, count } = version;
      if (part.kind === "manifests") continue;
      const account: Account = `${place}/${part.kept}`;
      const given = found.get(account) ?? { account, count: 0, bytes: 0 };
      found.set(account, given);
      given.count += part.kind === "log" ? 1 : count;
      given.bytes += count * bytes;
    }
    return [...found.values()];
  }

  private catalog(entries: CatalogEntry[]): Catalog {
    return { clusterId, entries, unreadable: [], lineages: [lineage], accepted: [] };
  }

  private thinned(policy: BackupPolicy): BackupPolicy {
    const least = (tier: Tier): number => Math.ceil(policy[tier].keepAtLeast / this.standsFor[tier]);
    return {
      ...policy,
      snapshots: { ...policy.snapshots, keepAtLeast: least(Tier.Snapshots) },
      full: { ...policy.full, keepAtLeast: least(Tier.Full) },
      offsite: { ...policy.offsite, keepAtLeast: least(Tier.Offsite) },
    };
  }

  private look(day: number, now: number): SimulatedDay {
    const listed = this.listed();
    this.logged = day;
    this.logDays = new Set(this.log.filter(({ place }) => place === "primary").map((found) => found.day));
    const problems = listed.flatMap((backup) => this.problemsOf(backup));
    for (const tier of this.had) {
      if (!listed.some(({ entry }) => entry.manifest.tier === tier)) problems.push(`there is no ${tier} backup left`);
    }
    const bases = listed.filter(({ entry }) => entry.place === "primary");
    const oldest = Math.min(...bases.map(({ entry }) => Date.parse(entry.manifest.createdAt)));
    return {
      day,
      holdings: this.holdings(listed, now),
      costs: [...this.costs.values()],
      windowDays: bases.length === 0 ? null : (now - oldest) / dayMs,
      problems,
    };
  }

  /** Backups that a reader of the archive counts: a manifest that is not hidden, and not announced as given up. */
  private listed(): Backup[] {
    const announced = this.request.tagging !== "everything";
    return this.backups.filter(
      ({ manifest }) => manifest?.hiddenAt === null && !(announced && manifest.taggedAt !== null),
    );
  }

  private problemsOf({ entry: { manifest, place }, prefix }: Backup): string[] {
    const { tier, backupId } = manifest;
    const { sizes } = this.bucket(place);
    const missing = missingObjects(manifest, prefix, sizes);
    if (missing !== null) return [`${tier} backup ${backupId} is listed: ${missing}`];
    // Off-site a backup carries the log that it needs.
    const from = place === "offsite" ? undefined : this.missingLog(manifest);
    return from === undefined ? [] : [`${tier} backup ${backupId} is listed, and its log of day ${from} is gone`];
  }

  /** A day of the log that follows a backup and is gone: it is stored in order, up to the last day. */
  private missingLog({ createdAt }: Manifest): number | undefined {
    const first = Math.floor((Date.parse(createdAt) - begin) / dayMs);
    for (let day = first; day < this.logged; day += 1) if (!this.logDays.has(day)) return day;
    return undefined;
  }

  private holdings(listed: readonly Backup[], now: number): SimulatedHolding[] {
    const found = new Map<Account, SimulatedHolding>();
    for (const [place, bucket] of this.buckets) {
      for (const { part, count, bytes, storageClass, hidden } of bucket.pools) {
        const account: Account = `${place}/${part.kept}`;
        const holding = found.get(account) ?? emptyHolding(account);
        found.set(account, holding);
        holding.bytes[storageClass] = (holding.bytes[storageClass] ?? 0) + count * bytes;
        if (hidden) holding.hiddenBytes += count * bytes;
      }
    }
    const note = (account: Account, count: number, at: number): void => {
      const holding = found.get(account);
      if (holding === undefined) return;
      holding.count += count;
      holding.oldestDays = Math.max(holding.oldestDays ?? 0, (now - at) / dayMs);
    };
    for (const { entry, data } of listed) {
      const { tier } = entry.manifest;
      note(`${entry.place}/${tier}`, this.standsFor[tier], data.storedAt);
    }
    for (const { place, day, version } of this.log) {
      const given = version.hiddenAt !== null || version.taggedAt !== null;
      if (!given) note(`${place}/wal`, 1, begin + day * dayMs);
    }
    return [...found.values()];
  }
}

function emptyHolding(account: Account): SimulatedHolding {
  return { account, count: 0, oldestDays: null, bytes: {}, hiddenBytes: 0 };
}
