import type { BackupPolicy } from "../policy";
import { accountName, accountOf } from "./access";
import { cronAtLeastEvery, minuteOf } from "./cron";
import { labelsOf, objectNames, podLabel, prefix, volumeNames } from "./names";
import { podPaths } from "./pod";
import { credentialsVolume, givenVolume, programsContainers, settingsVolume, signingVolume } from "./podParts";
import { type Backups, jobDuties, JobDuty, neverScheduled, type ScratchVolume } from "./request";
import { resourcesOf } from "./resources";
import { schedulingOf } from "./scheduling";
import { containerSecurity, podSecurity } from "./security";
import { jobSettings } from "./settings";

interface Job {
  /** Words of the agent's command. */
  words: string[];
  /** Minutes between two runs that the policy demands; 0: none. */
  everyMinutes: (policy: BackupPolicy) => number;
  /** Hour of the night for what runs once a day or a week: in the order in which one needs the other. */
  hour: number;
  /** So long it may take. */
  deadlineHours: number;
  /** It has to do with the database's programs and its configuration. */
  database: boolean;
  /** It works on as much data as a backup holds. */
  restores: boolean;
  /** It signs what it stores. */
  signs: boolean;
}

const day = 24 * 60;
const plain = { database: false, restores: false, signs: false };

const jobs: Record<JobDuty, Job> = {
  offsite: {
    ...plain,
    words: ["offsite"],
    everyMinutes: ({ offsite }) => offsite.everyMinutes,
    hour: 3,
    deadlineHours: 6,
    database: true,
    signs: true,
  },
  look: {
    ...plain,
    words: ["verify", "--depth", "manifest"],
    everyMinutes: ({ verification }) => verification.manifestEveryMinutes,
    hour: 1,
    deadlineHours: 2,
  },
  verify: {
    ...plain,
    words: ["verify", "--depth", "bytes"],
    everyMinutes: ({ verification }) => verification.bytesEveryMinutes,
    hour: 5,
    deadlineHours: 12,
  },
  prune: { ...plain, words: ["prune"], everyMinutes: () => day, hour: 2, deadlineHours: 2 },
  rehearsal: {
    ...plain,
    words: ["verify", "--depth", "restore"],
    everyMinutes: ({ verification }) => verification.restoreEveryMinutes,
    hour: 4,
    deadlineHours: 12,
    database: true,
    restores: true,
  },
};

/** When a job runs, and whether it rests: by the request's word, or because policy or archive have nothing for it. */
export function scheduleOf(backups: Backups, duty: JobDuty): { schedule: string; suspend: boolean } {
  const { policy, schedules, archive, namespace } = backups;
  const { everyMinutes, hour } = jobs[duty];
  const minutes = everyMinutes(policy);
  const usual = cronAtLeastEvery(minutes === 0 ? day : minutes, {
    hour,
    minute: minuteOf(`${namespace}/${archive.clusterId}`),
  });
  const given = schedules[duty];
  const nothing = minutes === 0 || (duty === JobDuty.Offsite && archive.offsite === undefined);
  return {
    schedule: given === undefined || given === neverScheduled ? usual : given,
    suspend: given === neverScheduled || (given === undefined && nothing),
  };
}

/** Exit codes of the agent after which the same again would end the same: wrong input, refused, damaged. */
const finalExitCodes = [2, 3, 5];

/** A late run is better than none; one that is later than this would meet the next. In seconds. */
const startWithinSeconds = 4 * 3600;

/** A job that has ended can be looked at for a week; one with a volume keeps it so long, which is paid for. In seconds. */
const keptSeconds = 7 * 24 * 3600;
const keptWithVolumeSeconds = 6 * 3600;

/** So long a job may take to end in order: as a host's unit has it. */
const endSeconds = 120;

/** All jobs, in the order of their duties. */
export function cronJobs(backups: Backups) {
  return jobDuties.map((duty) => cronJob(backups, duty));
}

export function cronJobName(duty: JobDuty): string {
  return `${prefix}-${duty}`;
}

