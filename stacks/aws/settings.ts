import type * as pulumi from "@pulumi/pulumi";
import { type HostArgs, HostKind } from "../../components/hosts";
import type { BackupPolicyArgs } from "../../components/policyArgs";
import { holdsTexts, isBoolean, isObject, isTextList, type Keys, read } from "../settings";

/** Configuration of the program in stacks/aws/environment. */
export interface AwsEnvironmentSettings {
  clusterId: string;
  region: string;
  offsiteRegion: string;
  /** What is made is made there or not at all. */
  expectedAccountId: string;
  nodes: HostArgs[];
  policy?: BackupPolicyArgs;
  alarmEmails: string[];
  rehearsalEveryDays?: number;
  /** Who may assume the role that prunes; without them there is none. */
  prunerAssumedBy?: string[];
  breakGlassArns?: string[];
  administratorArns?: string[];
  /** Absolute path of a file that gets the recovery kit too. */
  kitFile?: string;
  /** Nothing is locked, and all goes with the stack. */
  disposable: boolean;
}

/**
 * Reads the configuration of an environment in AWS.
 * @throws RunError that names every key that is missing, wrong or unknown.
 */
export function readAwsEnvironment(source: pulumi.Config): AwsEnvironmentSettings {
  return read(source, (keys) => ({
    clusterId: keys.requiredText("clusterId", "prod"),
    region: keys.requiredText("region", "eu-central-1"),
    offsiteRegion: keys.requiredText("offsiteRegion", "eu-west-1"),
    expectedAccountId: accountId(keys),
    nodes: sshNodes(keys),
    policy: keys.json("policy", isObject, "an object"),
    alarmEmails: keys.json("alarmEmails", isTextList, "a list of texts") ?? [],
    rehearsalEveryDays: keys.json("rehearsalEveryDays", isNumber, "a number of days"),
    prunerAssumedBy: keys.json("prunerAssumedBy", isTextList, "a list of texts"),
    breakGlassArns: keys.json("breakGlassArns", isTextList, "a list of texts"),
    administratorArns: keys.json("administratorArns", isTextList, "a list of texts"),
    kitFile: keys.text("kitFile"),
    disposable: keys.json("disposable", isBoolean, "true or false") ?? false,
  }));
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

/** Twelve digits: Pulumi reads them as a number where they have no quotes, and drops zeros before them. */
export function accountId(keys: Keys): string {
  const text = keys.requiredText("expectedAccountId", "YOUR_ACCOUNT_ID");
  if (text !== "" && !/^\d{12}$/.test(text)) {
    keys.wrong("expectedAccountId", "must be 12 digits", text, "Write it in quotes: zeros before it count.");
  }
  return text;
}

const nodeKeys = ["nodeId", "address", "host", "hostKey"] as const;

/** Nodes that are there, each reached by SSH with the same user and key. */
function sshNodes(keys: Keys): HostArgs[] {
  const user = keys.requiredText("sshUser", "deploy");
  const privateKey = keys.sshPrivateKey();
  const isList = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0;
  const items = keys.json("nodes", isList, "a list of nodes");
  if (items === undefined && keys.text("nodes") === undefined) {
    keys.missing("nodes", '[{"nodeId": "node1", "address": "10.0.1.10:7878", "host": "10.0.1.10", "hostKey": …}, …]');
  }
  return (items ?? []).flatMap((item, index): HostArgs[] => {
    if (!holdsTexts(keys, item, { path: `nodes[${index}]`, names: nodeKeys })) return [];
    const { nodeId, address, host, hostKey } = item;
    return [{ kind: HostKind.Ssh, nodeId, address, ssh: { host, user, privateKey, hostKey } }];
  });
}
