import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyCluster, duties, type Duty, patternsOf, rightsOf } from "../../model/aws/duties";
import type { Place } from "../../model/catalog";
import { cluster, documentOf, DutyWorld, places, prefix } from "./dutyWorld";
import { decide } from "./policyEvaluator";
import { innermost } from "./recorded";
import { askedFor } from "./requests";

/**
 * Every action of every duty on every part of the archive, tried on a store that enforces actions and prefixes: what the
 * documents allow works, and all else is refused.
 */
let world: DutyWorld;

beforeAll(async () => {
  world = await DutyWorld.start();
});

afterAll(async () => {
  await world.stop();
});

/** One object of each part of the archive, of another cluster, and outside. */
function keysIn(place: Place): string[] {
  const patterns = innermost.flatMap((part) => patternsOf(part, place));
  const own = patterns.map((pattern) => pattern.replace(anyCluster, cluster).replace("*", "x"));
  const others = [`${cluster}/x`, `${cluster}/records/other.json`, `${cluster}-2/wal/x`, "staging/wal/x"];
  return [...own, ...others].map((key) => `${prefix}/${key}`).concat("outside/x", `${cluster}/wal/x`);
}

interface Try {
  action: string;
  method: string;
  query?: string;
  headers?: Record<string, string>;
  body?: string;
  /** It changes what is there: each is tried on an object of its own. */
  own?: true;
}

const tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";

/** Requests for each action that any duty has, and for others that none has. `%` stands for a version. */
const tries: Try[] = [
  { action: "s3:GetObject", method: "GET" },
  { action: "s3:GetObject", method: "HEAD" },
  { action: "s3:GetObjectVersion", method: "GET", query: "versionId=%" },
  { action: "s3:PutObject", method: "PUT", body: "x", own: true },
  { action: "s3:PutObject", method: "POST", query: "uploads", own: true },
  { action: "s3:AbortMultipartUpload", method: "DELETE", query: "uploadId=00000000-0000-4000-8000-000000000000" },
  { action: "s3:GetObjectTagging", method: "GET", query: "tagging" },
  { action: "s3:PutObjectTagging", method: "PUT", query: "tagging", body: tags },
  { action: "s3:DeleteObjectTagging", method: "DELETE", query: "tagging" },
  { action: "s3:GetObjectVersionTagging", method: "GET", query: "tagging&versionId=%" },
  { action: "s3:PutObjectVersionTagging", method: "PUT", query: "tagging&versionId=%", body: tags },
  {
    action: "s3:RestoreObject",
    method: "POST",
    query: "restore",
    body: "<RestoreRequest><Days>1</Days></RestoreRequest>",
  },
  { action: "s3:DeleteObject", method: "DELETE", own: true },
  { action: "s3:DeleteObjectVersion", method: "DELETE", query: "versionId=%", own: true },
];

