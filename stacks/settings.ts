import * as pulumi from "@pulumi/pulumi";
import { MistakeList, reportMistakes } from "../components/arguments";
import { type ArchiveLocation, parseLocation } from "../components/archivePlaces";
import type { LocalNodeArgs } from "../components/localNodes";
import type { BackupPolicyArgs } from "../components/policyArgs";

/** What both programs need to know. */
export interface ClusterSettings {
  clusterId: string;
  clusterName: string;
  nodes: LocalNodeArgs[];
  programDirectory?: string;
  /** Absolute path of a folder, or `s3://bucket/prefix?region=eu-central-1` (docs/components.md). */
  archiveLocation: string;
  policy?: BackupPolicyArgs;
}

/** Configuration of the program in stacks/environment. */
export interface EnvironmentSettings extends ClusterSettings {
  /** Likewise, of another kind where that is wanted. */
  offsiteLocation?: string;
  /** Absolute path of a file that gets the recovery kit too. */
  kitFile?: string;
  /** Another text has mended what somebody changed by hand on the nodes. */
  reconcile?: string;
}

/** Configuration of the program in stacks/recovery. */
export interface RecoverySettings extends ClusterSettings {
  offsiteLocation: string;
  recoveryId: string;
  restorePoint?: string;
  approvedPlanDigest?: string;
}

/** Configuration of the program in stacks/restore. */
export interface RestoreSettings extends ClusterSettings {
  offsiteLocation?: string;
  recoveryId: string;
  restorePoint: string;
  replaces: string;
  fenced?: string[];
  approvedPlanDigest?: string;
}

/** Configuration of the program in stacks/clone. */
export interface CloneSettings extends ClusterSettings {
  offsiteLocation?: string;
  sourceClusterId: string;
  sourceLocation: string;
  sourceOffsiteLocation?: string;
  productionNodes: LocalNodeArgs[];
  recoveryId: string;
  restorePoint?: string;
  approvedPlanDigest?: string;
  /** It is destroyed afterwards, by `npx pulumi-neumann rehearse`. */
  rehearsal?: boolean;
}

/** The places of an archive as the configuration names them. */
export interface ArchivePlaces {
  primary: ArchiveLocation;
  offsite?: ArchiveLocation;
}

/**
 * Reads the configuration of an environment.
 * @throws RunError that names every key that is missing, wrong or unknown.
 */
export function readEnvironment(source: pulumi.Config): EnvironmentSettings & { places: ArchivePlaces } {
  return read(source, (keys) =>
    withPlaces(keys, {
      ...clusterSettings(keys),
      offsiteLocation: keys.text("offsiteLocation"),
      kitFile: keys.text("kitFile"),
      reconcile: keys.text("reconcile"),
    }),
  );
}

/**
 * Reads the configuration of a recovery.
 * @throws RunError that names every key that is missing, wrong or unknown.
 */
export function readRecovery(source: pulumi.Config): RecoverySettings & { places: ArchivePlaces } {
  return read(source, (keys) =>
    withPlaces(keys, {
      ...clusterSettings(keys),
      offsiteLocation: keys.requiredText("offsiteLocation", "/mnt/offsite/neumann"),
      recoveryId: keys.requiredText("recoveryId", "2026-11-23"),
      restorePoint: keys.text("restorePoint"),
      approvedPlanDigest: keys.text("approvedPlanDigest"),
    }),
  );
}

/**
 * Reads the configuration of a restore in place.
 * @throws RunError that names every key that is missing, wrong or unknown.
 */
export function readRestore(source: pulumi.Config): RestoreSettings & { places: ArchivePlaces } {
  return read(source, (keys) =>
    withPlaces(keys, {
      ...clusterSettings(keys),
      offsiteLocation: keys.text("offsiteLocation"),
      recoveryId: keys.requiredText("recoveryId", "2026-11-23"),
      restorePoint: keys.requiredText("restorePoint", "time:2026-11-23T10:30:00Z"),
      replaces: keys.requiredText("replaces", "l-4d1a09b2c3d4e5f6"),
      fenced: keys.json("fenced", isTextList, "a list of texts"),
      approvedPlanDigest: keys.text("approvedPlanDigest"),
    }),
  );
}

