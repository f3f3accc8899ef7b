// Compiles every TypeScript source into a CommonJS file beside it, and bundles the programs that must be one file.
// Files are written only when their content changes, by rename: a build never disturbs a process that runs from the tree.
import { build, transform } from "esbuild";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { agentProgram } from "./agentProgram.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = "node20";
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

function writeChanged(file, content, mode) {
  const bytes = Buffer.from(content);
  if (existsSync(file) && readFileSync(file).equals(bytes)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  if (mode !== undefined) chmodSync(temporary, mode);
  renameSync(temporary, file);
}

async function compile(source) {
  const file = path.join(root, source);
  const result = await transform(readFileSync(file, "utf8"), {
    loader: "ts",
    format: "cjs",
    platform: "node",
    target,
    sourcemap: "inline",
    sourcefile: path.basename(source),
    sourcesContent: false,
    tsconfigRaw: { compilerOptions: { esModuleInterop: true } },
  });
  writeChanged(file.replace(/\.ts$/, ".js"), result.code);
}

async function bundle({ entry, out, banner, external, mode }) {
  if (!existsSync(path.join(root, entry))) return;
  const result = await build({
    entryPoints: [path.join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target,
    external,
    banner: { js: banner ?? "" },
    legalComments: "none",
    logLevel: "warning",
  });
  writeChanged(path.join(root, out), result.outputFiles[0].contents, mode);
}

const rooms = ["model", "agent", "components", "cli", "stacks", "rehearsal", "lab", "bench"];

function typescriptUnder(folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : typescriptUnder(file);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts") ? [file] : [];
  });
}

await Promise.all(["index.ts", ...rooms.flatMap(typescriptUnder)].map(compile));

const shebang = "#!/usr/bin/env node";
const agent = agentProgram(version);
const sha256 = createHash("sha256").update(agent).digest("hex");
writeChanged(path.join(root, "agent/bundle/neumann-backup.cjs"), agent, 0o755);
writeChanged(path.join(root, "agent/bundle/neumann-backup.cjs.sha256"), `${sha256}  neumann-backup.cjs\n`);
const start = readFileSync(path.join(root, "agent/start.sh"));
writeChanged(path.join(root, "agent/bundle/start.sh"), start, 0o755);
writeChanged(
  path.join(root, "agent/bundle/start.sh.sha256"),
  `${createHash("sha256").update(start).digest("hex")}  start.sh\n`,
);
await bundle({ entry: "lab/neumann/server.ts", out: "lab/neumann/bin/neumann", banner: shebang, mode: 0o755 });
await bundle({ entry: "lab/neumann/admin.ts", out: "lab/neumann/bin/neumann-admin", banner: shebang, mode: 0o755 });
// ssh2 tries its native accelerators and does without them: the plugin must be one file, on every platform.
await bundle({
  entry: "lab/plugin/main.ts",
  out: "lab/plugin/bin/pulumi-resource-command.cjs",
  banner: shebang,
  mode: 0o755,
  external: ["*.node", "cpu-features"],
});
