import { createPublicKey } from "node:crypto";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** Prints a private key, PEM; nothing of it stays on this machine. */
const makeKey = `node -e 'console.log(require("node:crypto").generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }))'`;

/** Makes the key that a cluster's backups are signed with, once; secret. */
export function signingKey(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const made = new command.local.Command(
    `${name}-signing-key`,
    { create: makeKey, logging: command.local.Logging.None },
    // Another way of making keys is no reason for another key.
    { ...opts, additionalSecretOutputs: ["stdout", "stderr"], ignoreChanges: ["create", "logging"] },
  );
  return pulumi.secret(made.stdout).apply((printed) => `${printed.trim()}\n`);
}

/** Its public half, as policies and kits name it. */
export function publicHalf(privateKey: string): string {
  return createPublicKey(privateKey).export({ type: "spki", format: "der" }).toString("base64");
}