/**
 * Reads the configuration of a clone.
 * @throws RunError that names every key that is missing, wrong or unknown.
 */
export function readClone(source: pulumi.Config): CloneSettings & { places: ArchivePlaces; source: ArchivePlaces } {
  return read(source, (keys) => {
    const settings = withPlaces(keys, {
      ...clusterSettings(keys),
      offsiteLocation: keys.text("offsiteLocation"),
      sourceClusterId: keys.requiredText("sourceClusterId", "prod"),
      sourceLocation: keys.requiredText("sourceLocation", "/mnt/backup/neumann"),
      sourceOffsiteLocation: keys.text("sourceOffsiteLocation"),
      productionNodes: nodeList(keys, "productionNodes"),
      recoveryId: keys.requiredText("recoveryId", "2026-11-23"),
      restorePoint: keys.text("restorePoint"),
      approvedPlanDigest: keys.text("approvedPlanDigest"),
      rehearsal: keys.json("rehearsal", isBoolean, "true or false"),
    });
    const { sourceLocation, sourceOffsiteLocation } = settings;
    const primary = keys.location("sourceLocation", sourceLocation);
    const offsite =
      sourceOffsiteLocation === undefined ? undefined : keys.location("sourceOffsiteLocation", sourceOffsiteLocation);
    return { ...settings, source: { primary, ...(offsite === undefined ? {} : { offsite }) } };
  });
}

/** Folders below those that the configuration names, called by the rehearsal. */
export function placesOfRehearsal<T extends CloneSettings & { places: ArchivePlaces }>(
  settings: T,
): Pick<T, "nodes" | "places"> {
  const { nodes, places, recoveryId } = settings;
  const below = (folder: string): string => `${folder.replace(/\/+$/, "")}/${recoveryId}`;
  const placed = (place: ArchiveLocation): ArchiveLocation =>
    place.kind === "directory" ? { ...place, location: below(place.location) } : place;
  const { primary, offsite } = places;
  return {
    nodes: nodes.map((node) => ({ ...node, directory: pulumi.output(node.directory).apply(below) })),
    places: { primary: placed(primary), ...(offsite === undefined ? {} : { offsite: placed(offsite) }) },
  };
}

function withPlaces<T extends ClusterSettings & { offsiteLocation?: string }>(
  keys: Keys,
  settings: T,
): T & { places: ArchivePlaces } {
  const { archiveLocation, offsiteLocation } = settings;
  const primary = keys.location("archiveLocation", archiveLocation);
  const offsite = offsiteLocation === undefined ? undefined : keys.location("offsiteLocation", offsiteLocation);
  return { ...settings, places: { primary, ...(offsite === undefined ? {} : { offsite }) } };
}

function clusterSettings(keys: Keys): ClusterSettings {
  const clusterId = keys.requiredText("clusterId", "prod");
  return {
    clusterId,
    clusterName: keys.text("clusterName") ?? clusterId,
    nodes: nodeList(keys),
    programDirectory: keys.text("programDirectory"),
    archiveLocation: keys.requiredText("archiveLocation", "/mnt/backup/neumann"),
    policy: keys.json("policy", isObject, "an object"),
  };
}

const nodeKeys = ["nodeId", "address", "adminUrl", "directory"];

function nodeList(keys: Keys, name = "nodes"): LocalNodeArgs[] {
  const isList = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0;
  const items = keys.json(name, isList, "a list of nodes");
  if (items === undefined) {
    // What is there and wrong has been named.
    if (keys.text(name) === undefined)
      keys.missing(name, `[{"nodeId": "node1", "address": …, "adminUrl": …, "directory": …}, …]`);
    return [];
  }
  return items.flatMap((item, index) => (isNode(keys, item, `${name}[${index}]`) ? [item] : []));
}

function isNode(keys: Keys, item: unknown, path: string): item is LocalNodeArgs {
  return holdsTexts(keys, item, { path, names: nodeKeys });
}

