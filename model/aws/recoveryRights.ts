import { Duty } from "./duties";
import { dutyPolicy, type DutyRequest } from "./dutyPolicy";
import { policyDocument, type PolicyDocument, type PolicyStatement } from "./policyDocument";

/** Changes something, though nothing that is stored: refused in words too, whatever else is attached to the role. */
const changing = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:RestoreObject"];

/**
 * What a rehearsal may do in production's off-site archive: read. It is as much of a restorer's rights as changes nothing;
 * records go to the rehearsal's own archive, and nothing is thawed there.
 */
export function readingPolicy(request: Omit<DutyRequest, "duty">): PolicyDocument {
  const { Statement } = dutyPolicy({ ...request, duty: Duty.Restorer });
  return policyDocument(Statement.flatMap(readingOnly));
}

function readingOnly(statement: PolicyStatement): PolicyStatement[] {
  const { Sid, Effect, Action } = statement;
  if (Effect === "Allow") {
    const reads = Action.filter((action) => /^(s3:(Get|List)|kms:Decrypt$)/.test(action));
    return reads.length === 0 ? [] : [{ ...statement, Action: reads }];
  }
  // Nothing is put at all.
  if (Sid === "NeverOverwrite") return [];
  return [Sid === "Never" ? { ...statement, Action: [...Action, ...changing] } : statement];
}
