// Which packages of others the agent's bundle holds, and under which licences.
import { build } from "esbuild";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The folder of the package that a bundled file comes from; undefined for our own. */
function packageOf(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

/** Path of the licence that a package brings; undefined if it brings none. */
function licenceIn(folder) {
  const name = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  return name === undefined ? undefined : path.join(folder, name);
}

/** The packages of others in the agent's bundle, in order of their folders, each with the text of its licence. */
export async function bundledPackages() {
  const { metafile } = await build({
    entryPoints: [path.join(root, "agent/main.ts")],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    logLevel: "error",
  });
  const bytes = Object.values(metafile.outputs)[0].inputs;
  const used = Object.keys(bytes).filter((input) => bytes[input].bytesInOutput > 0);
  const folders = [...new Set(used.flatMap((input) => packageOf(input) ?? []))].sort();
  return folders.map((folder) => {
    const at = path.join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(path.join(at, "package.json"), "utf8"));
    const file = licenceIn(at);
    // Some parts of the AWS SDK name their licence and leave its text out: it is the text of our own.
    const text = file ?? (license === "Apache-2.0" ? path.join(root, "LICENSE") : undefined);
    if (text === undefined) throw new Error(`cannot be packed: ${name} ${version} is bundled, but brings no licence`);
    return { name, version, license, text: readFileSync(text, "utf8").trim() };
  });
}

/** Their licences ask to be handed on with what holds them. */
export function licencesOf(packages, program) {
  const head = `${program} contains these packages, each under its own licence.\n`;
  const texts = packages.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`);
  return [head, ...texts].join(`\n${"-".repeat(80)}\n\n`);
}