/** Whether an item of a list has these texts and nothing else; says what is wrong with it. */
export function holdsTexts<N extends string>(
  keys: Keys,
  item: unknown,
  { path, names }: { path: string; names: readonly N[] },
): item is Record<N, string> {
  if (!isObject(item)) {
    keys.wrong(path, "must be an object", item, `Write ${names.join(", ")}.`);
    return false;
  }
  const absent = names.filter((key) => typeof item[key] !== "string");
  for (const key of absent) keys.wrong(`${path}.${key}`, "must be a text", item[key], "Write it in quotes.");
  const unknown = Object.keys(item).filter((key) => !(names as readonly string[]).includes(key));
  for (const key of unknown) keys.wrong(`${path}.${key}`, "is not known", item[key], `Use: ${names.join(", ")}.`);
  return absent.length + unknown.length === 0;
}

export function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a configuration; what is wrong and what nobody asked for is said at once. */
export function read<T>(source: pulumi.Config, settings: (keys: Keys) => T): T {
  const keys = new Keys(source);
  const result = settings(keys);
  keys.refuseUnknown();
  reportMistakes(`The configuration of stack ${pulumi.getStack()} cannot be used`, keys.mistakes);
  return result;
}

/** Reads keys of a configuration and collects what is wrong with them. */
export class Keys {
  readonly mistakes = new MistakeList();

  constructor(private readonly source: pulumi.Config) {}

  private readonly known = new Set<string>();

  text(key: string): string | undefined {
    this.known.add(key);
    const value = this.source.get(key);
    return value === "" ? undefined : value;
  }

  /** As a text, and secret wherever it goes. */
  secret(key: string): pulumi.Output<string> | undefined {
    return this.text(key) === undefined ? undefined : this.source.getSecret(key);
  }

  /** The private key of who logs in; without one it is empty, and that was said. */
  sshPrivateKey(): pulumi.Input<string> {
    const found = this.secret("sshPrivateKey");
    if (found !== undefined) return found;
    const remedy = "Run: pulumi config set --secret sshPrivateKey < ~/.ssh/id_ed25519";
    this.wrong("sshPrivateKey", "is missing", undefined, remedy);
    return "";
  }

  requiredText(key: string, example: string): string {
    const value = this.text(key);
    if (value === undefined) this.missing(key, example);
    return value ?? "";
  }

  /** A mistake in it is found before anybody uses the result. */
  location(key: string, text: string): ArchiveLocation {
    const place = parseLocation(text, `${this.source.name}:${key}`, this.mistakes);
    return place ?? { kind: "directory", location: text };
  }

  json<T>(key: string, accepts: (value: unknown) => value is T, what: string): T | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    try {
      const value: unknown = JSON.parse(text);
      if (accepts(value)) return value;
    } catch {
      // Said below, with the text.
    }
    this.wrong(key, `must be ${what}`, text, `Write ${what} as JSON, or as YAML in the stack's file.`);
    return undefined;
  }

  /** Whatever nobody has asked for: misspelt, `offsiteLocation` would mean that there is no off-site archive. */
  refuseUnknown(): void {
    const { name } = this.source;
    for (const path of Object.keys(pulumi.runtime.allConfig())) {
      const key = path.startsWith(`${name}:`) ? path.slice(name.length + 1) : undefined;
      if (key === undefined || this.known.has(key)) continue;
      const remedy = `Use: ${[...this.known].join(", ")}. To take it out: pulumi config rm ${key}`;
      this.mistakes.add(path, "is not known", "(not shown)", remedy);
    }
  }

  missing(key: string, example: string): void {
    const remedy = `Run: pulumi config set ${key} ${example.includes(" ") ? `'${example}'` : example}`;
    this.mistakes.add(`${this.source.name}:${key}`, "is missing", undefined, remedy);
  }

  wrong(path: string, problem: string, received: unknown, remedy: string): void {
    this.mistakes.add(`${this.source.name}:${path}`, problem, received, remedy);
  }
}
