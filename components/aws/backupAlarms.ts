import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { dashboardBody } from "../../model/aws/alarmDashboard";
import { type EventRuleDefinition, eventRules } from "../../model/aws/alarmEvents";
import { alarmName } from "../../model/aws/alarmNames";
import { type AlarmDefinition, alarmDefinitions } from "../../model/aws/alarms";
import type { Place } from "../../model/catalog";
import { resolvePolicy } from "../../model/policy";
import { checkArguments } from "../arguments";
import type { BackupPolicyArgs } from "../policyArgs";
import { accountOf } from "./account";
import { alarmTopic } from "./alarmTopic";
import type { BackupAlarmsArgs, BackupAlarmsValues, KnownAlarms, WatchedBucket } from "./backupAlarmsArgs";
import { alarmRequest, checkStructure, checkValues, decidingPolicy } from "./backupAlarmsChecks";

/**
 * Alarms of CloudWatch for a cluster's backups, made from its policy: an alarm and a promise are the same number. With
 * rules for what nobody should do to the buckets and their keys, topics, e-mails and a dashboard. Each names the part of
 * docs/monitoring.md that helps. The nodes have to send `neumann-backup status --emf`: docs/monitoring.md shows how.
 *
 * In the runbook: "Monitoring".
 *
 * ```ts
 * new BackupAlarms("prod", {
 *   clusterId: "prod",
 *   nodes: ["node1", "node2", "node3"],
 *   primary: { bucket: archive.bucket, region: "eu-central-1", kmsKeyArn: archive.kmsKeyArn },
 *   offsite: { bucket: archive.offsiteBucket, region: "eu-west-1", kmsKeyArn: archive.offsiteKmsKeyArn },
 *   sendEvents: true,
 *   emails: ["ops@example.com"],
 * });
 * ```
 */
export class BackupAlarms extends pulumi.ComponentResource {
  /**
   * The topic in the first bucket's region.
   */
  readonly topicArn: pulumi.Output<string>;
  /**
   * The topic in the off-site bucket's region; the first one's where there is no off-site bucket.
   */
  readonly offsiteTopicArn: pulumi.Output<string>;
  /**
   * Names of all alarms and of the rules for events.
   */
  readonly alarmNames: pulumi.Output<string[]>;
  /**
   * Name of the dashboard.
   */
  readonly dashboardName: pulumi.Output<string>;

  constructor(name: string, args: BackupAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    const { offsiteProvider, ...values } = args;
    const known = checkArguments<BackupAlarmsValues>({
      subject: `BackupAlarms ${JSON.stringify(name)} cannot be created`,
      args: values,
      structure: checkStructure,
      check: checkValues,
    });
    super("pulumi-neumann:index:BackupAlarms", name, {}, opts);

    const sides = sidesOf({ name, args, known: pulumi.unsecret(known) }, { parent: this }, offsiteProvider);
    const alarms = makeAlarms({ name, args, known }, sides);
    const events = sides.flatMap((side) => makeEvents({ name, args, known }, side));
    const dashboard = makeDashboard({ name, args, known }, sides[0].opts);

    this.topicArn = sides[0].topicArn;
    this.offsiteTopicArn = (sides[1] ?? sides[0]).topicArn;
    this.alarmNames = pulumi.all([...alarms, ...events].map((made) => made.name));
    this.dashboardName = dashboard.dashboardName;
    const { topicArn, offsiteTopicArn, alarmNames, dashboardName } = this;
    this.registerOutputs({ topicArn, offsiteTopicArn, alarmNames, dashboardName });
  }
}

/** The component's name, what was given, and the same once it is checked. */
interface Request {
  name: string;
  args: BackupAlarmsArgs;
  known: pulumi.Output<KnownAlarms>;
}

/** One bucket, where its alarms speak, and how what belongs to it is made. */
interface Side {
  place: Place;
  given: WatchedBucket;
  region: pulumi.Output<string>;
  topicArn: pulumi.Output<string>;
  opts: pulumi.CustomResourceOptions;
}

function sidesOf(
  { name, args, known }: Request,
  opts: pulumi.CustomResourceOptions,
  offsiteProvider?: pulumi.ProviderResource,
): [Side, ...Side[]] {
  const emails = args.emails ?? [];
  const common = { clusterId: known.clusterId, emails, tags: tagsOf(known) };
  const here = accountOf({ parent: opts.parent, provider: opts.provider });
  const region = known.apply(({ primary }) => primary.region);
  const topicArn =
    args.topicArn === undefined
      ? alarmTopic(
          {
            ...common,
            name,
            called: "alarms",
            partition: here.partition,
            region,
            kmsKeyId: gated(known, "kmsKeyId"),
            accountIds: [here.accountId],
          },
          opts,
        )
      : known.apply((all) => all.topicArn as string);
  const first: Side = { place: "primary", given: args.primary, region, topicArn, opts };
  if (args.offsite === undefined) return [first];

  const away = { ...opts, ...(offsiteProvider === undefined ? {} : { provider: offsiteProvider }) };
  const there = accountOf({ parent: away.parent, provider: away.provider });
  const awayRegion = known.apply(({ offsite }) => offsite?.region as string);
  const request = {
    ...common,
    name: `${name}-offsite`,
    called: "alarms-offsite",
    partition: there.partition,
    region: awayRegion,
    kmsKeyId: gated(known, "offsiteKmsKeyId"),
    // S3 gives the delay of a replication to the account of the original.
    accountIds: [here.accountId, there.accountId],
  };
  const awayTopic =
    args.offsiteTopicArn === undefined
      ? alarmTopic(request, away)
      : known.apply((all) => all.offsiteTopicArn as string);
  return [first, { place: "offsite", given: args.offsite, region: awayRegion, topicArn: awayTopic, opts: away }];
}

