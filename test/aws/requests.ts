import type { IncomingHttpHeaders } from "node:http";
import type { Asked } from "./policyEvaluator";

/** A request of S3, its bucket in the path. */
export interface S3Asked {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body?: string;
}

/** Its parts. */
export interface ReadRequest {
  bucket: string;
  /** Absent for the bucket itself. */
  key?: string;
  query: URLSearchParams;
}

export function readRequest({ url }: S3Asked): ReadRequest {
  const { pathname, searchParams } = new URL(url, "http://store");
  const [, bucket = "", ...names] = decodeURIComponent(pathname).split("/");
  const key = names.join("/");
  return { bucket, ...(key === "" ? {} : { key }), query: searchParams };
}

/** Access key of who signed it. */
export function signerOf({ headers }: S3Asked): string {
  return /Credential=([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
}

/**
 * What IAM is asked for a request, after the list of actions of S3 in the service's authorization reference. The connection
 * counts as secured: what stands here before the store would end TLS.
 */
export function askedFor(request: S3Asked, partition = "aws"): Asked[] {
  const read = readRequest(request);
  const arn = (key?: string): string => `arn:${partition}:s3:::${read.bucket}${key === undefined ? "" : `/${key}`}`;
  const context = contextOf(request, read);
  if (read.key === undefined) {
    if (request.method === "POST" && read.query.has("delete")) return deleted(request, { arn, context });
    return [{ action: `s3:${bucketAction(request, read)}`, resource: arn(), context }];
  }
  const own = objectActions(request, read).map((action) => ({ action, resource: arn(read.key), context }));
  return [...own, ...copied(request, { partition, context })];
}

interface Ways {
  arn: (key?: string) => string;
  context: Record<string, string>;
}

function deleted({ body = "" }: S3Asked, { arn, context }: Ways): Asked[] {
  return [...body.matchAll(/<Object>(.*?)<\/Object>/gs)].map(([, object = ""]) => {
    const key = /<Key>(.*?)<\/Key>/s.exec(object)?.[1] ?? "";
    const action = object.includes("<VersionId>") ? "s3:DeleteObjectVersion" : "s3:DeleteObject";
    return { action, resource: arn(key), context };
  });
}

/** A copy reads its source: the put itself carries nothing. */
function copied(
  { headers }: S3Asked,
  { partition, context }: { partition: string; context: Ways["context"] },
): Asked[] {
  const source = headers["x-amz-copy-source"];
  if (typeof source !== "string") return [];
  const [path = "", version] = decodeURIComponent(source).replace(/^\//, "").split("?versionId=");
  const action = version === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  return [{ action, resource: `arn:${partition}:s3:::${path}`, context }];
}

const bucketQueries: Record<string, string> = {
  versions: "ListBucketVersions",
  uploads: "ListBucketMultipartUploads",
  versioning: "BucketVersioning",
  "object-lock": "BucketObjectLockConfiguration",
  lifecycle: "LifecycleConfiguration",
  policy: "BucketPolicy",
  tagging: "BucketTagging",
  replication: "ReplicationConfiguration",
  acl: "BucketAcl",
};

function bucketAction({ method }: S3Asked, { query }: ReadRequest): string {
  const name = [...query.keys()].map((key) => bucketQueries[key]).find((found) => found !== undefined);
  if (name === undefined) return method === "DELETE" ? "DeleteBucket" : "ListBucket";
  if (name.startsWith("List")) return name;
  if (method === "GET") return `Get${name}`;
  return method === "DELETE" && name === "BucketPolicy" ? `Delete${name}` : `Put${name}`;
}

/** The query that names a part of an object, and what IAM calls it. */
const subresources: Record<string, string> = {
  tagging: "ObjectTagging",
  retention: "ObjectRetention",
  "legal-hold": "ObjectLegalHold",
  acl: "ObjectAcl",
  attributes: "ObjectAttributes",
};

const versioned = ["ObjectTagging", "ObjectAcl", "ObjectAttributes"];

function objectActions(request: S3Asked, { query }: ReadRequest): string[] {
  const { method } = request;
  const part = Object.keys(subresources).find((name) => query.has(name));
  if (part !== undefined)
    return [`s3:${verbs[method]}${withVersion(subresources[part] as string, query.has("versionId"))}`];
  if (method === "POST" && query.has("restore")) return ["s3:RestoreObject"];
  if (method === "PUT" || method === "POST") return ["s3:PutObject", ...byHeaders(request)];
  return otherActions(request, query);
}

function otherActions(request: S3Asked, query: URLSearchParams): string[] {
  const { method } = request;
  const version = query.has("versionId");
  if (query.has("uploadId")) return [method === "DELETE" ? "s3:AbortMultipartUpload" : "s3:ListMultipartUploadParts"];
  if (method === "DELETE") return [...bypassing(request), `s3:DeleteObject${version ? "Version" : ""}`];
  return [`s3:GetObject${version ? "Version" : ""}`];
}

const verbs: Record<string, string> = { GET: "Get", HEAD: "Get", PUT: "Put", DELETE: "Delete" };

function withVersion(name: string, version: boolean): string {
  return version && versioned.includes(name) ? name.replace("Object", "ObjectVersion") : name;
}

function bypassing({ headers }: S3Asked): string[] {
  return headers["x-amz-bypass-governance-retention"] === "true" ? ["s3:BypassGovernanceRetention"] : [];
}

const headerActions: Record<string, string> = {
  "x-amz-tagging": "s3:PutObjectTagging",
  "x-amz-object-lock-retain-until-date": "s3:PutObjectRetention",
  "x-amz-object-lock-legal-hold": "s3:PutObjectLegalHold",
  "x-amz-acl": "s3:PutObjectAcl",
};

function byHeaders({ headers }: S3Asked): string[] {
  return Object.entries(headerActions).flatMap(([header, action]) => (header in headers ? [action] : []));
}

function contextOf(request: S3Asked, read: ReadRequest): Record<string, string> {
  const { headers } = request;
  const context: Record<string, string> = { "aws:SecureTransport": "true" };
  const note = (key: string, value: unknown): void => {
    if (typeof value === "string") context[key] = value;
  };
  if (read.key === undefined) note("s3:prefix", read.query.get("prefix"));
  note("s3:if-none-match", headers["if-none-match"]);
  note("s3:object-lock-mode", headers["x-amz-object-lock-mode"]);
  const until = headers["x-amz-object-lock-retain-until-date"];
  if (typeof until === "string") {
    const days = (Date.parse(until) - Date.now()) / 86_400_000;
    context["s3:object-lock-remaining-retention-days"] = String(Math.ceil(days));
  }
  if (read.key !== undefined && ["PUT", "POST"].includes(request.method)) {
    context["s3:ObjectCreationOperation"] = String(creates(request, read));
  }
  return context;
}

/** Beginning an upload in parts, and sending one, makes no object; what ends it does. */
function creates({ method }: S3Asked, { query }: ReadRequest): boolean {
  if (method === "POST") return query.has("uploadId");
  return !query.has("partNumber") && !Object.keys(subresources).some((name) => query.has(name));
}
