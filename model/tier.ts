/** The kinds of backup of the runbook's table. */
export const Tier = {
  /** Hot: the snapshot of the leader. */
  Snapshots: "snapshots",
  /** Cold: store, snapshot and configuration, copied under a short pause. */
  Full: "full",
  /** A full backup, complete in itself, in another place. */
  Offsite: "offsite",
} as const;
export type Tier = (typeof Tier)[keyof typeof Tier];

export const tiers: readonly Tier[] = [Tier.Snapshots, Tier.Full, Tier.Offsite];

export function isTier(value: unknown): value is Tier {
  return tiers.some((tier) => tier === value);
}
