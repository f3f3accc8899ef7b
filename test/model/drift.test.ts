import { describe, expect, it } from "vitest";
import { type Drift, driftNews, parseDrift } from "../../model/drift";

const asker = { resource: "prod-install-node1", owner: "env/prod/ClusterBackups/prod" };
const news = (found: Partial<Drift>) =>
  driftNews({ nodeId: "node1", state: "current", owner: null, differences: [], ...found }, asker);
const change = "write another value for `reconcile`, such as today's date.";

describe("what a preview says of a host", () => {
  it("is nothing where all is well, and where nothing was installed yet", () => {
    expect(news({})).toBeUndefined();
    expect(news({ state: "absent" })).toBeUndefined();
    // A change of the arguments, such as of the policy: the preview shows it as an update.
    expect(news({ state: "other", owner: asker.owner })).toBeUndefined();
    expect(news({ state: "other" })).toBeUndefined();
  });

  it("is every difference, and what has it mended", () => {
    expect(news({ differences: ["a was edited", "b is gone"] })).toEqual({
      severity: "warn",
      text: `node1 is not as it was installed: a was edited; b is gone. An up leaves that as it is: to have it mended, ${change}`,
    });
  });

  it("promises a repair only where the preview shows one", () => {
    expect(news({ state: "other", owner: asker.owner, differences: ["a was edited"] })?.text).toBe(
      `node1 is not as it was installed: a was edited. This up mends that if the preview shows a change of prod-install-node1; if it does not, ${change}`,
    );
  });

  it("names whoever else installed an agent", () => {
    expect(news({ state: "other", owner: "env/test/ClusterBackups/prod" })).toMatchObject({
      severity: "warn",
      text: expect.stringContaining("its agent was installed by env/test/ClusterBackups/prod. This up") as string,
    });
  });

  it("is one line for a host that cannot be asked", () => {
    expect(news({ state: "silent", differences: ["Connection timed out"] })).toEqual({
      severity: "warn",
      text: "node1 was not asked what differs there: Connection timed out",
    });
    expect(news({ state: "unknown" })).toEqual({
      severity: "info",
      text: "node1 was not asked what differs there: this version of the agent is not there yet.",
    });
  });
});

it("is read from the last line that the agent printed, and from nothing else", () => {
  const drift: Drift = { nodeId: "node1", state: "current", owner: null, differences: ["a"] };
  expect(parseDrift(`noise\n${JSON.stringify(drift)}\n`)).toEqual(drift);
  expect(() => parseDrift("{}")).toThrow(/^What the agent found cannot be read/);
});
