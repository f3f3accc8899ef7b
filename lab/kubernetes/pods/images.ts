import { readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { makeFolder, writeOpen } from "../../hosts/files";
import { nodeOnHosts } from "../../hosts/image";
import { programsFolder } from "../../neumann/harness";

/** What a container's file system is made of, and how its program is started where the pod does not say. */
export interface Image {
  /** Folders above those of the operating system, the topmost first. */
  layers: readonly string[];
  /** What a container's `command` replaces. */
  entrypoint?: readonly string[];
  /** What a container's `args` replace. */
  command?: readonly string[];
  environment?: Readonly<Record<string, string>>;
}

/** A file of an image. */
export interface ImageFile {
  /** Absolute, in the image. */
  path: string;
  /** A file of this machine, or its bytes. */
  from: string | Buffer;
  /** @default 0o644 */
  mode?: number;
}

const programs = ["neumann", "neumann-admin"];
const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Writes files as a layer of an image; gives its folder. */
export function makeLayer(folder: string, files: readonly ImageFile[]): string {
  makeFolder(folder, "");
  for (const { path: name, from, mode = 0o644 } of files) {
    const parent = makeFolder(folder, path.dirname(name));
    writeOpen(path.join(parent, path.basename(name)), typeof from === "string" ? readFileSync(from) : from, mode);
  }
  return folder;
}

/** An image that holds the database's programs in /usr/local/bin, as `NEUMANN_BIN` or the lab has them. */
export function databaseImage(folder: string): Image {
  const files = programs.map((name) => ({
    path: `/usr/local/bin/${name}`,
    from: forImage(path.join(programsFolder(), name)),
    mode: 0o755,
  }));
  return { layers: [makeLayer(folder, files)], entrypoint: ["neumann"], environment: { PATH: standardPath } };
}

/** The lab's own programs are scripts, whose Node is not on the path of an image of the database. */
function forImage(file: string): Buffer {
  const shebang = Buffer.from("#!/usr/bin/env node\n");
  const content = readFileSync(file);
  if (!content.subarray(0, shebang.length).equals(shebang)) return content;
  return Buffer.concat([Buffer.from(`#!${nodeOnHosts}\n`), content.subarray(shebang.length)]);
}

/** An image of programs for Node, which is on its path. */
export function nodeImage(folder: string, files: readonly ImageFile[], entrypoint: readonly string[]): Image {
  const layer = makeLayer(folder, files);
  symlinkSync(nodeOnHosts, path.join(makeFolder(layer, "usr/local/bin"), "node"));
  return { layers: [layer], entrypoint, environment: { PATH: standardPath } };
}
