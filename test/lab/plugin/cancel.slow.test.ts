import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { local } from "@pulumi/command";
import { expect, it } from "vitest";
import { alive, Project, scratch, toolchain } from "./harness";

const folder = scratch();

it("ends the commands that run when the deployment is interrupted", async () => {
  const { commandPlugin } = await toolchain();
  const project = await Project.make("cancel", folder);
  const file = (name: string) => path.join(folder, name);
  const names = ["single", ...(commandPlugin === "stand-in" ? ["parent", "child"] : [])];
  project.program = () => {
    new local.Command("single", { create: `echo $$ > ${file("single")}; exec sleep 300` });
    // The official provider ends only the process that it started, and then waits for whoever holds its output open.
    if (commandPlugin === "stand-in") {
      new local.Command("tree", {
        create: `sleep 300 & echo $! > ${file("child")}; echo $$ > ${file("parent")}; wait`,
      });
    }
  };
  const interrupt = new AbortController();
  const up = project.stack.up({ signal: interrupt.signal }).then(
    () => "succeeded",
    () => "failed",
  );
  while (!names.every((name) => existsSync(file(name)) && readFileSync(file(name), "utf8").endsWith("\n")))
    await sleep(50);
  const began = Date.now();
  interrupt.abort();
  expect(await up).toBe("failed");
  expect(Date.now() - began).toBeLessThan(10_000);
  expect(names.filter((name) => alive(Number(readFileSync(file(name), "utf8"))))).toEqual([]);
  // Nothing was created, nothing is pending: the next deployment works.
  project.program = () => {
    new local.Command("single", { create: "true" });
  };
  await project.up();
});
