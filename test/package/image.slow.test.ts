import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findOnPath } from "../../lab/toolchain/files";
import { account, run } from "../../lab/toolchain/run";
import { runtimes } from "../../model/runtime";
import { type OpenImage, openImage } from "./ociArchive";
import { outside, root } from "./support";

const minutes = 60_000;
const program = path.join(root, "image/build.mjs");

/** Why no image can be built here. */
function lacking(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "they need Linux and root";
  const packages = ["mmdebstrap", "buildah"].filter((name) => findOnPath(name, process.env["PATH"]) === undefined);
  if (packages.length > 0) return `apt-get install ${packages.join(" ")}`;
  return findOnPath("go", process.env["PATH"]) === undefined ? "they need Go" : undefined;
}

const why = lacking();
if (why !== undefined) process.stderr.write(`skipped: tests of the agent's image (${why})\n`);

interface Component {
  name: string;
  version: string;
  purl?: string;
  hashes?: { alg: string; content: string }[];
}

describe.skipIf(why !== undefined)("the agent's image", { timeout: 5 * minutes }, () => {
  const folder = outside();
  const files = path.join(folder, "root");
  let archives: string[];
  let digests: string[];
  let image: OpenImage;

  /** Builds as another user of another machine might: with another umask, language and zone of time. */
  async function build(name: string, before: string): Promise<{ archive: string; digest: string }> {
    const temporary = path.join(folder, `${name}-tmp`);
    mkdirSync(temporary);
    const env = { ...process.env, TMPDIR: temporary };
    const words = ["-c", `${before}; exec "$@"`, "sh", process.execPath, program, "--out", path.join(folder, name)];
    const result = await run("sh", words, { cwd: folder, env, timeoutSeconds: 500 });
    if (result.code !== 0) throw new Error(`image/build.mjs ${account(result, 40)}`);
    expect(readdirSync(temporary)).toEqual([]);
    return JSON.parse(result.stdout) as { archive: string; digest: string };
  }

  const read = (file: string) => readFileSync(path.join(files, file), "utf8");
  const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

  /** Runs what a container would: on a read-only root file system, as nobody, without rights, /tmp its own. */
  function inContainer(script: string): { status: number | null; out: string } {
    const enter = [
      `mount --bind ${files} ${files}`,
      `mount -t proc proc ${files}/proc`,
      `mount -o remount,ro,bind ${files}`,
      `mount -t tmpfs -o mode=1777 tmpfs ${files}/tmp`,
      `exec setpriv --no-new-privs chroot --userspec=65534:65534 --groups= ${files} "$@"`,
    ].join(" && ");
    const { User, Env } = image.config.config;
    expect(User).toBe("65534:65534");
    const inside = ["/usr/bin/env", "-i", ...Env, "/bin/sh", "-c", script];
    const words = ["--mount", "--pid", "--fork", "--net", "sh", "-ec", enter, "sh", ...inside];
    const { status, stdout, stderr } = spawnSync("unshare", words, { encoding: "utf8" });
    return { status, out: `${stdout}${stderr}`.trim() };
  }

  beforeAll(async () => {
    const built = [
      await build("first", "umask 022"),
      await build("second", "umask 077; export TZ=Asia/Tokyo LC_ALL=C"),
    ];
    archives = built.map(({ archive }) => archive);
    digests = built.map(({ digest }) => digest);
    image = openImage(archives[0] as string, path.join(folder, "oci"));
    image.unpack(files);
  }, 15 * minutes);

  afterAll(() => rmSync(folder, { recursive: true, force: true }), minutes);

  it("is the same again, to the byte, and tells its digest", () => {
    expect(digests[1]).toBe(digests[0]);
    expect(sha256(archives[1] as string)).toBe(sha256(archives[0] as string));
    expect(image.digest).toBe(digests[0]);
    expect(readFileSync(path.join(folder, "first/digest"), "utf8")).toBe(`${digests[0]}\n`);
    expect(readdirSync(path.join(folder, "first"))).toHaveLength(3);
  });

  it("says what it is", () => {
    const { architecture, os, created, config } = image.config;
    const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
    expect([os, architecture]).toEqual(["linux", process.arch === "x64" ? "amd64" : "arm64"]);
    expect(config.Entrypoint).toEqual(["/usr/local/bin/neumann-backup"]);
    const label = (name: string) => config.Labels[`org.opencontainers.image.${name}`];
    expect(label("version")).toBe(version);
    expect(label("created")).toBe(created);
    expect(label("revision")).toMatch(/^[0-9a-f]{40}(-dirty)?$/);
    expect(label("licenses")).toBe("Apache-2.0");
  });

  it("runs as nobody on a read-only root file system", () => {
    const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
    expect(inContainer("neumann-backup --version")).toEqual({ status: 0, out: version });
    expect(inContainer("node --version")).toEqual({ status: 0, out: `v${runtimes.x64.version}` });
    const tools = inContainer("age --version && zstd --version && tar --version && bash --version");
    expect(tools.status).toBe(0);
    expect(tools.out).toMatch(/GNU tar[\s\S]*GNU bash/);
    expect(inContainer("id -u; touch /tmp/mine && ! touch /usr/mine")).toEqual({
      status: 0,
      out: expect.stringMatching(/^65534\ntouch: .*Read-only file system$/) as string,
    });
    // Node's own settings of a pod are none of the agent's.
    expect(inContainer("NODE_OPTIONS=--nonsense neumann-backup --version").status).toBe(0);
  });

  it("has the helper, which needs nothing of the image that it runs in", () => {
    const helper = "usr/local/lib/neumann-backup/neumann-wal-handover";
    const alone = path.join(folder, "alone");
    mkdirSync(alone);
    expect(spawnSync("cp", [path.join(files, helper), path.join(alone, "helper")]).status).toBe(0);
    const { status, stderr } = spawnSync("chroot", [alone, "/helper", "/no.sock", "/raft/wal/1", "1"], {
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([75, expect.stringContaining("/no.sock")]);
  });

  it("holds no setuid program, no package manager, and nothing that others may write but places for it", () => {
    const find = (...words: string[]) =>
      spawnSync("find", [files, "-xdev", ...words, "-printf", "%P\n"], { encoding: "utf8" }).stdout.trim();
    expect(find("-type", "f", "-perm", "/6000")).toBe("");
    expect(find("!", "-type", "l", "-perm", "-o+w", "!", "-perm", "-1000")).toBe("");
    expect(find("(", "!", "-uid", "0", "-o", "!", "-gid", "0", ")")).toBe("");
    for (const name of ["apt", "dpkg", "perl", "su"]) expect(existsSync(path.join(files, "usr/bin", name))).toBe(false);
    for (const name of ["etc/hostname", "etc/resolv.conf"]) expect(existsSync(path.join(files, name))).toBe(false);
    expect(lstatSync(path.join(files, "tmp")).mode & 0o7777).toBe(0o1777);
  });

  it("has a list of its contents, within it and beside it", () => {
    const [beside] = readdirSync(path.join(folder, "first")).filter((name) => name.endsWith(".cdx.json"));
    const text = readFileSync(path.join(folder, "first", beside as string), "utf8");
    expect(read("usr/local/share/doc/neumann-backup/sbom.cdx.json")).toBe(text);
    const { components } = JSON.parse(text) as { components: Component[] };
    const named = (kind: string) =>
      components
        .filter(({ purl }) => purl?.startsWith(`pkg:${kind}/`))
        .map(({ name, version }) => `${name} ${version}`);

    const installed = readdirSync(path.join(files, "var/lib/dpkg/status.d"));
    const versions = installed.map(
      (name) => `${name} ${/^Version: (.+)$/m.exec(read(`var/lib/dpkg/status.d/${name}`))?.[1]}`,
    );
    expect(named("deb").sort()).toEqual(versions.sort());
    expect(named("deb").some((name) => name.startsWith("age "))).toBe(true);

    const [, ...licences] = read("usr/local/share/doc/neumann-backup/THIRD-PARTY-LICENSES.txt").split(/^-{80}\n\n/m);
    const bundled = licences.map((licence) => licence.split(" (")[0]);
    expect(named("npm")).toEqual([`node ${runtimes.x64.version}`, ...bundled]);
    expect(bundled.length).toBeGreaterThan(10);
    expect(named("golang")).toEqual([expect.stringMatching(/^stdlib 1\.\d+/)]);

    const hashOf = (wanted: string) => components.find(({ name }) => name === wanted)?.hashes?.[0]?.content;
    const ours = ["neumann-backup.cjs", "neumann-wal-handover"].map((name) =>
      sha256(path.join(files, "usr/local/lib/neumann-backup", name)),
    );
    expect([hashOf("neumann-backup"), hashOf("neumann-wal-handover")]).toEqual(ours);
    const references = components.map((component) => (component as { "bom-ref"?: string })["bom-ref"]);
    expect(new Set(references).size).toBe(components.length);
  });

  it("keeps the copyright notice of every Debian package", () => {
    for (const name of readdirSync(path.join(files, "var/lib/dpkg/status.d"))) {
      expect([name, existsSync(path.join(files, "usr/share/doc", name, "copyright"))]).toEqual([name, true]);
    }
  });
});

describe("image/build.mjs", () => {
  const build = (words: string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [program, ...words], { encoding: "utf8", env: { ...process.env, ...env } });

  it("refuses what it does not understand, before it does anything", () => {
    expect(build([])).toMatchObject({ status: 2, stderr: expect.stringMatching(/^--out is missing/) as string });
    const strange = build(["--out", "/nowhere/x", "--architecture", "mips"]);
    expect(strange).toMatchObject({ status: 2, stderr: "--architecture is mips: write x64 or arm64.\n" });
    const epoch = build(["--out", "/nowhere/x"], { SOURCE_DATE_EPOCH: "today" });
    expect(epoch.stderr).toBe('SOURCE_DATE_EPOCH is "today": write seconds since 1970, or leave it out.\n');
    expect(build(["--push"])).toMatchObject({ status: 2, stderr: expect.stringContaining("--push") as string });
  });

  it("has no fault that shellcheck knows", () => {
    const scripts = readdirSync(path.join(root, "image")).filter((name) => name.endsWith(".sh"));
    const { status, stdout, error } = spawnSync("shellcheck", scripts, {
      encoding: "utf8",
      cwd: path.join(root, "image"),
    });
    if (error !== undefined) process.stderr.write("skipped: shellcheck of image/*.sh (apt-get install shellcheck)\n");
    else expect([status, stdout]).toEqual([0, ""]);
  });
});
