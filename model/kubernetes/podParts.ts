import { type Backups } from "./request";
import { objectNames, secretKeys, volumeNames } from "./names";
import { podPaths, sidecarPort } from "./pod";
import { resourcesOf } from "./resources";
import { containerSecurity } from "./security";

/** What our parts of a pod are made from. */
export type PodPartsRequest = Pick<
  Backups,
  | "statefulSet"
  | "configMap"
  | "image"
  | "databaseImage"
  | "programDirectory"
  | "access"
  | "signingKeySecret"
  | "sidecarResources"
> & {
  /** The pod may have to be restored: a container does that before the database starts. */
  restore?: {
    /** Secret with the identity that opens what is encrypted. */
    identitySecret?: string;
  };
};

/** What a pod of the database gets from us. */
export function podParts(request: PodPartsRequest) {
  return {
    initContainers: [
      ...programsContainers(request),
      configureContainer(request),
      ...(request.restore === undefined ? [] : [restoreContainer(request)]),
      sidecarContainer(request),
    ],
    volumes: podVolumes(request),
    serverMounts: serverMounts(),
  };
}

const shared = { name: volumeNames.shared, mountPath: podPaths.shared };
const temporary = { name: volumeNames.temporary, mountPath: "/tmp" };
const settings = { name: volumeNames.settings, mountPath: folderOf(podPaths.settings), readOnly: true };
const given = { name: volumeNames.given, mountPath: podPaths.given, readOnly: true };

/** The claim, where our containers have it too. */
function dataMount({ statefulSet }: PodPartsRequest) {
  return { name: statefulSet.dataVolume, mountPath: podPaths.data };
}

function secretMount(name: string, file: string) {
  return { name, mountPath: folderOf(file), readOnly: true };
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/"));
}

/** What the server's container gets: our folder, and the configuration with `archive_command` over the given one. */
function serverMounts() {
  return [
    { ...shared, readOnly: true },
    {
      name: volumeNames.shared,
      mountPath: `${podPaths.database}/config.toml`,
      subPath: podPaths.config.slice(podPaths.shared.length + 1),
      readOnly: true,
    },
  ];
}

/** The kubelet leaves `$(…)` alone where it names no variable. */
export const copyPrograms = [
  `mkdir -p ${podPaths.programs}`,
  `cp "$(command -v neumann)" "$(command -v neumann-admin)" ${podPaths.programs}/`,
].join(" && ");

/** Takes the database's programs out of its own image; none where the agent's image has them. */
export function programsContainers({
  databaseImage,
  programDirectory,
}: Pick<Backups, "databaseImage" | "programDirectory">) {
  if (databaseImage === undefined || programDirectory !== undefined) return [];
  return [
    {
      name: "neumann-backup-programs",
      image: databaseImage,
      command: ["/bin/sh", "-ec", copyPrograms],
      resources: resourcesOf(small),
      securityContext: containerSecurity,
      volumeMounts: [shared],
    },
  ];
}

const small = { cpuRequest: "50m", memoryRequest: "64Mi", memoryLimit: "256Mi" };

/** Environment of the agent's containers in a pod of the database. */
const environment = [
  { name: "POD_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } },
  { name: "POD_NAMESPACE", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } } },
  { name: "NEUMANN_CONFIG", value: podPaths.config },
  { name: "HOME", value: "/tmp" },
];

function configureContainer(request: PodPartsRequest) {
  return {
    name: "neumann-backup-configure",
    image: request.image,
    command: ["neumann-backup"],
    args: ["pod", "configure"],
    env: environment,
    resources: resourcesOf(small),
    securityContext: containerSecurity,
    volumeMounts: [dataMount(request), shared, settings, given, temporary],
  };
}

function restoreContainer(request: PodPartsRequest) {
  return {
    ...agentContainer(request),
    name: "neumann-backup-restore",
    args: ["pod", "restore"],
    volumeMounts: [
      ...archiveMounts(request),
      token,
      ...(request.restore?.identitySecret === undefined ? [] : [secretMount(volumeNames.identity, podPaths.identity)]),
    ],
  };
}

