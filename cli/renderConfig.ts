import { readFile } from "node:fs/promises";
import type { KnownKubernetesBackups, KubernetesBackupsArgs } from "../components/kubernetes/kubernetesBackupsArgs";
import { checkValues, requestOf } from "../components/kubernetes/kubernetesBackupsChecks";
import type { KnownKubernetesCluster, KubernetesClusterArgs } from "../components/kubernetes/kubernetesClusterArgs";
import { checkClusterValues, planSpecOf } from "../components/kubernetes/kubernetesClusterChecks";
import { checkField, objectName } from "../model/kubernetes/fieldChecks";
import type { BackupRequest } from "../model/kubernetes/request";
import { isSecret, type Mistakes, secretShown } from "../model/mistakes";
import type { PlanSpec } from "../model/specs";

/** What a configuration of `render` holds, before it is judged. */
export type RenderConfig = Record<string, unknown>;

const shape = "render --help shows what belongs there.";

/** The object in a file of JSON; collects what is wrong. */
export async function readConfig(
  file: string | undefined,
  said: boolean,
  mistakes: Mistakes,
): Promise<RenderConfig | undefined> {
  if (file === undefined) {
    if (!said) mistakes.add("--config", "is required", undefined, "Name a file with JSON: render --help shows one.");
    return undefined;
  }
  const text = await textOf("--config", file, "Name a file with JSON.", mistakes);
  if (text === undefined) return undefined;
  const found = parsed(text);
  if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as RenderConfig;
  // Of a text that is no JSON nobody knows which part is secret.
  mistakes.add(`--config ${file}`, "is no object in JSON", secretShown, shape);
  return undefined;
}

/** What is in a file that a flag names. */
export async function textOf(
  flag: string,
  file: string,
  remedy: string,
  mistakes: Mistakes,
): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    mistakes.add(flag, `cannot be read: ${(error as Error).message}`, file, remedy);
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Arguments of KubernetesBackups. */
const ofBackups: Record<keyof KubernetesBackupsArgs, true> = {
  namespace: true,
  statefulSet: true,
  configMap: true,
  clusterDomain: true,
  image: true,
  databaseImage: true,
  programDirectory: true,
  imagePullSecrets: true,
  archive: true,
  policy: true,
  credentialsSecret: true,
  workloadIdentity: true,
  pruneCredentialsSecret: true,
  authorities: true,
  signingKeySecret: true,
  schedules: true,
  accountAnnotations: true,
  sidecarResources: true,
  jobResources: true,
  jobScheduling: true,
  scratch: true,
  traffic: true,
  volumeSnapshots: true,
  monitoring: true,
};

/** Who installs the agent, for people who look at it. */
export const renderOwner = "npx pulumi-neumann render";

/** Arguments of KubernetesCluster. A rehearsal is run, and not committed. */
const ofCluster: Record<Exclude<keyof KubernetesClusterArgs, "rehearsal">, true> = {
  ...ofBackups,
  configuration: true,
  storage: true,
  serverResources: true,
  podScheduling: true,
  clients: true,
  podAccountAnnotations: true,
  restoreFrom: true,
};

/** What KubernetesBackups would make objects of; nothing where something is wrong. */
export function backupsOf(config: RenderConfig, mistakes: Mistakes): BackupRequest | undefined {
  checkNames(config, ofBackups, mistakes);
  const checked = withoutKeys(config, mistakes);
  if (checked !== undefined) checkValues(checked as unknown as KnownKubernetesBackups, mistakes, () => false);
  return mistakes.all.length > 0 ? undefined : requestOf(config as unknown as KnownKubernetesBackups, renderOwner);
}

/** A cluster that was checked, before it has a plan. */
export interface ClusterOrder {
  known: KnownKubernetesCluster;
  /** What the plan is asked for with. */
  plan?: PlanSpec;
  /** Secret with the identity. */
  identitySecret?: string;
}

