import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

interface Descriptor {
  digest: string;
}

interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
}

/** What an image says of itself, as far as tests ask. */
export interface ImageConfig {
  created: string;
  architecture: string;
  os: string;
  config: { User: string; Env: string[]; Entrypoint: string[]; Labels: Record<string, string> };
}

/** An image with one manifest, out of an OCI archive. */
export interface OpenImage {
  digest: string;
  config: ImageConfig;
  layers: string[];
  /** Lays the image's files into a folder, owners and all. */
  unpack(root: string): void;
}

/** Opens an OCI archive in an empty folder. */
export function openImage(archive: string, folder: string): OpenImage {
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xf", archive, "-C", folder]);
  const blob = ({ digest }: Descriptor) => path.join(folder, "blobs", ...digest.split(":"));
  const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as unknown;
  const { manifests } = read(path.join(folder, "index.json")) as { manifests: Descriptor[] };
  const [only, ...others] = manifests;
  if (only === undefined || others.length > 0) throw new Error(`${archive} has ${manifests.length} images, not one`);
  const { config, layers } = read(blob(only)) as Manifest;
  return {
    digest: only.digest,
    config: read(blob(config)) as ImageConfig,
    layers: layers.map(({ digest }) => digest),
    unpack: (root) => {
      mkdirSync(root, { recursive: true });
      for (const layer of layers) execFileSync("tar", ["-xzpf", blob(layer), "--numeric-owner", "-C", root]);
    },
  };
}
