import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { InputError } from "../../model/mistakes";
import type { SshServer } from "../../model/specs";
import { exists } from "./files";
import { run, type RunResult } from "./run";

/** What is run on a host. */
export interface SshRequest {
  server: SshServer;
  jump?: SshServer;
  line: string;
  input: string;
  /** For all of it. */
  timeoutSeconds: number;
}

/** `ssh` ends with it when it is not the command that failed. */
export const sshFailed = 255;

const connectSeconds = 5;

/**
 * Runs a command line on a host by the system's `ssh`, once, without a terminal and with nothing of the user's own settings.
 * Keys lie in a folder of this run, in memory where there is such a place, and never in a command line.
 */
export async function bySsh(request: SshRequest): Promise<RunResult> {
  const { server, jump, line, input, timeoutSeconds } = request;
  const servers = new Map([["target", server], ...(jump === undefined ? [] : [["jump", jump] as const])]);
  const folder = await mkdtemp(path.join(await memoryFolder(), "neumann-ssh-"));
  try {
    await writeFile(path.join(folder, "config"), configuration(folder, servers), { mode: 0o600 });
    await writeFile(path.join(folder, "known_hosts"), knownHosts(servers), { mode: 0o600 });
    await writeFile(path.join(folder, "askpass"), askPass, { mode: 0o700 });
    const environment: Record<string, string> = {
      SSH_ASKPASS: path.join(folder, "askpass"),
      SSH_ASKPASS_REQUIRE: "force",
    };
    for (const [name, { privateKey, privateKeyPassword }] of servers) {
      await writeFile(path.join(folder, `key-${name}`), `${privateKey.trimEnd()}\n`, { mode: 0o600 });
      if (privateKeyPassword !== undefined) environment[`NEUMANN_PASSWORD_${name}`] = privateKeyPassword;
    }
    const words = ["-T", "-F", path.join(folder, "config"), "target", line];
    return await run("ssh", words, { input, environment, timeoutSeconds, apart: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function memoryFolder(): Promise<string> {
  for (const folder of [process.env.XDG_RUNTIME_DIR, "/dev/shm"]) {
    if (folder !== undefined && folder !== "" && (await exists(folder))) return folder;
  }
  return tmpdir();
}

/** Answers `ssh`, which names the file of the key that it wants to open. */
const askPass = `#!/bin/sh
case "$1" in
  *key-jump*) printf '%s\\n' "$NEUMANN_PASSWORD_jump" ;;
  *) printf '%s\\n' "$NEUMANN_PASSWORD_target" ;;
esac
`;

function configuration(folder: string, servers: ReadonlyMap<string, SshServer>): string {
  const encrypted = [...servers.values()].some(({ privateKeyPassword }) => privateKeyPassword !== undefined);
  const common = [
    "Host *",
    // Never a question at the terminal from which somebody runs a preview.
    `BatchMode ${encrypted ? "no" : "yes"}`,
    `ConnectTimeout ${connectSeconds}`,
    "StrictHostKeyChecking yes",
    `UserKnownHostsFile "${folder}/known_hosts"`,
    "GlobalKnownHostsFile /dev/null",
    "UpdateHostKeys no",
    "IdentitiesOnly yes",
    "IdentityAgent none",
    "PreferredAuthentications publickey",
    "NumberOfPasswordPrompts 1",
    "LogLevel ERROR",
  ];
  const hosts = [...servers].map(([name, { host, port, user }]) => [
    `Host ${name}`,
    `HostName "${plain("host", host)}"`,
    `HostKeyAlias ${name}`,
    `Port ${port}`,
    `User "${plain("user", user)}"`,
    `IdentityFile "${folder}/key-${name}"`,
    ...(name === "target" && servers.has("jump") ? ["ProxyJump jump"] : []),
  ]);
  return [...hosts, common].map((lines) => `${lines.join("\n  ")}\n`).join("\n");
}

/** In a configuration of `ssh` these would mean something. */
function plain(name: string, value: string): string {
  if (!/["\\%\s]/.test(value)) return value;
  const remedy = "Write a plain one.";
  const problem = "has a quote, percent sign, backslash or space";
  throw new InputError("The host cannot be reached by ssh", [
    { path: `ssh.${name}`, problem, received: value, remedy },
  ]);
}

function knownHosts(servers: ReadonlyMap<string, SshServer>): string {
  return [...servers].map(([name, { hostKey }]) => `${name} ${hostKey.trim()}\n`).join("");
}
