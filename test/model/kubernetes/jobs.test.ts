import { describe, expect, it } from "vitest";
import { cronJobs, scheduleOf } from "../../../model/kubernetes/jobs";
import { type BackupRequest, jobDuties, withDefaults } from "../../../model/kubernetes/request";
import { resolvePolicy } from "../../../model/policy";
import { request } from "./requests";

const jobsOf = (change: Partial<BackupRequest> = {}) =>
  Object.fromEntries(
    cronJobs(withDefaults({ ...request, ...change })).map((job, at) => [jobDuties[at] as string, job]),
  );
const podOf = (duty: string, change: Partial<BackupRequest> = {}) =>
  jobsOf(change)[duty]!.spec.jobTemplate.spec.template.spec;

describe("jobs", () => {
  it("run one at a time, end, are kept for a while, and are not repeated where that changes nothing", () => {
    for (const { metadata, spec } of Object.values(jobsOf())) {
      const { jobTemplate, ...times } = spec;
      expect(times, metadata.name).toMatchObject({
        concurrencyPolicy: "Forbid",
        timeZone: "Etc/UTC",
        startingDeadlineSeconds: 14_400,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 5,
        suspend: false,
      });
      const { activeDeadlineSeconds, ttlSecondsAfterFinished, backoffLimit, podFailurePolicy } = jobTemplate.spec;
      expect(activeDeadlineSeconds % 3600).toBe(0);
      expect(ttlSecondsAfterFinished).toBeGreaterThanOrEqual(3600);
      expect(backoffLimit).toBeGreaterThan(0);
      // Wrong input, refused, damaged: docs/agent.md.
      expect(podFailurePolicy.rules[0]).toEqual({
        action: "FailJob",
        onExitCodes: { containerName: "neumann-backup", operator: "In", values: [2, 3, 5] },
      });
    }
  });

  it("run the agent's commands with its configuration", () => {
    const lines = Object.entries(jobsOf()).map(([duty, { spec }]) => [
      duty,
      spec.jobTemplate.spec.template.spec.containers[0]?.args.join(" "),
    ]);
    expect(Object.fromEntries(lines)).toEqual({
      offsite: "--config /etc/neumann-backup/job.json offsite",
      look: "--config /etc/neumann-backup/job.json verify --depth manifest",
      verify: "--config /etc/neumann-backup/job.json verify --depth bytes",
      prune: "--config /etc/neumann-backup/job.json prune",
      rehearsal: "--config /etc/neumann-backup/job.json verify --depth restore",
    });
  });

  it("run as often as the policy demands", () => {
    const policy = resolvePolicy({
      offsite: { everyMinutes: 1440, maxSourceAgeHours: 24 },
      verification: { manifestEveryMinutes: 60, bytesEveryMinutes: 720, restoreEveryMinutes: 2880 },
    });
    const schedules = Object.fromEntries(
      Object.entries(jobsOf({ policy })).map(([duty, job]) => [duty, job.spec.schedule]),
    );
    expect(schedules).toEqual({
      offsite: "16 3 * * *",
      look: "16 * * * *",
      verify: "16 */12 * * *",
      prune: "16 2 * * *",
      rehearsal: "16 4 * * *",
    });
  });

  it("rest where there is nothing to do, or somebody says so", () => {
    const resting = (change: Partial<BackupRequest>) =>
      jobDuties.filter((duty) => scheduleOf(withDefaults({ ...request, ...change }), duty).suspend);
    expect(resting({})).toEqual([]);
    const { offsite, ...archive } = request.archive;
    void offsite;
    expect(resting({ archive })).toEqual(["offsite"]);
    const policy = resolvePolicy({ verification: { restoreEveryMinutes: 0, bytesEveryMinutes: 0 } });
    expect(resting({ policy })).toEqual(["verify", "rehearsal"]);
    expect(resting({ schedules: { prune: "none" } })).toEqual(["prune"]);
    expect(resting({ policy, schedules: { rehearsal: "0 4 * * 6" } })).toEqual(["verify"]);
  });

  it("have the keys of their own duty, and the signing key where they sign", () => {
    const change: Partial<BackupRequest> = { pruneCredentialsSecret: "prune-keys" };
    const secrets = (duty: string) =>
      podOf(duty, change).volumes.flatMap((volume) => ("secret" in volume ? [volume.secret.secretName] : []));
    expect(secrets("offsite")).toEqual(["neumann-backup-credentials", "neumann-backup-signing"]);
    expect(secrets("verify")).toEqual(["neumann-backup-credentials"]);
    expect(secrets("prune")).toEqual(["prune-keys"]);
    expect(secrets("rehearsal")).toEqual(["neumann-backup-credentials"]);
  });

  it("restore to a volume of their own, and stream through a small one", () => {
    const scratch = (duty: string, change: Partial<BackupRequest> = {}) =>
      podOf(duty, change).volumes.find(({ name }) => name === "neumann-backup-scratch");
    expect(scratch("rehearsal", { scratch: { size: "80Gi", storageClass: "fast" } })).toMatchObject({
      ephemeral: {
        volumeClaimTemplate: {
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: "fast",
            resources: { requests: { storage: "80Gi" } },
          },
        },
      },
    });
    expect(scratch("rehearsal", { scratch: { onNode: true } })).toMatchObject({ emptyDir: { sizeLimit: "50Gi" } });
    for (const duty of ["offsite", "look", "verify", "prune"]) {
      expect(scratch(duty)).toMatchObject({ emptyDir: { sizeLimit: "1Gi" } });
    }
  });

  it("take the database's programs where they need them, unless the agent's image has them", () => {
    const initial = (duty: string, change: Partial<BackupRequest> = {}) =>
      podOf(duty, change).initContainers.map(({ image }) => image);
    for (const duty of ["offsite", "rehearsal"]) expect(initial(duty)).toEqual([request.databaseImage]);
    for (const duty of ["look", "verify", "prune"]) expect(initial(duty)).toEqual([]);
    expect(initial("rehearsal", { databaseImage: undefined, programDirectory: "/usr/local/bin" })).toEqual([]);
  });
});
