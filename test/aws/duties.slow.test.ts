import fs from "node:fs";
import path from "node:path";
import { format } from "prettier";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Place } from "../../model/catalog";
import { bundle, endAll, scratch } from "../agent/support";
import { Attacks } from "./attacks";
import { DutyCommands } from "./dutyCommands";
import { cluster, dutiesOf, DutyWorld, type Holder, places, prefix } from "./dutyWorld";
import { type Recorded, recordedIn } from "./recorded";

/**
 * The agent's commands, each with exactly the rights of its duty: what a document allows is enforced by the guard with all its
 * conditions, and once more by the store with its actions and prefixes.
 */
const folder = scratch("duties");
let world: DutyWorld;
let commands: DutyCommands;
let recorded: Recorded[];
let passed = 0;

beforeAll(async () => {
  bundle();
  world = await DutyWorld.start();
  commands = new DutyCommands(world, folder);
  await commands.all();
  passed = world.guard.passed.length;
  const holders = new Map(Object.entries(world.users).map(([holder, user]) => [user.accessKeyId, holder as Holder]));
  recorded = recordedIn(world.guard.passed, {
    cluster,
    prefix,
    placeOf: (bucket) => Object.values(places).find((place) => place.bucket === bucket)?.place as Place,
    dutiesOf: (signer) => dutiesOf[holders.get(signer) as Holder],
  });
});

afterAll(async () => {
  await commands.close();
  await endAll();
  await world.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("the agent with the rights of its duties and no others", () => {
  it("asks a store for what is in the record, and for nothing else", async () => {
    const text = await format(JSON.stringify(recorded), { parser: "json", printWidth: 120 });
    await expect(text).toMatchFileSnapshot(path.join(__dirname, "recorded.json"));
  });

  it("is refused by the store nowhere where its documents allow it", () => {
    // What is frozen is refused whatever the rights are.
    const disagreeing = world.guard.passed
      .slice(0, passed)
      .filter(({ allowed, status, code }) => allowed && status === 403 && code !== "InvalidObjectState");
    expect(disagreeing.map(({ request }) => `${request.method} ${request.url}`)).toEqual([]);
    expect(passed).toBeGreaterThan(1000);
  });

  it("leaves a thief of a node's keys nothing to lose", async () => {
    const attacks = new Attacks(world, commands);
    const { tried, lost, got, unjudged } = await attacks.all();
    console.log(`${tried} attacks, ${lost.length} objects lost`);
    expect({ lost, got, unjudged }).toEqual({ lost: [], got: [], unjudged: [] });
    expect(tried).toBeGreaterThan(400);
  });
});
