/** The role or user behind a caller's ARN: a session of a role is that role, whose path its ARN does not tell. */
export function principalOf(callerArn: string): string {
  return callerArn.replace(/^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\/.+$/, "arn:$1:iam::$2:role/$3");
}

/** Whether a caller may be one of those whom patterns name, `*` and `?` in them as in IAM's `ArnLike`. */
export function isAmong(callerArn: string, patterns: readonly string[]): boolean {
  const principal = principalOf(callerArn);
  return patterns.some((pattern) => {
    const withoutPath = pattern.replace(/:role\/.*\//, ":role/");
    return like(pattern).test(principal) || like(withoutPath).test(principal);
  });
}

function like(pattern: string): RegExp {
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${text}$`);
}
