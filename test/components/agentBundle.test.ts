import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readBundle } from "../../components/agentBundle";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "bundle-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
const sha256 = createHash("sha256").update("program").digest("hex");

describe("readBundle", () => {
  it("gives the file and its hash", () => {
    write("neumann-backup.cjs", "program");
    write("neumann-backup.cjs.sha256", `${sha256}  neumann-backup.cjs\n`);
    expect(readBundle(folder)).toEqual({ file: path.join(folder, "neumann-backup.cjs"), sha256 });
  });

  it("says that the program is damaged", () => {
    write("neumann-backup.cjs", "program, cut");
    write("neumann-backup.cjs.sha256", `${sha256}  neumann-backup.cjs\n`);
    const error = readBundle(folder) as Error;
    expect(error.message).toContain("neumann-backup.cjs is damaged: its SHA-256 is ");
    expect(error.message).toContain(
      `, not ${sha256}. Install pulumi-neumann again, or in its sources run \`npm run build\`.`,
    );
  });

  it("says that the program is missing", () => {
    const error = readBundle(folder) as Error;
    expect(error.message).toMatch(/^the agent's program .*neumann-backup\.cjs cannot be read: ENOENT/);
    expect(error.message).toMatch(/Install pulumi-neumann again, or in its sources run `npm run build`\.$/);
  });
});
