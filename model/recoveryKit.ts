import { createHash } from "node:crypto";
import * as v from "valibot";
import { archiveSpecSchema } from "./agentConfig";
import { canonicalJson, type Json } from "./canonical";
import { stampOf } from "./layout";
import { InputError, type Mistake, Mistakes, show } from "./mistakes";
import { parseAs, sha256Hex } from "./parse";
import { type BackupPolicy, resolvePolicy } from "./policy";
import { type ArchiveSpec, checkArchive } from "./reference";
import { printedSteps } from "./recoverySteps";

export const recoveryKitFormat = "neumann-recovery-kit/1";

/** A node of the cluster that the kit is for. */
export interface KitNode {
  nodeId: string;
  /** Raft address, `host:port`. */
  address: string;
  /** What it signs its backups with; null where its agent signs nothing yet. */
  publicKey: string | null;
}

/** What the kit was made with. The interface of the database tells no version of it. */
export interface KitVersions {
  /** Of the npm package. */
  library: string;
  /** SHA-256 of the agent, as it lies off-site in `records/software/`. */
  agent: string;
}

/** Where a cluster runs whose nodes are pods. */
export interface KitPods {
  namespace: string;
  statefulSet: string;
}

/** What a kit is made of. */
export interface KitContent {
  archive: ArchiveSpec;
  policy: BackupPolicy;
  nodes: readonly KitNode[];
  versions: KitVersions;
  /** The nodes are pods. @default hosts */
  kubernetes?: KitPods;
}

/**
 * All that a recovery must know when nothing is left but the off-site archive: where it is, whom to believe, by which
 * policy to go on, and what a person does. It holds no secret, and a seal by which an edited or damaged one is refused.
 */
export interface RecoveryKit {
  format: typeof recoveryKitFormat;
  clusterId: string;
  /** Without credentials. */
  archive: ArchiveSpec;
  /** Complete. Where it names trusted keys they include those of all nodes. */
  policy: BackupPolicy;
  nodes: KitNode[];
  versions: KitVersions;
  /** Of a cluster in pods. */
  kubernetes?: KitPods;
  /** For a person who has only this file: a line each. */
  steps: string[];
  /** SHA-256 over the canonical JSON of all the rest. It proves no author: keep the kit where only operators write. */
  seal: string;
}

/** Of `RecoveryKit`. */
export const recoveryKitSchema: v.GenericSchema<unknown, RecoveryKit> = v.object({
  format: v.literal(recoveryKitFormat),
  clusterId: v.string(),
  archive: archiveSpecSchema,
  policy: v.custom<BackupPolicy>((value) => typeof value === "object" && value !== null, "a policy"),
  nodes: v.array(v.object({ nodeId: v.string(), address: v.string(), publicKey: v.nullable(v.string()) })),
  versions: v.object({ library: v.string(), agent: sha256Hex }),
  kubernetes: v.optional(v.object({ namespace: v.string(), statefulSet: v.string() })),
  steps: v.array(v.string()),
  seal: sha256Hex,
});

/** The kit for a protected cluster. The same content gives the same kit. */
export function makeRecoveryKit(content: KitContent): RecoveryKit {
  const archive = withoutCredentials(content.archive);
  const { trustedKeys } = content.policy.signing;
  const nodes = [...content.nodes];
  const own = nodes.flatMap(({ publicKey }) => publicKey ?? []);
  // A list that is there must not lack a node's key: its backups would not count on the day.
  const keys = trustedKeys.length === 0 ? [] : [...new Set([...trustedKeys, ...own])];
  const facts = {
    format: recoveryKitFormat,
    clusterId: archive.clusterId,
    archive,
    policy: { ...content.policy, signing: { trustedKeys: keys } },
    nodes,
    versions: content.versions,
    ...(content.kubernetes === undefined ? {} : { kubernetes: content.kubernetes }),
  } as const;
  const unsealed = { ...facts, steps: printedSteps(facts) };
  return { ...unsealed, seal: sealOf(unsealed) };
}

