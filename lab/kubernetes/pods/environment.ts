import type { ContainerSpec, DataObject, PodObject, Surroundings, ValueSource, Variable } from "./spec";
import { namespaceOf } from "./spec";

/** What a pod knows of itself besides its object. */
export interface PodFacts {
  pod: PodObject;
  /** Its address. */
  ip: string;
  surroundings: Surroundings;
}

/** Replaces `$(NAME)` by a variable's value; `$$(NAME)` becomes `$(NAME)`, and an unknown name stays as it is. */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)/g, (whole: string, name: string | undefined) => {
    if (whole === "$$") return "$";
    return variables.get(name ?? "") ?? whole;
  });
}

/** The environment of a container: what the image says, then what all pods get, then its own in their order. */
export async function environmentOf(
  container: ContainerSpec,
  facts: PodFacts,
  base: Readonly<Record<string, string>>,
): Promise<Map<string, string>> {
  const variables = new Map(Object.entries({ ...base, ...facts.surroundings.environment }));
  variables.set("HOSTNAME", hostnameOf(facts.pod));
  for (const source of container.envFrom ?? []) {
    const { configMapRef, secretRef, prefix = "" } = source;
    if (configMapRef !== undefined) addAll(variables, await dataOf(facts, "ConfigMap", configMapRef.name), prefix);
    if (secretRef !== undefined) addAll(variables, await dataOf(facts, "Secret", secretRef.name), prefix);
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, facts, variables);
    if (value !== undefined) variables.set(variable.name, value);
  }
  return variables;
}

/** What the pod calls itself. */
export function hostnameOf(pod: PodObject): string {
  return pod.spec.hostname ?? pod.metadata.name;
}

function addAll(variables: Map<string, string>, data: ReadonlyMap<string, Buffer>, prefix: string): void {
  for (const [key, value] of data) variables.set(`${prefix}${key}`, value.toString("utf8"));
}

async function valueOf(variable: Variable, facts: PodFacts, before: ReadonlyMap<string, string>) {
  const { value = "", valueFrom } = variable;
  return valueFrom === undefined ? expand(value, before) : await referred(valueFrom, facts);
}

async function referred(source: ValueSource, facts: PodFacts): Promise<string | undefined> {
  if (source.fieldRef !== undefined) return fieldOf(source.fieldRef.fieldPath, facts);
  const [kind, reference] =
    source.configMapKeyRef === undefined
      ? (["Secret", source.secretKeyRef] as const)
      : (["ConfigMap", source.configMapKeyRef] as const);
  if (reference === undefined) throw new Error(`the lab's pod runner does not know ${JSON.stringify(source)}`);
  const data = await dataOf(facts, kind, reference.name, reference.optional);
  const found = data.get(reference.key);
  if (found === undefined && reference.optional !== true) {
    throw new Error(`${kind} ${reference.name} has no key ${reference.key}`);
  }
  return found?.toString("utf8");
}

/** A field of the pod as the downward API gives it. */
export function fieldOf(path: string, { pod, ip }: Pick<PodFacts, "pod" | "ip">): string {
  const [, kind, key = ""] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (kind !== undefined) return pod.metadata[kind as "labels" | "annotations"]?.[key] ?? "";
  const known: Record<string, string | undefined> = {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": namespaceOf(pod),
    "metadata.uid": pod.metadata.uid ?? "",
    "spec.nodeName": pod.spec.nodeName ?? "lab",
    "spec.serviceAccountName": pod.spec.serviceAccountName ?? "default",
    "status.podIP": ip,
    "status.hostIP": ip,
  };
  const value = known[path];
  if (value === undefined) throw new Error(`the lab's pod runner does not know the field ${path}`);
  return value;
}

/**
 * Keys and values of a ConfigMap or a Secret.
 * @throws Error unless it is there or optional.
 */
export async function dataOf(
  { pod, surroundings }: Pick<PodFacts, "pod" | "surroundings">,
  kind: "ConfigMap" | "Secret",
  name: string,
  optional = false,
): Promise<Map<string, Buffer>> {
  const object = await surroundings.find(kind, name, namespaceOf(pod));
  if (object !== undefined) return contentOf(kind, object);
  if (optional) return new Map();
  throw new Error(`${kind} ${name} of pod ${pod.metadata.name} is not there`);
}

function contentOf(kind: "ConfigMap" | "Secret", object: DataObject): Map<string, Buffer> {
  const coded = kind === "Secret" ? object.data : object.binaryData;
  const plain = kind === "Secret" ? object.stringData : object.data;
  return new Map([
    ...Object.entries(coded ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64")] as const),
    ...Object.entries(plain ?? {}).map(([key, value]) => [key, Buffer.from(value)] as const),
  ]);
}
