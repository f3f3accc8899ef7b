import * as v from "valibot";
import { InputError, isSecret, type Mistake, secretShown } from "./mistakes";

/**
 * `value` as the schema's type.
 * @throws InputError naming every place where it is not.
 */
export function parseAs<T>(schema: v.GenericSchema<unknown, T>, value: unknown, subject: string): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new InputError(subject, result.issues.map(asMistake));
}

function asMistake(issue: v.BaseIssue<unknown>): Mistake {
  const path = v.getDotPath(issue) ?? "(the whole)";
  return {
    path,
    problem: `must be ${issue.expected ?? issue.type}`,
    received: isSecret(path) && issue.input !== undefined ? secretShown : issue.input,
    remedy: "See docs/format.md.",
  };
}

/** Parses JSON text, then as `parseAs`. */
export function parseJsonAs<T>(schema: v.GenericSchema<unknown, T>, text: string, subject: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the text.
    const secret = /secretAccessKey|sessionToken/.test(text);
    const reason = secret ? "it cannot be parsed" : (error as Error).message;
    const received = secret ? secretShown : text.slice(0, 60);
    throw new InputError(subject, [{ path: "(the whole)", problem: `is not JSON: ${reason}`, received, remedy: "" }]);
  }
  return parseAs(schema, value, subject);
}

/** A whole number that a double holds exactly, not negative: bytes, counts, indices. */
export const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** SHA-256 in 64 lower-case hex digits. */
export const sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hex digits"));

/** A time as ISO 8601 in UTC, such as `2026-11-23T04:00:00.000Z`. */
export const isoTime = v.pipe(v.string(), v.isoTimestamp());
