import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fault, FaultyProxy, type Seen } from "../../lab/store/faultyProxy";
import { Store } from "../../lab/store/store";
import type { LabNode } from "../../lab/neumann/harness";
import { createTable } from "../../lab/neumann/writer";
import type { ArchiveSpec } from "../../model/reference";
import type { S3Location } from "../../model/s3Location";
import { untilDone } from "./killing";
import { listedAreGood } from "./killCases";
import {
  agent,
  type AgentOptions,
  at,
  bundle,
  complaint,
  contentsOf,
  endAll,
  filesBelow,
  lostFrom,
  must,
  type Protected,
  protectedBy,
  scratch,
} from "./support";

/**
 * What is too large for one request is uploaded in parts: the process is killed (SIGKILL to its group) before and after
 * each of them. Unfinished uploads stay in the bucket, and nothing takes them for a backup.
 */
const folder = scratch("killed-uploads");
let store: Store;
let proxy: FaultyProxy;
let source: Protected<ArchiveSpec>;

const place = (bucket: string, endpoint: string): S3Location => {
  const { region, root: credentials } = store;
  return { kind: "s3", bucket, region, endpoint, credentials };
};

beforeAll(async () => {
  bundle();
  store = await Store.start((line) => process.stderr.write(`${line}\n`));
  proxy = await FaultyProxy.start(store.endpoint);
  for (const bucket of ["primary", "offsite"]) {
    await store.createBucket(bucket);
    const spec = { archive: place(bucket, store.endpoint), clusterId: "prod", role: bucket };
    await must(["archive-create"], { spec });
  }
  const archive = { ...place("primary", store.endpoint), clusterId: "prod", offsite: place("offsite", proxy.endpoint) };
  source = await protectedBy(archive, folder);
  const [node] = source.cluster.nodes as [LabNode];
  await createTable(node);
  // What no compressor makes small.
  const rows = Array.from({ length: 220 }, (_, k) => `(${k}, '${randomBytes(30_000).toString("base64")}')`);
  await node.must(["query", "-"], rows.map((row) => `INSERT INTO t (k, v) VALUES ${row}\n`).join(""));
  await must([...at(source.hosts[0]!), "full"]);
});

afterAll(async () => {
  await source.cluster.close();
  await endAll();
  await proxy.stop();
  await store.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const requests: Record<string, (seen: Seen) => boolean> = {
  "the upload's beginning": ({ method, url }) => method === "POST" && /[?&]uploads/.test(url),
  "its first part": ({ method, url }) => method === "PUT" && /[?&]partNumber=1(&|$)/.test(url),
  "its second part": ({ method, url }) => method === "PUT" && /[?&]partNumber=2(&|$)/.test(url),
  "the hash beside it": ({ method, url }) => method === "PUT" && /data\.tar\.zst\.[^/]*\.meta(\?|$)/.test(url),
  "its end": ({ method, url }) => method === "POST" && /[?&]uploadId=/.test(url),
};

describe("an off-site copy in parts that is killed at any of its requests is made again", () => {
  it.each(
    Object.keys(requests).flatMap((name) => (["before", "after"] as const).map((reset) => [reset, name] as const)),
  )("%s %s", async (reset, name) => {
    const [host] = source.hosts as [(typeof source.hosts)[0]];
    const away = path.join(store.folder, "data", "offsite", "prod");
    const before = contentsOf(away);
    const killed = await killedAt((options) => agent([...at(host), "--json", "offsite"], options), {
      matches: requests[name]!,
      fault: { reset },
    });
    expect(killed.code, complaint(killed)).toBeNull();
    // I7: it is not listed, and does no harm to what is.
    expect(await listedAreGood(host)).toHaveLength(1);
    expect(lostFrom(before, away)).toEqual([]);
  });

  it("at last whole, beside what the dead ones left", async () => {
    const [host] = source.hosts as [(typeof source.hosts)[0]];
    await untilDone(() => agent([...at(host), "--json", "offsite"]));
    expect(await listedAreGood(host)).toHaveLength(2);
    const { endpoint, region, root: credentials } = store;
    const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: "offsite" }));
    client.destroy();
    // All but those that were not begun, or were finished.
    expect(Uploads).toHaveLength(2 * Object.keys(requests).length - 2);
    const data = filesBelow(path.join(store.folder, "data", "offsite", "prod", "offsite", "data"));
    expect(data.filter((file) => file.endsWith("/data.tar.zst"))).toHaveLength(2);
  });
});

/** Kills a command as the store is asked for something. */
async function killedAt(
  run: (options: AgentOptions) => ReturnType<typeof agent>,
  { matches, fault }: { matches: (seen: Seen) => boolean; fault: Fault },
): ReturnType<typeof agent> {
  let group = 0;
  proxy.fault = (seen) => {
    if (!matches(seen)) return undefined;
    process.kill(-group, "SIGKILL");
    return fault;
  };
  try {
    return await run({ started: ({ pid = 0 }) => (group = pid) });
  } finally {
    proxy.fault = () => undefined;
  }
}
