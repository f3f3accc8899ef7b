import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveSchema, generatePythonSdk, type PackageSpec } from "../../lab/toolchain/schema";

const source = `
import * as pulumi from "@pulumi/pulumi";

/** Where things are kept. */
export const Kind = { Folder: "folder", Bucket: "bucket" } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** A place. */
export interface Place {
  /** Its address. */
  location: pulumi.Input<string>;
  kind: pulumi.Input<Kind>;
}

export interface KeeperArgs {
  /** Where. */
  place: pulumi.Input<Place>;
  /** For how long. */
  retentionDays?: pulumi.Input<number>;
  labels?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

/** Keeps things. */
export class Keeper extends pulumi.ComponentResource {
  /** What it made. */
  public readonly address: pulumi.Output<string>;

  constructor(name: string, args: KeeperArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fixture:index:Keeper", name, {}, opts);
    this.address = pulumi.output(args.place).apply((place) => place.location);
    this.registerOutputs({ address: this.address });
  }
}
`;

const folder = mkdtempSync(path.join(tmpdir(), "neumann-schema-test-"));
const root = path.dirname(path.dirname(__dirname));

/** A package like this one: a source beside its compiled file. */
function makePackage(name: string, text: string): string {
  const directory = path.join(folder, name);
  mkdirSync(directory);
  const manifest = { name: "fixture", version: "1.2.3", description: "A fixture", main: "index.js" };
  writeFileSync(path.join(directory, "package.json"), JSON.stringify(manifest));
  writeFileSync(path.join(directory, "index.ts"), text);
  writeFileSync(path.join(directory, "index.js"), transformSync(text, { loader: "ts", format: "cjs" }).code);
  symlinkSync(path.join(root, "node_modules"), path.join(directory, "node_modules"));
  return directory;
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the schema for other languages", () => {
  let schema: PackageSpec;
  const sdk = path.join(folder, "sdk");

  beforeAll(() => {
    schema = deriveSchema(makePackage("good", source));
  });

  it("says what the types say", () => {
    expect(schema).toMatchObject({ name: "fixture", version: "1.2.3", description: "A fixture" });
    const keeper = schema.resources["fixture:index:Keeper"];
    expect(keeper).toMatchObject({ isComponent: true, description: "Keeps things.", requiredInputs: ["place"] });
    expect(keeper?.inputProperties).toMatchObject({
      place: { $ref: "#/types/fixture:index:Place", description: "Where." },
    });
    expect(schema.types["fixture:index:Kind"]?.enum?.map((entry) => entry.value)).toEqual(["folder", "bucket"]);
  });

  it("refuses a type that other languages cannot have, with its path", () => {
    const bad = source.replace("retentionDays?: pulumi.Input<number>", "retentionDays?: pulumi.Input<string | number>");
    expect(() => deriveSchema(makePackage("bad", bad))).toThrow(/retentionDays/);
  });

  it("becomes a Python SDK", async () => {
    await generatePythonSdk(schema, sdk, { progress: (line) => process.stderr.write(`${line}\n`) });
    expect(readdirSync(path.join(sdk, "pulumi_fixture"))).toEqual(
      expect.arrayContaining(["__init__.py", "keeper.py", "_inputs.py"]),
    );
    expect(readFileSync(path.join(sdk, "pulumi_fixture/keeper.py"), "utf8")).toContain("retention_days");
  });

  it("that a type checker accepts, and with which it finds a mistake", () => {
    if (spawnSync("python3", ["-m", "venv", "--help"]).status !== 0) {
      process.stderr.write("skipped: type-checking the Python SDK (no python3 with venv)\n");
      return;
    }
    const venv = path.join(folder, "venv");
    execFileSync("python3", ["-m", "venv", venv]);
    const packages = ["pulumi==3.248.0", "parver==0.5", "mypy==1.18.2"];
    execFileSync(path.join(venv, "bin/pip"), ["install", "-q", "--disable-pip-version-check", ...packages], {
      timeout: 240_000,
    });
    const program = [
      "import pulumi_fixture as fixture",
      'place = fixture.PlaceArgs(location="here", kind=fixture.Kind.FOLDER)',
      'keeper = fixture.Keeper("k", place=place, retention_days=3)',
    ].join("\n");
    writeFileSync(path.join(sdk, "good.py"), program);
    writeFileSync(path.join(sdk, "mistaken.py"), program.replace("retention_days=3", 'retention_days="three"'));
    // Every generated module but _utilities.py: that one is the generator's own boilerplate, and has its mistakes.
    const modules = readdirSync(path.join(sdk, "pulumi_fixture")).filter((name) => /^(?!_utilities).*\.py$/.test(name));
    const files = ["good.py", "mistaken.py", ...modules.map((name) => path.join("pulumi_fixture", name))];
    const { stdout } = spawnSync(path.join(venv, "bin/mypy"), ["--follow-imports=silent", ...files], {
      cwd: sdk,
      encoding: "utf8",
    });
    const errors = stdout.split("\n").filter((line) => line.includes(": error: "));
    expect(errors).not.toEqual([]);
    expect(errors.filter((line) => !/^mistaken\.py:3: .*("retention_days"|"Keeper")/.test(line))).toEqual([]);
  });
});
