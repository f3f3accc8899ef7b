import * as v from "valibot";
import { InputError, isSecret, type Mistake, secretShown } from "./mistakes";

const usualRemedy = "See docs/format.md.";
const whole = "(the whole)";

/**
 * `value` as the schema's type. `remedy` says what to do about any mistake in it.
 * @throws InputError naming every place where it is not.
 */
export function parseAs<T>(
  schema: v.GenericSchema<unknown, T>,
  value: unknown,
  subject: string,
  remedy = usualRemedy,
): T {
  // To the library a list is an object that lacks everything.
  if (Array.isArray(value)) {
    throw new InputError(subject, [{ path: whole, problem: "must be an object", received: value, remedy }]);
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new InputError(
    subject,
    result.issues.map((issue) => asMistake(issue, remedy)),
  );
}

function asMistake(issue: v.BaseIssue<unknown>, remedy: string): Mistake {
  const path = v.getDotPath(issue) ?? whole;
  const secret = isSecret(path) || (path.split(".").at(-1) === "credentials" && typeof issue.input === "string");
  const received = secret && issue.input !== undefined ? secretShown : issue.input;
  const missing = issue.type === "object" && issue.input === undefined;
  return { path, problem: missing ? "is missing" : `must be ${wanted(issue)}`, received, remedy };
}

/** What the library calls a type, in words. */
const types: Record<string, string> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  safe_integer: "a whole number",
  min_value: "a whole number, not negative",
};

function wanted(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "picklist" || issue.type === "variant") return oneOf(issue.expected ?? "");
  const known = types[issue.type];
  if (known !== undefined) return known;
  // A message of ours, or a literal.
  return issue.message.startsWith("Invalid ") ? (issue.expected ?? issue.type) : issue.message;
}

/** `("a" | "b")` */
function oneOf(expected: string): string {
  const choices = expected.replace(/^\(|\)$/g, "").split(" | ");
  return choices.length === 1 ? expected : `one of ${choices.join(", ")}`;
}

/** Parses JSON text, then as `parseAs`. */
export function parseJsonAs<T>(
  schema: v.GenericSchema<unknown, T>,
  text: string,
  subject: string,
  remedy = usualRemedy,
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(subject, [{ ...noJson(text, error as Error), path: whole, remedy }]);
  }
  return parseAs(schema, value, subject, remedy);
}

/** What is wrong with a text that is no JSON; of one that may hold keys nothing is shown. */
export function noJson(text: string, error: Error): Pick<Mistake, "problem" | "received"> {
  if (text.trim() === "") return { problem: "is empty", received: text };
  const secret = /secretAccessKey|sessionToken|"identity"/.test(text);
  // The parser's own message may quote the text, over several lines, and tells the position in two ways.
  const said = error.message.replace(/, ".*$/s, "").replace(/ \(line \d+ column \d+\)$/, "");
  const reason = secret ? "it cannot be parsed" : said;
  return { problem: `is not JSON: ${reason}`, received: secret ? secretShown : text.slice(0, 60) };
}

/** A whole number that a double holds exactly, not negative: bytes, counts, indices. */
export const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** SHA-256 in 64 lower-case hex digits. */
export const sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hex digits"));

/** A time as ISO 8601 in UTC, such as `2026-11-23T04:00:00.000Z`. */
export const isoTime = v.pipe(v.string(), v.isoTimestamp("a time in UTC, such as 2026-11-23T04:00:00.000Z"));

/** A text of some kind, which `what` names: "must be …". */
export const textThat = (good: (text: string) => boolean, what: string) => v.pipe(v.string(), v.check(good, what));

/** A list that is not empty. */
export const someOf = <T>(item: v.GenericSchema<unknown, T>) =>
  v.pipe(v.array(item), v.minLength(1, "a list of at least one"));
