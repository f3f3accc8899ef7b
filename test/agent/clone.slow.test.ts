import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { S3Archive } from "../../agent/archive/s3";
import { Store, type StoreUser } from "../../lab/store/store";
import type { ArchiveSpec } from "../../model/reference";
import type { S3Location } from "../../model/s3Location";
import type { RestoreSpec } from "../../model/specs";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import {
  adminOf,
  agent,
  type AnyHost,
  at,
  complaint,
  endAll,
  filesBelow,
  type FolderArchive,
  freshHost,
  type Host,
  lostFrom,
  contentsOf,
  must,
  mustPhase,
  nodeSpec,
  phase,
  type Protected,
  protectedCluster,
  scratch,
} from "./support";

/** Clones of a cluster that is being written to: restore points, what production gives up, and places that are refused. */
const folder = scratch("clone");
const running: AnyHost[] = [];
let production: Protected;
let writer: Writer;
let taken: { backupId: string; lineage: string };
let count = 0;

beforeAll(async () => {
  production = await protectedCluster(path.join(folder, "production"));
  const [node] = production.cluster.nodes;
  await createTable(node!);
  writer = new Writer({ nodes: () => production.cluster.nodes, rowsPerSecond: 100 }).start();
  await writer.reached(100);
  taken = await must([...at(production.hosts[0]!), "full"]);
  await writer.reached(200);
  await must([...at(production.hosts[0]!), "full"]);
});

afterEach(async () => {
  for (const host of running.splice(0)) await must(["node-delete"], { spec: nodeSpec(host) }).catch(() => undefined);
});

