import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type InPlace, looseMembers, type OldMember } from "../../model/inPlace";
import { describePlan, planDigest, type PlanRequest, resolvePlan, type RestorePlan } from "../../model/plan";
import { catalog, entry, idOf, pinOf, refusalOf } from "./fixtures";

const lineage = "l-one";
const inPlace: InPlace = { replaces: lineage, fenced: ["node3"] };
const full = entry({ backupId: idOf(1), index: { low: 1000, high: 1000 } });

function ask(change: Partial<PlanRequest> = {}): RestorePlan {
  const asked = { restorePoint: "latest", recoveryId: "r1", nodes: ["node1", "node2"], inPlace };
  return resolvePlan({ catalog: catalog({ entries: [full] }), segments: [], ...asked, ...change });
}

function refusal(change: Partial<PlanRequest>): string {
  return refusalOf(() => ask(change));
}

describe("members that may run", () => {
  const members: OldMember[] = [
    { id: null, address: "node2:7878" },
    { id: "node2", address: "node2:7878" },
    { id: "node3", address: "node3:7878" },
    { id: null, address: "node4:7878" },
  ];

  it("are those that nobody gated or fenced, once each, with what is known of them", () => {
    expect(looseMembers(members, ["node1:7878"], [])).toEqual([
      "node2 (node2:7878)",
      "node3 (node3:7878)",
      "node4:7878",
    ]);
    expect(looseMembers(members, ["node2:7878"], ["node3"])).toEqual(["node4:7878"]);
    expect(looseMembers(members, ["node2:7878"], ["node3", "node4:7878"])).toEqual([]);
  });

  it("never lack one because it was named twice or in another order", () => {
    const member = fc.record({
      id: fc.option(fc.constantFrom("a", "b", "c"), { nil: null }),
      address: fc.constantFrom("a:1", "b:1", "c:1"),
    });
    fc.assert(
      fc.property(fc.array(member), fc.subarray(["a:1", "b:1", "c:1"]), (known, gated) => {
        const loose = looseMembers(known, gated, []);
        const expected = new Set(known.map(({ address }) => address).filter((address) => !gated.includes(address)));
        expect(loose).toHaveLength(expected.size);
        expect(looseMembers([...known, ...known], gated, [])).toHaveLength(expected.size);
      }),
    );
  });
});

describe("a plan in place", () => {
  it("says what goes aside and who is said to be gone", () => {
    const plan = ask();
    expect(plan.inPlace).toEqual(inPlace);
    const text = describePlan(plan, planDigest(plan), new Date("2026-11-24T00:00:00Z"));
    expect(text).toContain(
      "  IN PLACE        node1, node2: all are stopped first, and what they have not archived is. Their data",
    );
    expect(text).toContain(`${lineage} goes aside, to .neumann-backup-aside/r1 in the data folder, and stays there`);
    expect(text).toContain("  FENCED          node3: you say that they do not run and never will with their data");
    const onto = ask({ inPlace: undefined });
    expect(planDigest(onto)).not.toBe(planDigest(plan));
    expect(describePlan(onto, planDigest(onto), new Date())).not.toContain("IN PLACE");
  });

  it("replaces only a lineage that the archive knows", () => {
    expect(refusal({ inPlace: { replaces: "l-typo", fenced: [] } })).toBe(
      `no lineage l-typo is in the archive, and only what is known by name is put aside. Its lineages: ${lineage}. \`neumann-backup status\` on a node tells which one it writes.`,
    );
  });

  it("is continued as it was begun, or not at all", () => {
    const pin = pinOf(ask());
    expect(ask({ pin })).toEqual(pin.plan);
    expect(refusal({ pin, inPlace: undefined })).toBe(
      `recovery r1 was begun in place of ${lineage} (fenced: node3) and cannot be continued onto empty nodes. Use a new recoveryId.`,
    );
    expect(refusal({ pin: pinOf(ask({ inPlace: undefined })) })).toBe(
      `recovery r1 was begun onto empty nodes and cannot be continued in place of ${lineage} (fenced: node3). Use a new recoveryId.`,
    );
  });

  it("holds while log arrives: whichever stream serves, the same is restored", () => {
    const until = "2026-11-23T10:30:00.000Z";
    const replay = { until, stream: "node1-00000001", first: "a", last: "b", segments: 1, bytes: 5 };
    const withReplay = (change: object): RestorePlan => ({ ...ask(), replay: { ...replay, ...change } as never });
    const digest = planDigest(withReplay({}));
    expect(planDigest(withReplay({ stream: "node2-00000001", first: "c", segments: 9 }))).toBe(digest);
    expect(planDigest(withReplay({ until: "2026-11-23T10:31:00.000Z" }))).not.toBe(digest);
  });
});
