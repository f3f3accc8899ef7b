import type { Conditions, PolicyDocument, PolicyStatement } from "../../../model/aws/policyDocument";

/** A request as S3 sees it when it evaluates a bucket's policy. */
export interface PolicyRequest {
  action: string;
  resource: string;
  /** Keys of the request's context; `aws:PrincipalArn` among them. */
  context: Record<string, string | undefined>;
}

/** The statements of a document that deny a request, by their names. */
export function deniedBy(document: PolicyDocument, request: PolicyRequest): string[] {
  return matching(document, request, "Deny");
}

/** Those that allow it. */
export function allowedBy(document: PolicyDocument, request: PolicyRequest): string[] {
  return matching(document, request, "Allow");
}

function matching({ Statement }: PolicyDocument, request: PolicyRequest, effect: string): string[] {
  return Statement.filter(
    (statement) => statement.Effect === effect && concerns(statement, request) && holds(statement.Condition, request),
  ).map(({ Sid }) => Sid);
}

function concerns({ Action, Resource = [] }: PolicyStatement, { action, resource }: PolicyRequest): boolean {
  return Action.some((one) => like(one, action)) && Resource.some((one) => like(one, resource));
}

/** All operators, and all keys of each, have to hold. */
function holds(condition: Conditions | undefined, { context }: PolicyRequest): boolean {
  return Object.entries(condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const test = operators[operator];
      if (test === undefined) throw new Error(`unknown operator ${operator}`);
      return test(context[key], [wanted].flat());
    }),
  );
}

type Test = (value: string | undefined, wanted: string[]) => boolean;

/** By IAM's reference: a key that is not there fails a plain operator and passes a negated one, in a denial too. */
const operators: Record<string, Test> = {
  Bool: (value, [wanted]) => value !== undefined && value === wanted,
  Null: (value, [wanted]) => String(value === undefined) === wanted,
  StringEquals: (value, wanted) => value !== undefined && wanted.includes(value),
  StringNotEquals: (value, wanted) => value === undefined || !wanted.includes(value),
  NumericLessThan: (value, [wanted]) => value !== undefined && Number(value) < Number(wanted),
  NumericGreaterThan: (value, [wanted]) => value !== undefined && Number(value) > Number(wanted),
  ArnLike: (value, wanted) => value !== undefined && wanted.some((one) => like(one, value)),
  ArnNotLike: (value, wanted) => value === undefined || !wanted.some((one) => like(one, value)),
};

function like(pattern: string, value: string): boolean {
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${text}$`).test(value);
}
