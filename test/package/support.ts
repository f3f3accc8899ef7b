import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { account, run } from "../../lab/toolchain/run";

/** The repository. */
export const root = path.dirname(path.dirname(__dirname));

interface Manifest {
  devDependencies: Record<string, string>;
}

const { devDependencies } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as Manifest;

/** The repository's own version of a package, as npm wants it: `name@version`. */
export function pinned(name: string): string {
  return `${name}@${devDependencies[name] ?? "missing"}`;
}

/** A folder outside the repository, by its real path. */
export function outside(): string {
  return realpathSync(mkdtempSync(path.join(tmpdir(), "neumann-package-")));
}

/** What a shell of a user has: nothing of the test runner's. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([key]) => key !== "NODE_OPTIONS" && !/^(npm_|VITEST)/i.test(key)));
}

/** Runs a program to its end; throws with what it said unless it exits 0. */
export async function must(program: string, args: readonly string[], cwd: string): Promise<string> {
  const result = await run(program, args, { cwd, env: ownEnvironment(), timeoutSeconds: 300 });
  if (result.code !== 0) throw new Error(`${program} ${args.join(" ")} in ${cwd} ${account(result, 40)}`);
  return result.stdout;
}

/** Packs the repository; gives the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await must("npm", ["pack", "--pack-destination", folder], root);
  const [name, ...others] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  if (name === undefined || others.length > 0) throw new Error(`npm pack did not make one tarball in ${folder}`);
  return path.join(folder, name);
}

/** Files of a project, by their paths. */
export type ProjectFiles = Record<string, string | object>;

/** Makes a project as a user does: an empty folder, its files, and what `npm install` brings. */
export async function makeProject(folder: string, files: ProjectFiles, packages: readonly string[]): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, undefined, 2));
  }
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"];
  await must("npm", ["install", ...quiet, ...packages], folder);
}

/** How a program of a user's is compiled: what of it, by which settings, and what comes of it. */
export const bothKinds: [kind: string, settings: string, compiled: string][] = [
  ["CommonJS", "commonjs.json", "common.js"],
  ["modules of ECMAScript", "esm.json", "modern.mjs"],
];

/** A project with one program that is compiled in both ways, strictly. Declarations of others are not checked: they are many. */
export function inBothKinds(name: string, program: string): ProjectFiles {
  const options = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    target: "ES2022",
    outDir: "bin",
  };
  return {
    "package.json": { name, private: true },
    "commonjs.json": {
      compilerOptions: { ...options, module: "commonjs", moduleResolution: "node10" },
      files: ["common.ts"],
    },
    "esm.json": {
      compilerOptions: { ...options, module: "nodenext", verbatimModuleSyntax: true },
      files: ["modern.mts"],
    },
    "common.ts": program,
    "modern.mts": program,
  };
}

/** Compiles such a program, runs it, and gives what its last line tells as JSON: before it stands what components say. */
export async function compiledAndRun<T>(project: string, settings: string, compiled: string): Promise<T> {
  const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");
  await must(process.execPath, [compiler, "--project", settings], project);
  const said = (await must(process.execPath, [path.join("bin", compiled)], project)).trim().split("\n");
  return JSON.parse(said.at(-1) ?? "") as T;
}

/** Where the package lies in a project. */
export function installed(project: string): string {
  return path.dirname(createRequire(path.join(project, "package.json")).resolve("pulumi-neumann/package.json"));
}

/** All files below a folder, by their paths within it, sorted. */
export function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort();
}
