// Everything that must hold: compiles, checks types, lint and format, then runs all tests and counts them.
// `npm test -- PATH …` runs only the named tests.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const results = path.join(root, ".work", "test-results");
const only = process.argv.slice(2);

const total = { passed: 0, failed: 0, skipped: 0 };

function run(words, environment = {}) {
  const [program, ...args] = words;
  const began = Date.now();
  console.log(`\n▶ ${words.join(" ")}`);
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  console.log(
    `  ${status === 0 ? "done" : `failed with ${status}`} after ${Math.round((Date.now() - began) / 1000)} s`,
  );
  return status === 0;
}

/** A check counts as one test. */
function check(words) {
  if (run(words)) total.passed += 1;
  else total.failed += 1;
}

/** Runs tests and adds their numbers; a run that leaves no numbers is a failure. */
function tests(name, args) {
  const file = path.join(results, `${name}.json`);
  rmSync(file, { force: true });
  const good = run([
    "npx",
    "--no-install",
    "vitest",
    "run",
    ...args,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ]);
  try {
    const found = JSON.parse(readFileSync(file, "utf8"));
    total.passed += found.numPassedTests;
    total.failed += found.numFailedTests;
    total.skipped += found.numPendingTests + found.numTodoTests;
    // A file that cannot even be loaded has no test that could fail.
    if (!good && found.numFailedTests === 0) total.failed += 1;
  } catch {
    console.log(`  ${name}: no results were written`);
    total.failed += 1;
  }
}

mkdirSync(results, { recursive: true });
if (!run(["node", "scripts/build.mjs"])) process.exit(1);
if (only.length > 0) {
  tests("only", only);
} else {
  check(["npx", "--no-install", "tsc", "--noEmit"]);
  check(["npx", "--no-install", "eslint", "."]);
  check(["npx", "--no-install", "prettier", "--check", "--log-level", "warn", "."]);
  // The engine is had once, before the tests that need it: their time limits are for what they test.
  check(["node", "lab/toolchain/main.js"]);
  // The image of the lab's hosts likewise. Where it cannot be had its tests say so.
  run(["node", "lab/hosts/main.js", "image"]);
  tests("unit", ["--project", "unit"]);
  tests("slow", ["--project", "slow"]);
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;
