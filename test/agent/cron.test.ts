import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../lab/neumann/harness";

/** What cron starts, run by a shell. A script is the agent, another is `logger`. */
const program = path.join(__dirname, "../../agent/cron.sh");
const linux = process.platform === "linux";

describe.skipIf(!linux)("cron.sh", () => {
  let folder: string;
  let script: string;
  const file = (name: string): string => path.join(folder, name);
  const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : "");
  const write = (name: string, text: string): void => {
    writeFileSync(file(name), `#!/bin/sh\n${text}\n`);
    chmodSync(file(name), 0o755);
  };
  const environment = () => ({ ...process.env, PATH: `${file("bin")}:${process.env.PATH ?? ""}` });
  const call = (...words: string[]) => spawnSync(script, words, { encoding: "utf8", env: environment() });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "cron-"));
    for (const name of ["bin", "cron", "state/leases"]) mkdirSync(file(name), { recursive: true });
    script = file("cron.sh");
    writeFileSync(script, readFileSync(program), { mode: 0o755 });
    write("bin/logger", `while read -r line; do echo "$4 $line" >>${folder}/log; done`);
    write("neumann-backup", `echo "$*" >>${folder}/calls; echo said; echo wrong >&2`);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("runs what is due, and hands on what it says", () => {
    expect(call("due", "0").status).toBe(0);
    expect(read("calls")).toBe("--quiet run-due\n");
    expect(read("log")).toBe("daemon.warning said\ndaemon.warning wrong\n");
  });

  it("tells of a failure with its exit code", () => {
    write("neumann-backup", "exit 75");
    expect(call("due", "0").status).toBe(0);
    expect(read("log")).toMatch(/^daemon\.crit run-due failed with exit code 75: /);
  });

  it("does not begin while another one is at it, also when only the agent itself is left of that one", async () => {
    // A Node like the agent: what it starts does not inherit the lock.
    const child = `require("child_process").spawn("sleep", ["60"], { detached: true, stdio: "ignore" })`;
    writeFileSync(
      file("agent.js"),
      `const { pid } = ${child}; require("fs").appendFileSync("${folder}/calls", pid + "\\n"); setTimeout(() => process.exit(), 60000);`,
    );
    write("neumann-backup", `exec ${process.execPath} ${folder}/agent.js`);
    const first = spawn(script, ["due", "0"], { stdio: "ignore", env: environment() });
    await until("it is at it", () => read("calls") !== "", 10_000);
    expect(call("due", "0").status).toBe(0);
    process.kill(first.pid as number, "SIGKILL");
    expect(call("due", "0").status).toBe(0);
    const started = read("calls").trim().split("\n").map(Number);
    expect(started).toHaveLength(1);

    const agent = Number(read("cron/due.pid"));
    process.kill(agent, "SIGKILL");
    write("neumann-backup", `echo again >>${folder}/calls`);
    await until("the lock is free", () => call("due", "0").status === 0 && read("calls").includes("again"), 10_000);
    process.kill(started[0] as number, "SIGKILL"); // It outlived the agent, and held nothing up.
  });

  it("does nothing once the agent is gone", () => {
    rmSync(file("neumann-backup"));
    expect(call("due", "0").status).toBe(0);
    expect(call("watch").status).toBe(0);
    expect(read("log")).toBe("");
  });

  it("looks at pauses within seconds, and leaves a host without any alone", async () => {
    const watch = spawn(script, ["watch"], { stdio: "ignore", env: environment() });
    await until("it watches", () => existsSync(file("cron/watch.lock")), 5000);
    expect(read("calls")).toBe("");
    writeFileSync(file("state/leases/one.json"), "{}");
    await until("it looked", () => read("calls").includes("--quiet resume-writes\n"), 10_000);
    rmSync(file("neumann-backup"));
    await new Promise((resolve) => watch.once("exit", resolve));
  });

  it("refuses other words, and is clean", () => {
    expect([call("other").status, call().status]).toEqual([2, 2]);
    const { error } = spawnSync("shellcheck", ["--version"]);
    if (error === undefined) execFileSync("shellcheck", [program]);
  });
});
