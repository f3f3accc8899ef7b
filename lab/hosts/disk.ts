import { randomUUID } from "node:crypto";
import { chmodSync, chownSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { until } from "../neumann/harness";
import { call, must } from "./command";
import { makeFolder, readText, writeOpen } from "./files";
import { hostPlace, type HostPlace, hubAddress, type LabPlace, mostHosts } from "./place";

/** What disks are made of. */
export interface DiskSource {
  lab: LabPlace;
  /** Read-only folders, the topmost first. */
  layers: readonly string[];
  /** The operator's public key. */
  publicKeyFile: string;
}

/** What a host proves with that it is the same. */
export interface HostKey {
  secret: string;
  /** `ssh-ed25519 AAAA…` */
  line: string;
}

const deployUser = 1000;
const parts = ["upper", "work", "root"];
const hostKeyFile = "etc/ssh/ssh_host_ed25519_key";
const unmountMs = 30_000;

/** Makes an empty disk and mounts it: the layers, a name, who may log in, the key of the host. */
export async function makeDisk(host: HostPlace, source: DiskSource, key?: HostKey): Promise<void> {
  for (const part of parts) makeFolder(host.folder, part);
  const [upper, work] = parts.map((part) => path.join(host.folder, part));
  const options = `lowerdir=${source.layers.join(":")},upperdir=${upper},workdir=${work}`;
  await must(["mount", "-t", "overlay", host.netns, "-o", options, host.root]);
  writeNames(host, source.lab);
  authorize(host, readFileSync(source.publicKeyFile, "utf8"));
  await (key === undefined ? newHostKey(host) : writeHostKey(host, key));
}

function writeNames({ root, name }: HostPlace, lab: LabPlace): void {
  const others = Array.from({ length: mostHosts }, (_, index) => hostPlace(lab, index + 1));
  const known = [
    "127.0.0.1 localhost",
    `${hubAddress(lab)} hub`,
    ...others.map((each) => `${each.address} ${each.name}`),
  ];
  writeOpen(path.join(root, "etc/hostname"), `${name}\n`);
  writeOpen(path.join(root, "etc/machine-id"), `${randomUUID().replaceAll("-", "")}\n`);
  writeOpen(path.join(root, "etc/hosts"), `${known.join("\n")}\n`);
}

function authorize({ root }: HostPlace, publicKey: string): void {
  for (const [home, user] of [["root", 0] as const, ["home/deploy", deployUser] as const]) {
    const file = path.join(root, home, ".ssh/authorized_keys");
    writeFileSync(file, publicKey, { mode: 0o600 });
    chownSync(file, user, user);
  }
}

async function newHostKey({ root, name }: HostPlace): Promise<void> {
  await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path.join(root, hostKeyFile)]);
}

function writeHostKey({ root }: HostPlace, key: HostKey): void {
  const file = path.join(root, hostKeyFile);
  writeFileSync(file, key.secret, { mode: 0o600 });
  chmodSync(file, 0o600);
  writeOpen(`${file}.pub`, `${key.line}\n`);
}

/** The key that a disk holds. */
export function readHostKey({ root }: HostPlace): HostKey {
  const file = path.join(root, hostKeyFile);
  return { secret: readText(file), line: readText(`${file}.pub`).trim().split(" ").slice(0, 2).join(" ") };
}

/** Destroys the disk of a host that is off. */
export async function removeDisk({ root, folder, name }: HostPlace): Promise<void> {
  // A killed nspawn leaves its lock.
  const { dev, ino } = statSync(root);
  rmSync(`/run/systemd/nspawn/locks/inode-${dev}:${ino}`, { force: true });
  // For a moment after its last process the kernel still holds it.
  await until(`${name}'s disk can be unmounted`, async () => (await call(["umount", root])).code === 0, unmountMs);
  for (const part of parts) rmSync(path.join(folder, part), { recursive: true });
}
