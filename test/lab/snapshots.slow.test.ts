import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoHosts } from "../../lab/hosts";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes";
import { Kubelet, nodeImage, PodLab, snapshotDriver, SnapshotDriver, surroundingsOf } from "../../lab/kubernetes/pods";
import { until } from "../../lab/neumann/harness";

const why = whyNoHosts();
if (why !== undefined) process.stderr.write(`skipped: snapshots of volumes on this machine (${why})\n`);

/** Programs and the image of the operating system may have to be built first. */
const withProgramsMs = 1_200_000;

const namespace = "lab";
const apiVersion = "snapshot.storage.k8s.io/v1";
const applied = { fieldManager: "test" };

interface Snapshot {
  metadata: { uid: string };
  status?: {
    boundVolumeSnapshotContentName?: string;
    creationTime?: string;
    readyToUse?: boolean;
    restoreSize?: string;
    error?: { message: string };
  };
}

function snapshotClass(name: string, deletionPolicy: string, driver = snapshotDriver): object {
  return { apiVersion, kind: "VolumeSnapshotClass", metadata: { name }, driver, deletionPolicy };
}

function snapshot(name: string, claim: string, volumeSnapshotClassName = "copies"): object {
  const spec = { volumeSnapshotClassName, source: { persistentVolumeClaimName: claim } };
  return { apiVersion, kind: "VolumeSnapshot", metadata: { name, namespace }, spec };
}

function claim(name: string, from?: string, storage = "1Gi"): object {
  const dataSource = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: from };
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } };
  const made = from === undefined ? spec : { ...spec, dataSource };
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace }, spec: made };
}

function pod(name: string, claimName: string, text: string): object {
  const main = {
    name: "main",
    image: "programs",
    command: ["/bin/bash", "-ec", text],
    volumeMounts: [{ name: "state", mountPath: "/state" }],
  };
  const volumes = [{ name: "state", persistentVolumeClaim: { claimName } }];
  const spec = { restartPolicy: "Never", terminationGracePeriodSeconds: 0, containers: [main], volumes };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec };
}

