// A reporter of vitest's: writes how many tests passed, failed and were skipped, and tells each failure in a few lines,
// those of hooks and of files that cannot be loaded too, which are no test's. TEST_RESULTS names the file.
import { writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

/** Of a failure's text these many lines from its beginning and from its end: the engine says what is wrong at the end. */
const firstLines = 8;
const lastLines = 16;

const cut = (all) =>
  all.length <= firstLines + lastLines + 1
    ? all
    : [...all.slice(0, firstLines), `[${all.length - firstLines - lastLines} lines]`, ...all.slice(-lastLines)];

const told = (errors) =>
  errors
    .map(({ name, message, stack, diff }) => {
      const where = (stack ?? "")
        .split("\n")
        .filter((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
      const said = cut(`${name}: ${message}`.split("\n"));
      const differs = diff ? cut(diff.split("\n")) : [];
      return stripVTControlCharacters([...said, ...differs, ...where.slice(0, 5)].join("\n    "));
    })
    .join("\n    ");

export default class ResultsReporter {
  onTestRunEnd(modules, unhandled) {
    const found = { passed: 0, failed: 0, skipped: 0, failures: [] };
    const fail = (name, errors) => {
      found.failed += 1;
      found.failures.push(`${name}\n    ${told(errors)}`);
    };
    for (const module of modules) {
      const name = module.relativeModuleId;
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state === "failed") fail(`${name} > ${test.fullName}`, errors);
        else found[state === "passed" ? "passed" : "skipped"] += 1;
      }
      for (const suite of module.children.allSuites()) {
        const errors = suite.errors();
        if (errors.length > 0) fail(`${name} > ${suite.fullName}, before or after its tests`, errors);
      }
      if (module.errors().length > 0) fail(`${name}, before or after its tests`, module.errors());
    }
    for (const error of unhandled) fail("outside of all tests", [error]);
    writeFileSync(process.env.TEST_RESULTS, JSON.stringify(found));
  }
}
