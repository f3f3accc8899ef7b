// Node 20 has no fs.globSync: this is the small part of it that the build needs.
import { readdirSync } from "node:fs";
import path from "node:path";
export * from "node:fs";

/** Paths relative to `cwd` of all files that match; patterns are a plain path or `folder/**` and an ending. */
export function globSync(patterns, { cwd }) {
  return patterns.flatMap((pattern) => {
    const [folder, tail] = pattern.split("/**/*");
    if (tail === undefined) return [pattern];
    return walk(path.join(cwd, folder), tail).map((file) => path.relative(cwd, file));
  });
}

function walk(folder, ending) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : walk(full, ending);
    return entry.name.endsWith(ending) ? [full] : [];
  });
}
