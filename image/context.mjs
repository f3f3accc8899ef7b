// Lays out what the image is built from: the same sources, packages and SOURCE_DATE_EPOCH make the same files.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import "../scripts/build.mjs";
import { bundledPackages, licencesOf } from "../scripts/bundledPackages.mjs";
import { runtimes } from "../model/runtime.js";
import { sbomOf } from "./sbom.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const program = "neumann-backup.cjs";

/** Runs a program to its end; its errors are shown as they come. */
function call(words, options = {}) {
  const [file, ...args] = words;
  return execFileSync(file, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8", ...options });
}

const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Without C: it runs in whatever image the database has. */
function buildHelper(target, architecture) {
  const source = path.join(root, "agent/handover");
  const env = { ...process.env, CGO_ENABLED: "0", GOOS: "linux", GOARCH: architecture, GOWORK: "off", GOFLAGS: "" };
  const flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid="];
  call(["go", "build", ...flags, "-o", target, "."], { cwd: source, env });
  const said = call(["go", "version", target]);
  const [, go] = /: go(\d[\w.]+)/.exec(said) ?? [];
  if (go === undefined) throw new Error(`go version tells no version of the helper: ${said}`);
  return go;
}

/** Node as the hosts have it: pinned, its SHA-512 checked. */
function layNode(target, kind) {
  const agent = path.join(root, "agent/bundle", program);
  const { file } = JSON.parse(call([process.execPath, agent, "runtime", "--architecture", kind, "--json"]));
  mkdirSync(path.join(target, "bin"), { recursive: true });
  mkdirSync(path.join(target, "share/doc/node"), { recursive: true });
  call([
    "tar",
    "-xzf",
    file,
    "-C",
    path.join(target, "bin"),
    "--strip-components=2",
    "--no-same-owner",
    "package/bin/node",
  ]);
  const licence = path.join(target, "share/doc/node");
  call(["tar", "-xzf", file, "-C", licence, "--strip-components=1", "--no-same-owner", "package/LICENSE"]);
  chmodSync(path.join(target, "bin/node"), 0o755);
}

/**
 * Makes the context in an empty folder, for a processor that Node calls `kind` and others `architecture`. Returns what the image is told of itself, and the text of the
 * list of contents.
 */
export async function layContext(folder, { kind, architecture, epoch, version, revision }) {
  const created = new Date(epoch * 1000).toISOString().replace(/\.000Z$/, "Z");
  const debian = path.join(folder, "debian.tar");
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch) };
  call([path.join(here, "debian.sh"), debian, architecture], { env });
  layNode(path.join(folder, "node"), kind);

  const place = (...names) => path.join(folder, "agent", ...names);
  for (const name of ["bin", "lib/neumann-backup", "share/doc/neumann-backup"])
    mkdirSync(place(name), { recursive: true });
  cpSync(path.join(here, "neumann-backup.sh"), place("bin/neumann-backup"));
  const bundle = place("lib/neumann-backup", program);
  copyFileSync(path.join(root, "agent/bundle", program), bundle);
  const helper = place("lib/neumann-backup/neumann-wal-handover");
  const go = buildHelper(helper, architecture);
  const packages = await bundledPackages();
  const sbom = sbomOf({
    version,
    created,
    packages,
    go,
    agentSha256: sha256(bundle),
    helperSha256: sha256(helper),
    runtime: runtimes[kind],
    debian: call(["tar", "-xOf", debian, "./usr/share/doc/debian-packages"]),
  });
  const doc = (name) => place("share/doc/neumann-backup", name);
  copyFileSync(path.join(root, "LICENSE"), doc("LICENSE"));
  writeFileSync(doc("THIRD-PARTY-LICENSES.txt"), licencesOf(packages, program));
  writeFileSync(doc("sbom.cdx.json"), sbom);
  // Whatever this machine's umask is.
  call(["chmod", "-R", "u=rwX,go=rX", path.join(folder, "agent"), path.join(folder, "node")]);
  for (const file of [place("bin/neumann-backup"), helper]) chmodSync(file, 0o755);
  return { arguments: { VERSION: version, REVISION: revision, CREATED: created }, sbom };
}
