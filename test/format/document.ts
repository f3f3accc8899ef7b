import { readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "..", "..");

/** A file of this repository. */
export function readDocument(name: string): string {
  return readFileSync(path.join(root, name), "utf8");
}

/** The shell commands of all fenced blocks that follow the marker `<!-- name -->`, one after the other. */
export function markedCommands(text: string, name: string): string {
  const blocks = [...text.matchAll(/^<!-- ([\w-]+) -->\n```bash\n([\s\S]*?)^```$/gm)];
  return blocks
    .filter(([, marker]) => marker === name)
    .map(([, , commands]) => commands)
    .join("\n");
}

/** First column of the table after a heading: the names in backticks. */
export function tableAfter(text: string, heading: string): string[] {
  const at = text.indexOf(`\n${heading}\n`);
  if (at < 0) throw new Error(`no heading ${heading}`);
  const section = text.slice(at + heading.length + 1).split(/^#/m)[0] ?? "";
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name ?? "");
}
