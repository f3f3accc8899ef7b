import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rehearseFlags } from "../../cli/rehearseRequest";

/** The workflow that users copy, by the linter that knows GitHub's rules and asks shellcheck about its scripts. */
const actionlint = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7";
const file = path.join(__dirname, "../../stacks/aws/rehearsal/github-workflow.yml");
const text = readFileSync(file, "utf8");
const folder = mkdtempSync(path.join(tmpdir(), "workflow-"));

beforeAll(() => {
  execFileSync("go", ["install", actionlint], { env: { ...process.env, GOBIN: folder } });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lint(content: string): string {
  const copy = path.join(folder, "rehearsal.yml");
  writeFileSync(copy, content);
  const { status, stdout, stderr } = spawnSync(path.join(folder, "actionlint"), ["-no-color", "-oneline", copy]);
  expect(stderr.toString()).toBe("");
  expect(status).toBe(stdout.length === 0 ? 0 : 1);
  return stdout.toString();
}

describe("the workflow of a rehearsal", () => {
  it("is one", () => {
    expect(lint(text)).toBe("");
  });

  it.each([
    ["needs: rehearse", "needs: nobody", "nobody"],
    ['-d "$finished"', "-d $finished", "SC2086"],
    ["vars.AWS_REGION", "var.AWS_REGION", "undefined variable"],
  ])("would not be with %s as %s", (from, to, said) => {
    expect(lint(text.replace(from, to))).toContain(said);
  });

  it("calls the command as it is, and tells what the alarms look at", () => {
    const [, words = ""] = /pulumi-neumann rehearse (.*) \|/.exec(text) ?? [];
    const known = rehearseFlags.map(({ name }) => name);
    const used = [...words.matchAll(/--(\S+)/g)].map(([, name]) => name);
    expect(used.length).toBeGreaterThan(2);
    for (const name of used) expect(known).toContain(name);
    const page = readFileSync(path.join(__dirname, "../../docs/aws.md"), "utf8");
    const metrics = [...text.matchAll(/--metric-name (\w+) --unit (\w+)/g)].map(([all]) => all);
    expect(metrics).toHaveLength(2);
    for (const metric of metrics) expect(page).toContain(metric);
  });
});
