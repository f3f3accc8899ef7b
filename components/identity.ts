import * as pulumi from "@pulumi/pulumi";
import { isIdentity } from "../model/ageKeys";
import { type Mistakes, secretShown } from "../model/mistakes";

/** A secret from here on, whether it was given as one or not. */
export function secretIdentity(identity: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  return identity === undefined ? undefined : pulumi.secret(identity);
}

/** Collects what is wrong with an identity, without repeating any of it. */
export function checkIdentity(identity: unknown, mistakes: Mistakes): void {
  if (identity === undefined || isIdentity(identity)) return;
  const remedy = "Give the one line of age-keygen's file that begins with AGE-SECRET-KEY-1, as a secret.";
  mistakes.add("identity", "is no X25519 identity of age, or a letter of it is wrong", secretShown, remedy);
}
