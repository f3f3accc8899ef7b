import { hashFile } from "./host/files";

/** Version of the package; set by the build. */
declare const AGENT_VERSION: string | undefined;
export const agentVersion: string = typeof AGENT_VERSION === "string" ? AGENT_VERSION : "development";

/** docs/format.md; set by the build. It is stored beside off-site backups, for whoever has nothing else. */
declare const FORMAT_PAGE: string | undefined;
export const formatPage: string = typeof FORMAT_PAGE === "string" ? FORMAT_PAGE : "";

/** What `archive_command` runs: a small program of its own, set by the build, because it is started for each segment. */
declare const WAL_PUSH_PROGRAM: string | undefined;
export const walPushProgram: string = typeof WAL_PUSH_PROGRAM === "string" ? WAL_PUSH_PROGRAM : "";

/** What cron starts on a host without systemd (agent/cron.sh); set by the build. */
declare const CRON_PROGRAM: string | undefined;
export const cronProgram: string = typeof CRON_PROGRAM === "string" ? CRON_PROGRAM : "";

/** File of the running program: the bundle. */
export function agentProgram(): string {
  return process.argv[1] ?? "";
}

let known: Promise<{ version: string; sha256: string }> | undefined;

/** Version and SHA-256 of the running program. */
export function agentIdentity(): Promise<{ version: string; sha256: string }> {
  known ??= hashFile(agentProgram()).then((sha256) => ({ version: agentVersion, sha256 }));
  return known;
}
