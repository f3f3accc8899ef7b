import { createHash } from "node:crypto";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type Architecture, type Runtime, runtimeFile, runtimes } from "../../model/runtime";
import { exists, makeDirectory } from "../host/files";
import { run } from "../host/run";
import { Damaged, WorldFault } from "../run/errors";

/** Where the runtimes for hosts are kept on the machine where Pulumi runs. */
export function runtimeCache(): string {
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "pulumi-neumann");
}

/**
 * The file of the pinned Node for a kind of host: from the cache, else by npm from the registry that npm is set up for.
 * @throws WorldFault saying which file to put where when it cannot be had.
 */
export async function fetchRuntime(architecture: Architecture): Promise<string> {
  const runtime = runtimes[architecture];
  const file = path.join(runtimeCache(), runtimeFile(architecture));
  if (await exists(file)) return whole(file, runtime);
  await makeDirectory(runtimeCache());
  const folder = await mkdtemp(path.join(runtimeCache(), ".part-"));
  try {
    const wanted = `${runtime.package}@${runtime.version}`;
    const { code, stderr } = await byNpm(wanted, folder);
    if (code !== 0) {
      throw new WorldFault(
        `npm could not fetch ${wanted}, the Node for hosts of kind ${architecture}: ${reasonOf(stderr)}. ` +
          `Where there is no registry, put its tarball (SHA-512 ${runtime.sha512}) at ${file}.`,
      );
    }
    await rename(await whole(path.join(folder, path.basename(file)), runtime), file);
    return file;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function byNpm(wanted: string, folder: string): Promise<{ code: number; stderr: string }> {
  // A cold registry and 50 MB.
  return run("npm", ["pack", wanted, "--loglevel=error", "--pack-destination", folder], { timeoutSeconds: 900 });
}

async function whole(file: string, { sha512 }: Runtime): Promise<string> {
  const found = createHash("sha512")
    .update(await readFile(file))
    .digest("hex");
  if (found === sha512) return file;
  throw new Damaged(`${file} is damaged: its SHA-512 is ${found}, not ${sha512}. Delete it and run the same again.`);
}

/** What npm says went wrong; where its log lies is of no use to anybody. */
function reasonOf(stderr: string): string {
  const lines = stderr.split("\n").flatMap((line) => /^npm (?:error|ERR!) (.*\S)/.exec(line)?.[1] ?? []);
  const said = lines.filter((line) => !/complete log/i.test(line)).slice(0, 3);
  return (said.length > 0 ? said.join("; ") : stderr.trim() || "it says nothing").replace(/\.$/, "");
}
