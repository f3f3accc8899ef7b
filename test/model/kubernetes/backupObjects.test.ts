import { describe, expect, it } from "vitest";
import { parseAgentConfig } from "../../../model/agentConfig";
import { backupObjects } from "../../../model/kubernetes/backupObjects";
import { settingsAnnotation } from "../../../model/kubernetes/names";
import { settingsHash } from "../../../model/kubernetes/settings";
import { parsePodConfig, podPaths } from "../../../model/kubernetes/pod";
import { podParts } from "../../../model/kubernetes/podParts";
import { type BackupRequest, withDefaults } from "../../../model/kubernetes/request";
import { resolvePolicy } from "../../../model/policy";
import { request } from "./requests";

const objectsOf = (change: Partial<BackupRequest> = {}) => backupObjects({ ...request, ...change });
type Objects = ReturnType<typeof backupObjects>;

/** Every pod that is made, with its containers of both kinds that are ours. */
function podsOf({ cronJobs, patch }: Objects) {
  const ours = patch.spec.template.spec;
  return [
    { name: "the database's", volumes: ours.volumes, containers: ours.initContainers },
    ...cronJobs.map(({ metadata, spec }) => {
      const { volumes, initContainers, containers } = spec.jobTemplate.spec.template.spec;
      return { name: metadata.name, volumes, containers: [...initContainers, ...containers] };
    }),
  ];
}

const variants: [string, Partial<BackupRequest>][] = [
  ["keys", {}],
  ["a Secret", { access: { kind: "secret", name: "keys" }, signingKeySecret: "key", pruneCredentialsSecret: "prune" }],
  ["identities", { access: { kind: "identity" }, databaseImage: undefined, programDirectory: "/usr/local/bin" }],
  ["a disk of the node", { scratch: { size: "10Gi", onNode: true }, imagePullSecrets: ["pull"] }],
];

