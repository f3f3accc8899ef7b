/** What the runner reads of a pod: plain objects as the API server gives them. The rest is passed over, or refused in `check.ts`. */

/** Name and labels of an object. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
}

/** Which field of the pod, or which key of another object, gives a value. */
export interface ValueSource {
  fieldRef?: { fieldPath: string };
  configMapKeyRef?: { name: string; key: string; optional?: boolean };
  secretKeyRef?: { name: string; key: string; optional?: boolean };
}

/** One variable of a container's environment. */
export interface Variable {
  name: string;
  value?: string;
  valueFrom?: ValueSource;
}

/** Where a volume appears in a container. */
export interface VolumeMount {
  name: string;
  mountPath: string;
  subPath?: string;
  readOnly?: boolean;
}

/** How a container is looked at. */
export interface Probe {
  exec?: { command: string[] };
  httpGet?: { path?: string; port: number | string; scheme?: string };
  tcpSocket?: { port: number | string };
  /** @default 0 */
  initialDelaySeconds?: number;
  /** @default 10 */
  periodSeconds?: number;
  /** @default 1 */
  timeoutSeconds?: number;
  /** @default 3 */
  failureThreshold?: number;
  /** @default 1 */
  successThreshold?: number;
}

/** Whose rights a container's processes have. */
export interface SecurityContext {
  runAsUser?: number;
  runAsGroup?: number;
  runAsNonRoot?: boolean;
  readOnlyRootFilesystem?: boolean;
  allowPrivilegeEscalation?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
  privileged?: boolean;
}

/** A container. */
export interface ContainerSpec {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  workingDir?: string;
  env?: Variable[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string }; prefix?: string }[];
  ports?: { name?: string; containerPort: number }[];
  volumeMounts?: VolumeMount[];
  securityContext?: SecurityContext;
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  /** Of an init container: `Always` makes it a sidecar, which runs beside the others and ends after them. */
  restartPolicy?: string;
  terminationMessagePath?: string;
}

/** Which keys of a ConfigMap or a Secret become which files. */
export interface FileItem {
  key: string;
  path: string;
  mode?: number;
}

/** A part of a projected volume. */
export interface ProjectedSource {
  serviceAccountToken?: { audience?: string; expirationSeconds?: number; path: string };
  configMap?: { name: string; items?: FileItem[]; optional?: boolean };
  secret?: { name: string; items?: FileItem[]; optional?: boolean };
  downwardAPI?: { items?: { path: string; fieldRef?: { fieldPath: string }; mode?: number }[] };
}

/** A volume. */
export interface VolumeSpec {
  name: string;
  emptyDir?: { medium?: string; sizeLimit?: string };
  configMap?: { name: string; defaultMode?: number; items?: FileItem[]; optional?: boolean };
  secret?: { secretName: string; defaultMode?: number; items?: FileItem[]; optional?: boolean };
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean };
  ephemeral?: object;
  projected?: { defaultMode?: number; sources: ProjectedSource[] };
}

/** What a pod is to be. */
export interface PodSpec {
  initContainers?: ContainerSpec[];
  containers: ContainerSpec[];
  volumes?: VolumeSpec[];
  /** @default Always */
  restartPolicy?: string;
  hostname?: string;
  subdomain?: string;
  serviceAccountName?: string;
  nodeName?: string;
  /** @default 30 */
  terminationGracePeriodSeconds?: number;
  securityContext?: SecurityContext & { fsGroup?: number; supplementalGroups?: number[] };
}

/** A pod. */
export interface PodObject {
  metadata: ObjectMeta;
  spec: PodSpec;
}

/** A ConfigMap or a Secret: text, or bytes in base64 where it is a Secret's `data` or a ConfigMap's `binaryData`. */
export interface DataObject {
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  binaryData?: Record<string, string>;
}

/** A claim of a volume. */
export interface ClaimObject {
  metadata: ObjectMeta;
  spec: {
    accessModes?: string[];
    storageClassName?: string;
    resources?: { requests?: { storage?: string } };
    /** What its volume is made of. */
    dataSource?: { apiGroup?: string; kind: string; name: string };
  };
  status?: { phase?: string };
}

/** What pods refer to by name. */
export interface Surroundings {
  /** A ConfigMap or Secret as it is now; undefined if there is none. */
  find(kind: "ConfigMap" | "Secret", name: string, namespace: string): Promise<DataObject | undefined>;
  /** A token for the pod's service account. */
  token?(request: { pod: PodObject; audience?: string; expirationSeconds: number }): Promise<string>;
  /** Variables that every container gets before its own, as the kubelet tells where services are. */
  environment?: Readonly<Record<string, string>>;
}

/** Whether an init container stays as long as the pod. */
export function isSidecar(container: ContainerSpec): boolean {
  return container.restartPolicy === "Always";
}

/** The namespace of a pod. */
export function namespaceOf({ metadata }: PodObject): string {
  return metadata.namespace ?? "default";
}
