// Everything that must hold: compiles, checks types, lint and format, then runs all tests and counts them.
// `npm test -- PATH …` runs only the named tests.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const results = path.join(root, ".work", "test-results");
const only = process.argv.slice(2);

const total = { passed: 0, failed: 0, skipped: 0 };

/** What failed, a paragraph each: told once more at the end, where it is found. */
const failures = [];

/** Runs a program to its end, with its output where `output` says. */
async function run(words, { told = {}, output = "inherit" } = {}) {
  const [program, ...args] = words;
  const began = Date.now();
  if (output === "inherit") console.log(`\n▶ ${words.join(" ")}`);
  const child = spawn(program, args, {
    cwd: root,
    stdio: [output === "inherit" ? "inherit" : "ignore", output, output],
    env: { ...process.env, ...told },
  });
  const how = await new Promise((resolve) => {
    child.once("error", (error) => resolve(`failed: ${error.message}`));
    child.once("exit", (code, signal) => resolve(code === 0 ? "done" : `failed with ${code ?? signal}`));
  });
  const line = `  ${how} after ${Math.round((Date.now() - began) / 1000)} s`;
  if (output === "inherit") console.log(line);
  return { good: how === "done", line };
}

/** A check counts as one test. */
async function check(words, where = {}) {
  const { good, line } = await run(words, where);
  if (good) {
    total.passed += 1;
  } else {
    total.failed += 1;
    failures.push(words.join(" "));
  }
  return line;
}

/** Works one after the other, with what they print kept for the end; resolves to a function that prints it. */
async function beside(name, works) {
  const log = path.join(results, `${name}.log`);
  const output = openSync(log, "w");
  for (const [words, work] of works) {
    writeSync(output, `\n▶ ${words.join(" ")} (beside the others)\n`);
    writeSync(output, `${await work(words, { output })}\n`);
  }
  closeSync(output);
  return () => process.stdout.write(readFileSync(log));
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

async function tests(name, args) {
  const { file, words, told } = vitest(name, args);
  add(name, file, (await run(words, { told })).good);
}

/** The same as a work beside others. */
function testsBeside(name, args) {
  const { file, words, told } = vitest(name, args);
  const work = async (_, { output }) => {
    const { good, line } = await run(words, { told, output });
    add(name, file, good);
    return line;
  };
  return [words, work];
}

/** Two at a time, of which none needs the machine for itself: some mostly wait. */
async function allTests() {
  const besides = ["aws", "components", "contract", "format", "kubernetes", "lab", "package", "rehearsal", "soak"];
  const folders = readdirSync(path.join(root, "test")).filter((name) => !besides.includes(name));
  const paths = (names) => names.map((name) => `test/${name}`);
  // A quarter of an hour of a processor where it is not there yet: it takes what the tests leave of theirs, and is wanted last.
  const provider = beside("provider", [[["nice", "-n", "19", "node", "lab/kubernetes/main.js", "provider"], check]]);
  await tests("unit", ["--project", "unit"]);
  const others = beside("others", [
    testsBeside("others", ["--project", "slow", ...paths(besides)]),
    // Hosts in network namespaces of their own share nothing with the rest.
    testsBeside("hosts", ["--project", "hosts"]),
  ]);
  await tests("slow", ["--project", "slow", ...paths(folders)]);
  (await others)();
  (await provider)();
}

/** What reads the sources, beside what builds the tools: neither keeps two cores busy all the time. */
async function checksAndTools() {
  const npx = ["npx", "--no-install"];
  const checks = beside("checks", [
    [[...npx, "tsc", "--noEmit"], check],
    [[...npx, "eslint", "."], check],
    [[...npx, "prettier", "--check", "--log-level", "warn", "."], check],
    // Where the image of the lab's hosts cannot be had, its tests say so.
    [["node", "lab/hosts/main.js", "image"], async (words, where) => (await run(words, where)).line],
  ]);
  // The engine, the S3 server and Kubernetes are had once, before the tests that need them: their time limits are for what they test.
  await check(["node", "lab/toolchain/main.js"]);
  await check(["node", "lab/store/main.js"]);
  await check(["node", "lab/kubernetes/main.js", "control-plane"]);
  (await checks)();
}

mkdirSync(results, { recursive: true });
if (!(await run(["node", "scripts/build.mjs"])).good) process.exit(1);
if (only.length > 0) {
  await tests("only", only);
} else {
  await checksAndTools();
  await allTests();
}

for (const failure of failures) console.log(`\nFAILED ${failure}`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;