describe("every action of every duty, on a store that enforces it", () => {
  it.each(Object.keys(places) as Place[])("on objects of the %s bucket", async (place) => {
    const { bucket } = places[place];
    const wrong: string[] = [];
    let allowed = 0;
    let refused = 0;
    for (const key of keysIn(place)) {
      await world.asRoot(`${bucket}/${key}`, { method: "PUT", body: "there" });
      const version = await versionOf(`${bucket}/${key}`);
      for (const one of tries) {
        for (const duty of duties) {
          const at = one.own === true ? await ownObject(bucket, key, one) : { path: `${bucket}/${key}`, version };
          const query = one.query === undefined ? "" : `?${one.query.replace("%", at.version)}`;
          const path = at.path + query;
          const { status } = await world.request(world.users[duty], path, { ...one });
          const may = mayBy(duty, { ...one, url: `/${path}` });
          if (may === (status === 403)) wrong.push(`${duty} ${one.method} ${path}: ${status}`);
          if (may) allowed += 1;
          else refused += 1;
        }
      }
    }
    expect(wrong).toEqual([]);
    console.log(`${place}: ${allowed} requests allowed, ${refused} refused`);
    expect(allowed).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(1000);
  });

  it("on the buckets, and lists by their prefix", async () => {
    const wrong: string[] = [];
    const lists = [
      "",
      `${prefix}/`,
      `${prefix}/${cluster}`,
      `${prefix}/${cluster}/`,
      `${prefix}/${cluster}/wal/`,
      `${prefix}/staging/`,
      `${cluster}/`,
    ];
    const queries = [
      ...lists.flatMap((listed) => [`list-type=2&prefix=${listed}`, `versions=&prefix=${listed}`]),
      "list-type=2",
      "versions=",
      "versioning=",
      "object-lock=",
      "policy=",
      "tagging=",
      "uploads=",
    ];
    for (const { bucket } of Object.values(places)) {
      for (const query of queries) {
        for (const duty of duties) {
          const path = `${bucket}?${query}`;
          const { status } = await world.request(world.users[duty], path);
          const may = mayBy(duty, { method: "GET", url: `/${path}` });
          if (may === (status === 403)) wrong.push(`${duty} GET ${path}: ${status}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("refuses what does not come by TLS, as this store is asked here", async () => {
    const { bucket } = places.primary;
    const user = world.users.auditor;
    const here = (arns: string[] = []) => arns.filter((arn) => /:::near(\/|$)/.test(arn));
    const all = documentOf("auditor").filter(({ Resource }) => here(Resource).length > 0);
    const [list] = all.filter(({ Effect, Action }) => Effect === "Allow" && Action.includes("s3:ListBucket"));
    const [byTls] = all.filter(({ Sid }) => Sid === "OnlyByTls");
    const statusWith = async (...statements: (typeof list)[]): Promise<number> => {
      const Statement = statements.map((one) => ({
        ...one,
        Resource: here(one?.Resource),
        Principal: { AWS: user.accessKeyId },
      }));
      const body = JSON.stringify({ Version: "2012-10-17", Statement });
      await world.asRoot(`${bucket}?policy`, { method: "PUT", body });
      return (await world.request(user, `${bucket}?list-type=2&prefix=${prefix}/${cluster}/`)).status;
    };
    expect(await statusWith(list)).toBe(200);
    expect(await statusWith(list, byTls)).toBe(403);
  });

  it("has a request for every action on objects that a duty has", () => {
    const tried = new Set(tries.map(({ action }) => action));
    const has = new Set(
      duties.flatMap((duty) =>
        rightsOf(duty)
          .filter(({ parts }) => parts.length > 0)
          .flatMap(({ actions }) => actions),
      ),
    );
    const notTried = [...has].filter((action) => !tried.has(action) && !action.includes("List"));
    // It only counts beside another one, on an object that is locked.
    expect(notTried).toEqual(["s3:BypassGovernanceRetention"]);
  });
});

function mayBy(
  duty: Duty,
  { method, url, headers = {} }: { method: string; url: string; headers?: Record<string, string> },
): boolean {
  // The store knows nothing of conditions on the put, nor of a second factor: these hold here.
  const factor = { "aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60" };
  const asked = askedFor({ method, url, headers: { ...headers, "if-none-match": "*" } });
  return asked.every(
    (one) => decide(statements(duty), { ...one, context: { ...one.context, ...factor } }) === "allowed",
  );
}

const known = new Map<Duty, ReturnType<typeof documentOf>>();

function statements(duty: Duty): ReturnType<typeof documentOf> {
  const found = known.get(duty) ?? documentOf(duty);
  known.set(duty, found);
  return found;
}

async function versionOf(path: string): Promise<string> {
  const [bucket = "", ...names] = path.split("/");
  const { text } = await world.asRoot(`${bucket}?versions&prefix=${names.join("/")}`);
  return /<VersionId>(.*?)<\/VersionId>/.exec(text)?.[1] ?? "null";
}

/** Nobody's key yet, or an object that may go. */
async function ownObject(bucket: string, key: string, { action }: Try): Promise<{ path: string; version: string }> {
  // A marker has one name; below it nothing is a right of anybody's.
  const path =
    key.endsWith("archive.json") && action === "s3:PutObject" ? `${bucket}/${key}` : `${bucket}/${key}-${randomUUID()}`;
  const at = key.endsWith("archive.json") && action !== "s3:PutObject" ? `${bucket}/${key}` : path;
  if (action === "s3:PutObject") return { path: at, version: "" };
  await world.asRoot(at, { method: "PUT", body: "there" });
  return { path: at, version: await versionOf(at) };
}
