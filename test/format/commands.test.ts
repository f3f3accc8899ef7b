import { readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../agent/cli/program";
import { readDocument } from "./document";

const root = path.resolve(__dirname, "..", "..");
const documents = [
  "README.md",
  ...readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
].filter((name) => readdirSync(root).includes(name.split("/")[0] ?? ""));

/** What the program itself says to `--help`. */
async function helpOf(...words: string[]): Promise<string> {
  const written = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  try {
    await runCommandLine(["node", "neumann-backup", ...words, "--help"]);
    return written.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    written.mockRestore();
  }
}

const flagsIn = (text: string): string[] => [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag);
const section = (help: string, name: string): string => help.split(`${name}:\n`)[1]?.split("\n\n")[0] ?? "";

let shared: string[];
const commands = new Map<string, string[]>();

beforeAll(async () => {
  const help = await helpOf();
  shared = flagsIn(section(help, "Options"));
  for (const name of namesIn(help)) {
    const own = await helpOf(name);
    const parts = namesIn(own);
    for (const part of parts) commands.set(`${name} ${part}`, flagsIn(section(await helpOf(name, part), "Options")));
    if (parts.length === 0) commands.set(name, flagsIn(section(own, "Options")));
  }
});

/** The commands that a help text lists. */
function namesIn(help: string): string[] {
  const names = [...section(help, "Commands").matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name ?? "");
  return names.filter((name) => name !== "help");
}

/** Every `neumann-backup …` of a document: within backticks, or on a line of a fenced block. */
function calls(text: string): string[] {
  const fenced = [...text.matchAll(/^```(?:bash|sh|console)\n([\s\S]*?)^```$/gm)].flatMap(([, block]) =>
    (block ?? "").split("\n"),
  );
  const inline = [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? "");
  return [...fenced, ...inline].flatMap((line) =>
    [...line.replace(/ #.*/, "").matchAll(/(?:^|[\s$/=])neumann-backup +([^;|<]+)/g)].map(([, rest]) => rest ?? ""),
  );
}

/** The command of a call, and what of it does not exist. */
function faults(call: string): string[] {
  const words = call.trim().split(/\s+/);
  const at = words.findIndex((word, found) => !word.startsWith("-") && words[found - 1] !== "--config");
  const [first, second] = words.slice(at);
  if (at < 0 || first === undefined || !/^[a-z][a-z-]*$/.test(first)) return [];
  const command = commands.has(`${first} ${second}`) ? `${first} ${second}` : first;
  const flags = commands.get(command);
  if (flags === undefined) return [`neumann-backup ${command}`];
  return flagsIn(call)
    .filter((flag) => !shared.includes(flag) && !flags.includes(flag))
    .map((flag) => `${command} ${flag}`);
}

describe("the documents", () => {
  it("are found, and so are the program's commands and flags", () => {
    expect(documents.length).toBeGreaterThan(4);
    expect(commands.get("verify")).toContain("--depth");
    expect(shared).toContain("--json");
    expect(calls(readDocument("docs/agent.md")).length).toBeGreaterThan(20);
  });

  it("would be caught naming what does not exist", () => {
    expect(
      calls(
        "`neumann-backup full --fast`, `neumann-backup pod dance` and `neumann-backup pod sidecar --fast`\n```bash\nneumann-backup --quiet polish # x\n```\n",
      ).flatMap(faults),
    ).toEqual(["neumann-backup polish", "full --fast", "neumann-backup pod", "pod sidecar --fast"]);
  });

  it.each(documents)("%s names no command or flag that does not exist", (name) => {
    expect(calls(readDocument(name)).flatMap(faults)).toEqual([]);
  });

  it("explain every command and every flag in docs/agent.md", () => {
    const page = readDocument("docs/agent.md");
    for (const [name, flags] of commands) {
      expect(page, name).toContain(`neumann-backup ${name}`);
      for (const flag of flags.filter((each) => each !== "--help")) expect(page, `${name} ${flag}`).toContain(flag);
    }
  });

  it("quote the refusals of docs/recovery.md as the program writes them", () => {
    const page = readDocument("docs/recovery.md");
    const rows = [...page.slice(page.indexOf("## When it is refused")).matchAll(/^\| (`.+?) \| /gm)].map(
      ([, cell]) => cell ?? "",
    );
    const quotes = rows.flatMap((cell) =>
      [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text]) => (text ?? "").split("…")),
    );
    const sources = ["agent", "model"].flatMap((room) =>
      readdirSync(path.join(root, room), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
        .map((name) => readDocument(`${room}/${name}`)),
    );
    const said = sources.join("\n").replace(/\$\{[^}]*\}/g, "…");
    const pieces = quotes.map((quote) => quote.trim()).filter((quote) => quote.length > 3);
    expect(pieces.length).toBeGreaterThan(20);
    expect(pieces.filter((piece) => !said.includes(piece))).toEqual([]);
  });
});