describe.skipIf(why !== undefined)("snapshots of volumes", () => {
  let plane: ControlPlane;
  let lab: PodLab;
  let kubelet: Kubelet;
  let driver: SnapshotDriver;

  beforeAll(async () => {
    plane = await startControlPlane({ say: console.error });
    await plane.installCustomKinds();
    await plane.createNamespace(namespace);
    lab = await PodLab.start({
      images: (folder) => ({ programs: nodeImage(path.join(folder, "programs"), [], ["/bin/bash"]) }),
      surroundings: surroundingsOf(plane, {}),
    });
    kubelet = await Kubelet.start(plane, lab);
    driver = SnapshotDriver.start(plane, lab);
    const classes = [snapshotClass("copies", "Delete"), snapshotClass("kept", "Retain")];
    await plane.apply([...classes, snapshotClass("others", "Delete", "else.where")], applied);
  }, withProgramsMs);
  afterAll(async () => {
    await driver?.stop();
    await kubelet?.stop();
    await lab?.stop();
    await plane?.stop();
  });

  const find = (name: string) => plane.find<Snapshot>("volumesnapshot", name, namespace);
  const whenReady = (name: string) =>
    until(`snapshot ${name} is ready`, async () => {
      const found = await find(name);
      return found?.status?.readyToUse === true ? found : undefined;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${driver.complaints}`);
    });
  const runs = (name: string) => until(`pod ${name} runs`, () => kubelet.pod(namespace, name)?.phase === "Running");
  const reads = (name: string) =>
    until(`pod ${name} reads`, () => kubelet.pod(namespace, name)?.log("main") === "first\n").catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${kubelet.complaints}\n${driver.complaints}`);
      },
    );
  const file = (claimName: string, name: string) => path.join(lab.claimFolder(namespace, claimName), name);
  const read = (claimName: string, name: string) => readFileSync(file(claimName, name), "utf8").trim();
  const copies = () => readdirSync(path.dirname(lab.copyFolder("any")));

  it("are cut at one moment while a pod writes, and bound to a content of their own", async () => {
    // One file after the other, with so much between them that a copy takes its time.
    const names = Array.from({ length: 16 }, (_, at) => `${at}.log`);
    const text = `n=0; while :; do n=$((n + 1)); for name in ${names.join(" ")}; do echo $n >>/state/$name; done; done`;
    mkdirSync(lab.claimFolder(namespace, "source"));
    for (const name of names) {
      writeFileSync(file("source", name), "");
      writeFileSync(file("source", `${name}.data`), randomBytes(8 << 20));
    }
    await plane.apply([claim("source"), pod("writer", "source", text)], applied);
    await until("the pod writes", () => read("source", "15.log") !== "");
    await plane.apply([snapshot("one", "source")], applied);
    const { metadata, status } = await whenReady("one");
    expect(status).toEqual({
      boundVolumeSnapshotContentName: `snapcontent-${metadata.uid}`,
      creationTime: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      readyToUse: true,
      restoreSize: "1Gi",
    });
    const content = await plane.get("volumesnapshotcontent", `snapcontent-${metadata.uid}`);
    expect(content).toMatchObject({
      spec: {
        deletionPolicy: "Delete",
        driver: snapshotDriver,
        volumeSnapshotRef: { kind: "VolumeSnapshot", name: "one", namespace, uid: metadata.uid },
      },
      status: { readyToUse: true, restoreSize: 1 << 30 },
    });
    const folder = lab.copyFolder(`snapcontent-${metadata.uid}`);
    const rounds = names.map((name) => Number(readFileSync(path.join(folder, name), "utf8").split("\n").at(-2)));
    const [first = 0, last = 0] = [rounds[0], rounds.at(-1)];
    expect(rounds).toEqual([...rounds].sort((a, b) => b - a));
    expect([last, last + 1]).toContain(first);
    const now = read("source", "15.log").length;
    await until("the pod writes on", () => read("source", "15.log").length > now);
  });

  it("fill the volume of a claim, and a pod waits for that", async () => {
    await plane.apply([claim("early", "two"), pod("reader", "early", "cat /state/word; sleep 1000")], applied);
    await until("it is said", () => kubelet.complaints.includes("claim early waits for its volume"));
    await plane.apply([claim("words"), pod("speaker", "words", "echo first >/state/word; sleep 1000")], applied);
    await runs("speaker");
    await until("it has written", () => existsSync(file("words", "word")) && read("words", "word") === "first");
    await plane.apply([snapshot("two", "words")], applied);
    await reads("reader");
    expect(await plane.get("pvc", "early", namespace)).toMatchObject({
      status: { phase: "Bound", capacity: { storage: "1Gi" } },
    });
    // Each volume is a copy: what is written into one is in no other.
    for (const name of ["early", "words"]) writeFileSync(file(name, "word"), "second\n");
    await plane.apply([claim("late", "two"), pod("again", "late", "cat /state/word; sleep 1000")], applied);
    await reads("again");
  });

  it("go with their copy, or leave it, as their content says", async () => {
    await plane.apply([snapshot("three", "words", "kept")], applied);
    const contents = await Promise.all(
      ["two", "three"].map(async (name) => (await whenReady(name)).status?.boundVolumeSnapshotContentName ?? ""),
    );
    expect(copies()).toEqual(expect.arrayContaining(contents));
    await plane.kubectl(["delete", "volumesnapshot", "two", "three", "-n", namespace, "--timeout=30s"]);
    const [gone = "", kept = ""] = contents;
    expect(copies()).toContain(kept);
    expect(copies()).not.toContain(gone);
    expect(await plane.find("volumesnapshotcontent", gone)).toBeUndefined();
    expect(await plane.get("volumesnapshotcontent", kept)).toMatchObject({ spec: { deletionPolicy: "Retain" } });
  });

  it("say why they are not made; those of another driver are left alone", async () => {
    const wrong = { nobody: snapshot("nobody", "none"), nothing: snapshot("nothing", "words", "none") };
    await plane.apply([...Object.values(wrong), snapshot("other", "words", "others")], applied);
    const message = (name: string) =>
      until(`what is wrong with ${name}`, async () => (await find(name))?.status?.error?.message);
    expect(await message("nobody")).toBe("there is no claim none");
    expect(await message("nothing")).toBe("there is no such VolumeSnapshotClass, and none is the default");
    expect((await find("other"))?.status).toBeUndefined();
    await plane.apply([claim("small", "one", "1Mi")], applied);
    await until("it is said", () => driver.complaints.includes("claim small: asks for 1Mi, and the snapshot is of"));
    // What was missing comes: the snapshot is made after all.
    await plane.apply([claim("none"), pod("late-one", "none", "sleep 1000")], applied);
    expect((await whenReady("nobody")).status?.error).toBeUndefined();
  });
});
