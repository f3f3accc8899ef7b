// Makes what `npm pack` takes: compiled files beside their sources, the agent's bundle, and declarations in types/.
// Declarations lie apart from the sources: beside them a compiler of the package's user would take the .ts and check
// our sources by the user's own rules.
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import "./build.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = path.join(root, "types");

const settings = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(settings.config, ts.sys, root);
const entries = ["index.ts", "model/index.ts"].map((file) => path.join(root, file));

rmSync(out, { recursive: true, force: true });
const program = ts.createProgram(entries, {
  ...options,
  noEmit: false,
  declaration: true,
  emitDeclarationOnly: true,
  outDir: out,
  rootDir: root,
});
const emitted = program.emit();
const problems = [...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics];
if (problems.length > 0) {
  const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => "\n" };
  throw new Error(ts.formatDiagnostics(problems, host));
}

const needed = ["agent/bundle/neumann-backup.cjs", "agent/bundle/neumann-backup.cjs.sha256", "index.js"];
const missing = needed.filter((file) => !existsSync(path.join(root, file)));
if (missing.length > 0) throw new Error(`cannot be packed, because these are missing: ${missing.join(", ")}`);
for (const folder of ["components", "model"]) {
  const sources = readdirSync(path.join(root, folder)).filter((name) => name.endsWith(".ts"));
  const lost = sources.filter((name) => !existsSync(path.join(root, folder, name.replace(/\.ts$/, ".js"))));
  if (lost.length > 0) throw new Error(`cannot be packed: not compiled in ${folder}: ${lost.join(", ")}`);
}