const token = {
  name: volumeNames.token,
  mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
  readOnly: true,
};

/** Where the archive is worked with, and the database's data. */
function archiveMounts(request: PodPartsRequest) {
  return [
    dataMount(request),
    shared,
    settings,
    given,
    ...(request.access.kind === "identity" ? [] : [secretMount(volumeNames.credentials, podPaths.credentials)]),
    secretMount(volumeNames.signing, podPaths.signingKey),
    temporary,
  ];
}

function agentContainer({ image, sidecarResources }: PodPartsRequest) {
  return {
    image,
    command: ["neumann-backup"],
    env: environment,
    resources: resourcesOf(sidecarResources),
    securityContext: containerSecurity,
  };
}

/** By its name a PodMonitor finds it. */
export const metricsPortName = "backup-metrics";

/** A native sidecar: it is there before the server starts, and until the server has ended. */
function sidecarContainer(request: PodPartsRequest) {
  const probe = (path: string) => ({ httpGet: { path, port: sidecarPort, scheme: "HTTP" } });
  return {
    ...agentContainer(request),
    name: "neumann-backup",
    args: ["pod", "sidecar"],
    restartPolicy: "Always",
    ports: [{ name: metricsPortName, containerPort: sidecarPort, protocol: "TCP" }],
    // A recovery decides when the database starts and serves. Backups never keep it from either: until the sidecar
    // listens, a segment is not taken and offered again.
    ...(request.restore === undefined
      ? {}
      : {
          startupProbe: { ...probe("/startz"), periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 150 },
          readinessProbe: { ...probe("/readyz"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
        }),
    livenessProbe: { ...probe("/livez"), periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
    volumeMounts: [...archiveMounts(request), token],
  };
}

/** Readable for the database's group, which `fsGroup` of the pod gives them. */
export const secretMode = 0o440;

/** The file of credentials out of a Secret. */
export function credentialsVolume(secretName: string) {
  return { name: volumeNames.credentials, secret: oneKey(secretName, secretKeys.credentials) };
}

export function signingVolume(secretName: string) {
  return { name: volumeNames.signing, secret: oneKey(secretName, secretKeys.signing) };
}

function oneKey(secretName: string, key: string) {
  return { secretName, defaultMode: secretMode, items: [{ key, path: key }] };
}

/** A Secret that is missing, or misspelt, keeps backups from being made, and no database from starting. */
function orWithout<V extends { secret: object }>({ secret, ...volume }: V) {
  return { ...volume, secret: { ...secret, optional: true } };
}

function podVolumes({ access, configMap, signingKeySecret, restore }: PodPartsRequest) {
  const identity = restore?.identitySecret;
  return [
    { name: volumeNames.shared, emptyDir: {} },
    { name: volumeNames.temporary, emptyDir: {} },
    settingsVolume(),
    givenVolume(configMap),
    ...(access.kind === "identity"
      ? []
      : [orWithout(credentialsVolume(access.kind === "secret" ? access.name : objectNames.credentials))]),
    orWithout(signingVolume(signingKeySecret ?? objectNames.signing)),
    ...(identity === undefined ? [] : [{ name: volumeNames.identity, secret: oneKey(identity, secretKeys.identity) }]),
    tokenVolume,
  ];
}

/** What the agent is told. */
export function settingsVolume() {
  return { name: volumeNames.settings, configMap: { name: objectNames.settings, defaultMode: 0o444 } };
}

/** The database's configuration, as its ConfigMap has it. */
export function givenVolume(configMap: string) {
  return { name: volumeNames.given, configMap: { name: configMap, defaultMode: 0o444 } };
}

/** Short-lived, renewed by the kubelet, and in the sidecar alone. */
const tokenVolume = {
  name: volumeNames.token,
  projected: {
    defaultMode: secretMode,
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      {
        downwardAPI: {
          items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
        },
      },
    ],
  },
};
