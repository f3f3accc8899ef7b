import { spawnSync } from "node:child_process";
import fs from "node:fs";
import https from "node:https";
import path from "node:path";
import { Readable } from "node:stream";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createArchive } from "../../agent/archive/open";
import { S3Archive } from "../../agent/archive/s3";
import { explain } from "../../agent/run/errors";
import { Store } from "../../lab/store/store";
import type { S3Location } from "../../model/s3Location";
import { agent, complaint, must, scratch } from "./support";

/** A store whose certificate an authority of the user's own has signed. */
const folder = scratch("store-tls");
const file = (name: string) => path.join(folder, name);
let store: Store;

function openssl(words: string): void {
  const { status, stderr } = spawnSync("openssl", words.split(" "), { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`openssl ${words}: ${stderr}`);
}

/** An authority, and where it is asked for a server's certificate that it signed. */
function authority(name: string): void {
  const made = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
  openssl(`req -x509 ${made} -keyout ${name}-key.pem -out ${name}.pem -subj /CN=${name}`);
}

beforeAll(async () => {
  fs.mkdirSync(folder, { recursive: true });
  authority("ours");
  authority("others");
  fs.writeFileSync(file("names"), "subjectAltName=IP:127.0.0.1\n");
  openssl(
    "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out request.pem -subj /CN=store",
  );
  openssl("x509 -req -in request.pem -CA ours.pem -CAkey ours-key.pem -days 2 -extfile names -out store.pem");
  const tls = { certificate: file("store.pem"), key: file("key.pem") };
  store = await Store.start((line) => process.stderr.write(`${line}\n`), { tls });
  const { endpoint, region } = store;
  const httpsAgent = new https.Agent({ ca: fs.readFileSync(file("ours.pem")) });
  const requestHandler = { httpsAgent };
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: store.root, requestHandler });
  await client.send(new CreateBucketCommand({ Bucket: "archive" }));
  client.destroy();
});

afterAll(async () => {
  await store.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

function place(change: Partial<S3Location> = {}): S3Location {
  const { region, endpoint } = store;
  return { kind: "s3", bucket: "archive", region, endpoint, credentials: { ...store.root }, ...change };
}

const tries = { retrySeconds: 5 };

async function failure(work: Promise<unknown>): Promise<{ exitCode: number; message: string }> {
  return explain(
    await work.then(
      () => expect.fail("it succeeded"),
      (reason: unknown) => reason,
    ),
  );
}

describe("a store with an authority of its own", () => {
  it("is believed by its caFile, in single requests and in uploads in parts", async () => {
    const trusting = place({ caFile: file("ours.pem"), prefix: "good" });
    expect(await createArchive(trusting, "prod", "primary")).toBe(true);
    const archive = new S3Archive(trusting, tries);
    const content = Buffer.alloc(20 * 1024 * 1024, "x");
    const { sha256 } = await archive.putStream("d/large", Readable.from([content]));
    expect(await archive.storedHash("d/large")).toBe(sha256);
    expect((await archive.list("d/")).map(({ bytes }) => bytes)).toEqual([content.length]);
  });

  it("is not believed without it, nor by another authority's, and the message says what to do", async () => {
    for (const caFile of [undefined, file("others.pem")]) {
      const { exitCode, message } = await failure(new S3Archive(place({ caFile }), tries).getText("a/b"));
      expect(exitCode).toBe(4);
      expect(message).toMatch(
        /^GET a\/b in s3:\/\/archive at https:.*: the secure connection to 127\.0\.0\.1:\d+ failed: /,
      );
      expect(message).toContain("or by one in the archive's caFile.");
    }
  });

  it("needs a file with certificates, and no message shows what else it holds", async () => {
    fs.writeFileSync(file("broken.pem"), "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n");
    const cases = [
      ["none.pem", "the archive's caFile cannot be read: ENOENT"],
      ["ours-key.pem", "holds no certificate: the archive's caFile needs those of the authorities, in PEM."],
      ["broken.pem", "holds a certificate that cannot be read"],
    ] as const;
    for (const [name, expected] of cases) {
      const { exitCode, message } = await failure(new S3Archive(place({ caFile: file(name) }), tries).getText("a/b"));
      expect(exitCode, name).toBe(4);
      expect(message).toContain(expected);
      expect(message).not.toContain("PRIVATE KEY");
    }
  });

  it("is reached by the commands: with ca-file behind the place", async () => {
    await createArchive(place({ caFile: file("ours.pem"), prefix: "cli" }), "prod", "primary");
    const { accessKeyId, secretAccessKey } = store.root;
    const environment = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const text = `s3://archive/cli?region=${store.region}&endpoint=${store.endpoint}`;
    const listed = await must(["list", "--archive", `${text}&ca-file=${file("ours.pem")}`, "--cluster", "prod"], {
      environment,
    });
    expect(listed).toMatchObject({ clusterId: "prod", entries: [] });
    const ran = await agent(["--json", "list", "--archive", text, "--cluster", "prod"], { environment });
    expect(ran.code).toBe(4);
    expect(complaint(ran)).toContain("the secure connection to");
  });
});
