import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { scratch } from "./support";

/** The script that starts the agent on a host without Node, with a shell script in Node's place. */
const folder = scratch("start");
const delivered = path.join(folder, "home", ".neumann-backup", "abc");
const agentDirectory = path.join(folder, "agent");
const runtime = "node-linux-test-1.2.3.tgz";
const architecture = process.arch;
let sha512: string;

const fakeNode = `#!/bin/sh
[ "$1" != --version ] || exit 0
echo "ran $0 $* from $NEUMANN_BACKUP_DELIVERED"
`;

/** A tarball as npm makes them. */
function makeRuntime(node = fakeNode): void {
  const files = path.join(folder, "package");
  mkdirSync(path.join(files, "bin"), { recursive: true });
  writeFileSync(path.join(files, "LICENSE"), "as you like\n");
  writeFileSync(path.join(files, "bin", "node"), node);
  chmodSync(path.join(files, "bin", "node"), 0o755);
  execFileSync("tar", ["-czf", path.join(delivered, runtime), "-C", folder, "package"]);
  sha512 = createHash("sha512")
    .update(readFileSync(path.join(delivered, runtime)))
    .digest("hex");
}

function start(words: readonly string[] = ["install"], kind: string = architecture) {
  const script = path.join(delivered, "start-1.sh");
  return spawnSync("sh", [script, kind, runtime, sha512, agentDirectory, "agent-1.cjs", ...words], {
    encoding: "utf8",
  });
}

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(delivered, { recursive: true });
  copyFileSync(path.resolve(__dirname, "../../agent/start.sh"), path.join(delivered, "start-1.sh"));
  writeFileSync(path.join(delivered, "agent-1.cjs"), "");
  makeRuntime();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ready = path.join(agentDirectory, "runtime", "node-linux-test-1.2.3");

describe.skipIf(process.platform !== "linux")("start.sh", () => {
  it("makes the runtime ready and starts the program with its words", () => {
    const { status, stdout } = start(["install", "a b"]);
    expect(stdout).toBe(`ran ${ready}/node ${delivered}/agent-1.cjs install a b from ${delivered}\n`);
    expect(status).toBe(0);
    expect(readdirSync(path.join(agentDirectory, "runtime"))).toEqual(["node-linux-test-1.2.3"]);
    expect(readdirSync(ready).sort()).toEqual(["LICENSE", "node"]);
  });

  it("needs the tarball once only", () => {
    start();
    rmSync(path.join(delivered, runtime));
    expect(start().status).toBe(0);
  });

  it("is not confused by what a start left that was killed", () => {
    mkdirSync(path.join(agentDirectory, "runtime", ".part-abc"), { recursive: true });
    expect(start().status).toBe(0);
  });

  it.each<[string, () => void, number, string]>([
    ["a damaged tarball", () => writeFileSync(path.join(delivered, runtime), "x"), 5, "is damaged: its SHA-512 is not"],
    [
      "a tarball that is gone",
      () => rmSync(path.join(delivered, runtime)),
      4,
      "which brings Node, is gone from this host",
    ],
    [
      "a program that is gone",
      () => rmSync(path.join(delivered, "agent-1.cjs")),
      4,
      "agent-1.cjs is gone from this host",
    ],
    ["a Node that does not run here", () => makeRuntime("#!/bin/sh\nexit 1\n"), 4, "needs glibc 2.28 or newer"],
  ])("says what is wrong with %s, and leaves nothing half done", (_what, spoil, code, message) => {
    spoil();
    const { status, stderr } = start();
    expect(stderr).toContain(message);
    expect(status).toBe(code);
    const made = existsSync(agentDirectory) ? readdirSync(agentDirectory, { recursive: true }) : [];
    expect(made.filter((name) => String(name).includes(".part-"))).toEqual([]);
  });

  it("refuses another processor before it unpacks anything", () => {
    const { status, stderr } = start(["install"], "mips");
    expect(stderr).toBe(
      `this host's processor is ${architecture}, not mips: write ssh.architecture: "${architecture}" for it\n`,
    );
    expect(status).toBe(2);
  });

  it("has no fault that shellcheck knows", () => {
    const file = path.resolve(__dirname, "../../agent/start.sh");
    const { status, stdout, error } = spawnSync("shellcheck", [file], { encoding: "utf8" });
    if (error !== undefined) process.stderr.write("skipped: shellcheck of start.sh (apt-get install shellcheck)\n");
    else expect([status, stdout]).toEqual([0, ""]);
  });
});
