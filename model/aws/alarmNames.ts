/** The name of an alarm or of a rule for events, for ever. */
export function alarmName(clusterId: string, what: string): string {
  return `neumann-${clusterId}-${what}`;
}

/** Where docs/monitoring.md helps. */
export function helpAt(anchor: string): string {
  return `docs/monitoring.md#${anchor}`;
}
