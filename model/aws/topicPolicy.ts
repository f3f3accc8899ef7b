import { alarmName } from "./alarmNames";
import { policyDocument, type PolicyDocument } from "./policyDocument";

/** What the policy of a topic for alarms is made from. */
export interface TopicPolicyRequest {
  clusterId: string;
  topicArn: string;
  partition: string;
  region: string;
  /** Accounts whose alarms may speak here. */
  accountIds: readonly string[];
}

/** This cluster's alarms and EventBridge may publish, over TLS. */
export function topicPolicy(request: TopicPolicyRequest): PolicyDocument {
  const { clusterId, topicArn, partition, region, accountIds } = request;
  const publish = { Action: ["sns:Publish"], Resource: [topicArn] };
  const alarms = accountIds.map(
    (id) => `arn:${partition}:cloudwatch:${region}:${id}:alarm:${alarmName(clusterId, "*")}`,
  );
  return policyDocument([
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
  ]);
}
