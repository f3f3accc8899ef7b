import http from "node:http";
import type net from "node:net";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { S3Archive } from "../../agent/archive/s3";
import { archiveBucketPolicy } from "../../model/aws/bucketPolicy";
import { deniedBy, type PolicyRequest } from "../model/aws/evaluator";

const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/k1";
const bucketArn = "arn:aws:s3:::acme-offsite";
const lockDays = 30;
const policy = archiveBucketPolicy({ bucketArn, kmsKeyArn, lockDays, breakGlassArns: [], administratorArns: [] });

interface Recorded {
  method: string;
  url: URL;
  headers: http.IncomingHttpHeaders;
}

const recorded: Recorded[] = [];
let server: http.Server;

/** As much of a store as takes what it is given. */
function answer({ method, url }: Recorded, response: http.ServerResponse): void {
  const begins = method === "POST" && url.searchParams.has("uploads");
  if (method === "HEAD") response.statusCode = url.pathname.split("/").length > 2 ? 404 : 200;
  if (method === "PUT") response.setHeader("etag", '"e"');
  if (begins) response.write("<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>");
  else if (method === "POST") response.write("<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
  response.end();
}

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const one = {
      method: request.method ?? "",
      url: new URL(request.url ?? "", "http://store"),
      headers: request.headers,
    };
    recorded.push(one);
    request.resume().once("end", () => answer(one, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** What S3 makes of a request that writes: which call creates an object is on AWS's page about conditional writes. */
function asked({ method, url, headers }: Recorded): PolicyRequest {
  const part = url.searchParams.has("partNumber");
  const begins = url.searchParams.has("uploads");
  const until = headers["x-amz-object-lock-retain-until-date"];
  const days = until === undefined ? undefined : (Date.parse(String(until)) - Date.now()) / 86_400_000;
  const header = (name: string) => headers[name] as string | undefined;
  return {
    action: "s3:PutObject",
    resource: `${bucketArn}/${url.pathname.split("/").slice(2).join("/")}`,
    context: {
      "aws:SecureTransport": "true",
      "s3:TlsVersion": "1.3",
      "aws:PrincipalArn": "arn:aws:iam::111122223333:role/node",
      "s3:ObjectCreationOperation": String(["PUT", "POST"].includes(method) && !part && !begins),
      "s3:if-none-match": header("if-none-match"),
      "s3:x-amz-server-side-encryption": header("x-amz-server-side-encryption"),
      "s3:x-amz-server-side-encryption-aws-kms-key-id": header("x-amz-server-side-encryption-aws-kms-key-id"),
      "s3:object-lock-remaining-retention-days": days === undefined ? undefined : String(Math.ceil(days)),
    },
  };
}

it("what the agent sends to store something passes the policy of an archive's bucket, call by call", async () => {
  const archive = new S3Archive(
    {
      kind: "s3",
      bucket: "acme-offsite",
      region: "eu-west-1",
      endpoint: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
      credentials: { accessKeyId: "a", secretAccessKey: "s" },
      encryption: { kind: "kms", kmsKeyId: kmsKeyArn },
      objectLock: { mode: "governance", days: lockDays },
    },
    { retrySeconds: 0 },
  );
  await archive.putText("prod/records/archive.json", "{}");
  await archive.putStream("prod/offsite/data/x", Readable.from([Buffer.alloc(9 << 20), Buffer.alloc(9 << 20)]));

  const writes = recorded.filter(({ method }) => method === "PUT" || method === "POST");
  const calls = writes.map(({ method, url }) => `${method} ${[...url.searchParams.keys()].sort().join(" ")}`.trim());
  const kinds = new Set(calls.map((call) => call.replace(/ ?x-id/, "")));
  expect([...kinds].sort()).toEqual(["POST uploadId", "POST uploads", "PUT", "PUT partNumber uploadId"]);
  for (const [index, write] of writes.entries()) {
    const request = asked(write);
    expect(deniedBy(policy, request), calls[index]).toEqual([]);
    // Without the header, what creates an object is refused, and the rest is not.
    const overwriting = { ...request, context: { ...request.context, "s3:if-none-match": undefined } };
    const creates = request.context["s3:ObjectCreationOperation"] === "true";
    expect(deniedBy(policy, overwriting), calls[index]).toEqual(creates ? ["NothingIsOverwritten"] : []);
  }
});
