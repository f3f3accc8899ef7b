import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Makes a folder below another, and those between, open to read for all whatever this process's mask is. */
export function makeFolder(parent: string, below: string): string {
  let folder = parent;
  mkdirSync(parent, { recursive: true });
  for (const name of below.split("/").filter((each) => each !== "")) {
    folder = path.join(folder, name);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
  }
  return folder;
}

/** Writes a file with just this mode, whatever this process's mask is. */
export function writeOpen(file: string, content: string | Buffer, mode = 0o644): void {
  writeFileSync(file, content);
  chmodSync(file, mode);
}

/** The content of a file; nothing if it is not there. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
