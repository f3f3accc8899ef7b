import { policyDocument, type PolicyDocument, type PolicyStatement } from "./policyDocument";

/** What one node reads at its first boot. */
export interface NodeRightsRequest {
  /** `aws`, `aws-cn`, … */
  partition: string;
  /** Of the node: its parameter is there. */
  region: string;
  /** The parameter that holds the node's own SSH host key. */
  parameterArn: string;
  /** The key that encrypts the parameter, where it is not AWS's own. */
  kmsKeyArn?: string;
  /** The database's package. */
  database: { bucket: string; key: string; region: string; kmsKeyArn?: string };
}

/** Its own host key and the one package: with them a node can take no other node's name, and change nothing. */
export function nodeRights(request: NodeRightsRequest): PolicyDocument {
  const { partition, database } = request;
  const object = `arn:${partition}:s3:::${database.bucket}/${database.key}`;
  return policyDocument([
    ...hostKeyRights(request),
    { Sid: "DatabasePackage", Effect: "Allow", Action: ["s3:GetObject"], Resource: [object] },
    ...packageKey(request),
  ]);
}

/** Its own host key alone. */
export function hostKeyRights(request: Omit<NodeRightsRequest, "database">): PolicyStatement[] {
  const Resource = [request.parameterArn];
  return [{ Sid: "OwnHostKey", Effect: "Allow", Action: ["ssm:GetParameter"], Resource }, ...ownKey(request)];
}

/** AWS's own key for parameters lets in whoever may read the parameter. */
function ownKey({
  partition,
  region,
  parameterArn,
  kmsKeyArn,
}: Omit<NodeRightsRequest, "database">): PolicyStatement[] {
  if (kmsKeyArn === undefined) return [];
  const Condition = {
    StringEquals: {
      "kms:ViaService": viaService("ssm", region, partition),
      "kms:EncryptionContext:PARAMETER_ARN": parameterArn,
    },
  };
  return [{ Sid: "OwnHostKeyKey", Effect: "Allow", Action: ["kms:Decrypt"], Resource: [kmsKeyArn], Condition }];
}

function packageKey({ partition, database }: NodeRightsRequest): PolicyStatement[] {
  const { bucket, key, region, kmsKeyArn } = database;
  if (kmsKeyArn === undefined) return [];
  const arn = `arn:${partition}:s3:::${bucket}`;
  const Condition = {
    StringEquals: {
      "kms:ViaService": viaService("s3", region, partition),
      // With a bucket key it is the bucket's, without one the object's.
      "kms:EncryptionContext:aws:s3:arn": [arn, `${arn}/${key}`],
    },
  };
  return [{ Sid: "DatabasePackageKey", Effect: "Allow", Action: ["kms:Decrypt"], Resource: [kmsKeyArn], Condition }];
}

function viaService(service: string, region: string, partition: string): string | string[] {
  const name = `${service}.${region}.amazonaws.com`;
  return partition === "aws-cn" ? [name, `${name}.cn`] : name;
}
