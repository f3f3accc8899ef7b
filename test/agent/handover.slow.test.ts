import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { handoverProgram } from "./podContainers";

const folder = path.join(__dirname, "..", "..", "agent", "handover");
const environment = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };

it("the program that hands segments over keeps its own tests, and to Go's form", () => {
  expect(execFileSync("gofmt", ["-l", folder], { encoding: "utf8" })).toBe("");
  const { status, stdout, stderr } = spawnSync("go", ["test", "-count=1", "./..."], {
    cwd: folder,
    env: environment,
    encoding: "utf8",
  });
  expect(status, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toMatch(/^ok\s+pulumi-neumann\/handover/m);
});

it("it needs nothing of the image that it runs in", () => {
  const program = handoverProgram();
  expect(execFileSync("go", ["list", "-m", "all"], { cwd: folder, env: environment, encoding: "utf8" })).toBe(
    "pulumi-neumann/handover\n",
  );
  // A program that is linked dynamically names its loader.
  expect(fs.readFileSync(program).includes("ld-linux")).toBe(false);
  const { status, stderr } = spawnSync(program, ["only", "two"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([
    2,
    "usage: neumann-wal-handover SOCKET PATH NAME, the last two as archive_command is given them\n",
  ]);
});
