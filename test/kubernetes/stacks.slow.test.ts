import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RehearsalReport } from "../../cli/rehearse";
import { whyNoHosts } from "../../lab/hosts";
import type { KubernetesObject } from "../../lab/kubernetes";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { recordName } from "../../model/kubernetes/clusterObjects";
import type { StoreUser } from "../../lab/store/store";
import { filesBelow } from "../agent/support";
import type { UserStack } from "../package/stack";
import { withoutBookkeeping } from "./database";
import { agentName, clusterConfiguration, type RunSite } from "./runSite";
import { credentialsFile, root, StackSite } from "./stackSite";
import { databaseName, namespace, pods, server } from "./userSet";

const why = whyNoHosts();
if (why !== undefined) process.stderr.write(`skipped: the stacks of Kubernetes, by the real engine (${why})\n`);

/** Programs and images may have to be built first. */
const withProgramsMs = 1_800_000;
const policy = { wal: { archiveTimeoutSeconds: 1 }, full: { maxPauseSeconds: 5 } };

/** Brings a cluster back out of its archive. */
const recoveryProgram = `"use strict";
const pulumi = require("@pulumi/pulumi");
const { BucketArchive } = require(${JSON.stringify(root)});
const { KubernetesCluster } = require(${JSON.stringify(path.join(root, "components/kubernetes"))});
const config = new pulumi.Config();
const { accessKeyId, ...bucket } = config.requireObject("archive");
const credentials = { accessKeyId, secretAccessKey: config.requireSecret("secretAccessKey") };
const archive = new BucketArchive("prod", { clusterId: "prod", ...bucket, credentials });
const cluster = new KubernetesCluster("prod", {
  namespace: "neumann-dr",
  image: ${JSON.stringify(agentName)},
  databaseImage: ${JSON.stringify(databaseName)},
  configuration: config.require("configuration"),
  storage: { size: "1Gi" },
  archive: archive.reference,
  policy: config.requireObject("policy"),
  restoreFrom: { recoveryId: "2026-11-23", restorePoint: "latest" },
});
exports.report = cluster.report;
`;

