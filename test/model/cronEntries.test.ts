import fc from "fast-check";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cronEntries, readsDefaults, withGate, withoutGate } from "../../model/cronEntries";

const script = "/var/lib/neumann-backup/cron.sh";
const entries = (nodeId: string): string => cronEntries({ nodeId, script });

describe("cronEntries", () => {
  it("are these", () => {
    expect(entries("node1")).toMatchSnapshot();
  });

  it("look every five minutes, at the same moment each time, and not all nodes at once", () => {
    const moments = ["node1", "node2", "node3", "db-a.internal", "db-b.internal"].map((nodeId) => {
      const [, minute, second] = /^(\d)-59\/5 .* due (\d+)$/m.exec(entries(nodeId)) ?? [];
      expect(Number(minute)).toBeLessThan(5);
      expect(Number(second)).toBeLessThan(30);
      expect(entries(nodeId)).toBe(entries(nodeId));
      return `${minute}:${second}`;
    });
    expect(new Set(moments).size).toBe(moments.length);
  });

  it("look after a boot, and watch from a boot on", () => {
    expect(entries("node1")).toMatch(/^@reboot root .* due \d+$/m);
    expect(entries("node1")).toMatch(/^@reboot root .* watch$/m);
    expect(entries("node1")).toMatch(/^\* \* \* \* \* root .* watch$/m);
  });
});

const gate = "/etc/neumann/.neumann-backup-gate";

describe("the gate in what the init script reads", () => {
  it("leaves every line of the user as it was, and goes without a trace", () => {
    const line = fc.constantFrom("", "A=1", "# ours", "exit 0", "case $1 in", "  B=2");
    const text = fc.tuple(fc.array(line), fc.boolean()).map(([lines, end]) => lines.join("\n") + (end ? "\n" : "x"));
    fc.assert(
      fc.property(text, (user) => {
        const gated = withGate(user, gate);
        expect(gated.endsWith(user)).toBe(true);
        expect(withGate(gated, gate)).toBe(gated);
        expect(withoutGate(gated)).toBe(user);
      }),
    );
    expect(withoutGate(withGate(undefined, gate))).toBeUndefined();
    expect(withoutGate("A=1\n")).toBe("A=1\n");
  });

  it("takes an older one's place, and leaves half of one alone", () => {
    expect(withGate(withGate("A=1\n", "/old"), gate)).toBe(withGate("A=1\n", gate));
    const half = withGate("A=1\n", gate).replace("# <<< pulumi-neumann\n", "");
    expect(withoutGate(half)).toBe(half);
  });

  const folder = mkdtempSync(path.join(tmpdir(), "gate-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "gate");
  const defaults = path.join(folder, "defaults");
  const init = path.join(folder, "neumann");
  const call = (...words: string[]) => spawnSync("/bin/sh", [init, ...words], { encoding: "utf8" });

  it("holds back a start and whatever ends in one, and nothing else", () => {
    writeFileSync(defaults, withGate("A=1\n", file));
    writeFileSync(init, `set -eu\n. ${defaults}\necho "$1 $A"\n`);
    expect(call("start").stdout).toBe("start 1\n");
    writeFileSync(file, "");
    for (const verb of ["start", "restart", "try-restart", "force-reload"]) {
      expect([call(verb).status, call(verb).stdout], verb).toEqual([1, ""]);
      expect(call(verb).stderr).toContain(`${file} says that a restore is under way`);
    }
    for (const verb of ["stop", "status"]) expect(call(verb).stdout).toBe(`${verb} 1\n`);
  });

  it("is POSIX shell", () => {
    for (const shell of ["dash", "bash"]) execFileSync(shell, ["-n"], { input: withGate("", gate) });
  });
});

describe("readsDefaults", () => {
  it.each([
    ["[ -r /etc/default/neumann ] && . /etc/default/neumann", true],
    ["  [ ! -r /etc/default/$NAME ] || . /etc/default/$NAME", true],
    ['. "/etc/default/$name"', true],
    ["source /etc/default/neumann", true],
    ["#!/usr/bin/env /lib/init/init-d-script\nNAME=neumann", true],
    ["# . /etc/default/neumann", false],
    [". /etc/default/other", false],
    ["cat /etc/default/neumann", false],
    ["DAEMON=/usr/bin/neumann", false],
  ])("%s: %s", (text, reads) => {
    expect(readsDefaults(text)).toBe(reads);
  });
});
