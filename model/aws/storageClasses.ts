/** What S3 calls the places in which an object can lie, from the dearest to the cheapest. */
export const StorageClass = {
  Standard: "STANDARD",
  IntelligentTiering: "INTELLIGENT_TIERING",
  StandardIa: "STANDARD_IA",
  OneZoneIa: "ONEZONE_IA",
  GlacierInstant: "GLACIER_IR",
  Glacier: "GLACIER",
  DeepArchive: "DEEP_ARCHIVE",
} as const;
export type StorageClass = (typeof StorageClass)[keyof typeof StorageClass];

/** How fast something is thawed. */
export const Retrieval = {
  Expedited: "expedited",
  Standard: "standard",
  Bulk: "bulk",
} as const;
export type Retrieval = (typeof Retrieval)[keyof typeof Retrieval];

/** What S3 demands of a class, and what it promises. */
export interface ClassFacts {
  /** What is deleted or moved on sooner is billed for so many days. */
  minimumDays: number;
  /** Smaller objects are billed as if they had so many bytes. */
  minimumBytes: number;
  /** Bytes that S3 adds to each object, billed in this class. */
  addedBytes: number;
  /** Bytes that S3 adds to each object, billed as Standard. */
  addedStandardBytes: number;
  /** A rule moves nothing here that is younger, in days. */
  leastAgeDays: number;
  /** A rule moves nothing out of here sooner, in days. */
  leastStayDays: number;
  /** Where a rule can move what lies here. */
  next: readonly StorageClass[];
  /** Hours until what lies here can be read, at most; not there where it can be read at once. */
  thawHours?: Partial<Record<Retrieval, number>>;
  /** One availability zone: what lies here is lost with it. */
  oneZone?: true;
}

const kibibyte = 1024;

/** No rule moves anything smaller, unless the bucket says otherwise. */
export const leastMovedBytes = 128 * kibibyte;

const { IntelligentTiering, StandardIa, OneZoneIa, GlacierInstant, Glacier, DeepArchive } = StorageClass;
const plain = {
  minimumDays: 0,
  minimumBytes: 0,
  addedBytes: 0,
  addedStandardBytes: 0,
  leastAgeDays: 0,
  leastStayDays: 0,
};
const infrequent = { ...plain, minimumDays: 30, minimumBytes: leastMovedBytes, leastAgeDays: 30, leastStayDays: 30 };
const frozen = { ...plain, addedBytes: 32 * kibibyte, addedStandardBytes: 8 * kibibyte };

/**
 * The classes that a rule can move to. Source: Amazon S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle",
 * "Comparing the Amazon S3 storage classes" and "Understanding archive retrieval options", as of November 2026.
 */
export const storageClasses: Readonly<Record<StorageClass, ClassFacts>> = {
  STANDARD: { ...plain, next: [IntelligentTiering, StandardIa, OneZoneIa, GlacierInstant, Glacier, DeepArchive] },
  INTELLIGENT_TIERING: { ...plain, next: [OneZoneIa, GlacierInstant, Glacier, DeepArchive] },
  STANDARD_IA: { ...infrequent, next: [IntelligentTiering, OneZoneIa, GlacierInstant, Glacier, DeepArchive] },
  ONEZONE_IA: { ...infrequent, next: [Glacier, DeepArchive], oneZone: true },
  GLACIER_IR: { ...plain, minimumDays: 90, minimumBytes: leastMovedBytes, next: [Glacier, DeepArchive] },
  GLACIER: { ...frozen, minimumDays: 90, next: [DeepArchive], thawHours: { expedited: 0.25, standard: 5, bulk: 12 } },
  DEEP_ARCHIVE: { ...frozen, minimumDays: 180, next: [], thawHours: { standard: 12, bulk: 48 } },
};

export function isStorageClass(value: unknown): value is StorageClass {
  return typeof value === "string" && Object.hasOwn(storageClasses, value);
}

/** What a class costs, in dollars. */
export interface ClassPrices {
  /** A GiB for a month of 730 hours. */
  storage: number;
  /** A thousand objects that are put there, or parts of them. */
  thousandPuts: number;
  /** A thousand objects that are read. */
  thousandReads: number;
  /** A thousand objects that a rule moves there. */
  thousandMoves: number;
  /** A GiB that is read. */
  read: number;
  /** A thousand objects watched for a month. */
  thousandWatched: number;
}

export type StoragePrices = Record<StorageClass, ClassPrices>;

/**
 * List prices of us-east-1, first step of the volume discount, without tax. Source: aws.amazon.com/s3/pricing, as known in
 * November 2026; not fetched by this library: give your own where they differ. What is read from GLACIER and DEEP_ARCHIVE is
 * thawed by a standard retrieval. What Intelligent-Tiering holds costs as STANDARD_IA after 30 days without a reader, and as
 * GLACIER_IR after 90.
 */
export const listPrices: Readonly<StoragePrices> = {
  STANDARD: priced(0.023, { puts: 0.005, reads: 0.0004, moves: 0, read: 0 }),
  INTELLIGENT_TIERING: {
    ...priced(0.023, { puts: 0.005, reads: 0.0004, moves: 0.01, read: 0 }),
    thousandWatched: 0.0025,
  },
  STANDARD_IA: priced(0.0125, { puts: 0.01, reads: 0.001, moves: 0.01, read: 0.01 }),
  ONEZONE_IA: priced(0.01, { puts: 0.01, reads: 0.001, moves: 0.01, read: 0.01 }),
  GLACIER_IR: priced(0.004, { puts: 0.02, reads: 0.01, moves: 0.02, read: 0.03 }),
  GLACIER: priced(0.0036, { puts: 0.03, reads: 0.05, moves: 0.03, read: 0.01 }),
  DEEP_ARCHIVE: priced(0.00099, { puts: 0.05, reads: 0.1, moves: 0.05, read: 0.02 }),
};

function priced(
  storage: number,
  { puts, reads, moves, read }: { puts: number; reads: number; moves: number; read: number },
): ClassPrices {
  return { storage, thousandPuts: puts, thousandReads: reads, thousandMoves: moves, read, thousandWatched: 0 };
}

/** Days of the month that prices are for. */
export const monthDays = 730 / 24;
export const gibibyte = 1024 ** 3;
