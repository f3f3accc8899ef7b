import { policyDocument, type PolicyDocument } from "./policyDocument";

/** Services that China calls otherwise. Source: AWS PrivateLink guide for China, as known in November 2026. */
const otherwiseInChina = ["logs", "monitoring", "sts"];

/** What an endpoint's service is called; a full name stays as it is. */
export function endpointServiceName(service: string, region: string, partition: string): string {
  if (service.includes(".amazonaws.")) return service;
  const before = partition === "aws-cn" && otherwiseInChina.includes(service) ? "cn." : "";
  return `${before}com.amazonaws.${region}.${service}`;
}

/** The policy of an endpoint of S3 that leads to some buckets and to no other: who may do what there is decided elsewhere. */
export function bucketsOnly(buckets: readonly string[], partition: string): PolicyDocument {
  const arns = [...new Set(buckets)].map((bucket) => `arn:${partition}:s3:::${bucket}`);
  const Resource = arns.flatMap((arn) => [arn, `${arn}/*`]);
  return policyDocument([{ Sid: "TheseBuckets", Effect: "Allow", Principal: "*", Action: ["s3:*"], Resource }]);
}
