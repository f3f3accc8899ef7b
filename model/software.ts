import * as v from "valibot";
import { recordKey } from "./layout";
import { sha256Hex, textThat, wholeNumber } from "./parse";

/** What a recovery runs on, as it lies beside off-site backups. */
export const SoftwareRole = {
  /** The program that made the backup. */
  Agent: "agent",
  /** The Node that was shipped to the host for it. */
  Runtime: "runtime",
  /** What the database was installed from. */
  DatabasePackage: "database-package",
  /** A program of the database as it lay on the node, where no package is named. */
  DatabaseProgram: "database-program",
  /** `config.toml` without what is one node's own. */
  ConfigTemplate: "config-template",
} as const;
export type SoftwareRole = (typeof SoftwareRole)[keyof typeof SoftwareRole];

/** An object below `records/software/`: stored once, under its hash, for all backups that name it. */
export interface BackupSoftware {
  /** One of `SoftwareRole`; later versions may know more. */
  role: string;
  /** File name, such as `neumann_1.2.3_amd64.deb`. */
  name: string;
  bytes: number;
  sha256: string;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}$/;

/** A name that is safe as a key's last part and as that of a file. */
export function isSoftwareName(name: string): boolean {
  return namePattern.test(name) && !name.endsWith(".meta");
}

/** The name under which a file is stored: its own, if need be without what no key may hold. */
export function softwareName(file: string): string {
  const own = file.slice(file.lastIndexOf("/") + 1).replace(/[^A-Za-z0-9._+~-]/g, "_");
  const name = own.replace(/^[^A-Za-z0-9]+|\.meta$/g, "").slice(-128);
  return isSoftwareName(name) ? name : "package";
}

export const softwareSchema: v.GenericSchema<unknown, BackupSoftware> = v.object({
  role: v.string(),
  name: textThat(isSoftwareName, "the name of a file: letters, digits, dots and dashes"),
  bytes: wholeNumber,
  sha256: sha256Hex,
});

/** Where it lies. */
export function softwareKey(clusterId: string, { sha256, name }: Pick<BackupSoftware, "sha256" | "name">): string {
  return recordKey(clusterId, "software", `${sha256}/${name}`);
}

/** For a line of text: `agent neumann-backup.cjs, runtime node-linux-x64-24.21.0`. */
export function describeSoftware(software: readonly BackupSoftware[]): string {
  return software.map(({ role, name }) => `${role} ${name}`).join(", ");
}

/** Whether the database itself is among it: its package, or at least its server. */
export function carriesDatabase(software: readonly BackupSoftware[]): boolean {
  return software.some(
    ({ role, name }) =>
      role === SoftwareRole.DatabasePackage || (role === SoftwareRole.DatabaseProgram && name === "neumann"),
  );
}
