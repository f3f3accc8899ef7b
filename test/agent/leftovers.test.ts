import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import type { Node } from "../../agent/context";
import { removeLeftovers, workFolder } from "../../agent/host/leftovers";

const root = mkdtempSync(path.join(tmpdir(), "neumann-leftovers-"));
const work = path.join(root, "work");
const node = { config: { node: { dataDirectory: root } }, paths: { work } } as unknown as Node;
/** No process has it: Linux and macOS end earlier. */
const nobody = 99_999_999;

beforeEach(() => rmSync(work, { recursive: true, force: true }));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function left(...names: string[]): Promise<string[]> {
  for (const name of names) mkdirSync(path.join(work, name, "tree"), { recursive: true });
  await removeLeftovers(node);
  return readdirSync(work).sort();
}

it("takes away what dead runs of any command left", async () => {
  const id = "20261128T020000Z-0123abcd";
  const older = `verify-${nobody}-0123abcd`;
  expect(
    await left(`full-${id}-${nobody}.17`, `snapshots-${id}-${nobody}.17`, `query-0123abcd-${nobody}.17`, older),
  ).toEqual([]);
});

it("knows a process of the same number that began at another time, as after a power loss", async () => {
  const alive = path.basename(await workFolder(node, "full-20261128T020000Z-0123abcd"));
  expect(alive).toMatch(/^full-20261128T020000Z-0123abcd-\d+\.\w+$/);
  expect(await left(alive, `${alive}9`)).toEqual([alive]);
});

it("leaves alone what names no process, and is no run's", async () => {
  const names = ["full-20261128T020000Z-0123abcd", "notes"];
  expect(await left(...names)).toEqual(names);
});

it("has nothing to do where nothing was ever made", async () => {
  await removeLeftovers(node);
  expect(readdirSync(root)).toEqual([]);
});
