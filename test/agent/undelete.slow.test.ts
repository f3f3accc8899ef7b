import fs from "node:fs";
import path from "node:path";
import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { createArchive } from "../../agent/archive/open";
import type { HiddenList } from "../../agent/commands/listHidden";
import { undelete } from "../../agent/commands/undelete";
import { archiveMarkerKey, recordKey, segmentName } from "../../model/layout";
import { idOf } from "../model/fixtures";
import { agent, complaint, makeArchive, must } from "./support";
import {
  archive,
  backup,
  backups,
  bucket,
  client,
  dataKey,
  everything,
  folder,
  good,
  hidden,
  keysThere,
  listed,
  location,
  manifestOf,
  place,
  plain,
  prefix,
  remove,
  rootKeys,
  run,
  segment,
  store,
  undeleted,
  type Undeleted,
  whole,
} from "./versionedBucket";

describe("what was deleted from a versioned bucket", () => {
  it("is listed apart, with when, by which marker, and whether all of it is still there", async () => {
    await backups(1, 2, 3);
    await archive().putText(segment(7), "segment 7");
    expect(await hidden()).toMatchObject({ backups: [], log: [], records: [], notes: [] });
    await remove(dataKey(2), manifestOf(2), dataKey(3), segment(7));
    expect(await listed()).toEqual([idOf(1), `${idOf(3)} bad`]);
    const found = await hidden();
    expect(found.backups).toMatchObject([
      { backupId: idOf(2), tier: "full", place: "primary", restorable: true, problem: null, givenUpBy: null },
      { backupId: idOf(3), restorable: true },
    ]);
    expect(found.backups[0]!.objects.map(({ key }) => key)).toEqual([dataKey(2), manifestOf(2)]);
    for (const { deletedAt, markerId, versionId } of found.backups[0]!.objects) {
      expect(Math.abs(Date.parse(deletedAt) - Date.now())).toBeLessThan(120_000);
      expect(await everything()).toContain(`marker ${whole(dataKey(2))} ${found.backups[0]!.objects[0]!.markerId}`);
      expect(markerId).not.toBe(versionId);
    }
    expect(found.log).toMatchObject([{ stream: "s1", segments: 1, first: segmentName(7n), last: segmentName(7n) }]);
    expect(found.records).toEqual([]);
  });

  it("comes back whole, with everything else as it was, and not twice", async () => {
    await backup(1);
    await backup(2, 12 * 1024 * 1024);
    const before = await everything();
    const keys = await keysThere("prod/full/");
    // Deleted twice: two markers lie on each other.
    await remove(...keys.filter((key) => key.includes(idOf(2))), dataKey(2), manifestOf(2));
    expect(keys.filter((key) => key.startsWith(dataKey(2)))).toHaveLength(2); // The hash lies beside it.
    expect(await listed()).toEqual([idOf(1)]);
    const marked = await everything();
    const would = await good<Undeleted>(["undelete", idOf(2), "--dry-run"]);
    expect(would.dryRun).toBe(true);
    expect(would.undeleted.map(({ key }) => key).sort()).toEqual(keys.filter((key) => key.includes(idOf(2))).sort());
    expect(await everything()).toEqual(marked);
    expect(await undeleted(idOf(2))).toEqual(would.undeleted.map(({ key }) => key).sort());
    expect(await everything()).toEqual(before);
    expect(await listed()).toEqual([idOf(1), idOf(2)]);
    expect((await good<{ good: boolean }>(["verify", idOf(2)])).good).toBe(true);
    expect(await undeleted(idOf(2))).toEqual([]);
    expect((await hidden()).backups).toEqual([]);
  });

  it("comes back after a death at any moment, its manifest last", async () => {
    await backup(1);
    const moments = undelete.steps.flatMap(({ name }) => ["before", "in", "after"].map((when) => `${name}:${when}`));
    for (const moment of moments) {
      await remove(dataKey(1), manifestOf(1));
      const ran = await run(["undelete", idOf(1)], store.root, { failpoint: `undelete/${moment}` });
      expect(ran.code, moment).toBeNull();
      const there = await keysThere("prod/full/");
      if (there.includes(manifestOf(1))) expect(there).toContain(dataKey(1));
      await good(["undelete", idOf(1)]);
      expect(await listed(), moment).toEqual([idOf(1)]);
    }
  });

  it("is told to be lost where a rule has removed a version for good, and nothing is touched", async () => {
    await backups(1, 2);
    await remove(dataKey(1), manifestOf(1));
    const { Versions = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: whole(dataKey(1)) }),
    );
    const [{ VersionId }] = Versions as [{ VersionId: string }];
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: whole(dataKey(1)), VersionId }));
    const before = await everything();
    const problem = `${dataKey(1)} is missing`;
    expect((await hidden()).backups).toMatchObject([{ backupId: idOf(1), restorable: false, problem }]);
    const ran = await run(["undelete", idOf(1)]);
    expect(ran.code).toBe(5);
    expect(complaint(ran)).toBe(`backup ${idOf(1)} cannot come back: ${problem}.`);
    expect(await everything()).toEqual(before);
  });

  it("does not come back as what somebody stored over it, and can be restored all the same", async () => {
    await backup(1);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: whole(dataKey(1)), Body: "DATA of 1" }));
    await remove(dataKey(1), manifestOf(1));
    const before = await everything();
    expect((await hidden()).backups).toMatchObject([{ restorable: true }]);
    const ran = await run(["undelete", idOf(1)]);
    expect(ran.code).toBe(5);
    expect(complaint(ran)).toContain(`${dataKey(1)} was stored again after backup ${idOf(1)}`);
    expect(await everything()).toEqual(before);
    const { plan, text } = await good<{ plan: { source: object }; text: string }>(["plan", `backup:${idOf(1)}`]);
    expect(plan.source).toMatchObject({ backupId: idOf(1), hidden: true });
    expect(text).toContain("DELETED         somebody, or a rule of the bucket, deleted some of it");
  });

  it("comes back with the manifest that its node signed, not with one that was put over it", async () => {
    await backup(1);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: whole(manifestOf(1)), Body: "{}" }));
    await remove(manifestOf(1));
    expect((await hidden()).backups).toMatchObject([{ backupId: idOf(1), restorable: true }]);
    const ran = await run(["undelete", idOf(1)]);
    expect(ran.code).toBe(5);
    expect(complaint(ran)).toContain(`${manifestOf(1)} was stored again after`);
  });

  it("is given back after a prune on purpose only with --expired, once the prune is done", async () => {
    await backups(1, 2);
    for (const key of [dataKey(1), manifestOf(1)]) {
      const time = new Date(Date.now() - 90 * 86_400_000);
      fs.utimesSync(path.join(store.folder, "data", bucket, whole(key)), time, time);
    }
    const { pruneId } = await good<{ pruneId: string }>(["prune"]);
    await remove(dataKey(1), manifestOf(1)); // As the bucket's rule does with what is tagged.
    expect((await hidden()).backups).toMatchObject([{ backupId: idOf(1), givenUpBy: pruneId, restorable: true }]);
    const before = await everything();
    const refused = await run(["undelete", idOf(1)]);
    expect(refused.code).toBe(3);
    expect(complaint(refused)).toContain(
      `backup ${idOf(1)} was given up on purpose, by prune ${pruneId}: with --expired`,
    );
    const early = await run(["undelete", idOf(1), "--expired"]);
    expect(early.code).toBe(75);
    expect(complaint(early)).toContain("run `neumann-backup prune` first");
    const planned = await run(["plan", `backup:${idOf(1)}`]);
    expect(planned.code).toBe(3);
    expect(complaint(planned)).toContain("was given up on purpose");
    expect(await everything()).toEqual(before);
    await good(["prune"]);
    expect(await undeleted(idOf(1), "--expired")).toEqual([dataKey(1), manifestOf(1)]);
    expect(await listed()).toEqual([idOf(1), idOf(2)]);
    // With the tag the rule would delete it again tomorrow.
    for (const key of [dataKey(1), manifestOf(1)]) {
      const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: whole(key) }));
      expect(TagSet).toEqual([]);
    }
  });

  it("brings the log back, but neither what a prune gave up nor what somebody stored over a segment", async () => {
    for (const number of [1, 2, 3, 4]) await archive().putText(segment(number), `segment ${number}`);
    await archive().putText(
      recordKey("prod", "expired", "20261101T000000Z-00000001.json"),
      JSON.stringify({ format: "neumann-expired/1", manifests: [], data: [], segments: [segment(1)] }),
    );
    await archive().putText(recordKey("prod", "expired", "20261101T000000Z-00000001.done.json"), "{}\n");
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: whole(segment(3)), Body: "another" }));
    await remove(segment(1), segment(2), segment(3));
    expect((await hidden()).log).toMatchObject([{ segments: 2, first: segmentName(2n), givenUp: 1 }]);
    const ran = await run(["undelete", "--wal"]);
    expect(ran.code).toBe(5);
    const result = JSON.parse(ran.stdout) as Undeleted;
    expect(result.undeleted.map(({ key }) => key)).toEqual([segment(2)]);
    expect(result.left.map(({ key }) => key)).toEqual([segment(3)]);
    expect(result.left[0]?.problem).toContain("other content was stored over it");
    expect(await keysThere("prod/wal/")).toEqual([segment(2), segment(4)]);
    expect(await archive().getText(segment(2))).toBe("segment 2");
  });

  it("comes back after everything was deleted, the records first", async () => {
    await backups(1, 2);
    await archive().putText(segment(1), "segment 1");
    const before = await everything();
    await remove(...(await keysThere()));
    expect(await keysThere()).toEqual([]);
    const lost = await run(["list"]);
    expect(lost.code).toBe(4);
    expect(complaint(lost)).toContain("If it was deleted there, `neumann-backup list --hidden` tells what is left.");
    const found = await hidden();
    expect(found.backups.map(({ backupId }) => backupId)).toEqual([idOf(1), idOf(2)]);
    expect(found.records.map(({ key }) => key)).toContain(archiveMarkerKey("prod"));
    const early = await run(["undelete", idOf(1)]);
    expect(early.code).toBe(3);
    expect(complaint(early)).toContain("Run `neumann-backup undelete --records` first");
    expect(await undeleted("--records")).toContain(archiveMarkerKey("prod"));
    await undeleted(idOf(1));
    await undeleted(idOf(2));
    expect(await undeleted("--wal")).toEqual([segment(1)]);
    expect(await everything()).toEqual(before);
    expect(await listed()).toEqual([idOf(1), idOf(2)]);
  });

  it("stays hidden for keys that may not remove markers, which a node's are", async () => {
    await backup(1);
    await remove(dataKey(1), manifestOf(1));
    const before = await everything();
    const node = await store.createUser();
    const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
    const read = ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject"];
    const tag = ["s3:GetObjectVersionTagging", "s3:GetObjectTagging", "s3:GetBucketVersioning"];
    const Statement = [
      { Effect: "Allow", Principal: { AWS: [node.accessKeyId] }, Action: [...read, ...tag], Resource },
    ];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    try {
      const ran = await run(["undelete", idOf(1)], node);
      expect(ran.code).toBe(4);
      expect(complaint(ran)).toMatch(/^DELETE .* was answered with 403 AccessDenied/);
    } finally {
      await client.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
    }
    expect(await everything()).toEqual(before);
  });

  it("is asked for by one name, of a backup that is hidden", async () => {
    await backup(1);
    const cases: [string[], string][] = [
      [["undelete"], "backup: is missing (received nothing). Name one backup, or write --wal or --records."],
      [["undelete", idOf(1), "--wal"], "does not go with --wal and --records, nor these with each other"],
      [["undelete", "../1"], 'is no name of a backup (received "../1"). Look at `neumann-backup list --hidden`.'],
      [
        ["undelete", idOf(9)],
        `is neither in the archive nor hidden there (received "${idOf(9)}"). Hidden backups: none.`,
      ],
    ];
    for (const [words, message] of cases) {
      const ran = await run(words);
      expect(ran.code, words.join(" ")).toBe(2);
      expect(complaint(ran)).toContain(message);
    }
  });
});

