import * as ssm from "@pulumi/aws/ssm";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** What a node's host key is made from. */
export interface HostKeyRequest {
  /** Name of the component. */
  name: string;
  nodeId: string;
  region: pulumi.Input<string>;
  kmsKeyArn: pulumi.Output<string | undefined>;
  tags: pulumi.Output<Record<string, string>>;
}

/** A host key that is there before its host. */
export interface HostKey {
  publicKey: pulumi.Output<string>;
  /** Holds the private key. */
  parameter: ssm.Parameter;
}

/** Prints the public key, one line, then the private one; nothing of it stays on this machine. */
const makeKey = [
  `umask 077 && folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT`,
  `ssh-keygen -q -t ed25519 -N '' -C '' -f "$folder/key"`,
  `cat "$folder/key.pub" "$folder/key"`,
].join(" && ");

/** Makes a key once, and lays the private half where only its node reads it: never into user data. */
export function hostKey(request: HostKeyRequest, opts: pulumi.CustomResourceOptions): HostKey {
  const { name, nodeId, region, kmsKeyArn, tags } = request;
  const made = new command.local.Command(
    `${name}-host-key-${nodeId}`,
    { create: makeKey, logging: command.local.Logging.None },
    // Another way of making keys is no reason for another key.
    { ...opts, additionalSecretOutputs: ["stdout", "stderr"], ignoreChanges: ["create", "logging"] },
  );
  const pair = pulumi.secret(made.stdout);
  const parameter = new ssm.Parameter(
    `${name}-host-key-${nodeId}`,
    {
      name: `/neumann/${pulumi.getStack()}/${name}/${nodeId}/ssh-host-key`,
      description: `SSH host key of ${nodeId}`,
      type: "SecureString",
      keyId: kmsKeyArn,
      value: pair.apply(privateHalf),
      region,
      tags,
    },
    { ...opts, deleteBeforeReplace: true },
  );
  return { publicKey: pulumi.unsecret(pair.apply(publicHalf)), parameter };
}

function publicHalf(pair: string): string {
  return pair.slice(0, pair.indexOf("\n")).trim();
}

/** sshd wants the line's end behind the last one, too. */
function privateHalf(pair: string): string {
  return `${pair.slice(pair.indexOf("\n") + 1).trim()}\n`;
}
