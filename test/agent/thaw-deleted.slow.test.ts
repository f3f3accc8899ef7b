import { afterAll, beforeAll, expect, it } from "vitest";
import { archiveFor, type ResolvedPlan } from "../../agent/commands/plan";
import { openReachable } from "../../agent/archive/open";
import { readManifest } from "../../agent/restore/material";
import { NotThawed, thaw } from "../../agent/restore/thaw";
import { Freezer } from "../../lab/store/freezer";
import { idOf } from "../model/fixtures";
import { must } from "./support";
import { backups, bucket, dataKey, location, remove, store, whole } from "./versionedBucket";

/** What somebody deleted from a versioned bucket, and a rule had moved to an archive class before. */

let freezer: Freezer;

beforeAll(async () => {
  freezer = await Freezer.start(store.endpoint);
});

afterAll(async () => {
  await freezer.stop();
});

const control = { progress: () => undefined, note: () => undefined, point: () => Promise.resolve() };

it("is planned with its thaw, and thawed in the version that is read", async () => {
  await backups(1);
  await remove(dataKey(1));
  const key = `${bucket}/${whole(dataKey(1))}`;
  freezer.freeze((found) => (found === key ? "GLACIER" : undefined));
  freezer.thawMs = 60_000;
  const archive = { ...location({ endpoint: freezer.endpoint }), clusterId: "prod" };
  const spec = { archive, restorePoint: `backup:${idOf(1)}`, recoveryId: "look", nodes: ["node1"] };
  const { plan, thaw: phase } = await must<ResolvedPlan & Record<string, unknown>>(["plan"], { spec });
  expect(plan.source.hidden).toBe(true);
  expect(phase).toMatchObject({ objects: 1, storageClass: "GLACIER", hours: 5, thawing: 0 });
  const source = await archiveFor(plan, await openReachable(archive), []);
  const needed = { plan, archive: source, manifest: await readManifest(source, plan, []) };
  await expect(thaw(needed, control)).rejects.toThrow(NotThawed);
  expect(freezer.asked).toEqual([{ key, versionId: expect.stringMatching(/./) as string, days: 7, tier: "Standard" }]);
  const again = await must<ResolvedPlan & Record<string, unknown>>(["plan"], { spec });
  expect(again.thaw).toMatchObject({ objects: 1, thawing: 1 });
  freezer.endsIn(48 * 3_600_000);
  await thaw(needed, control);
  expect(freezer.asked).toHaveLength(1);
});
