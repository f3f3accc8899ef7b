#!/usr/bin/env node
// Builds the agent's container image, as an OCI archive, without a daemon and without a registry.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const help = `Usage: node image/build.mjs --out DIR [--architecture x64|arm64] [--context-only]

Writes into the folder DIR:
  neumann-backup-VERSION-ARCHITECTURE.oci.tar   the image, as an OCI archive
  neumann-backup-VERSION-ARCHITECTURE.cdx.json  what is in it (CycloneDX); it is in the image too
  digest                                        the image's digest: what to pin
With --context-only instead of the image the folder context, for another builder:
  docker build --file image/Containerfile DIR/context

Needs: Linux, mmdebstrap, buildah, go, npm. To push it:
  skopeo copy oci-archive:DIR/neumann-backup-VERSION-amd64.oci.tar docker://registry.example.com/neumann-backup:VERSION

Environment:
  SOURCE_DATE_EPOCH  the time of the image and the latest of a file in it, in seconds; default: the last commit
  DEBIAN_MIRROR      default http://deb.debian.org
  DEBIAN_SNAPSHOT    a moment such as 20261120T000000Z: packages as they were then, from snapshot.debian.org`;

/** What each processor is called by Debian, Go and registries; Node's name for it is the key. */
const architectures = { x64: "amd64", arm64: "arm64" };

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const git = (...words) => execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();

function fail(message) {
  console.error(message);
  process.exit(2);
}

function given() {
  try {
    const options = {
      out: { type: "string" },
      architecture: { type: "string", default: process.arch },
      "context-only": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    };
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(`${error.message}\n\n${help}`);
  }
}

function epochOf(text) {
  if (/^\d{1,11}$/.test(text)) return Number(text);
  return fail(`SOURCE_DATE_EPOCH is ${JSON.stringify(text)}: write seconds since 1970, or leave it out.`);
}

/** Builds with storage of its own: nothing is left on this machine but the result. */
function build(context, { archive, architecture, epoch, told }) {
  const storage = mkdtempSync(path.join(tmpdir(), "neumann-image-"));
  const buildah = (...words) => {
    const where = [
      "--root",
      path.join(storage, "root"),
      "--runroot",
      path.join(storage, "run"),
      "--storage-driver",
      "vfs",
    ];
    return execFileSync("buildah", [...where, ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    }).trim();
  };
  try {
    const says = Object.entries(told).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
    const file = path.join(root, "image/Containerfile");
    const flags = ["--isolation", "chroot", "--format", "oci", "--layers", "--timestamp", String(epoch), "--quiet"];
    const platform = ["--os", "linux", "--arch", architecture];
    const id = buildah("build", ...flags, ...platform, ...says, "--file", file, context)
      .split("\n")
      .at(-1);
    const [layout, digest] = ["oci", "digest"].map((entry) => path.join(storage, entry));
    buildah("push", "--quiet", "--digestfile", digest, id, `oci:${layout}`);
    const same = [
      "--sort=name",
      `--mtime=@${epoch}`,
      "--owner=0",
      "--group=0",
      "--numeric-owner",
      "--mode=u=rwX,go=rX",
    ];
    execFileSync("tar", [...same, "-C", layout, "-cf", archive, "blobs", "index.json", "oci-layout"]);
    return readFileSync(digest, "utf8").trim();
  } finally {
    // Layers hold folders that only root may read.
    execFileSync("rm", ["-rf", storage]);
  }
}

const { out, architecture: kind, "context-only": contextOnly, help: wanted } = given();
if (wanted) {
  console.log(help);
  process.exit(0);
}
if (out === undefined) fail(`--out is missing: write the folder for the image.\n\n${help}`);
if (!(kind in architectures)) fail(`--architecture is ${kind}: write x64 or arm64.`);
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const epoch = epochOf(process.env.SOURCE_DATE_EPOCH ?? git("log", "-1", "--format=%ct"));
const revision = git("describe", "--always", "--dirty", "--abbrev=40", "--exclude", "*");

// Of what is written here the image takes the modes.
process.umask(0o022);
mkdirSync(out, { recursive: true });
const context = path.join(out, "context");
rmSync(context, { recursive: true, force: true });
mkdirSync(context);
const architecture = architectures[kind];
// Only now: it builds the agent.
const { layContext } = await import("./context.mjs");
const laid = await layContext(context, { kind, architecture, epoch, version, revision });
const name = `neumann-backup-${version}-${architecture}`;
writeFileSync(path.join(out, `${name}.cdx.json`), laid.sbom);
if (contextOnly) {
  console.log(JSON.stringify({ context, arguments: laid.arguments }));
} else {
  const archive = path.join(out, `${name}.oci.tar`);
  const digest = build(context, { archive, architecture, epoch, told: laid.arguments });
  writeFileSync(path.join(out, "digest"), `${digest}\n`);
  rmSync(context, { recursive: true, force: true });
  console.log(JSON.stringify({ archive, digest }));
}
