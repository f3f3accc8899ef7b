import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../cli/main";
import { rehearseFlags } from "../../cli/rehearseRequest";
import { readDocument } from "../format/document";

vi.mock("../../components/agentBundle", async () => (await import("../components/harness")).fakeBundle());

const folder = mkdtempSync(path.join(tmpdir(), "neumann-rehearse-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function say(...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (text: string) => out.push(text), err: { write: (text: string) => err.push(text) } };
  const code = await runCommandLine(["rehearse", ...argv], terminal);
  return { code, out: out.join("\n"), err: err.join("").replaceAll(folder, "DIR") };
}

describe("rehearse", () => {
  it("tells all that is wrong with a command line, before anything is touched", async () => {
    const policy = path.join(folder, "policy.json");
    writeFileSync(policy, JSON.stringify({ full: { recoveryTimeMinutes: 0 } }));
    const { code, err } = await say("now", "--project", folder, "--policy", policy, "--kep");
    expect(code).toBe(2);
    expect(err).toMatchInlineSnapshot(`
      "The rehearsal cannot begin, and nothing was touched: 5 mistakes
        - --kep: is no flag of this command (received nothing). --help shows all flags.
        - rehearse: takes no words (received ["now"]). Everything is said by flags: --help shows them.
        - --stack: is required (received nothing). Name a stack whose configuration says rehearsal: true.
        - --project: holds no Pulumi.yaml (received "DIR"). Name the folder in which the program's Pulumi.yaml lies.
        - --policy DIR/policy.json: policy.full.recoveryTimeMinutes: must be a whole number from 1 to 527040 (received 0). Leave it out for the standard value, 240.
      "
    `);
  });

  it("tells a policy that cannot be read", async () => {
    const { code, err } = await say(
      "--project",
      folder,
      "--stack",
      "weekly",
      "--policy",
      path.join(folder, "none.json"),
    );
    expect(code).toBe(2);
    expect(err).toContain("--policy: cannot be read: ENOENT");
  });

  it("has every flag in its help", async () => {
    const { code, out } = await say("--help");
    expect(code).toBe(0);
    for (const { name } of rehearseFlags) expect(out).toContain(`--${name}`);
    const page = readDocument("docs/rehearsal.md");
    for (const flag of ["--project", "--stack", "--policy", "--report", "--keep"]) expect(page).toContain(flag);
  });
});
