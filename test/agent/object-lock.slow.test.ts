import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectLockConfigurationCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { createArchive } from "../../agent/archive/open";
import { lookAtProtection } from "../../agent/archive/protection";
import { S3Archive } from "../../agent/archive/s3";
import type { HiddenList } from "../../agent/commands/listHidden";
import { recordKey } from "../../model/layout";
import { resolvePolicy } from "../../model/policy";
import type { S3Location } from "../../model/s3Location";
import { idOf } from "../model/fixtures";
import { must } from "./support";
import {
  archive,
  backup,
  client,
  dataKey,
  location,
  locked,
  manifestOf,
  place,
  plain,
  prefix,
  rootKeys,
  store,
  whole,
} from "./versionedBucket";

describe("a lock on what is stored", () => {
  const lock = (days = 3) => ({ bucket: locked, objectLock: { mode: "governance" as const, days } });
  const head = (key: string) => client.send(new HeadObjectCommand({ Bucket: locked, Key: whole(key) }));

  it("is on every object, small and large, for as long as the reference says, by the store's clock", async () => {
    const to = archive(lock());
    await to.putText(recordKey("prod", "keys", "k.json"), "{}\n");
    await backup(1, 0, to);
    await backup(2, 12 * 1024 * 1024, to);
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: locked, Prefix: `${prefix}/` }));
    const keys = Contents.map(({ Key = "" }) => Key.slice(prefix.length + 1));
    expect(keys).toHaveLength(6); // With the hash beside the large one.
    for (const key of keys) {
      const { ObjectLockMode, ObjectLockRetainUntilDate } = await head(key);
      expect(ObjectLockMode, key).toBe("GOVERNANCE");
      const days = (ObjectLockRetainUntilDate!.getTime() - Date.now()) / 86_400_000;
      expect(Math.abs(days - 3), key).toBeLessThan(0.01);
    }
    const { VersionId } = await head(dataKey(1));
    const gone = client.send(new DeleteObjectCommand({ Bucket: locked, Key: whole(dataKey(1)), VersionId }));
    await expect(gone).rejects.toThrow("object lock");
  });

  it("does not hinder what brings a deleted backup back", async () => {
    await createArchive(location(lock()), "prod", "primary");
    await backup(1, 0, archive(lock()));
    for (const key of [dataKey(1), manifestOf(1)])
      await client.send(new DeleteObjectCommand({ Bucket: locked, Key: whole(key) }));
    const flags = ["--archive", `${place(lock())}&object-lock=governance&object-lock-days=3`, "--cluster", "prod"];
    const environment = rootKeys();
    const found = await must<{ hidden: HiddenList }>(["list", "--hidden", ...flags], { environment });
    expect(found.hidden.backups).toMatchObject([{ backupId: idOf(1), restorable: true }]);
    await must(["undelete", idOf(1), ...flags], { environment });
    expect((await head(manifestOf(1))).ObjectLockMode).toBe("GOVERNANCE");
  });

  it("is refused by a bucket that has none, with what to do", async () => {
    await expect(archive({ ...lock(), bucket: plain }).putText("a/b", "x")).rejects.toThrow(
      "Give the bucket object lock, or leave objectLock out of the archive's reference.",
    );
  });

  it("is held against bucket and policy", async () => {
    const policy = resolvePolicy();
    const look = (change: Partial<S3Location>) => {
      const where = location(change);
      return lookAtProtection({ place: "primary", location: where, archive: new S3Archive(where) }, policy);
    };
    const one = async (change: Partial<S3Location>) => {
      const { found, problems } = await look(change);
      return [found, ...problems].map((text) => text.replace(/^.*?: /, ""));
    };
    expect(await one({})).toEqual(["versioned, no object lock, the agent locks nothing"]);
    expect(await one({ bucket: plain })).toEqual([
      "not versioned: what is deleted there is gone, no object lock, the agent locks nothing",
    ]);
    expect(await one(lock())).toEqual(["versioned, object lock, the agent locks for 3 days (governance)"]);
    expect(await one({ ...lock(), bucket: plain })).toContain(
      "objectLock is given, and the bucket has no object lock: every put is refused",
    );
    const own = (Days: number) =>
      client.send(
        new PutObjectLockConfigurationCommand({
          Bucket: locked,
          ObjectLockConfiguration: {
            ObjectLockEnabled: "Enabled",
            Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days } },
          },
        }),
      );
    await own(7);
    expect(await one({ bucket: locked })).toEqual([
      "versioned, object lock, 7 days by default (governance), the agent locks nothing",
    ]);
    await own(8);
    expect((await one({ bucket: locked }))[1]).toBe(
      "the bucket's own 8 days of lock: locks longer than the policy keeps snapshots (7 days): it could not be given up",
    );
    const { secretAccessKey } = await store.createUser();
    const blind = await look({ credentials: { accessKeyId: store.root.accessKeyId, secretAccessKey } });
    expect(blind.problems).toEqual([]);
    expect(blind.found).toContain("whether it is versioned cannot be told (GET");
  });
});
