import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { topicPolicy } from "../../model/aws/topicPolicy";

/** What a topic for alarms is made from. */
export interface TopicRequest {
  /** Name of the component, and of the place where it is not the first. */
  name: string;
  clusterId: pulumi.Output<string>;
  /** What the topic is called in AWS, behind `neumann-<clusterId>-`. */
  called: string;
  partition: pulumi.Output<string>;
  region: pulumi.Output<string>;
  kmsKeyId?: pulumi.Input<string>;
  emails: readonly string[];
  /** Accounts whose alarms speak here. */
  accountIds: pulumi.Input<pulumi.Input<string>[]>;
  tags: pulumi.Output<Record<string, string>>;
}

/** A topic to which this cluster's alarms and events may publish, and who gets e-mails of it. */
export function alarmTopic(request: TopicRequest, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const { name, clusterId, called, partition, region, kmsKeyId, emails, accountIds, tags } = request;
  const topic = new sns.Topic(
    `${name}-topic`,
    { name: pulumi.interpolate`neumann-${clusterId}-${called}`, kmsMasterKeyId: kmsKeyId, region, tags },
    opts,
  );
  const policy = pulumi
    .all([clusterId, topic.arn, partition, region, accountIds])
    .apply(([cluster, topicArn, known, home, ids]) =>
      JSON.stringify(
        topicPolicy({ clusterId: cluster, topicArn, partition: known, region: home, accountIds: [...new Set(ids)] }),
      ),
    );
  new sns.TopicPolicy(`${name}-topic-policy`, { arn: topic.arn, policy, region }, opts);
  for (const endpoint of emails) {
    new sns.TopicSubscription(
      `${name}-email-${endpoint}`,
      { topic: topic.arn, protocol: "email", endpoint, region },
      opts,
    );
  }
  return topic.arn;
}
