import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { findOnPath, isExecutable } from "../toolchain/files";
import { defaultHome } from "../toolchain/home";
import { withLock } from "../toolchain/lock";
import { ToolchainError } from "../toolchain/needs";
import { Steps } from "../toolchain/progress";
import { account, run } from "../toolchain/run";

/** The S3 server that the tests run against: a Go tool of `lab/store/tools`. */
export const storeVersion = "1.8.0";

const module = "github.com/versity/versitygw/cmd/versitygw";

/** The server's program, built from its Go modules once and kept beside what else the toolchain builds. */
export async function storeProgram(say: (line: string) => void): Promise<string> {
  const folder = path.join(defaultHome(), "pulumi-neumann");
  const program = path.join(folder, `versitygw-${storeVersion}`);
  if (isExecutable(program)) return program;
  const waiting = (seconds: number) => say(`waiting for another process that builds the S3 server: ${seconds} s`);
  return withLock(path.join(folder, `.versitygw-${storeVersion}.lock`), { waiting }, async () => {
    if (!isExecutable(program)) await build(program, new Steps(say));
    return program;
  });
}

async function build(program: string, steps: Steps): Promise<void> {
  if (findOnPath("go", process.env["PATH"]) === undefined) {
    const why = "the S3 server for the tests is built from its Go modules, and go is not on PATH";
    const remedy = "install Go 1.25 or newer (https://go.dev/dl, or: brew install go)";
    throw new ToolchainError([{ name: "go", why, remedy }]);
  }
  const cwd = path.join(__dirname, "tools");
  if (!existsSync(path.join(cwd, "go.sum"))) throw new Error(`${cwd}/go.sum is missing from this checkout`);
  mkdirSync(path.dirname(program), { recursive: true });
  const temporary = `${program}.${randomUUID()}`;
  const args = ["build", "-v", "-mod=readonly", "-buildvcs=false", "-ldflags", "-s -w", "-o", temporary, module];
  try {
    await steps.step(`building the S3 server versitygw ${storeVersion}`, async (detail) => {
      let lines = 0;
      const line = (text: string) => detail(text.startsWith("go: ") ? text : `${(lines += 1)} packages compiled`);
      const env = { ...process.env, GOWORK: "off" };
      const result = await run("go", args, { cwd, env, timeoutSeconds: 1800, line });
      if (result.code !== 0) throw new Error(`go build of ${module} ${account(result)}`);
    });
    renameSync(temporary, program);
  } finally {
    rmSync(temporary, { force: true });
  }
}
