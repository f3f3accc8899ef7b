import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";

/** Whether this machine has the program; tests that need it are skipped where it does not. */
export const ageInstalled = spawnSync("age", ["--version"]).status === 0;
if (!ageInstalled) console.warn("skipped: the program age is not on PATH (Debian: apt-get install age)");

/** A new pair of age's keys. */
export interface AgePair {
  /** What age-keygen wrote. */
  file: string;
  identity: string;
  recipient: string;
}

export function agePair(file: string): AgePair {
  execFileSync("age-keygen", ["--output", file], { stdio: "ignore" });
  const identity = /^AGE-SECRET-KEY-.*$/m.exec(fs.readFileSync(file, "utf8"))?.[0] ?? "";
  return { file, identity, recipient: execFileSync("age-keygen", ["-y", file]).toString().trim() };
}