/** The kit as a file: JSON that a person can read. */
export function serializeRecoveryKit(kit: RecoveryKit): string {
  return `${JSON.stringify(kit, null, 2)}\n`;
}

/**
 * Reads a kit. Its layout may differ, a mail program may have changed that; its content may not.
 * @throws InputError when it is cut off, edited, damaged, or of another version.
 */
export function parseRecoveryKit(text: string, subject: string): RecoveryKit {
  const value = parsed(text, subject);
  const { format, seal, ...rest } = value;
  if (format !== recoveryKitFormat) throw new InputError(subject, [wrongFormat(format)]);
  const found = sealOf({ format, ...rest });
  if (seal !== found) throw new InputError(subject, [wrongSeal(seal)]);
  const kit = parseAs(recoveryKitSchema, value, subject);
  const mistakes = new Mistakes();
  checkArchive(kit.archive, "archive", mistakes);
  mistakes.require(kit.archive.clusterId === kit.clusterId, {
    path: "clusterId",
    problem: `is not that of the archive, ${kit.archive.clusterId}`,
    received: kit.clusterId,
    remedy: anotherCopy,
  });
  mistakes.throwIfAny(subject);
  return { ...kit, policy: resolvePolicy(kit.policy) };
}

/** A reference that can be shown to everybody. */
export function withoutCredentials(archive: ArchiveSpec): ArchiveSpec {
  return JSON.parse(
    JSON.stringify(archive, (key, inner: unknown) => (key === "credentials" ? undefined : inner)),
  ) as ArchiveSpec;
}

/** Public keys of the nodes that the kit names. */
export function nodeKeysOf({ nodes }: RecoveryKit): string[] {
  return nodes.flatMap(({ publicKey }) => publicKey ?? []);
}

/**
 * Name of a kit among the archive's records: their order is that in which they were stored, also where the store's clock
 * went back or two came within a second. `newest` is the name of the last one that is there.
 */
export function kitName(kit: Pick<RecoveryKit, "seal">, at: Date, newest: string | undefined): string {
  const before = newest === undefined ? Number.NEGATIVE_INFINITY : timeOf(newest);
  const time = new Date(Math.max(at.getTime(), before + 1000));
  return `${stampOf(time)}-${kit.seal.slice(0, 16)}.json`;
}

const kitNamePattern = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-[0-9a-f]{16}\.json$/;

/** Whether a record's name is that of a kit. */
export function isKitName(name: string): boolean {
  return kitNamePattern.test(name);
}

function timeOf(name: string): number {
  const [, year, month, day, hour, minute, second] = (kitNamePattern.exec(name) ?? []).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

function sealOf(unsealed: object): string {
  return createHash("sha256")
    .update(canonicalJson(unsealed as Json))
    .digest("hex");
}

const anotherCopy =
  "Take another copy: the newest lies in the archives, `npx pulumi-neumann kit fetch --offsite PLACE --cluster ID`.";

function parsed(text: string, subject: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  const received = text.length > 60 ? `…${text.slice(-60)}` : text;
  const problem = "is no JSON object: it is cut off, edited, or another file";
  throw new InputError(subject, [{ path: "(the whole)", problem, received, remedy: anotherCopy }]);
}

function wrongFormat(received: unknown): Mistake {
  const later = typeof received === "string" && received.startsWith("neumann-recovery-kit/");
  const problem = later ? "is of a version that this library does not know" : "is not that of a recovery kit";
  const remedy = later ? "Use the library that it names in versions.library, or a later one." : anotherCopy;
  return { path: "format", problem, received, remedy };
}

function wrongSeal(seal: unknown): Mistake {
  const problem = "does not match the content: it was edited or damaged after it was made";
  return { path: "seal", problem, received: typeof seal === "string" ? seal : show(seal), remedy: anotherCopy };
}
