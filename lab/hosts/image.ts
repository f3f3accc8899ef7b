import { createHash, randomUUID } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { withLock } from "../toolchain/lock";
import { call, CommandError } from "./command";
import { makeFolder } from "./files";

const cacheFolder = "/var/cache/neumann-lab";
const recipe = ["image.sh", "imageCustomize.sh"].map((name) => path.join(__dirname, name));
const buildSeconds = 1200;

/** Mounts and processes of a build end with it, however it ends: what mmdebstrap leaves mounted cannot be removed. */
const alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** Where hosts keep the Node that the lab's database runs on; not on their PATH. */
export const nodeOnHosts = "/opt/lab-node/node";

/** Lowest layers of every host's disk, the topmost first: Node, the operating system. Each is made once. */
export async function imageLayers(say: (line: string) => void): Promise<string[]> {
  return [nodeLayer(), await baseLayer(say)];
}

/** Named by what it is made of, so that a changed recipe makes another. */
async function baseLayer(say: (line: string) => void): Promise<string> {
  const release = readFileSync("/etc/os-release", "utf8");
  const layer = path.join(cacheFolder, `base-${hashOf([...recipe.map((file) => readFileSync(file)), release])}`);
  if (existsSync(layer)) return layer;
  const waiting = (seconds: number) => say(`waiting for another process that builds the hosts' image: ${seconds} s`);
  await withLock(`${layer}.lock`, { waiting }, async () => {
    if (!existsSync(layer)) await build(layer, say);
  });
  return layer;
}

async function build(layer: string, say: (line: string) => void): Promise<void> {
  const aside = `${layer}.${randomUUID()}`;
  removeBroken(layer);
  say("building the hosts' image, once: one to three minutes");
  const words = [...alone, recipe[0] ?? "", aside];
  try {
    const outcome = await call(words, { timeoutSeconds: buildSeconds });
    if (outcome.code !== 0) throw new CommandError(words.join(" "), outcome);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }
  renameSync(aside, layer);
}

/** What builds left that were killed: none other is under way while the lock is held. */
function removeBroken(layer: string): void {
  const begun = readdirSync(cacheFolder).filter((name) => name.startsWith(`${path.basename(layer)}.`));
  const broken = begun.filter((name) => !name.endsWith(".lock"));
  for (const name of broken) rmSync(path.join(cacheFolder, name), { recursive: true, force: true });
}

/** The Node that runs this. */
function nodeLayer(): string {
  const { size, mtimeMs } = statSync(process.execPath);
  const layer = path.join(cacheFolder, `node-${hashOf([process.execPath, process.version, `${size} ${mtimeMs}`])}`);
  if (existsSync(layer)) return layer;
  const aside = `${layer}.${randomUUID()}`;
  const file = path.join(makeFolder(aside, path.dirname(nodeOnHosts)), path.basename(nodeOnHosts));
  copyFileSync(process.execPath, file);
  chmodSync(file, 0o755);
  try {
    renameSync(aside, layer);
  } catch (error) {
    // Somebody else was faster.
    rmSync(aside, { recursive: true, force: true });
    if (!existsSync(layer)) throw error;
  }
  return layer;
}

function hashOf(parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 12);
}
