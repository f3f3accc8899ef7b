import { expect, it } from "vitest";
import { run } from "../../agent/host/run";

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

it.each([{}, { apart: true }])(
  "a program that is missing keeps nothing waiting for its time to be up: %j",
  async (options) => {
    const before = timers();
    const ran = run("/nowhere/neumann-admin", ["cluster-info"], { ...options, timeoutSeconds: 3600 });
    await expect(ran).rejects.toThrow("/nowhere/neumann-admin was not found. Install it or put it on PATH.");
    expect(timers()).toBe(before);
  },
);

it.each([{}, { apart: true }])("a program whose time is up is killed, and says so: %j", async (options) => {
  const ran = await run("sleep", ["60"], { ...options, timeoutSeconds: 0.1 });
  expect(ran).toEqual({ code: 128, stdout: "", stderr: "\nsleep was ended by SIGKILL" });
});
