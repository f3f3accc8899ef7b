import { exists } from "./files";
import { WorldFault } from "../run/errors";
import { rest } from "../run/interrupt";
import { run, type RunResult } from "./run";

/** The database's init script on a host without systemd. */
export const initScript = "/etc/init.d/neumann";

/** What the script reads before it does anything, by the custom of Debian. */
export const defaultsFile = "/etc/default/neumann";

/** What the script is started with, at a boot and by `service`. */
const environment = ["LANG=C", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=dumb"];

/** A server that keeps the script's outputs open must not keep us. */
const intoFile =
  'out=$(mktemp) && { "$@" >"$out" 2>&1 </dev/null; code=$?; cat "$out" >&2; rm -f "$out"; exit "$code"; }';

/**
 * Called itself, as a boot does, and not by `service`: that one goes to systemd where one is found.
 * Starts and stops are root's (host/asRoot.ts).
 */
async function call(verb: string): Promise<RunResult> {
  const words = ["-i", ...environment, "/bin/sh", "-c", intoFile, "sh", initScript, verb];
  return run("env", words, { directory: "/", timeoutSeconds: 180 });
}

/** What only root may do; what the script says when it fails. */
export async function callInitScript(verb: "start" | "stop" | "enable"): Promise<void> {
  if (verb === "enable") return enable();
  const { code, stderr } = await call(verb);
  if (code !== 0) throw new WorldFault(`${initScript} ${verb} failed with exit code ${code}: ${stderr.trim()}`);
}

/** Links that are there stay where they are, then those that were switched off are switched on. */
async function enable(): Promise<void> {
  for (const verb of ["defaults", "enable"]) {
    const { code, stderr } = await run("update-rc.d", ["neumann", verb], { timeoutSeconds: 180 });
    if (code !== 0) throw new WorldFault(`update-rc.d neumann ${verb} failed: ${stderr.trim()}`);
  }
}

/** By the exit codes of the Linux Standard Base: what cannot be told is no "no". */
export async function initScriptRuns(): Promise<boolean> {
  if (!(await exists(initScript))) throw new WorldFault(`${initScript} is gone: install the database's package again`);
  const { code, stderr } = await call("status");
  if (code === 0) return true;
  if ([1, 2, 3].includes(code)) return false;
  throw new WorldFault(`${initScript} status cannot tell (exit code ${code}): ${stderr.trim()}`);
}

const settleMs = 30_000;

/** A script may come back before the server is there, or gone. */
export async function untilRuns(wanted: boolean): Promise<void> {
  for (const deadline = Date.now() + settleMs; (await initScriptRuns()) !== wanted; await rest(100)) {
    if (Date.now() < deadline) continue;
    const what = wanted ? "was started and does not run" : "was stopped and still runs";
    throw new WorldFault(`neumann ${what}. Look at: ${initScript} status; the database's log`);
  }
}
