import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { Client, SFTPWrapper, Stats } from "ssh2";

type Done = (error?: Error | null) => void;

/** Turns a call with a final callback into a promise. */
const call = (start: (done: Done) => void, what: string) =>
  new Promise<void>((resolve, reject) =>
    start((error) => (error ? reject(new Error(`${what}: ${error.message}`, { cause: error })) : resolve())),
  );

function open(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))));
}

/** SFTP's status for a file that is not there. */
const noSuchFile = 2;

function stat(sftp: SFTPWrapper, file: string): Promise<Stats | undefined> {
  return new Promise((resolve, reject) =>
    sftp.stat(file, (error, stats) => {
      if (!error) resolve(stats);
      else if ((error as Error & { code?: number }).code === noSuchFile) resolve(undefined);
      else reject(new Error(`failed to stat remote path ${file}: ${error.message}`));
    }),
  );
}

async function makeDirectory(sftp: SFTPWrapper, folder: string): Promise<void> {
  const existing = await stat(sftp, folder);
  if (existing?.isDirectory()) return;
  if (existing) throw new Error(`remote path ${folder} exists but is not a directory`);
  const parent = path.posix.dirname(folder);
  if (parent !== folder) await makeDirectory(sftp, parent);
  await call((done) => sftp.mkdir(folder, done), `failed to create remote directory ${folder}`).catch(
    async (error: unknown) => {
      // Another copy to the same host may have made it meanwhile; the official provider looks again too.
      if (!(await stat(sftp, folder))?.isDirectory()) throw error;
    },
  );
}

async function makeParents(sftp: SFTPWrapper, file: string): Promise<void> {
  await makeDirectory(sftp, path.posix.dirname(file));
}

/** Writes a text into a file of that name; parents are made. */
export async function copyText(client: Client, text: string, destination: string): Promise<void> {
  const sftp = await open(client);
  if ((await stat(sftp, destination))?.isDirectory()) {
    throw new Error(
      `remote path ${destination} is a directory; when using a text asset, remotePath must be a file path`,
    );
  }
  await makeParents(sftp, destination);
  await call(
    (done) => sftp.writeFile(destination, text, done),
    `failed to write text content to remote path ${destination}`,
  );
}

function copyFile(sftp: SFTPWrapper, source: string, destination: string): Promise<void> {
  return call(
    (done) => sftp.fastPut(source, destination, done),
    `failed to copy file ${source} to remote path ${destination}`,
  );
}

/**
 * Copies a file or a folder. An existing folder as destination takes the source into it; a source folder that is
 * written with a slash at its end gives its content.
 */
export async function copyPath(client: Client, source: string, destination: string): Promise<void> {
  const isFolder = statSync(source).isDirectory();
  const sftp = await open(client);
  const existing = await stat(sftp, destination);
  const inside = path.posix.join(destination, path.basename(source));
  if (isFolder) {
    await makeDirectory(sftp, destination);
    await copyFolder(sftp, source, source.endsWith("/") ? destination : inside);
    return;
  }
  if (!existing) await makeParents(sftp, destination);
  await copyFile(sftp, source, existing?.isDirectory() ? inside : destination);
}

async function copyFolder(sftp: SFTPWrapper, source: string, destination: string): Promise<void> {
  await makeDirectory(sftp, destination);
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [from, to] = [path.join(source, entry.name), path.posix.join(destination, entry.name)];
    await (entry.isDirectory() ? copyFolder(sftp, from, to) : copyFile(sftp, from, to));
  }
}
