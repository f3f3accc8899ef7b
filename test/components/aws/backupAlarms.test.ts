import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { BackupAlarms, type BackupAlarmsArgs } from "../../../components/aws";
import { alertRuleGroups } from "../../../model/alertRules";
import { resolvePolicy } from "../../../model/policy";
import { Machine, messageOf, refusalsOf, type Registered, run, type Run, type RunOptions, valueOf } from "../harness";

const keyOf = (region: string) => `arn:aws:kms:${region}:111122223333:key/of-${region}`;
const args: BackupAlarmsArgs = {
  clusterId: "prod",
  nodes: ["node1", "node2"],
  primary: { bucket: "acme-backup", region: "eu-central-1", kmsKeyArn: keyOf("eu-central-1") },
  offsite: { bucket: "acme-offsite", region: "eu-west-1", kmsKeyArn: keyOf("eu-west-1") },
};
const everything: BackupAlarmsArgs = {
  ...args,
  policy: { offsite: { continuousWal: true } },
  replicationRuleIds: ["copies-of-prod"],
  rehearsalEveryDays: 30,
  kmsKeyId: "alias/alarms",
  emails: ["ops@example.com"],
  sendEvents: true,
};

/** A provider for another account. */
class Vault extends pulumi.ProviderResource {
  constructor() {
    super("aws", "vault", {});
  }
}

/** Answers in AWS's place. */
function cloud(partition = "aws"): Pick<RunOptions, "invoke" | "made"> {
  const answers: Record<string, object> = {
    "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "111122223333", arn: "arn", id: "i", userId: "u" },
    "aws:index/getPartition:getPartition": { partition, dnsSuffix: "x", id: partition, reverseDnsPrefix: "x" },
  };
  return {
    invoke: (token) => answers[token],
    made: (type, _name, inputs) =>
      type === "aws:sns/topic:Topic"
        ? { arn: `arn:${partition}:sns:${String(inputs.region)}:111122223333:${String(inputs.name)}` }
        : {},
  };
}

function make(change: Partial<BackupAlarmsArgs> = {}, options: RunOptions = {}): Promise<Run<BackupAlarms>> {
  return run((opts) => new BackupAlarms("prod", { ...args, ...change }, opts), { ...cloud(), ...options });
}

/** By name, for the order in which outputs are known is nobody's. */
function sorted(resources: Registered[]): Registered[] {
  const key = ({ type, name }: Registered) => `${name} ${type}`;
  return [...resources].sort((a, b) => key(a).localeCompare(key(b)));
}

const named = (resources: Registered[], name: string): Registered => {
  const found = resources.find((one) => one.name === name && one.type.startsWith("aws:"));
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};
const ofType = (resources: Registered[], type: string) => resources.filter((one) => one.type.endsWith(`:${type}`));