/** The same of KubernetesCluster; the identity opens what is restored, here and now. */
export function clusterOf(
  config: RenderConfig,
  identity: string | undefined,
  mistakes: Mistakes,
): ClusterOrder | undefined {
  checkNames(config, ofCluster, mistakes);
  const { known, identitySecret } = withoutIdentity(config, identity, mistakes);
  const checked = withoutKeys(known, mistakes);
  if (checked !== undefined) checkClusterValues(checked as unknown as KnownKubernetesCluster, mistakes, () => false);
  if (mistakes.all.length > 0) return undefined;
  const cluster = known as unknown as KnownKubernetesCluster;
  const secret = identitySecret === undefined ? {} : { identitySecret };
  if (cluster.restoreFrom === undefined) return { known: cluster, ...secret };
  const plan = { ...planSpecOf(cluster), ...(identity === undefined ? {} : { identity }) };
  return { known: cluster, plan, ...secret };
}

/** `restoreFrom` without what only `render` knows: the pods' identity is a Secret that somebody else makes. */
function withoutIdentity(
  config: RenderConfig,
  identity: string | undefined,
  mistakes: Mistakes,
): { known: RenderConfig; identitySecret?: string } {
  const { restoreFrom } = config;
  const path = "restoreFrom.identitySecret";
  if (typeof restoreFrom !== "object" || restoreFrom === null || Array.isArray(restoreFrom)) {
    if (identity !== undefined) {
      const remedy = "Leave it out: only a backup that is restored has to be opened.";
      mistakes.add("--identity-file", "means nothing without restoreFrom", secretShown, remedy);
    }
    return { known: config };
  }
  const { identitySecret, ...rest } = restoreFrom as { identitySecret?: string };
  checkField(identitySecret, path, objectName, mistakes);
  if (identity !== undefined && identitySecret === undefined) {
    const remedy = "Name a Secret that holds it as identity.txt: the first pod opens the backup by it.";
    mistakes.add(path, "is required with --identity-file", undefined, remedy);
  }
  const known = { ...config, restoreFrom: rest };
  return { known, ...(identitySecret === undefined ? {} : { identitySecret }) };
}

function checkNames(config: RenderConfig, known: Record<string, true>, mistakes: Mistakes): void {
  for (const [name, value] of Object.entries(config)) {
    if (Object.hasOwn(known, name)) continue;
    const remedy = Object.hasOwn(ofCluster, name)
      ? "It belongs to a cluster: write --kind cluster, or leave it out."
      : `Use one of: ${Object.keys(known).join(", ")}.`;
    mistakes.add(name, "is not known", value, remedy);
  }
}

/** What can be checked further: nothing where a secret is in it. */
function withoutKeys(config: RenderConfig, mistakes: Mistakes): RenderConfig | undefined {
  if (refusesSecrets(config, mistakes)) return undefined;
  if (config["signingKeySecret"] === undefined) {
    const remedy = "Make a Secret with a key once, as render --help shows, and write its name.";
    mistakes.add("signingKeySecret", "is required: no file that is rendered holds a key", undefined, remedy);
  }
  if (config["credentialsSecret"] !== undefined || config["workloadIdentity"] === true) return config;
  const remedy = "Write the name of a Secret, or workloadIdentity: true where the accounts have the rights.";
  mistakes.add("credentialsSecret", "is required: no file that is rendered holds a key", undefined, remedy);
  // What would be said of keys in the archive is of no use here.
  return { ...config, credentialsSecret: "none" };
}

/** What is rendered is committed: keys are in Secrets that somebody else makes. True if one is here. */
function refusesSecrets(config: RenderConfig, mistakes: Mistakes): boolean {
  const before = mistakes.all.length;
  const look = (value: unknown, path: string): void => {
    if (typeof value === "object" && value !== null) {
      const at = Array.isArray(value) ? (name: string) => `${path}[${name}]` : (name: string) => `${path}.${name}`;
      for (const [name, inner] of Object.entries(value)) look(inner, path === "" ? name : at(name));
    } else if (isSecret(path) || path.endsWith(".accessKeyId") || isKey(value)) {
      const remedy = "Take it out, put it into a Secret, and write the Secret's name: render --help shows how.";
      mistakes.add(path, "is a secret, and what is rendered is for everybody who reads it", secretShown, remedy);
    }
  };
  look(config, "");
  return mistakes.all.length > before;
}

function isKey(value: unknown): boolean {
  return typeof value === "string" && /PRIVATE KEY-----|AGE-(SECRET-KEY|PLUGIN)-|:\/\/[^\s"]*@/i.test(value);
}
