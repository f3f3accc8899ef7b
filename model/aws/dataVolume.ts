import type { Mistakes } from "../mistakes";

/**
 * Kinds of volumes for a database's data.
 */
export const VolumeType = {
  /** Solid state, with 3000 operations and 125 MiB a second at least. */
  Gp3: "gp3",
  /** Solid state with as many operations a second as are paid for. */
  Io2: "io2",
} as const;

export type VolumeType = (typeof VolumeType)[keyof typeof VolumeType];

/** What a volume is made from. */
export interface VolumeRequest {
  /** Bytes that a backup has once it is unpacked. */
  backupBytes?: number;
  volumeGibibytes?: number;
  volumeType?: string;
  volumeIops?: number;
  volumeThroughputMebibytes?: number;
}

export interface VolumePlan {
  size: number;
  type: string;
  iops?: number;
  throughput?: number;
}

/**
 * A restore needs 2.2 times the data, which is unpacked and started once beside itself before it comes into place. The rest is
 * for the log that is replayed and for the file system.
 */
export const dataFactor = 3;

/** An empty database has a log, too. */
export const leastGibibytes = 20;

const gibibyte = 1024 ** 3;

/** What a backup of so many bytes needs to be restored. */
export function neededGibibytes(backupBytes: number): number {
  return Math.max(leastGibibytes, Math.ceil((backupBytes * dataFactor) / gibibyte));
}

export function planVolume(request: VolumeRequest): VolumePlan {
  const { backupBytes = 0, volumeGibibytes, volumeType, volumeIops, volumeThroughputMebibytes } = request;
  return {
    size: volumeGibibytes ?? neededGibibytes(backupBytes),
    type: volumeType ?? VolumeType.Gp3,
    iops: volumeIops,
    throughput: volumeThroughputMebibytes,
  };
}

/** What EBS takes of each kind. */
const limits: Record<string, { size: Range; iops: Range; iopsOfOne: number }> = {
  [VolumeType.Gp3]: { size: [1, 65_536], iops: [3000, 80_000], iopsOfOne: 500 },
  [VolumeType.Io2]: { size: [4, 65_536], iops: [100, 256_000], iopsOfOne: 1000 },
};
const throughputRange: Range = [125, 2000];
const iopsOfOneMebibyte = 4;

type Range = [least: number, most: number];
type Pending = (path: string) => boolean;

/** Collects what is wrong with a volume; `pending`: what is not known yet. */
export function checkVolume(request: VolumeRequest, mistakes: Mistakes, pending: Pending): void {
  const before = mistakes.all.length;
  checkBytes(request, mistakes, pending);
  const known = limits[request.volumeType ?? VolumeType.Gp3];
  if (known === undefined) {
    const remedy = `Use one of: ${Object.values(VolumeType).join(", ")}.`;
    mistakes.add("volumeType", "is no kind of volume for data", request.volumeType, remedy);
    return;
  }
  checkWhole(request, { part: "volumeGibibytes", range: known.size }, mistakes);
  checkWhole(request, { part: "volumeIops", range: known.iops }, mistakes);
  checkWhole(request, { part: "volumeThroughputMebibytes", range: throughputRange }, mistakes);
  checkType(request, mistakes, pending);
  if (mistakes.all.length > before) return;
  if (!pending("backupBytes") && !pending("volumeGibibytes")) checkSize(request, mistakes);
  if (!pending("volumeIops")) checkRatios(request, known.iopsOfOne, mistakes);
}

function checkBytes({ backupBytes, volumeGibibytes }: VolumeRequest, mistakes: Mistakes, pending: Pending): void {
  if (pending("backupBytes")) return;
  if (backupBytes === undefined) {
    if (volumeGibibytes !== undefined || pending("volumeGibibytes")) return;
    const remedy = "Give the bytes that a backup has once unpacked, or volumeGibibytes for a cluster that is new.";
    mistakes.add("backupBytes", "is missing, and no size follows from anything else", undefined, remedy);
  } else if (!Number.isSafeInteger(backupBytes) || backupBytes < 0) {
    mistakes.add("backupBytes", "must be a whole number of bytes", backupBytes, "`neumann-backup plan` tells it.");
  }
}

type WholePart = "volumeGibibytes" | "volumeIops" | "volumeThroughputMebibytes";

function checkWhole(
  request: VolumeRequest,
  { part, range: [least, most] }: { part: WholePart; range: Range },
  mistakes: Mistakes,
): void {
  const value: unknown = request[part];
  if (value === undefined || (Number.isInteger(value) && (value as number) >= least && (value as number) <= most))
    return;
  mistakes.add(part, `must be a whole number from ${least} to ${most}`, value, "EBS takes no other.");
}

function checkType({ volumeType, ...request }: VolumeRequest, mistakes: Mistakes, pending: Pending): void {
  if (volumeType !== VolumeType.Io2) return;
  const { volumeIops, volumeThroughputMebibytes } = request;
  if (volumeIops === undefined && !pending("volumeIops")) {
    const remedy = "Write the operations a second that are paid for, such as 10000.";
    mistakes.add("volumeIops", "is required for io2", undefined, remedy);
  }
  if (volumeThroughputMebibytes !== undefined) {
    const remedy = "Leave it out: that of io2 follows from its operations.";
    mistakes.add("volumeThroughputMebibytes", "is for gp3", volumeThroughputMebibytes, remedy);
  }
}

function checkSize({ backupBytes = 0, volumeGibibytes }: VolumeRequest, mistakes: Mistakes): void {
  const needed = neededGibibytes(backupBytes);
  if (volumeGibibytes === undefined) {
    if (needed <= 65_536) return;
    const remedy = "No volume is so large: restore it to other hosts.";
    mistakes.add("backupBytes", `needs a volume of ${needed} GiB`, backupBytes, remedy);
  } else if (volumeGibibytes < needed) {
    const why = `is too small: ${backupBytes} bytes of backup need ${needed} GiB, ${dataFactor} times their size and ${leastGibibytes} at least`;
    mistakes.add("volumeGibibytes", why, volumeGibibytes, "Leave it out, or write more.");
  }
}

function checkRatios(request: VolumeRequest, iopsOfOne: number, mistakes: Mistakes): void {
  const { size, type, iops, throughput } = planVolume(request);
  if (iops !== undefined && iops > Math.max(3000, size * iopsOfOne)) {
    const problem = `is more than ${type} of ${size} GiB has, ${iopsOfOne} a GiB`;
    mistakes.add("volumeIops", problem, iops, "Write less, or a larger volumeGibibytes.");
  }
  const most = (iops ?? 3000) / iopsOfOneMebibyte;
  if (throughput !== undefined && throughput > most) {
    const problem = `is more than ${iops ?? 3000} operations a second move, a MiB with ${iopsOfOneMebibyte}`;
    mistakes.add("volumeThroughputMebibytes", problem, throughput, `Write volumeIops: ${throughput * 4} or more.`);
  }
}
