import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { dataOf, fieldOf, type PodFacts } from "./environment";
import { type FileItem, namespaceOf, type ProjectedSource, type VolumeSpec } from "./spec";

/** A folder of this machine that is a volume of a pod. */
export interface Volume {
  folder: string;
  /** Nobody writes to it, whatever its mounts say. */
  readOnly: boolean;
}

/** Where volumes are made. */
export interface VolumePlace {
  /** For those that end with the pod. */
  pod: string;
  /** A claim's folder, which outlives the pod. */
  claim(namespace: string, name: string): string;
}

/** A file of a volume that the kubelet writes. */
interface ProjectedFile {
  path: string;
  content: Buffer;
  mode: number;
  /** @default root */
  owner?: number;
}

const standardMode = 0o644;
const hourSeconds = 3600;

/** The group's rights are widened so far where a pod has an fsGroup. */
const groupRights = { readWrite: 0o660, readOnly: 0o440, folder: 0o2110 };

/** Makes a pod's volumes, each a folder, as a kubelet does: with rights, links of what is written atomically, fsGroup. */
export async function makeVolumes(facts: PodFacts, place: VolumePlace): Promise<Map<string, Volume>> {
  const volumes = new Map<string, Volume>();
  for (const spec of facts.pod.spec.volumes ?? []) {
    const volume = await makeVolume(spec, facts, place);
    const group = facts.pod.spec.securityContext?.fsGroup;
    if (group !== undefined) giveToGroup(volume.folder, group, volume.readOnly);
    volumes.set(spec.name, volume);
  }
  return volumes;
}

async function makeVolume(spec: VolumeSpec, facts: PodFacts, place: VolumePlace): Promise<Volume> {
  const claim = claimName(spec, facts);
  if (claim !== undefined) {
    const readOnly = spec.persistentVolumeClaim?.readOnly === true;
    return { folder: openFolder(place.claim(namespaceOf(facts.pod), claim)), readOnly };
  }
  const folder = openFolder(path.join(place.pod, spec.name));
  if (spec.emptyDir !== undefined) return { folder, readOnly: false };
  writeAtomically(folder, await filesOf(spec, facts));
  return { folder, readOnly: true };
}

/** A claim of the volume's own is named after pod and volume, and is made with the pod. */
function claimName(spec: VolumeSpec, { pod }: PodFacts): string | undefined {
  if (spec.ephemeral !== undefined) return `${pod.metadata.name}-${spec.name}`;
  return spec.persistentVolumeClaim?.claimName;
}

function openFolder(folder: string): string {
  if (existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
  return folder;
}

function filesOf(spec: VolumeSpec, facts: PodFacts): Promise<ProjectedFile[]> {
  const { configMap, secret, projected } = spec;
  const mode = (configMap ?? secret ?? projected)?.defaultMode ?? standardMode;
  if (configMap !== undefined) return projectedFiles({ configMap }, facts, mode);
  if (secret !== undefined) return projectedFiles({ secret: { ...secret, name: secret.secretName } }, facts, mode);
  const parts = (projected?.sources ?? []).map((source) => projectedFiles(source, facts, mode));
  return Promise.all(parts).then((files) => files.flat());
}

async function projectedFiles(source: ProjectedSource, facts: PodFacts, mode: number): Promise<ProjectedFile[]> {
  const { configMap, secret, serviceAccountToken: token, downwardAPI } = source;
  if (configMap !== undefined) {
    return chosen(await dataOf(facts, "ConfigMap", configMap.name, configMap.optional), configMap, mode);
  }
  if (secret !== undefined) {
    return chosen(await dataOf(facts, "Secret", secret.name, secret.optional), secret, mode);
  }
  if (token !== undefined) return [await tokenFile(token, facts)];
  return (downwardAPI?.items ?? []).map((item) => ({
    path: item.path,
    content: Buffer.from(fieldOf(item.fieldRef?.fieldPath ?? "", facts)),
    mode: item.mode ?? mode,
  }));
}

/** Only the pod's own user reads a token, where its containers have one user, or its fsGroup. */
async function tokenFile(
  token: NonNullable<ProjectedSource["serviceAccountToken"]>,
  { pod, surroundings }: PodFacts,
): Promise<ProjectedFile> {
  const { path, audience, expirationSeconds = hourSeconds } = token;
  const text = await surroundings.token?.({ pod, audience, expirationSeconds });
  if (text === undefined) throw new Error(`pod ${pod.metadata.name} wants a token, and nobody makes one`);
  const users = new Set(
    [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(
      ({ securityContext }) => securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser,
    ),
  );
  const [owner] = users.size === 1 ? users : [];
  const guarded = owner !== undefined || pod.spec.securityContext?.fsGroup !== undefined;
  return { path, content: Buffer.from(text), mode: guarded ? 0o600 : standardMode, owner };
}

function chosen(
  data: ReadonlyMap<string, Buffer>,
  { items, optional }: { items?: readonly FileItem[]; optional?: boolean },
  mode: number,
): ProjectedFile[] {
  if (items === undefined) return [...data].map(([path, content]) => ({ path, content, mode }));
  return items.flatMap((item) => {
    const content = data.get(item.key);
    if (content !== undefined) return [{ path: item.path, content, mode: item.mode ?? mode }];
    if (optional === true) return [];
    throw new Error(`no key ${item.key}: there are ${[...data.keys()].join(", ")}`);
  });
}

/** Lays files out as a kubelet does, so that they can change all at once: behind the link `..data`. */
function writeAtomically(folder: string, files: readonly ProjectedFile[]): void {
  const version = "..2026_01_01_00_00_00.000000001";
  mkdirSync(path.join(folder, version));
  for (const { path: name, content, mode, owner = 0 } of files) {
    const file = path.join(folder, version, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
    chownSync(file, owner, 0);
    const [first = name] = name.split("/");
    if (!existsSync(path.join(folder, first))) symlinkSync(path.join("..data", first), path.join(folder, first));
    if (!existsSync(path.join(folder, "..data"))) symlinkSync(version, path.join(folder, "..data"));
  }
}

function giveToGroup(file: string, group: number, readOnly: boolean): void {
  const stat = lstatSync(file);
  if (stat.isSymbolicLink()) return;
  chownSync(file, stat.uid, group);
  const rights = readOnly ? groupRights.readOnly : groupRights.readWrite;
  chmodSync(file, (stat.mode & 0o7777) | rights | (stat.isDirectory() ? groupRights.folder : 0));
  if (stat.isDirectory()) for (const name of readdirSync(file)) giveToGroup(path.join(file, name), group, readOnly);
}

/** Takes away what ends with the pod. */
export function removeVolumes(facts: PodFacts, place: VolumePlace): void {
  rmSync(place.pod, { recursive: true, force: true });
  for (const volume of facts.pod.spec.volumes ?? []) {
    const claim = volume.ephemeral === undefined ? undefined : claimName(volume, facts);
    if (claim !== undefined) rmSync(place.claim(namespaceOf(facts.pod), claim), { recursive: true, force: true });
  }
}
