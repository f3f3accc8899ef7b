import { policyDocument, type PolicyDocument } from "./policyDocument";

/** A bucket at one end of a replication. */
export interface ReplicationEnd {
  bucketArn: string;
  kmsKeyArn: string;
  region: string;
}

/** What S3 may do for a replication. */
export interface ReplicationRequest {
  source: ReplicationEnd;
  destination: ReplicationEnd;
  /** Ends the names of services, such as `amazonaws.com`. */
  dnsSuffix: string;
  /** The copies become the property of the account that they lie in. */
  anotherAccount: boolean;
}

/** S3 takes the role on. */
export function replicationTrust(): PolicyDocument {
  return policyDocument([
    {
      Sid: "S3CopiesAsThisRole",
      Effect: "Allow",
      Principal: { Service: ["s3.amazonaws.com"] },
      Action: ["sts:AssumeRole"],
    },
  ]);
}

/** Read there, copy here, and nothing that deletes: neither a version nor a delete marker is carried over. */
export function replicationPolicy({
  source,
  destination,
  dnsSuffix,
  anotherAccount,
}: ReplicationRequest): PolicyDocument {
  const owner = anotherAccount ? ["s3:ObjectOwnerOverrideToBucketOwner"] : [];
  const viaS3 = ({ region }: ReplicationEnd) => ({
    Condition: { StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix}` } },
  });
  return policyDocument([
    {
      Sid: "LooksAtTheSource",
      Effect: "Allow",
      Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"],
      Resource: [source.bucketArn],
    },
    {
      Sid: "ReadsVersions",
      Effect: "Allow",
      Action: [
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        "s3:GetObjectRetention",
        "s3:GetObjectLegalHold",
      ],
      Resource: [`${source.bucketArn}/*`],
    },
    {
      Sid: "WritesCopies",
      Effect: "Allow",
      Action: ["s3:ReplicateObject", "s3:ReplicateTags", ...owner],
      Resource: [`${destination.bucketArn}/*`],
    },
    { Sid: "Decrypts", Effect: "Allow", Action: ["kms:Decrypt"], Resource: [source.kmsKeyArn], ...viaS3(source) },
    {
      Sid: "Encrypts",
      Effect: "Allow",
      Action: ["kms:Encrypt"],
      Resource: [destination.kmsKeyArn],
      ...viaS3(destination),
    },
  ]);
}
