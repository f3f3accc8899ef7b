import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureToolchain, engineVersion } from "../../lab/toolchain";
import { acceptable } from "../../lab/toolchain/engine";
import { withLock } from "../../lab/toolchain/lock";
import { unreachable } from "../../lab/toolchain/reach";
import { run } from "../../lab/toolchain/run";
import { alive } from "./plugin/harness";

const root = mkdtempSync(path.join(tmpdir(), "neumann-toolchain-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const repository = path.dirname(path.dirname(__dirname));
const bundle = path.join(repository, "lab/plugin/bin/pulumi-resource-command.cjs");
let count = 0;
let home = "";
let bin = "";

function script(folder: string, name: string, text: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A CLI that knows as much as the toolchain asks of it. */
const fakeCli = (version: string) => `
echo "$*" >> "$PULUMI_HOME/calls"
case "$1 $2" in
"version ") echo v${version} ;;
"plugin install")
  while [ "$1" != --file ]; do shift; done
  mkdir -p "$PULUMI_HOME/plugins/resource-command-v1.2.1"
  cp "$2"/* "$PULUMI_HOME/plugins/resource-command-v1.2.1/" ;;
*) exit 9 ;;
esac`;

/** A go that "builds" the fake CLI, slowly. */
const fakeGo = `
while [ "$1" != -o ]; do shift; done
echo go-build >> "${root}/builds"
echo 'module/a' >&2
sleep 0.3
{ echo '#!/bin/sh'; cat <<'END'
${fakeCli(engineVersion)}
END
} > "$2"
chmod +x "$2"`;

const calls = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
const pluginFile = () => path.join(home, "plugins/resource-command-v1.2.1/pulumi-resource-command");
const cached = () => path.join(home, "versions", engineVersion, "bin");

interface Wanted {
  lines?: string[];
  signal?: AbortSignal;
}
const ensure = ({ lines, signal }: Wanted = {}) =>
  ensureToolchain({ progress: (line) => lines?.push(line), pulumiHome: home, commandPlugin: "auto", signal });

beforeEach(() => {
  home = path.join(root, `home-${(count += 1)}`);
  bin = path.join(root, `bin-${count}`);
  mkdirSync(home, { recursive: true });
  rmSync(path.join(root, "builds"), { force: true });
  for (const name of ["tar", "zstd"]) script(bin, name, "exit 0");
  // The network is never asked: whatever this machine can reach, these tests see a blocked one.
  vi.stubGlobal("fetch", () =>
    Promise.reject(new TypeError("fetch failed", { cause: new Error("blocked by the test") })),
  );
  vi.stubEnv("PATH", `${bin}:/usr/bin:/bin`);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe("the engine", () => {
  it("is taken from PATH if its version is acceptable and a language host is there; its answer is kept", async () => {
    const cli = script(bin, "pulumi", fakeCli("3.300.1"));
    script(bin, "pulumi-language-nodejs", "exit 0");
    expect(await ensure()).toMatchObject({ pulumi: cli, version: "3.300.1", commandPlugin: "stand-in" });
    await ensure();
    expect(calls(path.join(home, "calls")).filter((call) => call === "version")).toHaveLength(1);
  });

  it("is not the npm shim, which would download, and not one that is too old or fails", async () => {
    const shim = script(path.join(root, "node_modules/pulumi"), "pulumi", "echo called >> $PULUMI_HOME/shim");
    script(cached(), "pulumi-language-nodejs", "exit 0");
    const own = script(cached(), "pulumi", fakeCli(engineVersion));
    script(path.dirname(shim), "pulumi-language-nodejs", "exit 0");
    for (const folder of [
      path.dirname(shim),
      ...["echo v3.100.0", "exit 1"].map((text) => {
        const other = path.join(bin, text.replaceAll(" ", "-"));
        script(other, "pulumi-language-nodejs", "exit 0");
        return path.dirname(script(other, "pulumi", text));
      }),
    ]) {
      vi.stubEnv("PATH", `${folder}:${bin}:/usr/bin:/bin`);
      expect((await ensure()).pulumi).toBe(own);
    }
    expect(existsSync(path.join(home, "shim"))).toBe(false);
  });

  it("is acceptable from the version on that is tested, within its major version", () => {
    expect(["3.259.0", "v3.259.4", "3.260.0"].filter(acceptable)).toHaveLength(3);
    expect(["3.258.9", "4.0.0", "3.259.0-dev", "nonsense", ""].filter(acceptable)).toEqual([]);
  });

  /** Lets the probe succeed, and the shim find an installation script of the test's. */
  function serveInstaller(text: string): void {
    vi.stubGlobal("fetch", (url: string) =>
      Promise.resolve(new Response(null, { status: url.endsWith("install.sh") ? 200 : 404 })),
    );
    const stub = path.join(home, "stub.cjs");
    writeFileSync(stub, `globalThis.fetch = async () => new Response(${JSON.stringify(text)});`);
    vi.stubEnv("NODE_OPTIONS", `--require=${stub}`);
  }

  it("is downloaded by the official shim's own script, aside and then into place", async () => {
    serveInstaller(
      `mkdir -p "$3/bin"; cd "$3/bin"; for n in pulumi pulumi-language-nodejs pulumi-language-go; do
      { echo '#!/bin/sh'; cat <<'END'\n${fakeCli(engineVersion)}\nEND\n} > $n; chmod +x $n; done`.replaceAll(
        "\\n",
        "\n",
      ),
    );
    const lines: string[] = [];
    expect(await ensure({ lines })).toMatchObject({ pulumi: path.join(cached(), "pulumi"), version: engineVersion });
    expect(lines.join("\n")).toMatch(/downloading Pulumi 3\.259\.0: done/);
    expect(readdirSync(cached()).sort()).toEqual(["pulumi", "pulumi-language-go", "pulumi-language-nodejs"]);
    expect(readdirSync(path.join(home, "versions"))).toEqual([engineVersion]);
  });

  it("is built when the download breaks off", async () => {
    serveInstaller(
      'mkdir -p "$3/bin"; echo half > "$3/bin/pulumi"; chmod +x "$3/bin/pulumi"; echo broken pipe >&2; exit 1',
    );
    script(bin, "go", fakeGo);
    const lines: string[] = [];
    await ensure({ lines });
    expect(lines.join("\n")).toMatch(/because the download of Pulumi 3\.259\.0 ended with code 1:[^]*broken pipe/);
    expect(readdirSync(cached()).sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
  });

  it("is built where the download is blocked, and only once by two at the same moment", async () => {
    script(bin, "go", fakeGo);
    const lines: string[] = [];
    const [first, second] = await Promise.all([ensure({ lines }), ensure({ lines })]);
    expect(first).toEqual(second);
    expect(first).toMatchObject({ version: engineVersion, pulumi: path.join(cached(), "pulumi"), pulumiHome: home });
    expect(first.environment["PATH"]?.startsWith(`${cached()}:${path.dirname(process.execPath)}:`)).toBe(true);
    expect(calls(path.join(root, "builds"))).toHaveLength(2); // the engine and the language host
    const text = lines.join("\n");
    expect(text).toContain("because https://get.pulumi.com/install.sh cannot be reached: blocked by the test");
    expect(text).toMatch(/building pulumi: done in \d+ s/);
    expect(text).toContain("waiting for another process that installs Pulumi");
    expect(readdirSync(path.join(home, "versions"))).toEqual([engineVersion]);
  });

  it("that was half built by a killed process does not look done, and its remains are removed", async () => {
    script(bin, "go", "kill -9 $PPID; sleep 60");
    const program = `require(${JSON.stringify(path.join(repository, "lab/toolchain/index.js"))})
      .ensureToolchain({ progress: () => undefined, pulumiHome: ${JSON.stringify(home)} })`;
    const env = { ...process.env, PATH: `${bin}:/usr/bin:/bin` };
    const child = spawn(
      process.execPath,
      ["-e", `globalThis.fetch = () => Promise.reject(new Error("blocked")); ${program}`],
      { env },
    );
    await new Promise((resolve) => child.once("close", resolve));
    expect(child.signalCode).toBe("SIGKILL");
    expect(existsSync(cached())).toBe(false);
    const lock = path.join(home, "versions", `.${engineVersion}.lock`);
    expect(existsSync(lock)).toBe(true);
    utimesSync(lock, new Date(0), new Date(0)); // as if its holder had been silent for long
    script(bin, "go", fakeGo);
    expect((await ensure()).version).toBe(engineVersion);
    expect(readdirSync(path.join(home, "versions"))).toEqual([engineVersion]);
  });

  it("is not left in parts when the build fails or is interrupted", async () => {
    script(bin, "go", "echo 'module lookup failed' >&2; exit 1");
    await expect(ensure()).rejects.toThrow(
      /go build of pulumi-language-nodejs ended with code 1:\nmodule lookup failed/,
    );
    const pidFile = path.join(root, "go.pid");
    script(bin, "go", `echo $$ > ${pidFile}; exec sleep 300`);
    const interrupt = new AbortController();
    const building = ensure({ signal: interrupt.signal });
    while (!existsSync(pidFile)) await sleep(20);
    interrupt.abort(new Error("interrupted"));
    await expect(building).rejects.toThrow("interrupted");
    expect(alive(Number(readFileSync(pidFile, "utf8")))).toBe(false);
    expect(readdirSync(path.join(home, "versions"))).toEqual([]);
  });

  it("cannot be had: one message names everything that is lacking, and how to get it", async () => {
    vi.stubEnv("PATH", path.join(root, "empty"));
    const message = await ensure().catch((error: Error) => error.message);
    expect(message).toMatch(/- tar: .*\n.*apt-get install tar/);
    expect(message).toMatch(/- zstd: .*\n.*apt-get install zstd/);
    expect(message).toMatch(/- go: .*\n.*go\.dev/);
    expect(message).toContain("blocked by the test");
  });
});

describe("the command plugin", () => {
  beforeEach(() => {
    script(cached(), "pulumi-language-nodejs", "exit 0");
    script(cached(), "pulumi", fakeCli(engineVersion));
  });

  it("is the stand-in where the download is blocked; each run says so, and does not ask the network again", async () => {
    const asked = vi.fn(() => Promise.reject(new Error("blocked")));
    vi.stubGlobal("fetch", asked);
    for (let i = 0; i < 3; i += 1) {
      const lines: string[] = [];
      expect((await ensure({ lines })).commandPlugin).toBe("stand-in");
      expect(lines.at(-1)).toContain("using the stand-in for the command provider");
    }
    expect(asked).toHaveBeenCalledTimes(1);
    expect(calls(path.join(home, "calls"))).toHaveLength(1);
    expect(readFileSync(pluginFile()).equals(readFileSync(bundle))).toBe(true);
  });

  it("is installed again when it is not the one of this checkout, or is incomplete", async () => {
    await ensure();
    writeFileSync(pluginFile(), "#!/bin/sh\n");
    await ensure();
    expect(readFileSync(pluginFile()).equals(readFileSync(bundle))).toBe(true);
    expect(calls(path.join(home, "calls")), "replaced in place: another clone may be about to start it").toHaveLength(
      1,
    );
    writeFileSync(`${path.dirname(pluginFile())}.partial`, "");
    await ensure();
    expect(calls(path.join(home, "calls"))).toHaveLength(2);
    expect(readFileSync(pluginFile()).equals(readFileSync(bundle))).toBe(true);
  });

  it("is the official one if that is there, and then never overwritten", async () => {
    script(path.dirname(pluginFile()), path.basename(pluginFile()), "exit 0");
    const lines: string[] = [];
    const toolchain = await ensure({ lines });
    expect(toolchain.commandPlugin).toBe("official");
    expect(toolchain.environment).not.toHaveProperty("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION");
    expect(lines).toEqual([]);
    const forced = ensureToolchain({ progress: () => undefined, pulumiHome: home, commandPlugin: "stand-in" });
    await expect(forced).rejects.toThrow("is not overwritten: set PULUMI_HOME");
  });

  it("must be the official one if that is asked for", async () => {
    await ensure();
    const asked = ensureToolchain({ progress: () => undefined, pulumiHome: home, commandPlugin: "official" });
    await expect(asked).rejects.toThrow("the official command provider cannot be had: https://get.pulumi.com");
    vi.stubEnv("COMMAND_PLUGIN", "other");
    await expect(ensureToolchain({ progress: () => undefined, pulumiHome: home })).rejects.toThrow(
      'COMMAND_PLUGIN is "other"',
    );
  });
});

describe("parts", () => {
  it("a child that takes too long is ended with its descendants", async () => {
    const pidFile = path.join(root, "grandchild");
    const result = await run("/bin/sh", ["-c", `sleep 300 & echo $! > ${pidFile}; wait`], { timeoutSeconds: 0.3 });
    expect(result).toMatchObject({ code: null, killed: "timeout" });
    await vi.waitFor(() => expect(alive(Number(readFileSync(pidFile, "utf8")))).toBe(false));
  });

  it("a host that stays silent is given up", async () => {
    vi.unstubAllGlobals();
    const silent = net.createServer().listen(0, "127.0.0.1");
    const refusing = http.createServer((_request, response) => response.writeHead(403).end()).listen(0, "127.0.0.1");
    const url = (server: net.Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await Promise.all([silent, refusing].map((server) => new Promise((resolve) => server.once("listening", resolve))));
    expect(await unreachable(url(silent), 0.2)).toMatch(/cannot be reached: no answer in time/);
    expect(await unreachable(url(refusing), 2)).toMatch(/answers 403/);
    refusing.close();
    silent.close();
  });

  it("a lock is held by one at a time, also when one after the other dies", async () => {
    const file = path.join(root, "lock");
    let holders = 0;
    let most = 0;
    const hold = () =>
      withLock(file, { waiting: () => undefined }, async () => {
        most = Math.max(most, (holders += 1));
        await sleep(20);
        holders -= 1;
      });
    writeFileSync(file, "a dead holder");
    utimesSync(file, new Date(0), new Date(0));
    await Promise.all(Array.from({ length: 5 }, hold));
    expect(most).toBe(1);
    expect(existsSync(file)).toBe(false);
  });
});