function gated(known: pulumi.Output<KnownAlarms>, key: "kmsKeyId" | "offsiteKmsKeyId"): pulumi.Output<string> {
  return known.apply((all) => all[key] as string);
}

function tagsOf(known: pulumi.Output<KnownAlarms>): pulumi.Output<Record<string, string>> {
  return known.apply(({ clusterId }): Record<string, string> => ({ "neumann:cluster": clusterId }));
}

/** Which alarms there are is known from the start, and what each looks at; names and limits may be outputs. */
function makeAlarms({ name, args, known }: Request, sides: Side[]): cloudwatch.MetricAlarm[] {
  const shapes = alarmDefinitions({
    clusterId: "",
    policy: decidingPolicy(args.policy as BackupPolicyArgs | undefined),
    nodes: args.nodes,
    bucket: "",
    offsiteBucket: args.offsite === undefined ? undefined : "",
    replicationRuleIds: args.replicationRuleIds,
    rehearsalEveryDays: args.rehearsalEveryDays === undefined ? undefined : 1,
  });
  const all = known.apply((values) => alarmDefinitions(alarmRequest(values, resolvePolicy(values.policy))));
  const tags = tagsOf(known);
  // Of all alarms of one severity: each output takes its time.
  const tagged = new Map(
    [...new Set(shapes.map(({ severity }) => severity))].map((severity) => [
      severity,
      tags.apply((all) => ({ ...all, "neumann:severity": severity })),
    ]),
  );
  return shapes.map((shape) => {
    const side = sides.find(({ place }) => place === shape.place) as Side;
    const definition = all.apply((found) => found.find(({ what }) => what === shape.what) as AlarmDefinition);
    // S3 gives the delay of a replication in the region of the copy, to the account of the original.
    const opts = shape.metricName === "ReplicationLatency" ? (sides[0] as Side).opts : side.opts;
    return new cloudwatch.MetricAlarm(
      `${name}-${shape.what}`,
      {
        name: definition.name,
        alarmDescription: definition.description,
        ...measureOf(shape, definition),
        treatMissingData: shape.missingData,
        evaluationPeriods: definition.periods,
        alarmActions: [side.topicArn],
        okActions: [side.topicArn],
        region: side.region,
        tags: tagged.get(shape.severity),
      },
      opts,
    );
  });
}

type Measure = Partial<cloudwatch.MetricAlarmArgs>;

function measureOf(shape: AlarmDefinition, definition: pulumi.Output<AlarmDefinition>): Measure {
  const { namespace, metricName, statistic, periodSeconds } = shape;
  const dimensions = definition.dimensions;
  if (shape.breaches !== "outside") {
    const comparisonOperator = shape.breaches === "above" ? "GreaterThanThreshold" : "LessThanThreshold";
    const threshold = definition.threshold;
    return { comparisonOperator, namespace, metricName, statistic, period: periodSeconds, dimensions, threshold };
  }
  return {
    comparisonOperator: "LessThanLowerOrGreaterThanUpperThreshold",
    thresholdMetricId: "band",
    metricQueries: [
      {
        id: "seen",
        metric: { namespace, metricName, stat: statistic, period: periodSeconds, dimensions },
        returnData: true,
      },
      {
        id: "band",
        expression: `ANOMALY_DETECTION_BAND(seen, ${shape.threshold})`,
        label: "expected",
        returnData: true,
      },
    ],
  };
}

function makeEvents({ name, args, known }: Request, side: Side): cloudwatch.EventRule[] {
  const { place, given, region, topicArn, opts } = side;
  const shapes = eventRules({
    clusterId: "",
    place,
    bucket: "",
    kmsKeyArn: given.kmsKeyArn === undefined ? undefined : "",
  });
  const all = known.apply((values) => {
    const bucket = (place === "primary" ? values.primary : values.offsite) as pulumi.Unwrap<WatchedBucket>;
    return eventRules({ ...bucket, clusterId: values.clusterId, place });
  });
  if (args.sendEvents === true) {
    const bucket = known.apply((values) => (place === "primary" ? values.primary : values.offsite)?.bucket as string);
    new s3.BucketNotification(`${name}-${place}-events`, { bucket, eventbridge: true, region }, opts);
  }
  return shapes.map(({ what }) => {
    const definition = all.apply((found) => found.find((rule) => rule.what === what) as EventRuleDefinition);
    const rule = new cloudwatch.EventRule(
      `${name}-${what}`,
      {
        name: definition.name,
        description: definition.description,
        eventPattern: definition.apply(({ pattern }) => JSON.stringify(pattern)),
        region,
        tags: tagsOf(known),
      },
      opts,
    );
    new cloudwatch.EventTarget(`${name}-${what}-target`, { rule: rule.name, arn: topicArn, region }, opts);
    return rule;
  });
}

function makeDashboard({ name, known }: Request, opts: pulumi.CustomResourceOptions): cloudwatch.Dashboard {
  const body = known.apply((values) =>
    dashboardBody({
      ...alarmRequest(values, resolvePolicy(values.policy)),
      region: values.primary.region,
      offsiteRegion: values.offsite?.region,
    }),
  );
  const dashboardName = known.apply(({ clusterId }) => alarmName(clusterId, "backups"));
  const region = known.apply(({ primary }) => primary.region);
  return new cloudwatch.Dashboard(`${name}-dashboard`, { dashboardName, dashboardBody: body, region }, opts);
}
