import os from "node:os";
import path from "node:path";

/** The engine's own folder: PULUMI_HOME, else ~/.pulumi. */
export function defaultHome(): string {
  const set = process.env["PULUMI_HOME"];
  return set === undefined || set === "" ? path.join(os.homedir(), ".pulumi") : set;
}
