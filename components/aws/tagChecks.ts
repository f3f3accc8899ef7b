import type { Mistakes } from "../../model/mistakes";

/** Collects what AWS takes for no tags. */
export function checkTags(tags: unknown, mistakes: Mistakes): void {
  if (tags === undefined) return;
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) {
    mistakes.add("tags", "must be an object", tags, 'Write names and texts, such as { team: "storage" }.');
    return;
  }
  for (const [name, value] of Object.entries(tags) as [string, unknown][]) {
    if (typeof value !== "string") mistakes.add(`tags.${name}`, "must be a text", value, "Write it in quotes.");
    if (/^aws:/i.test(name)) mistakes.add(`tags.${name}`, "is AWS's own", value, "Use a name without aws: before it.");
  }
}
