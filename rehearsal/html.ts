import type { RehearsalResult } from "./result";
/** placeholder */
export function renderReport(result: RehearsalResult): string {
  return `<!doctype html><title>${result.verdict}</title>`;
}
