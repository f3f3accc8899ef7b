/** One of the policy's objectives and what was measured. */
export interface Objective {
  /** `recovery-point` or `recovery-time`. */
  name: "recovery-point" | "recovery-time";
  title: string;
  measuredSeconds: number;
  objectiveSeconds: number;
  met: boolean;
  /** From when until when, in words. */
  explanation: string;
}

/** Something that must hold after a recovery. */
export interface Check {
  name: string;
  title: string;
  expected: string;
  found: string;
  passed: boolean;
}

const titles = { "recovery-point": "Recovery point (RPO)", "recovery-time": "Recovery time (RTO)" };

/** What was measured beside what the policy allows, in minutes; what was not measured is not met. */
export function objective(
  name: Objective["name"],
  minutes: number,
  { seconds, explanation }: { seconds: number; explanation: string },
): Objective {
  const measuredSeconds = Math.max(0, seconds);
  const objectiveSeconds = minutes * 60;
  const met = Number.isFinite(measuredSeconds) && measuredSeconds <= objectiveSeconds;
  return { name, title: titles[name], measuredSeconds, objectiveSeconds, met, explanation };
}

/** PASS when every check passed and every objective was met; nothing checked is no success. */
export function verdictOf(checks: readonly Check[], objectives: readonly Objective[]): "PASS" | "FAIL" {
  const good = checks.length > 0 && checks.every(({ passed }) => passed) && objectives.every(({ met }) => met);
  return good ? "PASS" : "FAIL";
}
