import type { PolicyDocument } from "../../../model/aws/policyDocument";
import { applies } from "../../aws/policyEvaluator";

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

function matching(
  { Statement }: PolicyDocument,
  { action, resource, context }: PolicyRequest,
  effect: string,
): string[] {
  const known = Object.entries(context).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const asked = { action, resource, context: Object.fromEntries(known) };
  return Statement.filter((one) => one.Effect === effect && applies(one, asked)).map(({ Sid }) => Sid);
}
