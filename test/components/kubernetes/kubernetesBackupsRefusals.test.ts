import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { KubernetesBackups } from "../../../components/kubernetes";
import { messageOf, refusalsOf } from "../harness";
import { args, buckets, bucketsWithoutKeys, make } from "./backupRuns";

const refused = (change: object) => messageOf(() => new KubernetesBackups("prod", { ...args, ...change }));

describe("KubernetesBackups refuses", () => {
  it("all mistakes in one message", () => {
    const wrong = {
      namespace: "Neumann",
      statefulSet: { name: "n_1", replicas: 0, podLabels: {} },
      configMap: "-",
      clusterDomain: "cluster local",
      image: "registry.example.com/neumann-backup:latest",
      databaseImage: "registry.example.com:5000/neumann",
      programDirectory: "bin",
      imagePullSecrets: ["pull", "pull"],
      archive: { ...buckets, clusterId: "Prod" },
      policy: { full: { everyMinutes: 0 } },
      credentialsSecret: "Keys",
      workloadIdentity: true,
      authorities: "ca.crt",
      schedules: { offsite: "0 3 * *", verify: "never", timeZone: "Berlin", nightly: "0 1 * * *" },
      accountAnnotations: { prune: "role", pods: {} },
      sidecarResources: { memoryLimit: "1GB" },
      jobResources: { cpuRequest: "lots" },
      scratch: { size: "50", storageClass: "fast", onNode: true },
      traffic: { archiveCidrs: ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/8", "10.0.0.0/8"], allowMetadata: "no" },
      volumeSnapshots: { className: "Fast", everyMinutes: 4, keep: 1, days: 3 },
      monitoring: "yes",
    };
    expect(refused(wrong)).toMatchSnapshot();
  });

  it("volume snapshots of which not all is said", () => {
    expect(refused({ volumeSnapshots: {} })).toMatch(
      /volumeSnapshots\.everyMinutes: is required.*\n.*volumeSnapshots\.keep: is required/,
    );
    expect(refused({ volumeSnapshots: null })).toContain("volumeSnapshots: must be an object");
    expect(refused({ volumeSnapshots: { everyMinutes: 10_081, keep: 1001 } })).toMatch(
      /everyMinutes: must be a whole number from 5 to 10080 .*\n.*keep: must be a whole number from 2 to 1000 /,
    );
  });

  it("places that a pod does not have", () => {
    const offsite = { kind: "directory", location: "/mnt/offsite" };
    const archive = { ...buckets, caFile: "/etc/ca.pem", credentials: { file: "/etc/keys" }, offsite };
    expect(refused({ archive })).toMatchSnapshot();
  });

  it("keys that are missing, or there against what else is said; it repeats none", () => {
    expect(refused({ archive: bucketsWithoutKeys })).toMatchSnapshot();
    for (const change of [{ workloadIdentity: true }, { credentialsSecret: "keys" }]) {
      const message = refused(change);
      expect(message).toContain(`archive.credentials: has keys, which ${Object.keys(change)[0]} replaces`);
      expect(message).not.toMatch(/AKIA|near-secret/);
    }
    expect(refused({ authorities: "-----BEGIN PRIVATE KEY-----\nabc" })).toContain(
      "authorities: holds a private key (received ",
    );
  });

  it("images that are not pinned, and no image", () => {
    for (const image of [undefined, "", "neumann-backup", "host:5000/neumann-backup", "a:latest", "a@sha256:12", 7]) {
      expect(refused({ image }), String(image)).toContain("image: is no pinned image");
    }
    for (const image of [
      "a:1",
      "host:5000/a/b:v1.2-3",
      `a@sha256:${"ab".repeat(32)}`,
      `a:latest@sha256:${"0".repeat(64)}`,
    ]) {
      expect(() => refused({ image }), image).toThrow("nothing was refused");
    }
    expect(refused({ databaseImage: undefined })).toContain("databaseImage: is required");
    expect(refused({ programDirectory: "/usr/local/bin" })).toContain(
      "programDirectory: does not go with databaseImage",
    );
  });

  it("what contradicts between archive and policy", () => {
    const { offsite: away, ...alone } = buckets;
    void away;
    const policy = { offsite: { continuousWal: true } };
    expect(refused({ archive: alone, policy })).toContain("policy.offsite.continuousWal: needs an off-site archive");
    const archive = { ...buckets, objectLock: { mode: "governance", days: 90 } };
    expect(refused({ archive })).toContain("archive.objectLock.days: locks longer than the policy keeps");
  });

  it("what decides which resources there are, when it is not plain", () => {
    const later = pulumi.output(true);
    const message = refused({ workloadIdentity: later, monitoring: later, traffic: { isolatedPods: later } });
    expect(message).toContain(": 3 mistakes");
    for (const path of ["workloadIdentity", "monitoring", "traffic.isolatedPods"]) {
      expect(message).toContain(`${path}: must be plain (received "an output"). It decides which resources there are.`);
    }
  });

  it("what is wrong once it is known", async () => {
    const image = pulumi.output(Promise.resolve("neumann-backup"));
    const archive = pulumi.output(Promise.resolve({ ...buckets, kind: "directory", location: "/mnt/backup" }));
    expect((await refusalsOf(() => make({ image }))).join("\n")).toContain("image: is no pinned image");
    expect((await refusalsOf(() => make({ archive }))).join("\n")).toContain("archive.bucket: does not belong");
  });
});
