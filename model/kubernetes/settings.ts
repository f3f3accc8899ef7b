import { createHash } from "node:crypto";
import type { AgentConfig } from "../agentConfig";
import { kubelet } from "../agentConfig";
import { canonicalJson, type Json } from "../canonical";
import { type ArchiveLocation, ArchiveKind, type ArchiveSpec } from "../reference";
import type { S3Credentials, S3Location } from "../s3Location";
import { keyOfPath, objectNames, settingsAnnotation } from "./names";
import { podPaths, type PodConfig } from "./pod";
import { type Backups, podNames } from "./request";

/** Sections of the file of credentials that we make: of the cluster's own archive, and of one that a clone reads. */
const sections = {
  own: { primary: "primary", offsite: "offsite" },
  cloneOf: { primary: "clone-of", offsite: "clone-of-offsite" },
} as const;

/** Certificates of the store's authorities, beside the settings. */
const authoritiesFile = "/etc/neumann-backup/authorities.pem";

/** File of the jobs' configuration, beside the pods'. */
export const jobSettings = "/etc/neumann-backup/job.json";

const jobKey = keyOfPath(jobSettings);

/** Texts of our ConfigMap. No key is among them. */
export function settingsTexts(backups: Backups): Record<string, string> {
  const { authorities } = backups;
  return {
    [keyOfPath(podPaths.settings)]: text(podConfig(backups)),
    [jobKey]: text(jobConfig(backups)),
    ...(authorities === undefined ? {} : { [keyOfPath(authoritiesFile)]: authorities }),
  };
}

/** The annotation that makes pods anew when their settings change; what jobs alone are told does not disturb them. */
export function settingsHash({ [jobKey]: jobs, ...pods }: Record<string, string>) {
  void jobs;
  return { [settingsAnnotation]: createHash("sha256").update(canonicalJson(pods)).digest("hex") };
}

function text(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What the agent in every pod of the database is told. */
export function podConfig(backups: Backups): PodConfig {
  const { statefulSet, namespace, clusterDomain, own, volumeSnapshots } = backups;
  return {
    format: "neumann-pod/1",
    agent: {
      ...common(backups),
      node: {
        adminUrl: "http://127.0.0.1:9090",
        configFile: podPaths.config,
        dataDirectory: podPaths.data,
        programDirectory: backups.programDirectory ?? podPaths.programs,
        serviceManager: kubelet,
      },
      agentDirectory: podPaths.agent,
    },
    domain: `.${statefulSet.serviceName}.${namespace}.svc.${clusterDomain}`,
    pods: podNames(statefulSet),
    lease: objectNames.lease,
    ownsConfiguration: own !== undefined,
    ...(own?.recovery === undefined ? {} : { recovery: own.recovery }),
    ...(volumeSnapshots === undefined
      ? {}
      : { volumeSnapshots: { ...volumeSnapshots, dataVolume: statefulSet.dataVolume } }),
  };
}

/** A job has no database: a scratch database gets the settings of the given configuration. */
function jobConfig(backups: Backups): AgentConfig {
  return {
    ...common(backups),
    node: {
      id: "neumann-backup-job",
      address: "neumann-backup-job:7878",
      adminUrl: "http://127.0.0.1:9090",
      configFile: `${podPaths.given}/config.toml`,
      dataDirectory: `${podPaths.scratch}/data`,
      programDirectory: backups.programDirectory ?? podPaths.programs,
      serviceManager: kubelet,
    },
    agentDirectory: `${podPaths.scratch}/agent`,
  };
}

function common(backups: Backups) {
  const { policy, owner } = backups;
  const archive = archiveInPod(backups);
  return {
    format: "neumann-agent/1" as const,
    generation: generationOf({ archive, policy, image: backups.image, owner: owner ?? "" }),
    ...(owner === undefined ? {} : { owner }),
    archive,
    policy,
    signingKeyFile: podPaths.signingKey,
  };
}

function generationOf(content: unknown): string {
  return createHash("sha256")
    .update(canonicalJson(content as Json))
    .digest("hex")
    .slice(0, 16);
}

/** The archive as a pod knows it: keys lie in a file. `whose`: the cluster's own, or one that a clone reads. */
export function archiveInPod(
  { archive, access, authorities }: Pick<Backups, "archive" | "access" | "authorities">,
  whose: keyof typeof sections = "own",
) {
  const { clusterId, offsite } = archive;
  const inPod = (place: ArchiveLocation, section: string): ArchiveLocation => {
    if (place.kind === ArchiveKind.Directory) return place;
    const { credentials = {}, ...rest } = place;
    const { profile } = credentials;
    const from: Record<typeof access.kind, S3Credentials | undefined> = {
      identity: undefined,
      keys: { file: podPaths.credentials, profile: section },
      secret: { file: podPaths.credentials, ...(profile === undefined ? {} : { profile }) },
    };
    const found = from[access.kind];
    return {
      ...rest,
      ...(found === undefined ? {} : { credentials: found }),
      ...(authorities === undefined ? {} : { caFile: authoritiesFile }),
    };
  };
  const { offsite: away, clusterId: cluster, ...primary } = archive;
  void [away, cluster];
  const spec: ArchiveSpec = {
    ...inPod(primary, sections[whose].primary),
    clusterId,
    ...(offsite === undefined ? {} : { offsite: inPod(offsite, sections[whose].offsite) }),
  };
  return spec;
}

/** The keys of the archive, and of one that a clone reads, in the form of `~/.aws/credentials`; for places that name some. */
export function credentialsFile({ archive, cloneOf }: Pick<Backups, "archive" | "cloneOf">): string {
  const of = (found: ArchiveSpec, names: (typeof sections)[keyof typeof sections]): string[] => [
    ...sectionOf(found, names.primary),
    ...(found.offsite === undefined ? [] : sectionOf(found.offsite, names.offsite)),
  ];
  return [...of(archive, sections.own), ...(cloneOf === undefined ? [] : of(cloneOf, sections.cloneOf))].join("\n");
}

function sectionOf(place: ArchiveLocation, section: string): string[] {
  const { accessKeyId, secretAccessKey, sessionToken } = (place as Partial<S3Location>).credentials ?? {};
  if (accessKeyId === undefined || secretAccessKey === undefined) return [];
  return [
    `[${section}]`,
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
    ...(sessionToken === undefined ? [] : [`aws_session_token = ${sessionToken}`]),
    "",
  ];
}