describe("BackupAlarms", () => {
  it("has these resources and options for ever", async () => {
    const { resources } = await make({ ...everything, offsiteProvider: new Vault() });
    expect(sorted(resources.filter(({ type }) => !type.startsWith("pulumi:")))).toMatchSnapshot();
  });

  it("has these outputs", async () => {
    const { result, resources } = await make(everything);
    expect(await valueOf(result.topicArn)).toBe("arn:aws:sns:eu-central-1:111122223333:neumann-prod-alarms");
    expect(await valueOf(result.offsiteTopicArn)).toBe(
      "arn:aws:sns:eu-west-1:111122223333:neumann-prod-alarms-offsite",
    );
    expect(await valueOf(result.dashboardName)).toBe("neumann-prod-backups");
    const made = [...ofType(resources, "MetricAlarm"), ...ofType(resources, "EventRule")].map(
      ({ inputs }) => inputs.name,
    );
    expect([...(await valueOf(result.alarmNames))].sort()).toEqual(made.sort());
  });

  it("makes what belongs to a bucket in its region, speaking to the topic there", async () => {
    const { resources } = await make(everything);
    for (const { name, type, inputs } of resources.filter((one) => one.type.startsWith("aws:"))) {
      const away =
        /offsite|replication-behind/.test(name) && !/(too-old|unreachable)-offsite|offsite-wal-late/.test(name);
      const region = away ? "eu-west-1" : "eu-central-1";
      expect(inputs.region, name).toBe(region);
      if (type.endsWith("MetricAlarm")) {
        expect(inputs.alarmActions, name).toEqual([expect.stringContaining(`:${region}:`)]);
        expect(inputs.okActions, name).toEqual(inputs.alarmActions);
      }
      if (type.endsWith("EventTarget")) expect(inputs.arn, name).toContain(`:${region}:`);
    }
  });

  it("says of each alarm what missing data means", async () => {
    const { resources } = await make(everything);
    for (const { name, inputs } of ofType(resources, "MetricAlarm")) {
      expect(["breaching", "notBreaching", "ignore"], name).toContain(inputs.treatMissingData);
    }
    for (const tier of ["snapshots", "full", "offsite"]) {
      expect(named(resources, `prod-too-old-${tier}`).inputs.treatMissingData).toBe("breaching");
    }
  });

  it("takes limits from the policy, as Prometheus' rules do", async () => {
    const policy = { full: { recoveryPointMinutes: 3000 }, wal: { arrivalDeadlineSeconds: 1234 } };
    const { resources } = await make({ policy });
    const rules = alertRuleGroups({ clusterId: "prod", policy: resolvePolicy(policy), offsite: true }).groups[0]!.rules;
    const limit = (text: string) => Number(/> (\d+)/.exec(rules.find(({ expr }) => expr.includes(text))!.expr)?.[1]);
    expect(named(resources, "prod-too-old-full").inputs.threshold).toBe(limit('tier="full"'));
    expect(named(resources, "prod-wal-late").inputs.threshold).toBe(limit("wal_lag_seconds"));
  });

  it("lets only this cluster's alarms, and events, publish to a new topic", async () => {
    const { resources } = await make({}, cloud("aws-us-gov"));
    const { inputs } = named(resources, "prod-topic-policy");
    expect(JSON.parse(inputs.policy as string)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Alarms",
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: ["sns:Publish"],
          Resource: ["arn:aws-us-gov:sns:eu-central-1:111122223333:neumann-prod-alarms"],
          Condition: {
            StringEquals: { "aws:SourceAccount": ["111122223333"] },
            ArnLike: { "aws:SourceArn": ["arn:aws-us-gov:cloudwatch:eu-central-1:111122223333:alarm:neumann-prod-*"] },
          },
        },
        {
          Sid: "Events",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: ["sns:Publish"],
          Resource: ["arn:aws-us-gov:sns:eu-central-1:111122223333:neumann-prod-alarms"],
        },
        expect.objectContaining({ Sid: "OnlyTls", Effect: "Deny" }),
      ],
    });
    expect(JSON.stringify(resources)).not.toContain("arn:aws:sns");
  });

  it("makes no topic and no policy where topics are given", async () => {
    const topicArn = "arn:aws:sns:eu-central-1:111122223333:ops";
    const offsiteTopicArn = "arn:aws:sns:eu-west-1:111122223333:ops";
    const { resources, result } = await make({ topicArn, offsiteTopicArn });
    expect(resources.filter(({ type }) => type.startsWith("aws:sns"))).toEqual([]);
    expect(await valueOf(result.topicArn)).toBe(topicArn);
    expect(named(resources, "prod-odd-size-offsite").inputs.alarmActions).toEqual([offsiteTopicArn]);
  });

  it("takes over the notifications of the buckets only when it is told to", async () => {
    expect(ofType((await make()).resources, "BucketNotification")).toEqual([]);
    const { resources } = await make({ sendEvents: true });
    expect(ofType(resources, "BucketNotification").map(({ inputs }) => inputs)).toEqual([
      { bucket: "acme-backup", eventbridge: true, region: "eu-central-1" },
      { bucket: "acme-offsite", eventbridge: true, region: "eu-west-1" },
    ]);
  });

  it("makes what is of the off-site account with its provider, but for the delay of S3's copies", async () => {
    const { resources } = await make({ ...everything, offsiteProvider: new Vault() });
    const there = resources.filter(({ options }) => options.provider === "vault").map(({ name }) => name);
    expect(there).toContain("prod-offsite-topic");
    expect(there).toContain("prod-version-deleted-offsite");
    expect(there).toContain("prod-odd-count-offsite");
    expect(there.filter((name) => /too-old|replication|primary|dashboard/.test(name))).toEqual([]);
  });

  it("stands side by side with another", async () => {
    const { resources } = await run((opts) => {
      new BackupAlarms("a", { ...everything, clusterId: "a" }, opts);
      new BackupAlarms("b", { ...everything, clusterId: "b" }, opts);
    }, cloud());
    const urns = resources.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
    const names = [...ofType(resources, "MetricAlarm"), ...ofType(resources, "Topic")].map(
      ({ inputs }) => `${String(inputs.region)} ${String(inputs.name)}`,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it("previews the same resources while buckets and keys are unknown", async () => {
    const unknown = () => new Machine("bucket").address;
    const known = await make(everything);
    const preview = await run(
      (opts) => {
        const bucket = unknown();
        const primary = { bucket, region: "eu-central-1", kmsKeyArn: bucket };
        return new BackupAlarms("prod", { ...everything, primary, offsite: { ...primary, region: bucket } }, opts);
      },
      { ...cloud(), preview: true },
    );
    const ids = (resources: Registered[]) =>
      resources
        .filter(({ type }) => type.startsWith("aws:"))
        .map(({ type, name }) => `${type} ${name}`)
        .sort();
    expect(ids(preview.resources)).toEqual(ids(known.resources));
    expect(named(preview.resources, "prod-wal-late").inputs).toMatchObject({
      metricName: "wal_lag_seconds",
      treatMissingData: "breaching",
    });
  });

  it("needs no off-site bucket", async () => {
    const { resources, result } = await make({ offsite: undefined });
    expect(resources.filter(({ name }) => name.includes("offsite"))).toEqual([]);
    expect(await valueOf(result.offsiteTopicArn)).toBe(await valueOf(result.topicArn));
  });

  it("has an alarm for each that its policy asks for, and no other", async () => {
    const names = async (policy: BackupAlarmsArgs["policy"]) =>
      ofType((await make({ policy })).resources, "MetricAlarm").map(({ name }) => name);
    const usual = await names(undefined);
    expect(usual).toContain("prod-verification-overdue-restore");
    const recipients = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"];
    expect(await names({ encryption: { recipients } })).not.toContain("prod-verification-overdue-restore");
    expect(await names({ verification: { bytesEveryMinutes: 0 } })).not.toContain("prod-verification-overdue-bytes");
    expect(await names({ offsite: { continuousWal: true } })).toContain("prod-offsite-wal-late");
    expect(usual).not.toContain("prod-offsite-wal-late");
  });
});

describe("BackupAlarms refuses", () => {
  const refused = (change: object) => messageOf(() => new BackupAlarms("prod", { ...args, ...change }));

  it("all mistakes in one message", () => {
    const wrong = {
      clusterId: "Prod!",
      policy: { full: { everyMinutes: 0 } },
      primary: { bucket: "B", region: "Frankfurt", kmsKeyArn: "alias/key" },
      topicArn: "ops",
      offsiteKmsKeyId: "alias/aws/sns",
      rehearsalEveryDays: 0,
    };
    expect(refused(wrong)).toMatchSnapshot();
  });

  it("what decides which resources there are, when it is wrong or not plain", () => {
    const later = pulumi.output(true);
    const wrong = {
      nodes: ["node1", "-x", "node1"],
      offsite: undefined,
      policy: { offsite: { continuousWal: later } },
      replicationRuleIds: ["a b"],
      offsiteTopicArn: "arn:aws:sns:eu-west-1:111122223333:ops",
      topicArn: "arn:aws:sns:eu-west-1:111122223333:ops",
      kmsKeyId: "alias/alarms",
      emails: ["ops"],
      sendEvents: "yes",
    };
    expect(refused(wrong)).toMatchSnapshot();
    expect(refused({ policy: { verification: pulumi.output({}) } })).toContain(
      'policy.verification: must be plain (received "an output"). It decides which alarms there are.',
    );
    expect(refused({ policy: pulumi.output({}), nodes: pulumi.output(["node1"]) })).toContain(": 2 mistakes");
  });

  it("what is wrong once it is known", async () => {
    const clusterId = pulumi.output(Promise.resolve("Prod!"));
    const messages = await refusalsOf(() => make({ clusterId }));
    expect(messages.join("\n")).toContain('clusterId: is no name for a cluster (received "Prod!")');
  });
});
