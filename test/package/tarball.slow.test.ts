import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../lab/toolchain/run";
import { filesUnder, must, outside, pack, root } from "./support";

const minutes = 60_000;
const folder = outside();
const unpacked = path.join(folder, "package");

let tarball: string;
let files: string[];

const read = (file: string) => readFileSync(path.join(unpacked, file), "utf8");

beforeAll(async () => {
  tarball = await pack(path.join(folder, "first"));
  mkdirSync(unpacked);
  execFileSync("tar", ["-xzf", tarball, "-C", folder]);
  files = filesUnder(unpacked);
}, 5 * minutes);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("what npm pack makes", () => {
  it("holds the library and nothing of the workshop", () => {
    const places = [...new Set(files.map((file) => file.split("/")[0]))];
    expect(places.sort()).toEqual([
      "LICENSE",
      "Pulumi.yaml",
      "PulumiPlugin.yaml",
      "README.md",
      "agent",
      "cli",
      "components",
      "docs",
      "index.js",
      "index.ts",
      "model",
      "package.json",
      "pulumi-resource-pulumi-neumann",
      "stacks",
      "tsconfig.json",
      "types",
    ]);
    expect(files.filter((file) => file.startsWith("agent/"))).toEqual([
      "agent/bundle/THIRD-PARTY-LICENSES.txt",
      "agent/bundle/neumann-backup.cjs",
      "agent/bundle/neumann-backup.cjs.sha256",
      "agent/bundle/start.sh",
      "agent/bundle/start.sh.sha256",
    ]);
    const wanted = ["stacks/environment/index.js", "stacks/recovery/Pulumi.yaml", "docs/policy.md", "model/index.js"];
    expect(files).toEqual(expect.arrayContaining(wanted));
    expect(files.filter((file) => /\.(test|slow)\.|\.tmp$|\.map$|^lab|^test|^bench/.test(file))).toEqual([]);
  });

  it("holds each source beside its compiled file, and the declarations apart", () => {
    const code = files.filter((file) => /^(index|cli|components|model|stacks)\b.*\.[jt]s$/.test(file));
    const without = (ending: string) => code.filter((f) => f.endsWith(ending)).map((f) => f.slice(0, -ending.length));
    expect(without(".ts")).toEqual(without(".js"));
    expect(code.filter((file) => file.endsWith(".d.ts"))).toEqual([]);
    expect(files.filter((file) => file.startsWith("types/") && !file.endsWith(".d.ts"))).toEqual([]);
  });

  it("has the agent whole, and it runs by itself", () => {
    const agent = path.join(unpacked, "agent/bundle/neumann-backup.cjs");
    const sum = createHash("sha256").update(readFileSync(agent)).digest("hex");
    expect(read("agent/bundle/neumann-backup.cjs.sha256")).toBe(`${sum}  neumann-backup.cjs\n`);
    const { version } = JSON.parse(read("package.json")) as { version: string };
    expect(execFileSync(process.execPath, [agent, "--version"], { encoding: "utf8" }).trim()).toBe(version);
    const [, ...licences] = read("agent/bundle/THIRD-PARTY-LICENSES.txt").split(/^-{80}$/m);
    expect(licences.length).toBeGreaterThan(0);
    for (const licence of licences) expect(licence).toMatch(/^\s*[@\w./-]+ \d+\.\d+\.\d+ \(.+\)\n[\s\S]*copyright/i);
  });

  it("is licensed, and starts as a plugin by its name", () => {
    expect(read("LICENSE")).toContain("Apache License\n                           Version 2.0, January 2004");
    expect(read("LICENSE").length).toBeGreaterThan(11_000);
    expect(read("PulumiPlugin.yaml")).toBe("runtime: nodejs\n");
    expect(statSync(path.join(unpacked, "pulumi-resource-pulumi-neumann")).mode & 0o111).toBe(0o111);
  });

  it("says nothing of the machine that it was packed on", () => {
    const here = [root, folder, process.env.HOME ?? root].filter((place) => place.length > 1);
    const telling = files.filter((file) => here.some((place) => read(file).includes(`${place}/`)));
    expect(telling).toEqual([]);
  });

  it("is good for every way of resolving modules and types", async () => {
    const program = (name: string) => path.join(root, "node_modules", ".bin", name);
    await must(program("publint"), ["run", tarball, "--strict"], folder);
    await must(program("attw"), [tarball, "--format", "ascii", "--no-color", "--no-definitely-typed"], folder);
    const { stdout } = await run(program("publint"), ["run", tarball], { cwd: folder, timeoutSeconds: 60 });
    expect(stdout).toContain("All good!");
  });

  it("is the same again, to the byte", { timeout: 5 * minutes }, async () => {
    const again = await pack(path.join(folder, "second"));
    const hashes = [tarball, again].map((file) => createHash("sha256").update(readFileSync(file)).digest("hex"));
    expect(hashes[1]).toBe(hashes[0]);
  });
});
