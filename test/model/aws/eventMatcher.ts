import type { EventPattern, EventValue } from "../../../model/aws/alarmEvents";

/** Whether an event of EventBridge has what a pattern asks for: a value of each list; in a list of the event, any of its items. */
export function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === "$or") return (wanted as EventPattern[]).some((one) => matches(one, event));
    return itemsOf(event).some((item) => {
      if (typeof item !== "object" || item === null || !(name in item)) return false;
      const value = (item as Record<string, unknown>)[name];
      if (!Array.isArray(wanted)) return matches(wanted, value);
      return itemsOf(value).some((one) => (wanted as EventValue[]).some((allowed) => isAllowed(allowed, one)));
    });
  });
}

function itemsOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isAllowed(allowed: EventValue, value: unknown): boolean {
  if (typeof allowed === "string") return value === allowed;
  return typeof value === "string" && value.startsWith(allowed.prefix);
}
