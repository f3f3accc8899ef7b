import type { EngineEvent } from "@pulumi/pulumi/automation";
import { describe, expect, it } from "vitest";
import { EngineStopped, RecoveryRun } from "../../cli/engine";
import { waitSeconds } from "../../cli/engineEvents";

/** A run whose ups fail one after the other with what the agent said, and end well after that. */
function failing(...ends: string[]): { run: RecoveryRun; ups: () => number } {
  let ups = 0;
  const up = ({ onEvent }: { onEvent: (event: EngineEvent) => void }): Promise<void> => {
    const message = ends[ups];
    ups += 1;
    if (message === undefined) return Promise.resolve();
    const severity = "error";
    onEvent({ sequence: 1, timestamp: 0, diagnosticEvent: { message, severity, color: "never" } });
    return Promise.reject(new Error("update failed"));
  };
  return { run: Reflect.construct(RecoveryRun, [{ up }, "", ""]) as RecoveryRun, ups: () => ups };
}

/** As the provider for commands passes it on. */
function ended(exitCode: number, event: object): string {
  const line = JSON.stringify({ at: "2026-11-28T00:00:00Z", command: "restore", event: "error", ...event });
  return `exit status ${exitCode}: running "node …":\n${line}\n`;
}

const thawing = { message: "backup b cannot be read yet", afterSeconds: 12 * 3600 };

describe("an up that can be done later", () => {
  it("is not tried again while it waits for something that takes hours", async () => {
    const { run, ups } = failing(ended(75, thawing));
    const error = await run.up(() => undefined).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineStopped);
    expect(error).toMatchObject({ message: thawing.message, later: true, afterSeconds: 43_200 });
    expect(ups()).toBe(1);
  });

  it("may be done at once where the agent tells no time", () => {
    expect(waitSeconds([ended(75, { message: "is being worked on by node1" })])).toBe(0);
    expect(waitSeconds([])).toBe(0);
    expect(waitSeconds([ended(75, thawing), ended(75, { ...thawing, afterSeconds: 60 })])).toBe(43_200);
  });
});