describe("a place without versions", () => {
  it("says so: a folder", async () => {
    const spec = await makeArchive(path.join(folder, "plain"));
    const flags = ["--archive", spec.location, "--offsite", spec.offsite!.location, "--cluster", "prod"];
    const { hidden: found } = await must<{ hidden: HiddenList }>(["list", "--hidden", ...flags]);
    expect(found.backups).toEqual([]);
    const says = ({ location: at }: { location: string }) =>
      `${at}: a folder keeps no versions; what was deleted there is gone.`;
    expect(found.notes).toEqual([says(spec), says(spec.offsite!)]);
    const ran = await agent(["--json", "undelete", idOf(1), ...flags]);
    expect(ran.code).toBe(3);
    expect(complaint(ran)).toContain(
      "a folder keeps no versions, so what was deleted there is gone. Nothing was touched.",
    );
  });

  it("says so: a bucket that is not versioned", async () => {
    await createArchive(location({ bucket: plain }), "prod", "primary");
    const flags = ["--archive", place({ bucket: plain }), "--cluster", "prod"];
    const environment = rootKeys();
    const found = await must<{ hidden: HiddenList }>(["list", "--hidden", ...flags], { environment });
    expect(found.hidden.notes).toEqual([
      `s3://${plain}/${prefix} at ${store.endpoint}: the bucket is not versioned; what is deleted there is gone.`,
    ]);
  });
});
