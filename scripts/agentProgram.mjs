// Bundles the agent into one file. What `archive_command` starts is a smaller program inside it, because every start
// reads its whole program; `install` writes it beside the agent.
import { buildSync } from "esbuild";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Read whole at each start. Names stay, for the lines of a stack. */
const small = { minifyWhitespace: true, minifySyntax: true };

/** What `archive_command` starts: its own program as text, which is compiled once and not at each start. */
export function walPushProgram() {
  const program = bundle("agent/walPush.ts", { WITHOUT_SDK: "true" }, small).toString().replace(/^#!.*/, "");
  return bundle("agent/cachedStart.ts", { PROGRAM: JSON.stringify(program) });
}

/** The agent's program as bytes, made from the sources as they are now. */
export function agentProgram(version) {
  return bundle("agent/main.ts", {
    AGENT_VERSION: JSON.stringify(version),
    FORMAT_PAGE: JSON.stringify(readFileSync(path.join(root, "docs/format.md"), "utf8")),
    CRON_PROGRAM: JSON.stringify(readFileSync(path.join(root, "agent/cron.sh"), "utf8")),
    WAL_PUSH_PROGRAM: JSON.stringify(walPushProgram().toString()),
  });
}

function bundle(entry, define, options = {}) {
  const result = buildSync({
    entryPoints: [path.join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    // The AWS SDK's ES modules, of which what is not used is left out.
    mainFields: ["module", "main"],
    banner: { js: "#!/usr/bin/env node" },
    define,
    // A program that V8 gets as text may not load parts of Node by `import()`.
    supported: { "dynamic-import": false },
    legalComments: "none",
    logLevel: "warning",
    ...options,
  });
  return Buffer.from(result.outputFiles[0].contents);
}
