/** The newest snapshot of a volume that counts, as it was found. */
export interface NewestVolume {
  backupId: string;
  /** By the store's clock. */
  storedAt: string;
  namespace: string;
  /** The VolumeSnapshot. */
  name: string;
}

/** The same, judged: it belongs to no objective. */
export interface VolumeStatus extends Omit<NewestVolume, "storedAt"> {
  ageSeconds: number;
}

/** Null where there is none, or where that cannot be told. */
export function volumeStatus(found: { newestVolume?: NewestVolume | null; now: Date } | null): VolumeStatus | null {
  const newest = found?.newestVolume ?? null;
  if (found === null || newest === null) return null;
  const { storedAt, ...rest } = newest;
  return { ...rest, ageSeconds: Math.max(0, (found.now.getTime() - Date.parse(storedAt)) / 1000) };
}
