import { podPaths } from "./pod";

/** What everything of ours is called in a namespace, or begins with. There is one in a namespace. */
export const prefix = "neumann-backup";

/** Objects with one fixed name each: a name that follows from contents would replace what refers to it. */
export const objectNames = {
  settings: prefix,
  signing: `${prefix}-signing`,
  credentials: `${prefix}-credentials`,
  identity: `${prefix}-identity`,
  lease: prefix,
  role: prefix,
  /** Account of the pods, where it is ours. */
  pods: `${prefix}-pods`,
} as const;

/** Volumes of a pod; `data` is the user's. */
export const volumeNames = {
  shared: prefix,
  settings: `${prefix}-settings`,
  given: `${prefix}-given`,
  credentials: `${prefix}-credentials`,
  signing: `${prefix}-signing`,
  identity: `${prefix}-identity`,
  token: `${prefix}-token`,
  temporary: `${prefix}-tmp`,
  scratch: `${prefix}-scratch`,
} as const;

/** The key of a Secret that holds what the file of this path does. */
export function keyOfPath(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Keys of our Secrets. */
export const secretKeys = {
  signing: keyOfPath(podPaths.signingKey),
  credentials: keyOfPath(podPaths.credentials),
  identity: keyOfPath(podPaths.identity),
} as const;

/** Label of the database's pods, with the set's name: ours alone, so that no label of theirs has to be known. */
export const podLabel = `${prefix}/statefulset`;

/** Says of what a pod was made: another text is another revision of the set. */
export const settingsAnnotation = `${prefix}/settings-sha256`;

/** Labels of what is made for a cluster; `component` says what it is for. */
export function labelsOf(clusterId: string, component: string) {
  return {
    "app.kubernetes.io/name": prefix,
    "app.kubernetes.io/instance": clusterId,
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/part-of": "neumann",
    "app.kubernetes.io/managed-by": "pulumi-neumann",
  };
}
