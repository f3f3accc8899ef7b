import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kitFile, kitStore } from "../../agent/commands/kit";
import { inBuckets, inFolders, type Keeper } from "./keeping";
import { kitOf } from "./kitOf";
import { allSurvived, killAt, untilDone } from "./killing";
import { killed } from "./procedures";
import {
  agent,
  type AgentOptions,
  at,
  bundle,
  contentsOf,
  endAll,
  filesBelow,
  freshHost,
  lostFrom,
  must,
  scratch,
} from "./support";

/** As kill-points.slow.test.ts, for the commands that keep the recovery kit: they need no database. */
const folder = scratch("kits");
let buckets: Keeper;

beforeAll(async () => {
  bundle();
  buckets = await inBuckets();
});

afterAll(async () => {
  await endAll();
  await buckets.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("a command that keeps the kit, killed anywhere, is run again", () => {
  it.each(["folders", "buckets"] as const)("kit-store, into %s", async (kind) => {
    const keeper = kind === "folders" ? inFolders(path.join(folder, "kept")) : buckets;
    const { archive, near, away } = await keeper.at("kits");
    const host = await freshHost(path.join(folder, kind), "node1", { archive });
    const places = [near, away];
    for (const [index, { name }] of kitStore.steps.entries()) {
      const { kit, seal } = kitOf(archive, `1.0.${index}`);
      const before = places.map((place) => contentsOf(place));
      const run = (options: AgentOptions) => agent([...at(host), "--json", "kit-store"], { ...options, spec: { kit } });
      await killAt(name, { procedure: kitStore, kind, run });
      await untilDone(() => run({}));
      for (const [which, place] of places.entries()) {
        // Once in each, beside all that was there.
        expect(filesBelow(path.join(place, "prod", "records", "kits")), name).toHaveLength(index + 1);
        expect(lostFrom(before[which]!, place), name).toEqual([]);
      }
      expect(await must([...at(host), "kit"])).toMatchObject({ seal });
    }
  });

  it("kit-file", async () => {
    const file = path.join(folder, "kit.json");
    const { archive } = await inFolders(path.join(folder, "kept")).at("file");
    for (const { name } of kitFile.steps) {
      const { kit } = kitOf(archive, "1.0.0");
      const run = (options: AgentOptions) => agent(["--json", "kit-file"], { ...options, spec: { kit, file } });
      await killAt(name, { procedure: kitFile, run });
      await untilDone(() => run({}));
      expect(fs.readFileSync(file, "utf8")).toBe(kit);
    }
  });
});

it("survived every kill point", () => {
  allSurvived(killed.folders["kits-killed"]);
  allSurvived(killed.buckets["kits-killed"], "buckets");
});
