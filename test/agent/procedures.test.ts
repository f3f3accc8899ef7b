import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { undelete } from "../../agent/commands/undelete";
import { podSidecar } from "../../agent/kubernetes/sidecar";
import type { Steps } from "./killing";
import { inPods, killed, ofVolumes, withoutArchive } from "./procedures";

const agent = path.join(__dirname, "..", "..", "agent");

/** All that the agent's sources export as a list of steps. */
async function procedures(): Promise<Steps[]> {
  const found: Steps[] = [];
  for (const name of fs.readdirSync(agent, { recursive: true }) as string[]) {
    if (!name.endsWith(".ts")) continue;
    const file = path.join(agent, name);
    const exported = [...fs.readFileSync(file, "utf8").matchAll(/^export const (\w+): Procedure</gm)];
    if (exported.length === 0) continue;
    const module = (await import(file)) as Record<string, Steps>;
    found.push(...exported.map(([, word]) => module[word!]!));
  }
  return found;
}

describe("a command of the agent", () => {
  it.each<["folders" | "buckets", readonly Steps[]]>([
    // A folder has no delete markers, and a pod keeps its archive in a bucket.
    ["folders", [undelete, podSidecar, ...inPods, ...ofVolumes]],
    ["buckets", withoutArchive],
  ])("is killed at every step where archives are kept in %s", async (kind, without) => {
    const all = await procedures();
    expect(all.length).toBeGreaterThan(20);
    const known = Object.values(killed[kind]).flat();
    const names = (list: readonly Steps[]): string[] => list.map(({ name }) => name);
    expect(names(all.filter((procedure) => !known.includes(procedure) && !without.includes(procedure)))).toEqual([]);
  });

  it("is killed by a test that is there", () => {
    for (const files of Object.values(killed)) {
      for (const file of Object.keys(files))
        expect(fs.existsSync(path.join(__dirname, `${file}.slow.test.ts`))).toBe(true);
    }
  });
});