afterAll(async () => {
  await production.cluster.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** An archive of its own and one empty node. */
async function target(clusterId = "copy"): Promise<Host> {
  const directory = path.join(folder, `clone-${(count += 1)}`);
  const location = path.join(directory, "archive");
  const archive: FolderArchive = { kind: "directory", location, clusterId };
  await must(["archive-create"], { spec: { archive: { kind: "directory", location }, clusterId, role: "primary" } });
  const host = await freshHost(directory, "copy1", { archive });
  running.push(host);
  return host;
}

const primaryOf = ({ archive }: Protected): FolderArchive => {
  const { offsite, ...primary } = archive;
  void offsite;
  return primary;
};

/** What each phase is told; the digest is that of this moment. */
async function recoveryOf(
  [host]: [AnyHost],
  { recoveryId = "r1", ...more }: { recoveryId?: string; restorePoint: string; cloneOf: ArchiveSpec },
): Promise<(host: AnyHost) => RestoreSpec> {
  const plan = { archive: host.archive, recoveryId, nodes: [host.node.id], ...more };
  const { digest } = await must<{ digest: string }>(["plan"], { spec: plan });
  const members = [{ id: host.node.id, address: host.node.address }];
  return ({ node }) => ({ plan, planDigest: digest, node: node.id, clusterName: "lab", members });
}

async function clone(host: AnyHost, restorePoint: string, source: ArchiveSpec = primaryOf(production)) {
  const spec = (await recoveryOf([host], { restorePoint, cloneOf: source }))(host);
  await mustPhase("first", host, spec);
  for (const name of ["release", "base"]) await mustPhase(name, host, spec);
  return { spec, accepted: await mustPhase("accept", host, spec) };
}

/** Only the log, backups and records of production's own node come to be. */
function foreignIn(archive: FolderArchive): string[] {
  return filesBelow(archive.location).filter((name) => /recover|copy|claims\/target/.test(name));
}

describe("a clone of a running cluster", () => {
  it.each(["backup", "latest", "end-of-log", "time"])(
    "is made to %s and leaves production's archive alone",
    async (kind) => {
      const before = contentsOf(production.archive.location);
      const sent = new Date().toISOString();
      if (kind === "time") await writer.reached(writer.notes.length + 300);
      const point = { backup: `backup:${taken.backupId}`, time: `time:${sent}` }[kind] ?? kind;
      const host = await target();
      const { spec, accepted } = await clone(host, point);
      const rows = await readValues(adminOf(host));
      const compared = writer.compare(rows);
      expect({ wrong: compared.wrong, double: compared.double }).toEqual({ wrong: [], double: [] });
      expect(rows.length).toBeGreaterThanOrEqual(kind === "time" ? 200 : 100);
      const own = path.join(host.archive.location, "copy/records/lineages", `${String(accepted.lineage)}.json`);
      expect(JSON.parse(fs.readFileSync(own, "utf8"))).toMatchObject({
        purpose: "clone",
        parent: { lineage: taken.lineage },
      });
      expect(lostFrom(before, production.archive.location)).toEqual([]);
      expect(foreignIn(production.archive)).toEqual([]);
      // Once more: nothing is restored, whatever became of production's archive.
      const again = await mustPhase("first", host, { ...spec, plan: { ...spec.plan, cloneOf: primaryOf(production) } });
      expect(again).toMatchObject({ state: "accepted" });
      // Its own tiers are judged by its own history.
      const status = JSON.parse((await agent([...at(host), "--json", "status"])).stdout) as { lineage: string };
      expect(status.lineage).toBe(accepted.lineage);
    },
  );

  it("is made from the off-site archive alone, where nothing else of production can be reached", async () => {
    await must([...at(production.hosts[0]!), "offsite"]);
    const offsite = production.archive.offsite!;
    const before = contentsOf(offsite.location);
    const source: ArchiveSpec = { kind: "directory", clusterId: "prod", location: "/var/empty/no-archive", offsite };
    const host = await target();
    await clone(host, "latest-offsite", source);
    const { wrong, double } = writer.compare(await readValues(adminOf(host)));
    expect({ wrong, double }).toEqual({ wrong: [], double: [] });
    expect(contentsOf(offsite.location)).toEqual(before);
  });

  it("works where production's archive cannot be written to", async (context) => {
    const mounted = path.join(folder, "read-only");
    fs.mkdirSync(mounted);
    try {
      execFileSync("mount", ["--bind", "-o", "ro", production.archive.location, mounted], { stdio: "ignore" });
    } catch {
      context.skip("a folder can only be mounted read-only by root on Linux");
    }
    try {
      expect(() => fs.writeFileSync(path.join(mounted, "x"), "")).toThrow("EROFS");
      const { accepted } = await clone(await target(), "end-of-log", { ...primaryOf(production), location: mounted });
      expect(accepted).toMatchObject({ state: "accepted" });
    } finally {
      execFileSync("umount", [mounted]);
    }
  });

  it("fails with nothing in place when production prunes its backup; one from a kept backup is not disturbed", async () => {
    const location = path.join(folder, "pruned");
    fs.cpSync(production.archive.location, location, { recursive: true, preserveTimestamps: true });
    const source = { ...primaryOf(production), location };
    const [host, other] = [await target(), await target()];
    const spec = (await recoveryOf([host], { restorePoint: `backup:${taken.backupId}`, cloneOf: source }))(host);
    const killed = await phase("first", host, spec, { failpoint: "restore-first/gate:after" });
    expect(killed.code, complaint(killed)).toBeNull();
    const kept = (await recoveryOf([other], { restorePoint: "end-of-log", cloneOf: source }))(other);
    let pruned: Promise<unknown> | undefined;
    const made = await phase("first", other, kept, {
      started: (child) =>
        child.stderr?.on("data", (text: Buffer) => {
          if (String(text).includes('"event":"step","step":"fetch"')) pruned ??= pruneAll(location);
        }),
    });
    await pruned;
    expect(filesBelow(location).filter((name) => name.includes(taken.backupId))).toEqual([]);
    expect(made.code, complaint(made)).toBe(0);
    expect(writer.compare(await readValues(adminOf(other)))).toMatchObject({ wrong: [], double: [] });
    const failed = await phase("first", host, spec);
    expect(failed.code).not.toBe(0);
    expect(complaint(failed)).toContain(
      "A clone does not hold back production's prune: what it was made from may have been given up meanwhile. The nodes are still empty: clone again under a new recoveryId.",
    );
    for (const unit of ["raft", "store"]) expect(fs.existsSync(path.join(host.node.dataDirectory, unit))).toBe(false);
    const more = { restorePoint: "latest", recoveryId: "r2", cloneOf: source };
    expect(await mustPhase("first", host, (await recoveryOf([host], more))(host))).toMatchObject({ state: "restored" });
  });

  /** Production's own prune, once all but its newest backup is too old. */
  async function pruneAll(location: string): Promise<void> {
    const manifests = path.join(location, "prod/full/manifest");
    const time = (name: string): number => fs.statSync(path.join(location, name)).mtimeMs;
    const newest = Math.max(...filesBelow(manifests).map((name) => time(`prod/full/manifest/${name}`)));
    for (const name of filesBelow(location).filter((file) => !file.includes("/records/") && time(file) < newest)) {
      const old = time(name) / 1000 - 400 * 86_400;
      fs.utimesSync(path.join(location, name), old, old);
    }
    const policy = path.join(folder, "policy.json");
    fs.writeFileSync(policy, JSON.stringify({ full: { keepAtLeast: 1 } }));
    const words = ["--archive", location, "--no-offsite", "--cluster", "prod", "--policy", policy];
    const { expired } = await must<{ expired: { kind: string }[] }>(["prune", ...words]);
    expect(expired.some(({ kind }) => kind === "segment")).toBe(true);
  }

  it("is made out of a bucket by somebody who may only read it, into another bucket", async () => {
    const store = await Store.start((line) => process.stderr.write(`${line}\n`));
    onTestFinished(() => store.stop());
    const [owner, reader] = [await store.createUser(), await store.createUser()];
    const { region, endpoint } = store;
    const place = (bucket: string, credentials: StoreUser): S3Location => ({
      kind: "s3",
      bucket,
      region,
      endpoint,
      credentials,
    });
    await store.createBucket("prod", owner);
    await store.createBucket("copy", reader);
    const full = new S3Archive(place("prod", owner));
    const files = filesBelow(production.archive.location).filter((name) => !/\.meta$|neumann-backup-tmp/.test(name));
    for (const name of files) await full.putFile(name, path.join(production.archive.location, name));
    await mayOnlyRead(store, "prod", { owner, reader });
    const denied = new S3Archive(place("prod", reader)).putText("prod/records/x.json", "x");
    await expect(denied).rejects.toThrow("403 AccessDenied");
    const archive = { ...place("copy", reader), clusterId: "copy" };
    const { clusterId, ...own } = archive;
    await must(["archive-create"], { spec: { archive: own, clusterId, role: "primary" } });
    const host = await freshHost(path.join(folder, "from-bucket"), "copy1", { archive });
    running.push(host);
    const before = contentsOf(path.join(store.folder, "data/prod"));
    const source = { ...place("prod", reader), clusterId: "prod" };
    const { accepted } = await clone(host, "end-of-log", source);
    expect(accepted).toMatchObject({ state: "accepted" });
    const compared = writer.compare(await readValues(adminOf(host)));
    expect({ wrong: compared.wrong, double: compared.double }).toEqual({ wrong: [], double: [] });
    expect(compared.lost.every((k) => k > 100)).toBe(true);
    expect(contentsOf(path.join(store.folder, "data/prod"))).toEqual(before);
    expect(filesBelow(path.join(store.folder, "data/copy/copy/full/manifest"))).toHaveLength(1);
  });

  async function mayOnlyRead(store: Store, bucket: string, { owner, reader }: Record<"owner" | "reader", StoreUser>) {
    const { region, endpoint } = store;
    const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: owner });
    const allow = ({ accessKeyId }: StoreUser, ...Action: string[]) => ({
      Effect: "Allow",
      Principal: { AWS: [accessKeyId] },
      Action,
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
    });
    const Statement = [allow(owner, "s3:*"), allow(reader, "s3:GetObject", "s3:ListBucket")];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    client.destroy();
  }

  it("refuses production's archive as its own, also under another name of the folder", async () => {
    const host = await target();
    const plan = { restorePoint: "latest", recoveryId: "r1", nodes: ["copy1"] };
    const same = { ...plan, archive: production.archive, cloneOf: production.archive };
    expect(complaint(await agent(["--json", "plan"], { spec: same }))).toBe(
      [
        "The clone cannot be made: 3 mistakes",
        `  - archive.clusterId: is the name of the cluster that is cloned (received "prod"). Give the clone a name of its own, such as prod-clone.`,
        `  - archive.location: is an archive of the cluster that is cloned (received ${JSON.stringify(production.archive.location)}). Choose a folder outside: a clone writes nothing into ${production.archive.location}.`,
        `  - archive.offsite.location: is an archive of the cluster that is cloned (received ${JSON.stringify(production.archive.offsite!.location)}). Choose a folder outside: a clone writes nothing into ${production.archive.offsite!.location}.`,
      ].join("\n"),
    );
    fs.cpSync(
      path.join(production.archive.location, "prod/records/archive.json"),
      path.join(host.archive.location, "prod/records/archive.json"),
    );
    const refused = await agent(["--json", "plan"], {
      spec: { ...plan, archive: host.archive, cloneOf: primaryOf(production) },
    });
    expect(complaint(refused)).toBe(
      `${host.archive.location} holds the archive of prod, which is cloned: a clone writes nothing there. Give it a place of its own.`,
    );
  });

  it("production lost no write", async () => {
    await writer.stop();
    const compared = writer.compare(await readValues(production.cluster.nodes[0]!));
    expect(compared).toMatchObject({ lost: [], wrong: [], double: [] });
  });
});
