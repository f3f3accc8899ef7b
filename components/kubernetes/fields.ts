import type * as pulumi from "@pulumi/pulumi";

/** Some fields of an object that is known later, as a resource takes them: which there are is known now. */
export function fieldsOf<T extends object, K extends keyof T>(
  object: pulumi.Output<T>,
  ...names: K[]
): { [P in K]: pulumi.Output<T[P]> } {
  const entries = names.map((name) => [name, object.apply((known) => known[name])] as const);
  return Object.fromEntries(entries) as unknown as { [P in K]: pulumi.Output<T[P]> };
}
