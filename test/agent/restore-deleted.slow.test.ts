import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createArchive } from "../../agent/archive/open";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import type { ArchiveSpec } from "../../model/reference";
import {
  adminOf,
  at,
  freshHost,
  type Host,
  installSpec,
  makeArchive,
  must,
  mustPhase,
  protectedCluster,
  recoveryOf,
} from "./support";
import { folder, keysThere, location, moveTo, prefix, remove } from "./versionedBucket";

describe("a recovery from a backup that somebody deleted", () => {
  it("reads it by version ids, to the last row, and so does a look back", async () => {
    const source = await protectedCluster(path.join(folder, "source"));
    try {
      const [host] = source.hosts as [Host];
      const offsite = location({ prefix: `${prefix}-offsite` });
      await createArchive(offsite, "prod", "offsite");
      const spec: ArchiveSpec = { ...source.archive, offsite };
      await createTable(source.cluster.nodes[0]!);
      const writer = new Writer({ nodes: () => source.cluster.nodes, rows: 100 }).start();
      await writer.finished();
      await must([...at(host), "full"]);
      const { config } = installSpec(host);
      fs.writeFileSync(host.configFile, JSON.stringify({ ...config, archive: spec }));
      const { backupId } = await must<{ backupId: string }>([...at(host), "offsite"]);
      moveTo(`${prefix}-offsite`);
      await remove(...(await keysThere("prod/offsite/")));
      expect((await keysThere("prod/offsite/")).length).toBe(0);
      const { plan } = await must<{ plan: { source: { hidden?: true } } }>([...at(host), "plan", `backup:${backupId}`]);
      expect(plan.source.hidden).toBe(true);
      const asked = await must<{ answer: string }>([
        ...at(host),
        "query",
        "--at",
        `backup:${backupId}`,
        "SELECT COUNT(*) FROM t",
      ]);
      expect(asked.answer).toMatch(/\b100\b/);
      const fresh = await makeArchive(path.join(folder, "fresh"));
      const target = await freshHost(path.join(folder, "target"), "node1", {
        archive: { ...fresh, offsite },
      });
      const recovery = await recoveryOf([target], { restorePoint: `backup:${backupId}` });
      expect(await mustPhase("first", target, recovery(target))).toMatchObject({ state: "restored" });
      const { lost, wrong } = writer.compare(await readValues(adminOf(target)));
      expect({ lost, wrong }).toEqual({ lost: [], wrong: [] });
      expect((await keysThere("prod/offsite/")).length).toBe(0); // Nothing was undeleted for it.
    } finally {
      await source.cluster.close();
    }
  });
});
