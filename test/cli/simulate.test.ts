import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../cli/main";
import { simulateFlags } from "../../cli/simulateRequest";
import type { SimulationSummary } from "../../model/aws/simulationSummary";
import { readDocument } from "../format/document";

vi.mock("../../components/agentBundle", async () => (await import("../components/harness")).fakeBundle());

/** A prune that gives everything up. */
const prune = vi.hoisted(() => ({ broken: false }));
vi.mock("../../model/retention", async (original) => {
  const real = await original<typeof import("../../model/retention")>();
  const planRetention: typeof real.planRetention = (request) => {
    const plan = real.planRetention(request);
    return prune.broken ? { expire: [...plan.expire, ...plan.keep], keep: [] } : plan;
  };
  return { ...real, planRetention };
});

const folder = mkdtempSync(path.join(tmpdir(), "neumann-simulate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content: unknown): string => {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
};

async function say(...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (text: string) => out.push(text), err: { write: (text: string) => err.push(text) } };
  const code = await runCommandLine(["simulate", ...argv], terminal);
  return { code, out: out.join("\n"), err: err.join("").replaceAll(folder, "DIR") };
}

/** Few snapshots, and little log. */
const few = { snapshots: { everyMinutes: 720, recoveryPointMinutes: 720, keepAtLeast: 2 } };
const sizes = ["--full-gib", "100", "--snapshot-gib", "10", "--wal-gib-per-day", "0.1", "--compressed-to", "0.5"];
const policy = put("policy.json", few);

