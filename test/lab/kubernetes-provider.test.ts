import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ensureKubernetesPlugin } from "../../lab/kubernetes/provider";
import type { Toolchain } from "../../lab/toolchain";

const repository = path.dirname(path.dirname(__dirname));
const { version } = JSON.parse(
  readFileSync(path.join(repository, "node_modules/@pulumi/kubernetes/package.json"), "utf8"),
) as { version: string };
let home: string;
let tools: Toolchain;

function script(file: string, text: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

const folder = () => path.join(home, `plugins/resource-kubernetes-v${version}`);
const plugin = () => path.join(folder(), "pulumi-resource-kubernetes");
const noted = (name: string) => (existsSync(path.join(home, name)) ? readFileSync(path.join(home, name), "utf8") : "");

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "kubernetes-provider-"));
  // Installs from a folder, or as if it had been downloaded.
  const pulumi = script(
    path.join(home, "bin/pulumi"),
    `echo "$*" >> ${home}/calls; mkdir -p ${folder()}
     while [ $# -gt 0 ] && [ "$1" != --file ]; do shift; done
     if [ $# -gt 0 ]; then cp "$2"/* ${folder()}/; else echo official > ${plugin()}; chmod +x ${plugin()}; fi`,
  );
  script(
    path.join(home, "bin/go"),
    `if [ "$1" = mod ]; then echo '{"Dir": "/modules/provider"}'; exit; fi
     echo "$*" >> ${home}/builds
     while [ "$1" != -overlay ]; do shift; done
     cp "$2" ${home}/overlay.json
     while [ "$1" != -o ]; do shift; done
     echo built > "$2"; chmod +x "$2"`,
  );
  tools = { pulumi, pulumiHome: home, version: "3.259.0", commandPlugin: "stand-in", environment: {} };
  vi.stubEnv("PATH", `${path.join(home, "bin")}:/usr/bin:/bin`);
  vi.stubGlobal("fetch", () => Promise.reject(new Error("blocked by the test")));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  rmSync(home, { recursive: true, force: true });
});

it("is built from its module where it cannot be downloaded, once, and each run says so", async () => {
  const lines: string[] = [];
  for (let times = 0; times < 2; times++) {
    expect(await ensureKubernetesPlugin(tools, (line) => lines.push(line))).toBe("stand-in");
    expect(lines.at(-1)).toContain(
      `built from its module (lab/kubernetes/tools/provider), as ${version}, not the official`,
    );
  }
  expect(readFileSync(plugin(), "utf8")).toBe("built\n");
  expect(noted("builds").trim().split("\n")).toHaveLength(1);
  expect(noted("builds")).toContain(`/pkg/version.Version=${version}`);
  const source = path.join(repository, "lab/kubernetes/tools/provider");
  const from = "/modules/provider/cmd/pulumi-resource-kubernetes";
  expect(JSON.parse(noted("overlay.json"))).toEqual({
    Replace: {
      [`${source}/schema.json`]: `${from}/schema.json`,
      [`${source}/terraform-mapping.json`]: `${from}/terraform-mapping.json`,
    },
  });
  expect(existsSync(path.join(source, "schema.json"))).toBe(false);
});

it("is the official one where that can be downloaded, or is there, and then it is never overwritten", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status: 200 })));
  expect(await ensureKubernetesPlugin(tools, () => undefined)).toBe("official");
  expect(noted("calls")).toBe(`plugin install resource kubernetes v${version} --non-interactive\n`);
  vi.stubGlobal("fetch", () => Promise.reject(new Error("blocked by the test")));
  expect(await ensureKubernetesPlugin(tools, () => undefined)).toBe("official");
  expect(readFileSync(plugin(), "utf8")).toBe("official\n");
  expect(noted("builds")).toBe("");
});
