import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { AgentConfig } from "../../model/agentConfig";
import { recordKey, recordPrefix } from "../../model/layout";
import { InputError } from "../../model/mistakes";
import { type BackupSoftware, softwareKey, softwareName, SoftwareRole } from "../../model/software";
import { type Archive, Conflict } from "../archive/archive";
import { databasePrograms, findProgram } from "../database/programs";
import { templateText } from "../database/template";
import { hashFile, hashStream } from "../host/files";
import { agentIdentity, agentProgram, formatPage } from "../identity";
import { Damaged, explain, TryLater } from "../run/errors";
import type { StepControl } from "../run/steps";

/** Something that a recovery runs on, as it lies on this host. */
export interface HostSoftware extends BackupSoftware {
  read: () => Readable;
}

type Note = (message: string) => void;

/**
 * What this host has of it. What cannot be read is said and left out: a copy of the data without it is worth more than
 * none.
 */
export async function findSoftware(config: AgentConfig, note: Note): Promise<HostSoftware[]> {
  const found: HostSoftware[] = [];
  const add = async (what: string, finding: () => Promise<HostSoftware | undefined>): Promise<void> => {
    try {
      const one = await finding();
      if (one !== undefined) found.push(one);
    } catch (error) {
      note(`ALARM: ${what} is not stored off-site: ${explain(error).message}`);
    }
  };
  await add("the agent", () => fileOf(SoftwareRole.Agent, agentProgram(), "neumann-backup.cjs"));
  await add("the agent's Node", () => shippedRuntime(config));
  const { databasePackage } = config.node;
  if (databasePackage === undefined) found.push(...(await programsOf(config, note)));
  else await add("the database's package", () => fileOf(SoftwareRole.DatabasePackage, databasePackage));
  await add("the configuration's template", () => template(config));
  return found;
}

async function fileOf(role: SoftwareRole, file: string, name = softwareName(file)): Promise<HostSoftware> {
  const { size } = await stat(file);
  return { role, name, bytes: size, sha256: await hashFile(file), read: () => createReadStream(file) };
}

/** Only the one that an installation brought: any other is the host's own, and of a kind that nobody chose. */
async function shippedRuntime({ agentDirectory }: AgentConfig): Promise<HostSoftware | undefined> {
  const folder = path.dirname(process.execPath);
  if (path.dirname(folder) !== path.join(agentDirectory, "runtime")) return undefined;
  return fileOf(SoftwareRole.Runtime, process.execPath, softwareName(folder));
}

/** Without a package the programs are kept, as they are: what they need beside them is not known here. */
async function programsOf({ node }: AgentConfig, note: Note): Promise<HostSoftware[]> {
  const found: HostSoftware[] = [];
  for (const name of databasePrograms) {
    try {
      found.push(await fileOf(SoftwareRole.DatabaseProgram, await whereIs(name, node.programDirectory)));
    } catch (error) {
      note(`ALARM: the database's program ${name} is not stored off-site: ${explain(error).message}`);
    }
  }
  const told = found.map(({ name, sha256 }) => `${name} (SHA-256 ${sha256})`).join(" and ");
  if (told !== "") note(`no databasePackage is named for this node: of the database only ${told} are kept off-site`);
  return found;
}

async function whereIs(name: string, directory: string | null): Promise<string> {
  const file = await findProgram(name, directory);
  if (file !== undefined) return file;
  throw new InputError("The program cannot be read", [
    {
      path: "node.programDirectory",
      problem: `has no ${name}`,
      received: directory ?? "PATH",
      remedy: "Name the folder, or a databasePackage.",
    },
  ]);
}

async function template({ node, policy }: AgentConfig): Promise<HostSoftware> {
  const encrypted = policy.encryption.recipients.length > 0;
  const text = templateText(await readFile(node.configFile, "utf8"), node.configFile, { encrypted });
  const { software, read } = fromText(SoftwareRole.ConfigTemplate, "config.toml", text);
  return { ...software, read };
}

function fromText(role: string, name: string, text: string): Omit<Wanted, "key"> {
  const content = Buffer.from(text);
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { software: { role, name, bytes: content.length, sha256 }, read: () => Readable.from([content]) };
}

/**
 * Stores what is not there yet, each under its hash, and reads that back. One listing tells what is there: an object
 * appears only when it is whole. Gives what the archive holds now, and nothing else.
 */
export async function storeSoftware(
  archive: Archive,
  clusterId: string,
  found: readonly HostSoftware[],
  control: StepControl,
): Promise<BackupSoftware[]> {
  const there = await archive.list(recordPrefix(clusterId, "software"));
  const listed = new Map(there.map(({ key, bytes }) => [key, bytes]));
  const holds = async (wanted: Wanted): Promise<boolean> =>
    listed.get(wanted.key) === wanted.software.bytes || (await put(archive, wanted, control));
  // For whoever has nothing else: it belongs to the agent, and is found beside it.
  const page = fromText("format", "format.md", formatPage);
  await holds({ key: recordKey(clusterId, "software", `${(await agentIdentity()).sha256}/format.md`), ...page });
  const held: BackupSoftware[] = [];
  for (const { read, ...software } of found) {
    if (await holds({ key: softwareKey(clusterId, software), software, read })) held.push(software);
  }
  return held;
}

interface Wanted {
  key: string;
  software: BackupSoftware;
  read: () => Readable;
}

/** False when something else lies there. */
async function put(archive: Archive, { key, software, read }: Wanted, control: StepControl): Promise<boolean> {
  const { bytes, sha256 } = software;
  let sent = 0;
  await control.point();
  try {
    await archive.putStream(
      key,
      unchanged(read(), software, (more) => control.progress((sent += more), bytes)),
    );
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    control.note(
      `ALARM: ${key} in ${archive.description} is not what its name says. This backup is completed without it, and no recovery may run it: find out who put it there, and delete it.`,
    );
    return false;
  }
  const stored = await hashStream(await archive.getStream(key), () => undefined);
  if (stored.sha256 !== sha256) throw new Damaged(`${key} does not read back as it was written`);
  return true;
}

/** A file that is replaced at this moment must not lie for ever under the hash of another. */
function unchanged(content: Readable, { name, sha256 }: BackupSoftware, passed: (bytes: number) => void): Readable {
  const hash = createHash("sha256");
  const checked = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      passed(chunk.length);
      done(null, chunk);
    },
    flush(done) {
      const same = hash.digest("hex") === sha256;
      done(
        same ? null : new TryLater(`${name} was replaced on this host while it was stored: run the same command again`),
      );
    },
  });
  pipeline(content, checked).catch(() => undefined); // Whoever reads is told.
  return checked;
}
