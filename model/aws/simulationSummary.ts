import type { CostKind } from "./simulatedBucket";
import type { Account, SimulatedCost, SimulatedDay, Simulation } from "./simulation";
import { monthDays, type StorageClass } from "./storageClasses";

/** What is kept of a tier, or of the log, at the end, and what it costs. */
export interface KeptSummary {
  account: Account;
  /** Good backups; of the log days. */
  count: number;
  /** Age of the oldest; null without any. */
  oldestDays: number | null;
  bytes: Partial<Record<StorageClass, number>>;
  /** Of these: hidden, until it is gone for good. */
  hiddenBytes: number;
  /** Dollars a month, as the last 30 days were. */
  monthDollars: number;
}

/** A simulation in a few numbers. */
export interface SimulationSummary {
  days: number;
  kept: KeptSummary[];
  monthDollars: number;
  /** Of these, by what they are paid for. */
  byKind: Record<CostKind, number>;
  byClass: Partial<Record<StorageClass, number>>;
  /** Dollars of all days. */
  totalDollars: number;
  /** Any moment of so many days can be restored from the first archive. */
  windowDays: number | null;
  /** What was listed and could not be restored, with its day; never any. */
  problems: string[];
}

export function summarizeSimulation({ days }: Simulation): SimulationSummary {
  const last = days.at(-1) as SimulatedDay;
  const recent = days.slice(-30);
  const perMonth = monthDays / recent.length;
  const month = (counts: (cost: SimulatedCost) => boolean): number =>
    recent.reduce((sum, { costs }) => sum + dollarsOf(costs.filter(counts)), 0) * perMonth;
  const classes = new Set(recent.flatMap(({ costs }) => costs.map(({ storageClass }) => storageClass)));
  return {
    days: days.length,
    kept: last.holdings.map((holding) => ({
      ...holding,
      monthDollars: month(({ account }) => account === holding.account),
    })),
    monthDollars: month(() => true),
    byKind: {
      storage: month(({ kind }) => kind === "storage"),
      requests: month(({ kind }) => kind === "requests"),
      early: month(({ kind }) => kind === "early"),
      reads: month(({ kind }) => kind === "reads"),
    },
    byClass: Object.fromEntries([...classes].map((name) => [name, month(({ storageClass }) => storageClass === name)])),
    totalDollars: days.reduce((sum, { costs }) => sum + dollarsOf(costs), 0),
    windowDays: last.windowDays,
    problems: days.flatMap(({ day, problems }) => problems.map((problem) => `day ${day}: ${problem}`)),
  };
}

function dollarsOf(costs: readonly SimulatedCost[]): number {
  return costs.reduce((sum, { dollars }) => sum + dollars, 0);
}
