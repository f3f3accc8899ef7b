import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { getPulumiComponents } from "@pulumi/pulumi/provider/experimental/provider";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema, type PackageSpec } from "@pulumi/pulumi/provider/experimental/schema";
import { findOnPath, isExecutable } from "./files";
import { defaultHome } from "./home";
import { ToolchainError } from "./needs";
import { Steps } from "./progress";
import { account, run } from "./run";

export type { PackageSpec } from "@pulumi/pulumi/provider/experimental/schema";

interface Manifest {
  name: string;
  version: string;
  description?: string;
}

/**
 * The schema by which every Pulumi language sees the package: from the types of the components that its main module
 * exports. The package must be compiled, with each source beside its compiled file. Throws with the property's path if
 * a type cannot be expressed.
 */
export function deriveSchema(packageDirectory: string): PackageSpec {
  const folder = path.resolve(packageDirectory);
  const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- which module it is, is known only now
  const components = getPulumiComponents(require(folder)) as unknown as (new () => unknown)[];
  const names = new Set(components.map((component) => component.name));
  const { name, version, description = "" } = manifest;
  const {
    components: definitions,
    typeDefinitions,
    dependencies,
  } = new Analyzer(folder, name, { ...manifest }, names).analyze();
  return generateSchema(name, version, description, definitions, typeDefinitions, dependencies);
}

/** How the generator is had. */
export interface SdkOptions {
  /** Receives a line for each thing that is done. */
  progress?: (line: string) => void;
  /** Where the built generator is kept. @default PULUMI_HOME, else ~/.pulumi */
  pulumiHome?: string;
  signal?: AbortSignal;
}

/** Writes a Python SDK for a schema into a folder. The generator is built from its Go modules on first use. */
export async function generatePythonSdk(schema: PackageSpec, outDir: string, options: SdkOptions = {}): Promise<void> {
  const generator = await ensureGenerator(options);
  const folder = mkdtempSync(path.join(os.tmpdir(), "neumann-schema-"));
  try {
    const file = path.join(folder, "schema.json");
    writeFileSync(file, JSON.stringify(schema));
    const result = await run(generator, [file, path.resolve(outDir)], { timeoutSeconds: 120, signal: options.signal });
    if (result.code !== 0) throw new Error(`generating the Python SDK ${account(result)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const source = path.join(__dirname, "sdkgen");

async function ensureGenerator(options: SdkOptions): Promise<string> {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(path.join(source, name)));
  const folder = path.join(path.resolve(options.pulumiHome ?? defaultHome()), "pulumi-neumann");
  const program = path.join(folder, `sdkgen-${hash.digest("hex").slice(0, 16)}`);
  if (isExecutable(program)) return program;
  if (findOnPath("go", process.env["PATH"]) === undefined) {
    const why = "the generator of SDKs for other languages is built from its Go modules, and go is not on PATH";
    throw new ToolchainError([
      { name: "go", why, remedy: "install Go 1.25 or newer (https://go.dev/dl, or: brew install go)" },
    ]);
  }
  mkdirSync(folder, { recursive: true });
  const temporary = `${program}.${randomUUID()}`;
  try {
    await build(temporary, options);
    renameSync(temporary, program);
  } finally {
    rmSync(temporary, { force: true });
  }
  return program;
}

function build(file: string, options: SdkOptions): Promise<void> {
  const steps = new Steps(options.progress ?? (() => undefined));
  return steps.step("building the SDK generator", async () => {
    const args = ["build", "-mod=readonly", "-buildvcs=false", "-ldflags", "-s -w", "-o", file, "."];
    const env = { ...process.env, GOWORK: "off" };
    const result = await run("go", args, { cwd: source, env, timeoutSeconds: 1800, signal: options.signal });
    if (result.code !== 0) throw new Error(`go build of the SDK generator ${account(result)}`);
  });
}
