import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { ensureToolchain, type Toolchain } from "../../lab/toolchain";

const execute = promisify(execFile);
const root = path.dirname(path.dirname(__dirname));
const main = path.join(root, "lab/toolchain/main.js");
const folder = mkdtempSync(path.join(tmpdir(), "neumann-toolchain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = `
const command = require("@pulumi/command");
const made = new command.local.Command("made", { create: "echo made by $(node --version)" });
exports.stdout = made.stdout;
`;

it("runs a compiled program on the real engine, with nothing but the environment that it returns", async () => {
  await ensureToolchain({ progress: (line) => process.stderr.write(`${line}\n`) });
  let toolchain: Toolchain | undefined;
  let fastest = Infinity;
  for (let i = 0; i < 3; i += 1) {
    const began = performance.now();
    const { stdout } = await execute(process.execPath, [main, "--json"]);
    fastest = Math.min(fastest, performance.now() - began);
    toolchain = JSON.parse(stdout) as Toolchain;
  }
  expect(fastest, "a warm start, in milliseconds").toBeLessThan(500);
  if (!toolchain) throw new Error("no toolchain");

  const runtime = "{ name: nodejs, options: { typescript: false } }";
  writeFileSync(path.join(folder, "Pulumi.yaml"), `name: compiled\nruntime: ${runtime}\nmain: program/\n`);
  mkdirSync(path.join(folder, "program"));
  writeFileSync(path.join(folder, "program/package.json"), JSON.stringify({ name: "compiled", main: "index.js" }));
  writeFileSync(path.join(folder, "program/index.js"), program);
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  mkdirSync(path.join(folder, "state"));
  const env = {
    ...toolchain.environment,
    HOME: folder,
    PULUMI_BACKEND_URL: `file://${folder}/state`,
    PULUMI_CONFIG_PASSPHRASE: "test",
  };
  const pulumi = async (...args: string[]) =>
    (await execute("pulumi", [...args, "--non-interactive"], { cwd: folder, env })).stdout;
  await pulumi("stack", "init", "dev");
  await pulumi("up", "--yes", "--skip-preview");
  expect(JSON.parse(await pulumi("stack", "output", "--json"))).toEqual({ stdout: `made by ${process.version}` });
  await pulumi("preview", "--expect-no-changes");
  await pulumi("destroy", "--yes", "--skip-preview");
});
