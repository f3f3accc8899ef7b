import { readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Host } from "../../lab/hosts";
import type { Secret } from "../agent/secretWatch";
import { byHand, launcher } from "./support";

/** What a preview says of hosts, in their order. */
export function drifted(text: string): string[] {
  const lines = text.split("\n").map((line) => /^\s*(?:warning|info): (.*\S)\s*$/.exec(line)?.[1] ?? "");
  return lines.filter((line) => /is not as it was|was not asked/.test(line)).sort();
}

/** Hosts have process numbers of their own. */
export function isOnHost(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) !== readlinkSync("/proc/self/ns/pid");
  } catch {
    return false; // It ended.
  }
}

export async function tiersOf(host: Host): Promise<Set<string>> {
  const { entries } = (await byHand(host, "list")) as { entries: { manifest: { tier: string } }[] };
  return new Set(entries.map(({ manifest }) => manifest.tier));
}

/** Ends every session of SSH on a host as soon as the restore works there; whether it came to that. */
export async function cutWhenItWorks(host: Host): Promise<boolean> {
  for (let wait = 0; wait < 1200; wait += 1) {
    const { stdout } = await host.console("systemctl is-active neumann-backup-job.service");
    if (stdout.trim() === "active") {
      await host.console("pkill -KILL -u deploy sshd; pkill -KILL -f 'sshd: deploy'");
      return true;
    }
    await sleep(100);
  }
  return false;
}

/** Names of the rows that `doctor` does not find good on a host. */
export async function wrongOn(host: Host): Promise<string[]> {
  const { stdout } = await host.run(`sudo -n ${launcher} --json doctor`, { user: "deploy" });
  const { checks } = JSON.parse(stdout) as { checks: { name: string; good: boolean }[] };
  return checks.filter(({ good }) => !good).map(({ name }) => name);
}

/** Files of a host that hold one of the secrets, and at the end how many lines of its journal do. */
export async function holding(host: Host, secrets: readonly Secret[]): Promise<string[]> {
  const words = secrets.map(({ value }) => `-e '${value}'`).join(" ");
  const places = "/etc /home /root /var/lib /var/log /run/systemd /tmp /dev/shm";
  const { stdout } = await host.run(
    `grep -rlF ${words} ${places} 2>/dev/null | sort; journalctl --no-pager | grep -cF ${words}`,
  );
  return stdout.trim().split("\n");
}
