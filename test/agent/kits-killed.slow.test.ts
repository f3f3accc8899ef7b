import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kitFile, kitStore } from "../../agent/commands/kit";
import { standardPolicy } from "../../model/policy";
import { makeRecoveryKit, serializeRecoveryKit } from "../../model/recoveryKit";
import { killAt, moments, survived, tried, untilDone } from "./killing";
import {
  agent,
  type AgentOptions,
  at,
  bundle,
  contentsOf,
  endAll,
  filesBelow,
  type FolderArchive,
  freshHost,
  type Host,
  lostFrom,
  must,
  scratch,
} from "./support";

/** As kill-points.slow.test.ts, for the commands that keep the recovery kit: they need no database. */
const folder = scratch("kits");
const offsite = { kind: "directory" as const, location: path.join(folder, "offsite") };
const archive: FolderArchive = {
  kind: "directory",
  clusterId: "prod",
  location: path.join(folder, "archive"),
  offsite,
};
let host: Host;

function kitOf(library: string): { kit: string; seal: string } {
  const nodes = [{ nodeId: "node1", address: "127.0.0.1:7878", publicKey: null }];
  const versions = { library, agent: "a".repeat(64) };
  const kit = makeRecoveryKit({ archive, policy: standardPolicy, nodes, versions });
  return { kit: serializeRecoveryKit(kit), seal: kit.seal };
}

beforeAll(async () => {
  bundle();
  const { location } = archive;
  await must(["archive-create"], {
    spec: { archive: { kind: "directory", location }, clusterId: "prod", role: "primary" },
  });
  await must(["archive-create"], { spec: { archive: offsite, clusterId: "prod", role: "offsite" } });
  host = await freshHost(path.join(folder, "node1"), "node1", { archive });
});

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("a command that keeps the kit, killed anywhere, is run again", () => {
  it("kit-store", async () => {
    const places = [archive.location, offsite.location];
    for (const [index, { name }] of kitStore.steps.entries()) {
      const { kit, seal } = kitOf(`1.0.${index}`);
      const before = places.map((place) => contentsOf(place));
      const run = (options: AgentOptions) => agent([...at(host), "--json", "kit-store"], { ...options, spec: { kit } });
      await killAt(name, { procedure: kitStore, run });
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
    for (const { name } of kitFile.steps) {
      const { kit } = kitOf("1.0.0");
      const run = (options: AgentOptions) => agent(["--json", "kit-file"], { ...options, spec: { kit, file } });
      await killAt(name, { procedure: kitFile, run });
      await untilDone(() => run({}));
      expect(fs.readFileSync(file, "utf8")).toBe(kit);
    }
  });
});

it("survived every kill point", () => {
  const points = [kitStore, kitFile].flatMap(({ name, steps }) =>
    steps.flatMap((step) => moments.map((moment) => `${name}/${step.name}:${moment}`)),
  );
  expect(points.filter((point) => !survived.includes(point))).toEqual([]);
  expect(tried.filter((point) => !survived.includes(point))).toEqual([]);
});