describe("simulate", () => {
  it("shows what is kept, what can be restored, what it costs, and what would cost less", async () => {
    const { code, out } = await say("--policy", policy, ...sizes, "--days", "60");
    expect(code).toBe(0);
    expect(out).toMatchSnapshot();
  });

  it("shows what a change would delete and cost, and draws both", async () => {
    const to = put("to.json", {
      ...few,
      full: { retentionDays: 10 },
      snapshots: { ...few.snapshots, retentionDays: 1 },
    });
    const svg = path.join(folder, "year.svg");
    const { code, out } = await say("--policy", policy, "--to", to, ...sizes, "--days", "60", "--svg", svg);
    expect(code).toBe(0);
    expect(out.split("\n\n").slice(4)).toMatchSnapshot();
    const drawn = readFileSync(svg, "utf8");
    expect(drawn.match(/<polygon/g)).toHaveLength(2);
    expect(drawn).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(drawn).toContain(">after the change<");
    expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
    expect(drawn.length).toBeLessThan(20_000);
  });

  it("gives machines all numbers", async () => {
    const { code, out } = await say("--policy", policy, ...sizes, "--days", "40", "--no-offsite", "--json");
    expect(code).toBe(0);
    const {
      policy: shown,
      cheaper,
      ...rest
    } = JSON.parse(out) as {
      policy: SimulationSummary;
      cheaper: { changes: string[] };
    };
    expect(rest).toEqual({});
    expect(shown.kept.map(({ account }) => account).sort()).toEqual([
      "primary/full",
      "primary/snapshots",
      "primary/wal",
    ]);
    expect(shown.kept.reduce((sum, { monthDollars }) => sum + monthDollars, 0)).toBeCloseTo(shown.monthDollars, 8);
    expect(Object.values(shown.byKind).reduce((a, b) => a + b)).toBeCloseTo(shown.monthDollars, 8);
    expect(Object.values(shown.byClass).reduce((a, b) => a + b)).toBeCloseTo(shown.monthDollars, 8);
    expect(cheaper.changes).toHaveLength(1);
  });

  it("takes steps, backstops and prices from a file", async () => {
    const file = put("storage.json", {
      primary: { steps: { full: [{ afterDays: 3, storageClass: "GLACIER_IR" }] }, backstop: { snapshots: 60 } },
    });
    const cheap = put("cheap.json", {
      primary: { steps: { full: [{ afterDays: 3, storageClass: "GLACIER_IR" }] } },
      prices: { GLACIER_IR: { storage: 0.001 } },
    });
    const seldom = put("seldom.json", { ...few, verification: { bytesEveryMinutes: 0 } });
    const flags = ["--policy", seldom, ...sizes, "--days", "40", "--json"];
    const [plain, cold] = await Promise.all([say(...flags), say(...flags, "--storage", file)]);
    const cheaper = await say(...flags, "--storage", cheap);
    expect([plain.err, cold.err, cheaper.err]).toEqual(["", "", ""]);
    const month = ({ out }: { out: string }) => (JSON.parse(out) as { policy: SimulationSummary }).policy.byClass;
    expect(month(plain)).not.toHaveProperty("GLACIER_IR");
    expect(month(cold).GLACIER_IR).toBeGreaterThan(0);
    expect(month(cheaper).GLACIER_IR).toBeLessThan((month(cold).GLACIER_IR ?? 0) / 3);
    expect(month(cold).STANDARD).toBeLessThan(month(plain).STANDARD ?? 0);
  });

  it("names all that is wrong at once, with 2", async () => {
    const bad = put("bad.json", { full: { retentionDays: 0 } });
    const storage = put("strange.json", {
      primary: { steps: 1 },
      offsite: [],
      prices: { GOLD: {}, STANDARD: { storage: -1 } },
    });
    const nowhere = path.join(folder, "nowhere.json");
    const broken = put("broken.json", "{");
    const first = await say(
      "all",
      "--policy",
      bad,
      "--to",
      nowhere,
      "--full-gib",
      "x",
      "--nodes",
      "1.5",
      "--storage",
      storage,
    );
    expect(first.code).toBe(2);
    expect(first.err).toMatchSnapshot();
    const second = await say(
      "--policy",
      broken,
      ...sizes,
      "--days",
      "0",
      "--storage",
      broken,
      "--wal-gib-per-day",
      "1",
    );
    expect(second.code).toBe(2);
    expect(second.err).toMatchSnapshot();
  });

  it("refuses steps and backstops as the component does", async () => {
    const storage = put("dear.json", {
      primary: { steps: { full: [{ afterDays: 3, storageClass: "GLACIER_IR" }] }, backstop: { wal: 3 } },
    });
    const { code, err } = await say("--policy", policy, ...sizes, "--storage", storage);
    expect(code).toBe(2);
    expect(err).toContain("primary.steps.full[0].storageClass: costs more than it saves in 48 days: $");
    expect(err).toContain("primary.backstop.wal: would remove what the policy keeps for 30 days");
    // What fits to the policy must fit to the other one too.
    const backstop = put("backstop.json", { primary: { backstop: { full: 40 } } });
    const to = put("longer.json", { ...few, full: { retentionDays: 60 } });
    const change = await say("--policy", policy, "--to", to, ...sizes, "--storage", backstop);
    expect(change.err).toContain("primary.backstop.full: would remove what the policy keeps for 60 days");
  });

  it("ends with 5 where backups would be lost, and says on which days", async () => {
    prune.broken = true;
    const { code, out } = await say("--policy", policy, ...sizes, "--days", "3").finally(() => (prune.broken = false));
    expect(code).toBe(5);
    expect(out).toMatch(/On some days this was not so:\n\s+day \d: there is no \S+ backup left/);
  });

  it("ends with 4 where the picture cannot be written", async () => {
    const svg = path.join(folder, "no", "year.svg");
    const { code, err } = await say("--policy", policy, ...sizes, "--days", "3", "--svg", svg);
    expect(code).toBe(4);
    expect(err).toContain("The picture was not written: ENOENT");
    expect(existsSync(svg)).toBe(false);
  });

  it("explains every flag, in its help and in docs/aws.md", async () => {
    const { code, out } = await say("--help");
    expect(code).toBe(0);
    const page = readDocument("docs/aws.md");
    for (const { name } of simulateFlags.filter(({ name }) => name !== "help")) {
      expect(out).toContain(`--${name}`);
      expect(page, name).toContain(`--${name}`);
    }
  });
});
