import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { launcherScript } from "../../agent/commands/install";
import type { AgentConfig } from "../../model/agentConfig";

const folder = mkdtempSync(path.join(tmpdir(), "neumann-launcher-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function executable(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

it("names a folder for the cache of manifests below the agent's state, unless one was named, or none", () => {
  const node = executable("node", '#!/bin/sh\necho "cache: $NEUMANN_BACKUP_CACHE, words: $*"\n');
  const config = {
    agentDirectory: folder,
    node: { id: "node1", dataDirectory: folder },
    archive: { kind: "directory", clusterId: "prod", location: folder },
  } as unknown as AgentConfig;
  const launcher = executable("launcher", launcherScript(config, node));
  const started = (more: Record<string, string>): string => {
    const { NEUMANN_BACKUP_CACHE: own, ...others } = process.env;
    void own;
    return execFileSync(launcher, ["list"], { env: { ...others, ...more } }).toString();
  };
  const words = `words: ${folder}/neumann-backup.cjs --config ${folder}/agent.json list\n`;
  expect(started({})).toBe(`cache: ${folder}/state/cache, ${words}`);
  expect(started({ NEUMANN_BACKUP_CACHE: "/elsewhere" })).toBe(`cache: /elsewhere, ${words}`);
  expect(started({ NEUMANN_BACKUP_CACHE: "" })).toBe(`cache: , ${words}`);
});
