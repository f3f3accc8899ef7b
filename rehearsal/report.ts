import { mkdir } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "../cli/files";
import { renderReport } from "./html/report";
import type { RehearsalResult } from "./result";

/** Writes `report.json` and `report.html`; a reader sees the old ones or the new ones, never a part. */
export async function writeReport(folder: string, result: RehearsalResult): Promise<{ json: string; html: string }> {
  await mkdir(folder, { recursive: true });
  const json = path.join(folder, "report.json");
  const html = path.join(folder, "report.html");
  await replaceFile(json, `${JSON.stringify(result, null, 2)}\n`);
  await replaceFile(html, renderReport(result));
  return { json, html };
}
