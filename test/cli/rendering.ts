import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommandLine } from "../../cli/main";

/** Runs of `render` in a folder of their own, which their messages call DIR. */
export class Rendering {
  readonly folder = mkdtempSync(path.join(tmpdir(), "neumann-render-"));

  constructor(private readonly words: readonly string[] = []) {}

  readonly place = (name: string): string => path.join(this.folder, name);

  /** Writes a file: a text as it is, anything else as JSON. */
  readonly put = (name: string, content: unknown): string => {
    writeFileSync(this.place(name), typeof content === "string" ? content : JSON.stringify(content));
    return this.place(name);
  };

  readonly say = async (...argv: string[]): Promise<{ code: number; out: string; err: string }> => {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = { out: (text: string) => out.push(text), err: { write: (text: string) => err.push(text) } };
    const code = await runCommandLine(["render", ...this.words, ...argv], terminal);
    return { code, out: out.join("\n"), err: err.join("").replaceAll(this.folder, "DIR") };
  };

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
