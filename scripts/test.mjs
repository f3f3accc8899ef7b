// Everything that must hold: compiles, checks types, lint and format, then runs all tests and counts them.
// `npm test -- PATH …` runs only the named tests.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const results = path.join(root, ".work", "test-results");
const only = process.argv.slice(2);

const total = { passed: 0, failed: 0, skipped: 0 };

/** What failed, a paragraph each: told once more at the end, where it is found. */
const failures = [];

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
  if (run(words)) {
    total.passed += 1;
  } else {
    total.failed += 1;
    failures.push(words.join(" "));
  }
}

function vitest(name, args) {
  const file = path.join(results, `${name}.json`);
  rmSync(file, { force: true });
  const reporters = ["--reporter=default", "--reporter=./scripts/resultsReporter.mjs"];
  return { file, words: ["npx", "--no-install", "vitest", "run", ...args, ...reporters], told: { TEST_RESULTS: file } };
}

/** Adds a run's numbers; a run that leaves no numbers is a failure. */
function add(name, file, good) {
  let found;
  try {
    found = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    found = { passed: 0, failed: 1, skipped: 0, failures: [`${name}: no results were written`] };
  }
  if (!good && found.failed === 0) {
    found.failed = 1;
    found.failures.push(`${name}: it ended with a failure that belongs to no test; see above`);
  }
  for (const number of ["passed", "failed", "skipped"]) total[number] += found[number];
  failures.push(...found.failures);
}

function tests(name, args) {
  const { file, words, told } = vitest(name, args);
  add(name, file, run(words, told));
}

/** Starts tests beside the others. What they print comes in one piece when the returned function is awaited. */
function testsBeside(name, args) {
  const { file, words, told } = vitest(name, args);
  const log = path.join(results, `${name}.log`);
  const output = openSync(log, "w");
  const began = Date.now();
  const env = { ...process.env, ...told };
  const child = spawn(words[0], words.slice(1), { cwd: root, stdio: ["ignore", output, output], env });
  closeSync(output);
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve({ good: false, how: error.message, ended: Date.now() }));
    child.once("exit", (code, signal) =>
      resolve({ good: code === 0, how: code === 0 ? "done" : `failed with ${code ?? signal}`, ended: Date.now() }),
    );
  });
  return async () => {
    const { good, how, ended: end } = await ended;
    console.log(`\n▶ ${words.join(" ")} (beside the others)`);
    process.stdout.write(readFileSync(log));
    console.log(`  ${how} after ${Math.round((end - began) / 1000)} s`);
    add(name, file, good);
  };
}

mkdirSync(results, { recursive: true });
if (!run(["node", "scripts/build.mjs"])) process.exit(1);
if (only.length > 0) {
  tests("only", only);
} else {
  check(["npx", "--no-install", "tsc", "--noEmit"]);
  check(["npx", "--no-install", "eslint", "."]);
  check(["npx", "--no-install", "prettier", "--check", "--log-level", "warn", "."]);
  // The engine and the S3 server are had once, before the tests that need them: their time limits are for what they test.
  check(["node", "lab/toolchain/main.js"]);
  check(["node", "lab/store/main.js"]);
  // The image of the lab's hosts likewise. Where it cannot be had its tests say so.
  run(["node", "lab/hosts/main.js", "image"]);
  tests("unit", ["--project", "unit"]);
  // Hosts in network namespaces of their own mostly wait, and share nothing with the rest.
  const hosts = testsBeside("hosts", ["--project", "hosts"]);
  tests("slow", ["--project", "slow"]);
  await hosts();
}

for (const failure of failures) console.log(`\nFAILED ${failure}`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;
