import type { Registered } from "../harness";

/** What Terraform calls a resource where that does not follow from Pulumi's name. */
const names: Record<string, string> = {
  bucket: "s3_bucket",
  inventory: "s3_bucket_inventory",
  bucketReplicationConfig: "s3_bucket_replication_configuration",
  key: "kms_key",
  keyPolicy: "kms_key_policy",
  alias: "kms_alias",
  role: "iam_role",
  rolePolicy: "iam_role_policy",
  rolePolicyAttachment: "iam_role_policy_attachment",
  instanceProfile: "iam_instance_profile",
  instance: "instance",
  networkInterface: "network_interface",
  volumeAttachment: "volume_attachment",
  volume: "ebs_volume",
  zone: "route53_zone",
  record: "route53_record",
  parameter: "ssm_parameter",
  securityGroup: "security_group",
  securityGroupIngressRule: "vpc_security_group_ingress_rule",
  securityGroupEgressRule: "vpc_security_group_egress_rule",
  defaultSecurityGroup: "default_security_group",
  policy: "iam_policy",
  vpc: "vpc",
  vpcEndpoint: "vpc_endpoint",
  subnet: "subnet",
  routeTable: "route_table",
  routeTableAssociation: "route_table_association",
  internetGateway: "internet_gateway",
};

const snake = (name: string) => name.replace(/(?<!^)(?=[A-Z])/g, "_").toLowerCase();

/** Blocks are named in the singular. */
const singular: Record<string, string> = { rules: "rule", transitions: "transition", vpcs: "vpc" };

/** What others name by its id. */
const named = [
  "aws_s3_bucket",
  "aws_security_group",
  "aws_network_interface",
  "aws_instance",
  "aws_ebs_volume",
  "aws_vpc",
  "aws_subnet",
  "aws_route_table",
  "aws_internet_gateway",
];

/** How the SDK marks a secret. */
const secretMark = "4dabf18193072939515e22adb298388d";

/**
 * Captured resources in Terraform's language, for scanners that know nothing else. What the mocks made up as ids and ARNs
 * becomes a reference, by which a scanner finds what belongs together, such as a bucket's settings.
 */
export function asTerraform(
  resources: readonly Registered[],
  idOf = ({ name }: Registered): string => `${name}-id`,
): string {
  const references = new Map<string, string>();
  for (const resource of resources) {
    const { name, type, inputs } = resource;
    const called = typeOf(type);
    if (named.includes(called)) references.set(idOf(resource), `${called}.${name}.id`);
    if (called !== "aws_kms_key") continue;
    references.set(`id-of-${name}`, `aws_kms_key.${name}.key_id`);
    const arn = `arn:aws:kms:${String(inputs.region)}:111122223333:key/id-of-${name}`;
    references.set(arn, `aws_kms_key.${name}.arn`);
  }
  const one = ({ name, type, inputs }: Registered) =>
    `resource "${typeOf(type)}" "${name}" {\n${block(inputs, references)}}\n`;
  return resources.map(one).join("\n");
}

function typeOf(type: string): string {
  const name = /^aws:\w+\/(\w+):/.exec(type)?.[1] ?? "";
  return `aws_${names[name] ?? `s3_${snake(name)}`}`;
}

type References = ReadonlyMap<string, string>;

function block(inputs: object, references: References): string {
  return Object.entries(inputs)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => entry(singular[key] ?? snake(key), value, references))
    .join("");
}

const isObject = (one: unknown): one is object => typeof one === "object" && one !== null && !Array.isArray(one);

function entry(key: string, given: unknown, references: References): string {
  const value: unknown = isObject(given) && secretMark in given ? (given as { value?: unknown }).value : given;
  if (key === "tags" && isObject(value)) {
    const pairs = Object.entries(value).map(([name, text]) => `"${name}" = ${JSON.stringify(text)}\n`);
    return `tags = {\n${pairs.join("")}}\n`;
  }
  const all: unknown[] = Array.isArray(value) ? value : [value];
  if (all.every(isObject)) return all.map((one) => `${key} {\n${block(one, references)}}\n`).join("");
  const text = (one: unknown) => references.get(one as string) ?? JSON.stringify(one);
  return `${key} = ${Array.isArray(value) ? `[${all.map(text).join(", ")}]` : text(value)}\n`;
}
