import { alarmName } from "./alarmNames";

/** What the policy of a topic for alarms is made from. */
export interface TopicPolicyRequest {
  clusterId: string;
  topicArn: string;
  partition: string;
  region: string;
  /** Accounts whose alarms may speak here. */
  accountIds: readonly string[];
}

/** Who may publish to a topic for alarms, as SNS takes it. */
export interface TopicPolicy {
  Version: "2012-10-17";
  Statement: TopicStatement[];
}

interface TopicStatement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Principal: "*" | { Service: string };
  Action: string;
  Resource: string;
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** This cluster's alarms and EventBridge may publish, over TLS. */
export function topicPolicy(request: TopicPolicyRequest): TopicPolicy {
  const { clusterId, topicArn, partition, region, accountIds } = request;
  const publish = { Action: "sns:Publish", Resource: topicArn };
  const alarms = accountIds.map(
    (id) => `arn:${partition}:cloudwatch:${region}:${id}:alarm:${alarmName(clusterId, "*")}`,
  );
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        ...publish,
        Condition: { StringEquals: { "aws:SourceAccount": [...accountIds] }, ArnLike: { "aws:SourceArn": alarms } },
      },
      // EventBridge gives SNS no context of the rule (eb-use-resource-based.html, "Amazon SNS permissions"): with a
      // condition its events would be dropped without a word.
      { Sid: "Events", Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, ...publish },
      {
        Sid: "OnlyTls",
        Effect: "Deny",
        Principal: "*",
        ...publish,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}
