// Makes what `npm pack` takes: compiled files beside their sources, the agent's bundle with its licences, and
// declarations in types/. Declarations lie apart from the sources: beside them a compiler of the package's user would
// take the .ts and check our sources by the user's own rules.
// Files are written only when their content changes, by rename: tests and programs may run from the tree meanwhile.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import "./build.mjs";
import { bundledPackages, licencesOf } from "./bundledPackages.mjs";

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

/** The agent's bundle holds code of others. */
async function writeLicences() {
  const text = licencesOf(await bundledPackages(), path.basename(bundle));
  writeChanged(path.join(root, path.dirname(bundle), "THIRD-PARTY-LICENSES.txt"), text);
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
