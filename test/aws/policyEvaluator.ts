import type { Conditions } from "../../model/aws/policyDocument";

/** A statement as documents of IAM and of buckets have it. */
export interface AnyStatement {
  Sid?: string;
  Effect: string;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Conditions;
}

/** What somebody wants to do, with what IAM would know of the request. */
export interface Asked {
  action: string;
  resource: string;
  /** Keys that are absent are not here. */
  context: Record<string, string>;
}

export type Decision = "allowed" | "denied" | "not allowed";

/**
 * Decides as IAM does within one account: a denial counts before anything that allows, and what nothing allows is refused.
 * Knows the operators below; another one is an error of the test, and no condition that holds.
 */
export function decide(statements: readonly AnyStatement[], asked: Asked): Decision {
  const matching = statements.filter((statement) => applies(statement, asked));
  if (matching.some(({ Effect }) => Effect === "Deny")) return "denied";
  return matching.some(({ Effect }) => Effect === "Allow") ? "allowed" : "not allowed";
}

/** Whether a statement is about a request. */
export function applies(statement: AnyStatement, { action, resource, context }: Asked): boolean {
  return (
    names(statement.Action, statement.NotAction, (pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    names(statement.Resource, statement.NotResource, (pattern) => matches(pattern, resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, tests]) =>
      Object.entries(tests).every(([key, values]) => holds(operator, valueOf(context, key), listOf(values))),
    )
  );
}

function names(
  these: string | string[] | undefined,
  others: string | string[] | undefined,
  fits: (pattern: string) => boolean,
): boolean {
  if ((these === undefined) === (others === undefined)) throw new Error("a statement has one of the two");
  return these === undefined ? !listOf(others).some(fits) : listOf(these).some(fits);
}

function listOf(values: string | string[] | undefined): string[] {
  if (values === undefined) return [];
  return typeof values === "string" ? [values] : values;
}

/** `*` is any text, `?` any one sign. */
export function matches(pattern: string, text: string): boolean {
  let known = compiled.get(pattern);
  if (known === undefined) {
    const plain = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    known = new RegExp(`^${plain.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
    compiled.set(pattern, known);
  }
  return known.test(text);
}

const compiled = new Map<string, RegExp>();

/** Names of keys are the same in capitals and small letters. */
function valueOf(context: Record<string, string>, key: string): string | undefined {
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

type Operator = (value: string, wanted: string) => boolean;

const equal: Operator = (value, wanted) => value === wanted;
const like: Operator = (value, wanted) => matches(wanted, value);

/** With what holds for all values of a negated one, and for any of another. */
const operators: Record<string, { test: Operator; negated?: true }> = {
  StringEquals: { test: equal },
  StringNotEquals: { test: equal, negated: true },
  StringLike: { test: like },
  StringNotLike: { test: like, negated: true },
  ArnLike: { test: like },
  ArnNotLike: { test: like, negated: true },
  ArnEquals: { test: like },
  Bool: { test: (value, wanted) => value.toLowerCase() === wanted.toLowerCase() },
  NumericLessThan: { test: (value, wanted) => Number(value) < Number(wanted) },
  NumericLessThanEquals: { test: (value, wanted) => Number(value) <= Number(wanted) },
  NumericGreaterThan: { test: (value, wanted) => Number(value) > Number(wanted) },
};

const ifExists = "IfExists";

function holds(name: string, value: string | undefined, wanted: string[]): boolean {
  if (name === "Null") return wanted.some((absent) => (absent === "true") === (value === undefined));
  const optional = name.endsWith(ifExists);
  const operator = operators[optional ? name.slice(0, -ifExists.length) : name];
  if (operator === undefined) throw new Error(`the evaluator does not know ${name}`);
  // Of a key that is absent a negated test holds, and any other one does not.
  if (value === undefined) return optional || operator.negated === true;
  const fits = wanted.some((one) => operator.test(value, one));
  return operator.negated === true ? !fits : fits;
}
