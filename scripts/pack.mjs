// Makes what `npm pack` takes: compiled files beside their sources, the agent's bundle with its licences, and
// declarations in types/. Declarations lie apart from the sources: beside them a compiler of the package's user would
// take the .ts and check our sources by the user's own rules.
// Files are written only when their content changes, by rename: tests and programs may run from the tree meanwhile.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import "./build.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = path.join(root, "types");
const bundle = "agent/bundle/neumann-backup.cjs";

function writeChanged(file, content) {
  if (existsSync(file) && readFileSync(file, "utf8") === content) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(file) : [file];
  });
}

function declare() {
  const settings = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(settings.config, ts.sys, root);
  const parts = ["components/aws/index.ts", "components/kubernetes/index.ts"];
  const entries = ["index.ts", "model/index.ts", ...parts].map((file) => path.join(root, file));
  const program = ts.createProgram(entries, {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: out,
    rootDir: root,
  });
  const written = new Set();
  const emitted = program.emit(undefined, (name, text) => {
    const file = path.resolve(name);
    written.add(file);
    writeChanged(file, text);
  });
  const problems = [...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics];
  if (problems.length > 0) {
    const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => "\n" };
    throw new Error(ts.formatDiagnostics(problems, host));
  }
  for (const file of filesUnder(out).filter((name) => !written.has(name))) rmSync(file, { force: true });
}

/** The folder of the package that a bundled file comes from; undefined for our own. */
function packageOf(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

/** Path of the licence that a package brings; undefined if it brings none. */
function licenceIn(folder) {
  const name = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  return name === undefined ? undefined : path.join(folder, name);
}

/** The agent's bundle holds code of others: their licences ask to be handed on with it. */
async function writeLicences() {
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
  const texts = folders.map((folder) => {
    const at = path.join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(path.join(at, "package.json"), "utf8"));
    const file = licenceIn(at);
    // Some parts of the AWS SDK name their licence and leave its text out: it is the text of our own.
    const text = file ?? (license === "Apache-2.0" ? path.join(root, "LICENSE") : undefined);
    if (text === undefined) throw new Error(`cannot be packed: ${name} ${version} is bundled, but brings no licence`);
    return `${name} ${version} (${license})\n\n${readFileSync(text, "utf8").trim()}\n`;
  });
  const head = `${path.basename(bundle)} contains these packages, each under its own licence.\n`;
  const separator = `\n${"-".repeat(80)}\n\n`;
  writeChanged(path.join(root, path.dirname(bundle), "THIRD-PARTY-LICENSES.txt"), [head, ...texts].join(separator));
}

/** What a build that broke off, or a source that was renamed, would leave in the package. */
function refuseWrongFiles() {
  const wrong = [];
  for (const file of ["cli", "components", "model", "stacks"].flatMap((folder) =>
    filesUnder(path.join(root, folder)),
  )) {
    const other = file.endsWith(".ts") ? file.replace(/\.ts$/, ".js") : file.replace(/\.js$/, ".ts");
    if (other === file || existsSync(other)) continue;
    wrong.push(`${path.relative(root, file)} has no ${path.basename(other)} beside it`);
  }
  const sum = createHash("sha256")
    .update(readFileSync(path.join(root, bundle)))
    .digest("hex");
  const told = readFileSync(path.join(root, `${bundle}.sha256`), "utf8").slice(0, 64);
  if (sum !== told) wrong.push(`${bundle} has the SHA-256 ${sum}, and not ${told} as the file beside it tells`);
  if (wrong.length > 0) throw new Error(`cannot be packed:\n${wrong.join("\n")}`);
}

declare();
await writeLicences();
refuseWrongFiles();
