import { writeFileSync } from "node:fs";

/** The SSH client's call up to the user's name: nothing of the machine's or the caller's own settings counts. */
export function sshWords({ keyFile, knownHostsFile }: { keyFile: string; knownHostsFile: string }): string[] {
  const settings = {
    UserKnownHostsFile: knownHostsFile,
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    // A host that is gone is noticed in ten seconds.
    ConnectTimeout: "3",
    ServerAliveInterval: "3",
    ServerAliveCountMax: "3",
    LogLevel: "ERROR",
    // The client's first choice costs it 0.1 s more of a core for each login.
    KexAlgorithms: "curve25519-sha256",
  };
  const words = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return ["ssh", "-F", "none", "-i", keyFile, ...words];
}

/** Gives what keeps a file of hosts' keys, one for each address. */
export function keyRegister(file: string): (address: string, line: string) => void {
  const keys = new Map<string, string>();
  return (address, line) => {
    keys.set(address, line);
    writeFileSync(file, [...keys].map(([at, key]) => `${at} ${key}\n`).join(""));
  };
}
