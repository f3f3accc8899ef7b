import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { AwsV4Signer } from "aws4fetch";
import { describe, expect, it } from "vitest";
import { encodedUserData } from "../../../components/aws/nodeSetup";
import { mostUserDataBytes, type NodeUserData, nodeUserData } from "../../../model/aws/userData";

const file = path.resolve(__dirname, "../../../components/aws/nodeSetup.py");
const program = readFileSync(file, "utf8");
const noPython = spawnSync("python3", ["--version"]).error !== undefined;
if (noPython) process.stderr.write("skipped: the program of user data (python3)\n");

const node: NodeUserData = {
  nodeId: "node1",
  hostName: "node1.prod.internal",
  database: { bucket: "packages", key: "neumann.deb", region: "eu-central-1", sha256: "0".repeat(64) },
  hostKey: { parameter: "/neumann/prod/node1/host-key", region: "eu-central-1", publicKey: "ssh-ed25519 AAAAhost" },
  volumeId: "vol-0123456789abcdef0",
  dataDirectory: "/var/lib/neumann",
  config: `[node]\n${"# a comment in the configuration\n".repeat(20)}`,
  login: { user: "deploy", publicKey: "ssh-ed25519 AAAAlogin" },
  dnsSuffix: "amazonaws.com",
};

describe("user data as EC2 takes it", () => {
  const decoded = (config: string): Buffer => Buffer.from(encodedUserData({ ...node, config }), "base64");

  it("can be read as it is with a usual configuration", () => {
    const bytes = decoded(node.config);
    expect(bytes.toString()).toBe(nodeUserData(node, program));
    expect(bytes.length).toBeLessThan(mostUserDataBytes);
  });

  it("is compressed where it would be too long", () => {
    const config = node.config.repeat(20);
    const bytes = decoded(config);
    expect(gunzipSync(bytes).toString()).toBe(nodeUserData({ ...node, config }, program));
    expect(bytes.length).toBeLessThanOrEqual(mostUserDataBytes);
  });

  it("is refused where it is too long even so", () => {
    // No two parts of it are alike.
    const config = Array.from({ length: 9000 }, (_, n) => ((n * 2654435761) % 4294967296).toString(36)).join("\n");
    expect(() => decoded(config)).toThrow(
      /^The user data of node1: 1 mistake\n {2}- config: makes user data of \d{5} bytes, compressed, and EC2 takes 16384 \(received ".*…\)\. Leave comments out of config\.toml\.$/,
    );
  });
});

/** What Python answers that knows the program as `setup` and the input as `given`. */
function python(lines: string, given: unknown): unknown {
  const head = `import json, runpy, sys, types
setup = types.SimpleNamespace(**runpy.run_path(${JSON.stringify(file)}))
given = json.load(sys.stdin)
`;
  const words = ["-B", "-c", `${head}${lines}`];
  return JSON.parse(execFileSync("python3", words, { encoding: "utf8", input: JSON.stringify(given) }));
}

describe.skipIf(noPython)("the program of user data", () => {
  it("asks S3 by the bucket's name where a certificate is for it, by its path otherwise, and an endpoint where there is one", () => {
    const region = "cn-north-1";
    const cases = [
      { bucket: "packages", key: "a/b.deb", dnsSuffix: "amazonaws.com.cn", endpoints: {} },
      { bucket: "packages.example", key: "a b+ü.deb", dnsSuffix: "amazonaws.com.cn", endpoints: {} },
      { bucket: "packages", key: "a/b.deb", dnsSuffix: "", endpoints: { s3: "https://bucket.vpce-1.s3.example/" } },
    ];
    const lines = `print(json.dumps([setup.address(node, node["bucket"], node["key"], "${region}") for node in given]))`;
    expect(python(lines, cases)).toEqual([
      "https://packages.s3.cn-north-1.amazonaws.com.cn/a/b.deb",
      "https://s3.cn-north-1.amazonaws.com.cn/packages.example/a%20b%2B%C3%BC.deb",
      "https://bucket.vpce-1.s3.example/packages/a/b.deb",
    ]);
  });

  it("signs as a library for AWS does", async () => {
    const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a/secret+key", sessionToken: "a token==" };
    const region = "eu-central-1";
    const cases = [
      { service: "s3", url: "https://packages.s3.eu-central-1.amazonaws.com/a%20b%2B%C3%BC/x~y.deb", headers: {} },
      {
        service: "ssm",
        url: "https://ssm.eu-central-1.amazonaws.com/",
        headers: { "content-type": "application/x-amz-json-1.1" },
        body: '{"Name":"ü"}',
      },
    ];
    const lines = `
role = {"AccessKeyId": "${keys.accessKeyId}", "SecretAccessKey": "${keys.secretAccessKey}", "Token": "${keys.sessionToken}"}
setup.signed.__globals__["role"] = lambda: role
def headers(case):
    body = case["body"].encode() if "body" in case else None
    return dict(setup.signed(case["url"], case["service"], "${region}", case["headers"], body).header_items())
print(json.dumps([headers(case) for case in given]))`;
    const answers = python(lines, cases) as Record<string, string>[];
    for (const [index, { service, url, body }] of cases.entries()) {
      const sent = Object.entries(answers[index] ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
      const { authorization, host, ...headers } = Object.fromEntries(sent) as Record<string, string>;
      expect(host).toBe(new URL(url).host);
      const method = body === undefined ? "GET" : "POST";
      const datetime = headers["x-amz-date"];
      const signer = new AwsV4Signer({
        url,
        method,
        headers,
        body,
        ...keys,
        service,
        region,
        datetime,
        allHeaders: true,
      });
      expect(authorization).toBe((await signer.sign()).headers.get("authorization"));
    }
  });
});
