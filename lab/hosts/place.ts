import { existsSync } from "node:fs";
import path from "node:path";

/** Where labs lie, if nobody names another folder: their disks are real files. */
export const labsFolder = "/var/tmp/neumann-lab";

/** The name of a lab's folder begins so, and so do its namespaces, cgroups and machines. */
export const labPrefix = "neumann-lab-";

/** Names and paths of a lab; nothing of it need be there. */
export interface LabPlace {
  /** Unique on this machine. */
  name: string;
  folder: string;
  /** The first three numbers of its addresses. */
  subnet: string;
  /** The network namespace in which its hosts meet. */
  hub: string;
  cgroup: string;
}

/** Names and paths of one host. */
export interface HostPlace {
  /** What the host calls itself. */
  name: string;
  address: string;
  folder: string;
  /** Its files, once its disk is mounted. */
  root: string;
  netns: string;
  cgroup: string;
  /** The end of its cable in the hub. */
  port: string;
  mac: string;
}

/** Hosts are numbered from 1; their addresses follow the number. */
export const mostHosts = 20;
const firstAddress = 10;

/** Where cgroups v2 are: beside v1 on hybrid machines. */
export function cgroupTree(): string {
  const unified = "/sys/fs/cgroup/unified";
  return existsSync(unified) ? unified : "/sys/fs/cgroup";
}

/** The place of a lab whose folder is made for it alone. */
export function labPlace(folder: string): LabPlace {
  const name = path.basename(folder);
  return { name, folder, subnet: subnetOf(name), hub: name, cgroup: path.join(cgroupTree(), name) };
}

/** Labs do not see each other's networks, so two may have the same; different ones are easier to tell in logs. */
function subnetOf(name: string): string {
  const sum = [...name].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 16_384, 0);
  return `10.${64 + (sum >> 8)}.${sum & 255}`;
}

/** The address at which hosts reach the hub. */
export function hubAddress({ subnet }: LabPlace): string {
  return `${subnet}.1`;
}

/** The place of the host with that number. */
export function hostPlace(lab: LabPlace, number: number): HostPlace {
  const name = `host${number}`;
  const folder = path.join(lab.folder, name);
  return {
    name,
    folder,
    address: `${lab.subnet}.${firstAddress + number}`,
    root: path.join(folder, "root"),
    netns: `${lab.name}-${name}`,
    cgroup: path.join(lab.cgroup, name),
    port: name,
    // The same for every disk under this address: nobody keeps a stale one in mind after a wipe.
    mac: `02:00:00:4d:00:${number.toString(16).padStart(2, "0")}`,
  };
}
