import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { S3Archive } from "../../agent/archive/s3";
import type { LabNode } from "../../lab/neumann/harness";
import { createTable } from "../../lab/neumann/writer";
import type { Place } from "../../model/catalog";
import type { ArchiveSpec } from "../../model/reference";
import type { S3Credentials, S3Location } from "../../model/s3Location";
import { listedAreGood } from "../agent/killCases";
import {
  agent,
  at,
  bundle,
  complaint,
  endAll,
  type Host,
  installSpec,
  must,
  type Protected,
  protectedBy,
  scratch,
} from "../agent/support";
import { cluster, DutyWorld } from "./dutyWorld";
import { KeyServer, type Session, Sessions } from "./sessions";

/**
 * Credentials that end while a copy goes off-site in parts, with the rights of its duty and no others: the store refuses the keys
 * from the second part on, whatever end they were given with.
 */
const folder = scratch("expired");
const keyFile = path.join(folder, "credentials");
let world: DutyWorld;
let source: Protected<ArchiveSpec>;
let sessions: Sessions;
let keyServer: KeyServer;

beforeAll(async () => {
  bundle();
  world = await DutyWorld.start();
  sessions = new Sessions([world.users["offsite-writer"], world.users.renewed]);
  world.guard.translated = (request, target) => sessions.translated(request, target);
  keyServer = await KeyServer.start(() => sessions.now());
  for (const role of ["primary", "offsite"] as const) {
    await must(["archive-create"], { spec: { archive: world.location(role, "deployer"), clusterId: cluster, role } });
  }
  source = await protectedBy(world.archive("node", "offsite-writer"), path.join(folder, "source"));
  const [node] = source.cluster.nodes as [LabNode];
  await createTable(node);
  // What no compressor makes small: more than two parts.
  const rows = Array.from({ length: 450 }, (_, k) => `(${k}, '${randomBytes(30_000).toString("base64")}')`);
  await node.must(["query", "-"], rows.map((row) => `INSERT INTO t (k, v) VALUES ${row}\n`).join(""));
  await must([...at(host()), "full"]);
});

afterAll(async () => {
  await source.cluster.close();
  await endAll();
  await keyServer.stop();
  await world.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const host = (): Host<ArchiveSpec> => source.hosts[0] as Host<ArchiveSpec>;

function placeBy(place: Place, credentials: S3Credentials | undefined): S3Location {
  return { ...world.location(place, "offsite-writer"), credentials };
}

function archiveBy(credentials: S3Credentials | undefined): ArchiveSpec {
  return { ...placeBy("primary", credentials), clusterId: cluster, offsite: placeBy("offsite", credentials) };
}

function writeKeys({ accessKeyId, secretAccessKey, sessionToken }: Session): void {
  const lines = [`aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`];
  fs.writeFileSync(keyFile, ["[away]", ...lines, `aws_session_token = ${sessionToken}`, ""].join("\n"));
}

/** How keys come to an agent: what its archive says, and what is in its environment. */
interface Way {
  credentials?: S3Credentials;
  environment?: Record<string, string>;
}

/** Nothing of the machine that the test runs on. */
const nowhere = {
  AWS_SHARED_CREDENTIALS_FILE: path.join(folder, "none"),
  AWS_CONFIG_FILE: path.join(folder, "none"),
  AWS_EC2_METADATA_DISABLED: "true",
};

/** A copy off-site in which the first session ends; then `atEnd` runs. */
async function copy({ credentials, environment = {} }: Way, atEnd: () => void = () => undefined) {
  sessions.begin();
  writeKeys(sessions.first);
  world.guard.refusal = sessions.refusal(atEnd);
  const config = { ...installSpec(host()).config, archive: archiveBy(credentials) };
  const file = path.join(host().agentDirectory, "offsite.json");
  fs.writeFileSync(file, JSON.stringify(config));
  const ran = await agent(["--config", file, "--json", "offsite"], { environment: { ...nowhere, ...environment } });
  expect(sessions.refused, complaint(ran)).not.toEqual([]);
  world.guard.refusal = () => undefined;
  return ran;
}

/** All that is listed can be read, byte by byte. */
async function listed(): Promise<number> {
  return (await listedAreGood(host())).length;
}

describe("keys that nobody renews", () => {
  const fixed: Record<string, [() => Way, string]> = {
    "in the archive's reference": [
      () => ({ credentials: sessions.first }),
      "nothing renews those in the archive's reference (KEY)",
    ],
    "in the environment": [
      () => ({
        environment: {
          AWS_ACCESS_KEY_ID: sessions.first.accessKeyId,
          AWS_SECRET_ACCESS_KEY: sessions.first.secretAccessKey,
          AWS_SESSION_TOKEN: sessions.first.sessionToken,
        },
      }),
      "nothing renews those in this process's environment (KEY)",
    ],
  };

  it.each(Object.keys(fixed))("%s: it ends, says which, and nothing half-done counts", async (name) => {
    const [way, which] = fixed[name] as [() => Way, string];
    const before = await listed();
    const begun = Date.now();
    const ran = await copy(way());
    expect(ran.code).toBe(4);
    const words = which.replace("KEY", sessions.first.accessKeyId);
    expect(complaint(ran)).toContain(
      `was answered with 400 ExpiredToken (ExpiredToken it is). The credentials are past their time, and ${words}: give new ones, or have them renewed, by credentials.file, credentials.profile or the host's role; then run the same command again.`,
    );
    expect(ran.stderr + ran.stdout).not.toContain(sessions.first.sessionToken);
    expect(Date.now() - begun).toBeLessThan(45_000);
    expect(await listed()).toBe(before);
  });

  it("in a file: it waits for new ones as long as for a store, and names the file", async () => {
    sessions.begin();
    writeKeys(sessions.first);
    world.guard.refusal = () => "ExpiredToken";
    const archive = new S3Archive(placeBy("offsite", { file: keyFile, profile: "away" }), { retrySeconds: 1 });
    const words = `The credentials in ${keyFile}, [away], are past their time: renew them there. Tried `;
    await expect(archive.storedHash("prod/x")).rejects.toThrow(words);
    await expect(archive.putText("prod/x", "x")).rejects.toThrow(words);
    world.guard.refusal = () => undefined;
  });

  it("the next run, with new ones, ends what they began", async () => {
    const before = await listed();
    const config = { ...installSpec(host()).config, archive: archiveBy(sessions.second) };
    const file = path.join(host().agentDirectory, "offsite.json");
    fs.writeFileSync(file, JSON.stringify(config));
    await must(["--config", file, "offsite"], { environment: nowhere });
    expect(await listed()).toBe(before + 1);
  });
});

describe("keys that are renewed", () => {
  const renewed: Record<string, () => Way> = {
    "in a file": () => ({ credentials: { file: keyFile, profile: "away" } }),
    "in a profile": () => ({
      credentials: { profile: "away" },
      environment: { AWS_SHARED_CREDENTIALS_FILE: keyFile },
    }),
    "by a container's agent": () => ({
      environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${keyServer.endpoint}/keys` },
    }),
    "by the instance's metadata": () => ({
      environment: { AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: keyServer.endpoint },
    }),
  };

  it.each(Object.keys(renewed))("%s: the upload goes on with the new ones", async (name) => {
    // The last one is away already.
    await must([...at(host()), "full"]);
    const before = await listed();
    const ran = await copy((renewed[name] as () => Way)(), () => writeKeys(sessions.second));
    expect(ran.code, complaint(ran)).toBe(0);
    expect(await listed()).toBe(before + 1);
  });
});
