import * as pulumi from "@pulumi/pulumi";
import { isSecret } from "../model/mistakes";

/** An argument whose keys are secret from here on, whether they were given as a secret or not. */
export function sealed<T extends object>(argument: pulumi.Input<T>): pulumi.Output<pulumi.Unwrap<T>> {
  const value = pulumi.output(argument);
  const result: unknown = value.apply((known) => (holdsSecret(known) ? pulumi.secret(value) : value));
  return result as pulumi.Output<pulumi.Unwrap<T>>;
}

function holdsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]) => (isSecret(key) && inner !== undefined) || holdsSecret(inner));
}