function cronJob(backups: Backups, duty: JobDuty) {
  const { archive, namespace, schedules } = backups;
  const { schedule, suspend } = scheduleOf(backups, duty);
  const { restores, deadlineHours } = jobs[duty];
  const labels = labelsOf(archive.clusterId, duty);
  return {
    apiVersion: "batch/v1" as const,
    kind: "CronJob" as const,
    metadata: { name: cronJobName(duty), namespace, labels },
    spec: {
      schedule,
      timeZone: schedules.timeZone,
      suspend,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: startWithinSeconds,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 5,
      jobTemplate: {
        metadata: { labels },
        spec: {
          backoffLimit: restores ? 2 : 6,
          activeDeadlineSeconds: deadlineHours * 3600,
          ttlSecondsAfterFinished: restores ? keptWithVolumeSeconds : keptSeconds,
          podFailurePolicy: {
            rules: [
              {
                action: "FailJob",
                onExitCodes: { containerName: prefix, operator: "In", values: finalExitCodes },
              },
              // A node that was drained says nothing about the job.
              { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
            ],
          },
          template: { metadata: { labels }, spec: jobPod(backups, duty) },
        },
      },
    },
  };
}

function jobPod(backups: Backups, duty: JobDuty) {
  const { imagePullSecrets, statefulSet, jobScheduling } = backups;
  const { database } = jobs[duty];
  return {
    restartPolicy: "Never",
    serviceAccountName: accountName(accountOf(duty)),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: endSeconds,
    securityContext: podSecurity,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: hostname,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: jobSelector(backups) },
      },
    ],
    affinity: awayFromDatabase(statefulSet.name),
    ...schedulingOf(jobScheduling),
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    initContainers: database ? programsContainers(backups) : [],
    containers: [jobContainer(backups, duty)],
    volumes: jobVolumes(backups, duty),
  };
}

const hostname = "kubernetes.io/hostname";

/** Labels that all jobs' pods have. */
export function jobSelector({ archive }: Pick<Backups, "archive">) {
  const { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance } = labelsOf(archive.clusterId, "");
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance };
}

/** A backup gives way to the database, where there is another node. */
function awayFromDatabase(set: string) {
  const podAffinityTerm = { topologyKey: hostname, labelSelector: { matchLabels: { [podLabel]: set } } };
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] } };
}

function jobContainer(backups: Backups, duty: JobDuty) {
  const { image, jobResources, access } = backups;
  const { words, database, signs } = jobs[duty];
  const readOnly = true;
  const folder = (file: string): string => file.slice(0, file.lastIndexOf("/"));
  return {
    name: prefix,
    image,
    command: ["neumann-backup"],
    args: ["--config", jobSettings, ...words],
    env: [{ name: "HOME", value: "/tmp" }],
    resources: resourcesOf(jobResources),
    securityContext: containerSecurity,
    // The last lines say why it failed.
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      { name: volumeNames.scratch, mountPath: podPaths.scratch },
      { name: volumeNames.temporary, mountPath: "/tmp" },
      { name: volumeNames.settings, mountPath: folder(podPaths.settings), readOnly },
      ...(access.kind === "identity"
        ? []
        : [{ name: volumeNames.credentials, mountPath: folder(podPaths.credentials), readOnly }]),
      ...(signs ? [{ name: volumeNames.signing, mountPath: folder(podPaths.signingKey), readOnly }] : []),
      ...(database
        ? [
            { name: volumeNames.shared, mountPath: podPaths.shared, readOnly },
            { name: volumeNames.given, mountPath: podPaths.given, readOnly },
          ]
        : []),
    ],
  };
}

function jobVolumes(backups: Backups, duty: JobDuty) {
  const { configMap, signingKeySecret, scratch } = backups;
  const { database, restores, signs } = jobs[duty];
  return [
    restores ? scratchVolume(scratch, labelsOf(backups.archive.clusterId, duty)) : smallScratch,
    { name: volumeNames.temporary, emptyDir: { sizeLimit: "1Gi" } },
    settingsVolume(),
    ...jobCredentials(backups, duty),
    ...(signs ? [signingVolume(signingKeySecret ?? objectNames.signing)] : []),
    ...(database ? [{ name: volumeNames.shared, emptyDir: { sizeLimit: "1Gi" } }, givenVolume(configMap)] : []),
  ];
}

function jobCredentials({ access, pruneCredentialsSecret }: Backups, duty: JobDuty) {
  if (access.kind === "identity") return [];
  const usual = access.kind === "secret" ? access.name : objectNames.credentials;
  return [credentialsVolume(duty === JobDuty.Prune ? (pruneCredentialsSecret ?? usual) : usual)];
}

/** What streams through a job needs no room. */
const smallScratch = { name: volumeNames.scratch, emptyDir: { sizeLimit: "1Gi" } };

/** A volume that is made for the job's pod and goes with it. */
function scratchVolume(
  { size, storageClass, onNode }: ScratchVolume & { size: string },
  labels: Record<string, string>,
) {
  if (onNode === true) return { name: volumeNames.scratch, emptyDir: { sizeLimit: size } };
  return {
    name: volumeNames.scratch,
    ephemeral: {
      volumeClaimTemplate: {
        metadata: { labels },
        spec: {
          accessModes: ["ReadWriteOnce"],
          ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
          resources: { requests: { storage: size } },
        },
      },
    },
  };
}