describe("backupObjects", () => {
  it("is what it was", () => {
    expect(objectsOf({ monitoring: true, traffic: { isolatedPods: true }, owner: "p/s/c/n" })).toMatchSnapshot();
  });

  it("has backups keep no database from starting, nor from its clients; a recovery decides on both", () => {
    const sidecar = (restore?: object) =>
      podParts({ ...withDefaults(request), ...(restore === undefined ? {} : { restore }) }).initContainers.at(-1) ?? {};
    const probes = (container: object) => Object.keys(container).filter((key) => key.endsWith("Probe"));
    expect(probes(sidecar())).toEqual(["livenessProbe"]);
    expect(probes(sidecar({}))).toEqual(["startupProbe", "readinessProbe", "livenessProbe"]);
  });

  it.each(variants)("mounts with %s only volumes that are there, and has none without a use", (_what, change) => {
    for (const { name, volumes, containers } of podsOf(objectsOf(change))) {
      const there = volumes.map((volume) => volume.name).sort();
      const used = new Set(containers.flatMap(({ volumeMounts }) => volumeMounts.map((mount) => mount.name)));
      used.delete("data"); // The claim's.
      expect([...used].sort(), name).toEqual(there);
      for (const container of containers) {
        const places = container.volumeMounts.map(({ mountPath }) => mountPath);
        expect(new Set(places).size, `${name} ${container.name}`).toBe(places.length);
      }
    }
  });

  it.each(variants)("holds with %s every container to the level restricted", (_what, change) => {
    const objects = objectsOf(change);
    for (const { name, containers } of podsOf(objects)) {
      for (const container of containers) {
        expect(container.securityContext, `${name} ${container.name}`).toEqual({
          runAsUser: 65534,
          runAsGroup: 65534,
          runAsNonRoot: true,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          seccompProfile: { type: "RuntimeDefault" },
        });
        expect(Object.keys(container.resources.limits), `${name} ${container.name}`).toContain("memory");
      }
    }
    for (const { spec } of objects.cronJobs) {
      expect(spec.jobTemplate.spec.template.spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, fsGroup: 65534, seccompProfile: { type: "RuntimeDefault" } },
      });
    }
  });

  it("adds to the set, and says nothing that the user's own object may say", () => {
    const { spec } = objectsOf().patch;
    expect(Object.keys(spec)).toEqual(["template"]);
    expect(Object.keys(spec.template.spec).sort()).toEqual(["containers", "initContainers", "volumes"]);
    expect(spec.template.spec.containers).toEqual([
      {
        name: "neumann-server",
        volumeMounts: [
          { name: "neumann-backup", mountPath: "/neumann-backup", readOnly: true },
          {
            name: "neumann-backup",
            mountPath: "/etc/neumann/config.toml",
            subPath: "etc/config.toml",
            readOnly: true,
          },
        ],
      },
    ]);
    expect(spec.template.spec.initContainers.map(({ name }) => name)).toEqual([
      "neumann-backup-programs",
      "neumann-backup-configure",
      "neumann-backup",
    ]);
    expect(spec.template.spec.initContainers.at(-1)).toMatchObject({ restartPolicy: "Always" });
  });

  it("puts a label on the database's pods, by which all that is about them finds them", () => {
    const { patch, networkPolicies, monitoring, cronJobs } = objectsOf({
      monitoring: true,
      traffic: { isolatedPods: true },
    });
    const { labels } = patch.spec.template.metadata;
    expect(labels).toEqual({ "neumann-backup/statefulset": "neumann" });
    expect(networkPolicies[1]?.spec.podSelector.matchLabels).toEqual(labels);
    expect(monitoring?.podMonitor.spec.selector.matchLabels).toEqual(labels);
    for (const { spec } of cronJobs) {
      const { podAntiAffinity } = spec.jobTemplate.spec.template.spec.affinity;
      const [away] = podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
      expect(away?.podAffinityTerm.labelSelector.matchLabels).toEqual(labels);
    }
  });

  it("lets the database start without its Secrets, and no job", () => {
    const { patch, cronJobs } = objectsOf({ access: { kind: "secret", name: "misspelt" }, signingKeySecret: "none" });
    const secrets = (volumes: readonly object[]) =>
      volumes.flatMap((volume) => ("secret" in volume ? [volume.secret as { optional?: boolean }] : []));
    const inPods = secrets(patch.spec.template.spec.volumes);
    expect(inPods.map(({ optional }) => optional)).toEqual([true, true]);
    const inJobs = cronJobs.flatMap(({ spec }) => secrets(spec.jobTemplate.spec.template.spec.volumes));
    expect(inJobs.length).toBeGreaterThan(4);
    for (const secret of inJobs) expect(secret).not.toHaveProperty("optional");
  });

  it("writes what the agent reads, in a pod and in a job", () => {
    const { settings } = objectsOf();
    const pod = parsePodConfig(settings.data["pod.json"] ?? "", "pod.json", "neumann-1");
    expect(pod.config.node).toMatchObject({
      id: "neumann-1",
      address: "neumann-1.neumann-headless.neumann.svc.cluster.local:7878",
      configFile: podPaths.config,
      serviceManager: "kubelet",
    });
    expect(pod).toMatchObject({
      pods: ["neumann-0", "neumann-1", "neumann-2"],
      lease: "neumann-backup",
      ownsConfiguration: false,
    });
    const job = parseAgentConfig(settings.data["job.json"] ?? "", "job.json");
    expect(job).toMatchObject({
      node: { id: "neumann-backup-job", dataDirectory: "/scratch/data" },
      agentDirectory: "/scratch/agent",
      signingKeyFile: podPaths.signingKey,
    });
    for (const { archive } of [pod.config, job]) {
      expect(archive).toMatchObject({
        credentials: { file: podPaths.credentials, profile: "primary" },
        offsite: { credentials: { file: podPaths.credentials, profile: "offsite" } },
      });
    }
  });

  it("has keys in the one Secret alone", () => {
    const { credentials, ...open } = objectsOf();
    expect(JSON.stringify(open)).not.toMatch(/AKIA|near-secret|away-secret|near-token/);
    expect(Buffer.from(credentials?.data.credentials ?? "", "base64").toString()).toBe(
      [
        "[primary]",
        "aws_access_key_id = AKIANEAR",
        "aws_secret_access_key = near-secret",
        "aws_session_token = near-token",
        "",
        "[offsite]",
        "aws_access_key_id = AKIAAWAY",
        "aws_secret_access_key = away-secret",
        "",
      ].join("\n"),
    );
  });

  it("names the sections of a Secret of the user's, and nothing where the accounts have the rights", () => {
    const archive = { ...request.archive, credentials: { profile: "near" } } as BackupRequest["archive"];
    const secret = objectsOf({ archive, access: { kind: "secret", name: "keys" } });
    expect(secret.credentials).toBeUndefined();
    expect(JSON.parse(secret.settings.data["job.json"] ?? "")).toMatchObject({
      archive: { credentials: { file: podPaths.credentials, profile: "near" } },
    });
    const identity = objectsOf({ access: { kind: "identity" } });
    expect(identity.credentials).toBeUndefined();
    expect(JSON.stringify(identity)).not.toMatch(/neumann-backup-credentials|AKIA|near-secret/);
  });

  it("brings the authorities of a store to where the agent looks for them", () => {
    const authorities = "-----BEGIN CERTIFICATE-----\n";
    const { settings } = objectsOf({ authorities });
    expect(settings.data["authorities.pem"]).toBe(authorities);
    const caFile = "/etc/neumann-backup/authorities.pem";
    expect(JSON.parse(settings.data["pod.json"] ?? "")).toMatchObject({
      agent: { archive: { caFile, offsite: { caFile } } },
    });
  });

  it("tells pods of snapshots of their volumes, where they are wanted", () => {
    const told = (change: Partial<BackupRequest>) =>
      parsePodConfig(objectsOf(change).settings.data["pod.json"] ?? "", "it", "neumann-1").volumeSnapshots;
    expect(told({})).toBeUndefined();
    const volumeSnapshots = { className: "fast", everyMinutes: 60, keep: 24 };
    expect(told({ volumeSnapshots, statefulSet: { dataVolume: "disk" } })).toEqual({
      ...volumeSnapshots,
      dataVolume: "disk",
    });
  });

  it("makes pods anew for what they are told, and for nothing else", () => {
    const hash = (change: Partial<BackupRequest>) =>
      objectsOf(change).patch.spec.template.metadata.annotations[settingsAnnotation];
    const usual = hash({});
    expect(usual).toMatch(/^[0-9a-f]{64}$/);
    expect(hash({})).toBe(usual);
    for (const change of [
      { schedules: { offsite: "0 1 * * *" } },
      { monitoring: true },
      { scratch: { size: "1Gi" } },
    ]) {
      expect(hash(change), JSON.stringify(change)).toBe(usual);
    }
    const policy = resolvePolicy({ wal: { archiveTimeoutSeconds: 30 } });
    expect(hash({ policy })).not.toBe(usual);
    expect(hash({ authorities: "-----BEGIN CERTIFICATE-----\n" })).not.toBe(usual);
    expect(settingsHash({ "pod.json": "a", "job.json": "b" })).toEqual(settingsHash({ "pod.json": "a" }));
    // A key that is rotated is read again from its file.
    const archive = { ...request.archive, credentials: { accessKeyId: "B", secretAccessKey: "c" } };
    expect(hash({ archive: archive })).toBe(usual);
  });

  it("gives pods one right, to one Lease, beside those to VolumeSnapshots where they are wanted, and jobs none", () => {
    const { role, roleBinding, lease, accounts, cronJobs } = objectsOf();
    expect(role.rules).toEqual([
      {
        apiGroups: ["coordination.k8s.io"],
        resources: ["leases"],
        resourceNames: [lease.metadata.name],
        verbs: ["get", "update"],
      },
    ]);
    const more = objectsOf({ volumeSnapshots: { everyMinutes: 60, keep: 24 } }).role.rules.slice(1);
    expect(more).toEqual([
      {
        apiGroups: ["snapshot.storage.k8s.io"],
        resources: ["volumesnapshots"],
        verbs: ["create", "get", "list", "delete"],
      },
    ]);
    expect(roleBinding.subjects).toEqual([{ kind: "ServiceAccount", name: "default", namespace: "neumann" }]);
    expect(accounts.map(({ metadata }) => metadata.name)).toEqual([
      "neumann-backup-offsite",
      "neumann-backup-verify",
      "neumann-backup-prune",
      "neumann-backup-rehearsal",
    ]);
    for (const account of accounts) expect(account.automountServiceAccountToken).toBe(false);
    const named = accounts.map(({ metadata }) => metadata.name);
    for (const { spec } of cronJobs) {
      expect(named).toContain(spec.jobTemplate.spec.template.spec.serviceAccountName);
    }
  });
});