/** A user's running set, and our programs by Pulumi's engine and its kubernetes provider: the tests follow each other. */
describe.skipIf(why !== undefined)("the stacks of Kubernetes, by the real engine", () => {
  let site: StackSite;
  let run: RunSite;
  let stack: UserStack;
  let untouched: object;
  let written: Writer;
  let places: Record<"near" | "away" | "rehearsals-of-stacks", string>;
  let keys: StoreUser;

  const set = async () => withoutBookkeeping(await run.plane.get("statefulset", "neumann", namespace));
  const configuration = (pod: string) => run.pod(pod).must(server, ["cat", "/etc/neumann/config.toml"]);
  const containers = (pod: string) => [...run.pod(pod).runners.keys()];
  /** Which object is which: one that was made anew has another. */
  const identities = async () => {
    const kinds = "statefulset,persistentvolumeclaim,secret,lease";
    const there = await run.plane.list<KubernetesObject>(kinds, namespace);
    return there.map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.uid}`).sort();
  };
  /** The set's generation, and which pods there are. */
  const running = async () => {
    const { metadata } = await run.plane.get("statefulset", "neumann", namespace);
    const all = await run.plane.list("pods", namespace, "app=neumann");
    return [metadata.generation, ...all.map(({ metadata: { uid } }) => uid)];
  };
  const segments = () => run.stored("near", "wal").filter((file) => file.endsWith(".wal"));

  beforeAll(async () => {
    site = await StackSite.open();
    ({ run } = site);
    await run.startDatabase();
    await createTable(run.nodes[0]!);
    written = new Writer({ nodes: () => run.nodes, rows: 400 }).start();
    await written.finished();
    untouched = await set();
    ({ places, keys } = await run.makeBuckets("near", "away", "rehearsals-of-stacks"));
    const project = site.makeProject({
      name: "neumann-kubernetes",
      main: path.join(root, "stacks/kubernetes/environment/index.js"),
      stack: "test",
      config: {
        "kubernetes:enableConfigMapMutable": "true",
        "kubernetes:enableSecretMutable": "true",
        clusterId: "prod",
        image: agentName,
        databaseImage: databaseName,
        archiveLocation: places.near,
        offsiteLocation: places.away,
        accessKeyId: keys.accessKeyId,
        policy: JSON.stringify(policy),
      },
    });
    stack = await site.stack(project);
    await stack.configure("secretAccessKey", keys.secretAccessKey, { secret: true });
  }, withProgramsMs);
  afterAll(() => site?.close());

  it("a preview says what becomes of the database, and touches nothing", async () => {
    const { text } = await stack.preview();
    expect(text).toContain("StatefulSet neumann in namespace neumann gets the agent by a patch that only adds");
    expect(await set()).toEqual(untouched);
    expect(segments()).toEqual([]);
  });

  it("an up patches the set, whose pods are made anew; a second one leaves all as it is", async () => {
    const { outputs } = await stack.up();
    await run.rolled();
    for (const pod of pods) {
      expect(run.pod(pod).ready).toBe(true);
      expect(containers(pod)).toContain("neumann-backup");
      expect(await configuration(pod)).toContain("archive_command");
    }
    expect(outputs["publicKeys"]).toEqual([expect.any(String)]);
    const before = await running();
    // The provider holds lists against each other by position, and the user's own entries come first: it applies the same again.
    expect((await stack.up()).changes["update"]).toBe(1);
    expect(await running()).toEqual(before);
    await until("segments have arrived", () => segments().length > 0);
    await until("a full backup", () => run.stored("near", "full/manifest").length > 0, 120_000);
  });

  it("another policy changes things in their place", async () => {
    const before = await identities();
    await stack.configure("policy", { ...policy, full: { ...policy.full, retentionDays: 60 } });
    const { changes } = await stack.up();
    expect(Object.keys(changes).sort()).toEqual(["same", "update"]);
    expect(await identities()).toEqual(before);
  });

  describe("a rehearsal by the command line", () => {
    let project: string;
    let rehearsal: UserStack;
    const reports = () => path.join(project, "reports");
    const rehearse = () =>
      site.command(["rehearse", "--project", project, "--stack", "weekly", "--report", reports()], project);
    const report = () => JSON.parse(readFileSync(path.join(reports(), "report.json"), "utf8")) as RehearsalReport;
    /** Namespaces of rehearsals, and what is in them. */
    const left = async () => {
      const all = await run.plane.list("namespaces", undefined, "app.kubernetes.io/component=rehearsal");
      return all.map(({ metadata }) => metadata.name);
    };

    beforeAll(async () => {
      await run.runJob("offsite");
      const section = (name: string) =>
        `[${name}]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`;
      project = site.makeProject({
        name: "neumann-kubernetes-rehearsal",
        main: path.join(root, "stacks/kubernetes/rehearsal/index.js"),
        stack: "weekly",
        config: {
          rehearsal: "true",
          clusterId: "prod",
          image: agentName,
          databaseImage: databaseName,
          configuration: clusterConfiguration,
          volumeSize: "1Gi",
          quota: JSON.stringify({ storage: "3Gi", pods: 5 }),
          archiveLocation: places["rehearsals-of-stacks"],
          sourceLocation: places.near,
          sourceOffsiteLocation: places.away,
        },
      });
      rehearsal = await site.stack(project, "weekly");
      const credentials = section("own") + section("source");
      writeFileSync(path.join(project, credentialsFile), credentials);
      await rehearsal.configure("credentials", credentials, { secret: true });
    });

    it("passes, and nothing of it is left", async () => {
      const sources = [run.stored("near", "records/recoveries"), run.stored("away", "records/recoveries")];
      const { code, stdout, stderr } = await rehearse();
      expect(code, stdout + stderr + run.account).toBe(0);
      expect(report()).toMatchObject({ verdict: "PASS", failure: null, plan: { place: "offsite" } });
      expect(report().report?.members).toEqual(pods);
      expect(report().checks.map(({ passed }) => passed)).toEqual([true, true, true]);
      expect(await left()).toEqual([]);
      expect([run.stored("near", "records/recoveries"), run.stored("away", "records/recoveries")]).toEqual(sources);
    });

    it("fails with a backup that is damaged, and leaves nothing either", async () => {
      const files = filesBelow(run.bucketFolder("away")).filter((each) => each.endsWith("data.tar.zst"));
      expect(files).not.toEqual([]);
      for (const file of files) damage(path.join(run.bucketFolder("away"), file));
      await rehearsal.configure("timeoutMinutes", "1");
      const { code, stdout, stderr } = await rehearse();
      expect(code, stdout + stderr).toBe(4);
      expect(report()).toMatchObject({ verdict: "FAIL", report: null });
      expect(report().failure).toContain("timed out waiting to be Ready");
      expect(await left()).toEqual([]);
    });
  });

  it("a destroy gives the set back as it was; the database runs on, and its backups stay", async () => {
    const stored = run.stored("near", "");
    await stack.destroy();
    await run.rolled();
    expect(await set()).toEqual(untouched);
    for (const pod of pods) {
      expect(containers(pod)).toEqual([server]);
      expect(await configuration(pod)).not.toContain("archive_command");
    }
    const ours = await run.plane.list("configmap,secret,lease,role,cronjob,serviceaccount", namespace);
    expect(ours.map(({ metadata }) => metadata.name).filter((name) => name.startsWith("neumann-backup"))).toEqual([]);
    expect(written.compare(await readValues(run.nodes[0]!))).toMatchObject({ lost: [], wrong: [] });
    expect(run.stored("near", "")).toEqual(expect.arrayContaining(stored));
  });

  describe("a cluster that comes from a backup", () => {
    const target = "neumann-dr";
    let recovered: UserStack;
    let report: unknown;

    beforeAll(async () => {
      await run.plane.kubectl(["delete", "statefulset", "neumann", "-n", namespace, "--wait"]);
      await run.plane.createNamespace(target, "restricted");
      const project = site.makeProject({
        name: "recovered",
        main: site.writeProgram("recovered", recoveryProgram),
        stack: "test",
        config: {
          configuration: clusterConfiguration,
          archive: JSON.stringify(archiveOf(places.near)),
          policy: JSON.stringify(policy),
        },
      });
      recovered = await site.stack(project);
      await recovered.configure("secretAccessKey", keys.secretAccessKey, { secret: true });
    });

    const archiveOf = (place: string) => {
      const { host: bucket, searchParams } = new URL(place);
      return {
        bucket,
        region: searchParams.get("region"),
        endpoint: searchParams.get("endpoint"),
        accessKeyId: keys.accessKeyId,
      };
    };
    const volumes = async () =>
      (await run.plane.list("persistentvolumeclaims", target)).map(({ metadata }) => metadata.uid);

    it("is there when the up ends: accepted, with all rows, and what it did is the report", async () => {
      ({ report } = (await recovered.up()).outputs);
      expect(report).toMatchObject({ members: pods });
      expect(run.stored("near", "records/recoveries/2026-11-23").join()).toContain("accepted");
      for (const node of run.nodesIn(target)) {
        expect(written.compare(await readValues(node))).toMatchObject({ lost: [], wrong: [] });
      }
    });

    it("stays what it is by a second up", async () => {
      const { changes, outputs } = await recovered.up();
      expect(Object.keys(changes)).toEqual(["same"]);
      expect(outputs["report"]).toEqual(report);
    });

    it("is protected; destroyed all the same, its volumes, the record and the backups stay", async () => {
      await expect(recovered.destroy()).rejects.toThrow(/protect/);
      const [before, stored] = [await volumes(), run.stored("near", "")];
      await recovered.unprotect();
      await recovered.destroy();
      expect(await run.plane.list("statefulset,job", target)).toEqual([]);
      expect(await volumes()).toEqual(before);
      expect(before).toHaveLength(3);
      await run.plane.get("configmap", recordName("2026-11-23"), target);
      expect(run.stored("near", "")).toEqual(expect.arrayContaining(stored));
    });
  });
});

/** Changes one byte in the middle. */
function damage(file: string): void {
  const content = readFileSync(file);
  const at = Math.floor(content.length / 2);
  content[at] = content[at]! ^ 0xff;
  writeFileSync(file, content);
}
