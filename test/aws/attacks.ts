import { createHash } from "node:crypto";
import path from "node:path";
import { pathsOf } from "../../agent/context";
import { ensureSigner } from "../../agent/signing";
import { agent, at, must } from "../agent/support";
import type { Catalog } from "../../model/catalog";
import { type Manifest, serializeManifest } from "../../model/manifest";
import { isSegmentName, segmentName, segmentNumber } from "../../model/layout";
import type { DutyCommands } from "./dutyCommands";
import { type Answer, cluster, type DutyWorld, places, prefix } from "./dutyWorld";

/** An attack: what was done, to what, and what came of it. */
interface Attack {
  name: string;
  answer: Answer;
  /** Things may be added, for that is what a node is for; the archive must bear it. */
  adds?: true;
}

interface Version {
  key: string;
  versionId: string;
  etag: string;
}

interface NewestManifest {
  bucket: string;
  holder: "node" | "offsite-writer";
  key: string;
  text: string;
}

const base = `${prefix}/${cluster}/`;

/** Somebody has the keys of a node, for both places, and every archive's form before their eyes. */
export class Attacks {
  private readonly attacks: Attack[] = [];
  private trusted: string[] = [];

  constructor(
    private readonly world: DutyWorld,
    private readonly commands: DutyCommands,
  ) {}

  /** `lost`: what is no longer what it was. `got`: what succeeded and should not. `unjudged`: what the agent no longer sees. */
  async all(): Promise<{ tried: number; lost: string[]; got: string[]; unjudged: string[] }> {
    this.trusted = await this.publishedKeys();
    const before = await this.everything();
    const seen = await this.asTheAgentSees();
    const manifests = await this.newestManifests();
    for (const { bucket, place } of Object.values(places)) {
      const holder = place === "primary" ? "node" : "offsite-writer";
      for (const version of await this.someOfEach(bucket)) await this.against(bucket, { holder, version });
      await this.againstBucket(bucket, holder);
      await this.squat(bucket, holder);
    }
    await this.forge(manifests);
    const lost = (await this.changedSince(before)).sort();
    const got = this.attacks
      .filter(({ answer, adds }) => adds !== true && ![403, 409, 412, 404, 405, 501].includes(answer.status))
      .map(({ name, answer }) => `${name}: ${answer.status}`);
    const now = await this.asTheAgentSees();
    const unjudged = seen.filter((line) => !now.includes(line));
    await this.goesOn();
    unjudged.push(...(await this.forgeHistory(seen)));
    return { tried: this.attacks.length, lost, got, unjudged };
  }

  private async send(
    name: string,
    request: {
      holder: "node" | "offsite-writer";
      path: string;
      method?: string;
      headers?: Record<string, string>;
      body?: string;
    },
    adds?: true,
  ): Promise<Answer> {
    const { holder, path: at_, ...init } = request;
    const answer = await this.world.request(this.world.users[holder], at_, { ...init, guarded: true });
    this.attacks.push({ name: `${name} ${at_}`, answer, adds });
    return answer;
  }

  /** Everything that S3 has to change an object, or what is known of it. */
  private async against(
    bucket: string,
    { holder, version: { key, versionId } }: { holder: "node" | "offsite-writer"; version: Version },
  ): Promise<void> {
    const path_ = `${bucket}/${key}`;
    const other = { "if-none-match": "*" };
    const put = { holder, path: path_, method: "PUT", body: "forged" };
    await this.send("overwrite", put);
    await this.send("overwrite if none match", { ...put, headers: other });
    await this.send("overwrite if it matches", { ...put, headers: { "if-match": "*" } });
    await this.inParts(holder, path_);
    const copy = (source: string): Record<string, string> => ({ "x-amz-copy-source": source });
    await this.send("copy over", {
      holder,
      path: path_,
      method: "PUT",
      headers: copy(`/${bucket}/${base}records/archive.json`),
    });
    const replaced = {
      ...copy(`/${path_}`),
      "x-amz-metadata-directive": "REPLACE",
      "x-amz-meta-sha256": "0".repeat(64),
    };
    await this.send("replace metadata", { holder, path: path_, method: "PUT", headers: replaced });
    await this.send("delete", { holder, path: path_, method: "DELETE" });
    const bypass = { "x-amz-bypass-governance-retention": "true" };
    await this.send("delete the version", {
      holder,
      path: `${path_}?versionId=${versionId}`,
      method: "DELETE",
      headers: bypass,
    });
    const tags = `<Tagging><TagSet><Tag><Key>neumann-backup</Key><Value>expired</Value></Tag></TagSet></Tagging>`;
    await this.send("tag", { holder, path: `${path_}?tagging`, method: "PUT", body: tags });
    await this.send("tag the version", {
      holder,
      path: `${path_}?tagging&versionId=${versionId}`,
      method: "PUT",
      body: tags,
    });
    await this.send("take tags away", { holder, path: `${path_}?tagging`, method: "DELETE" });
    await this.send("change who may", {
      holder,
      path: `${path_}?acl`,
      method: "PUT",
      headers: { "x-amz-acl": "public-read" },
    });
    const lock = `<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate></Retention>`;
    await this.send("lock", { holder, path: `${path_}?retention`, method: "PUT", body: lock });
    await this.send("hold", {
      holder,
      path: `${path_}?legal-hold`,
      method: "PUT",
      body: `<LegalHold><Status>ON</Status></LegalHold>`,
    });
  }

  /** An upload in parts may be begun over anything; what ends it is what counts. */
  private async inParts(holder: "node" | "offsite-writer", path_: string): Promise<void> {
    const begun = await this.send("begin an upload over", { holder, path: `${path_}?uploads`, method: "POST" }, true);
    const id = /<UploadId>(.*?)<\/UploadId>/.exec(begun.text)?.[1];
    if (id === undefined) return;
    const at_ = `${path_}?uploadId=${id}`;
    const body = "forged";
    await this.send("send a part", { holder, path: `${at_}&partNumber=1`, method: "PUT", body }, true);
    const etag = createHash("md5").update(body).digest("hex");
    const parts = `<CompleteMultipartUpload><Part><ETag>"${etag}"</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>`;
    await this.send("complete over", { holder, path: at_, method: "POST", body: parts });
    const headers = { "if-none-match": "*" };
    await this.send("complete over if none match", { holder, path: at_, method: "POST", body: parts, headers });
  }

  private async againstBucket(bucket: string, holder: "node" | "offsite-writer"): Promise<void> {
    const put = async (query: string, body = ""): Promise<void> => {
      await this.send("change the bucket", { holder, path: `${bucket}?${query}`, method: "PUT", body });
    };
    await put("versioning", `<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>`);
    await put("policy", `{"Version":"2012-10-17","Statement":[]}`);
    await put("lifecycle", `<LifecycleConfiguration></LifecycleConfiguration>`);
    await put("object-lock", `<ObjectLockConfiguration></ObjectLockConfiguration>`);
    await put("acl");
    await put("tagging", `<Tagging><TagSet></TagSet></Tagging>`);
    await put("replication", `<ReplicationConfiguration></ReplicationConfiguration>`);
    for (const query of ["", "?policy", "?lifecycle", "?replication"]) {
      await this.send("delete of the bucket", { holder, path: `${bucket}${query}`, method: "DELETE" });
    }
    const keys = (await this.current(bucket)).map(({ key }) => `<Object><Key>${key}</Key></Object>`);
    const body = `<Delete>${keys.join("")}</Delete>`;
    const checksum = createHash("md5").update(body).digest("base64");
    await this.send("delete all at once", {
      holder,
      path: `${bucket}?delete`,
      method: "POST",
      body,
      headers: { "content-md5": checksum },
    });
    await this.send("see uploads", { holder, path: `${bucket}?uploads` });
    for (const query of [
      "list-type=2",
      "list-type=2&prefix=",
      `list-type=2&prefix=${prefix}/`,
      `list-type=2&prefix=${prefix}/staging/`,
    ]) {
      await this.send("list what is of others", { holder, path: `${bucket}?${query}` });
    }
    for (const key of [
      `${prefix}/staging/records/archive.json`,
      "elsewhere",
      `${prefix}/${cluster}-2/x`,
      `${prefix}/${cluster}`,
    ]) {
      await this.send("put under another prefix", {
        holder,
        path: `${bucket}/${key}`,
        method: "PUT",
        body: "x",
        headers: { "if-none-match": "*" },
      });
      await this.send("read under another prefix", { holder, path: `${bucket}/${key}` });
    }
  }

  /** Keys that somebody will need, and much of everything. */
  private async squat(bucket: string, holder: "node" | "offsite-writer"): Promise<void> {
    const headers = { "if-none-match": "*" };
    const put = (key: string, body: string, adds?: true) =>
      this.send("put", { holder, path: `${bucket}/${base}${key}`, method: "PUT", body, headers }, adds);
    // What prunes and recoveries go by is not a node's to write, nor what says whose archive it is.
    const all = await this.current(bucket);
    const manifests = all.map(({ key }) => key.slice(prefix.length + 1)).filter((key) => key.includes("/manifest/"));
    const expired = { format: "neumann-expired/1", manifests, data: [], segments: [] };
    await put("records/expired/20990101T000000Z-00000000.json", JSON.stringify(expired));
    await put("records/recoveries/latest/plan.json", "{}");
    await put("records/recoveries/r1/given-up.json", "{}");
    await put("records/software/0000/neumann-backup.cjs", "x", holder === "offsite-writer" ? true : undefined);
    await put("records/tail/x", "x", holder === "node" ? true : undefined);
    await put("records/archive2.json", "x");
    await put("elsewhere/x", "x");
    for (let i = 0; i < 40; i++) {
      await put(`records/keys/fill-${i}.json`, "x".repeat(1000), true);
      await put(`wal/fill/fill/${String(i).padStart(16, "0")}.wal`, "x".repeat(1000), true);
      await put(`${holder === "node" ? "full" : "offsite"}/manifest/fill/fill-${i}.json`, "no manifest", true);
      await put(`${holder === "node" ? "full" : "offsite"}/data/fill/fill-${i}/x`, "x", true);
    }
    await this.send("put a tagged object", {
      holder,
      path: `${bucket}/${base}wal/tagged`,
      method: "PUT",
      body: "x",
      headers: { ...headers, "x-amz-tagging": "neumann-backup=expired" },
    });
  }

  /** Manifests that are not what they say, one newer than all others. */
  private async forge(manifests: readonly NewestManifest[]): Promise<void> {
    const headers = { "if-none-match": "*" };
    const { node } = this.commands.target;
    const thief = await ensureSigner(pathsOf({ node, agentDirectory: path.join(this.commands.folder, "thief") }));
    for (const { bucket, holder, key, text } of manifests) {
      const original = JSON.parse(text) as Manifest;
      const index = { low: 1_000_000, high: 1_000_000 };
      const changed = { ...original, index, backupId: "20990101T000000Z-00000000" };
      const forged = {
        [original.backupId.replace(/^\d{4}/, "2097")]: text,
        [changed.backupId]: serializeManifest(changed),
        "20980101T000000Z-00000000": serializeManifest({
          ...changed,
          backupId: "20980101T000000Z-00000000",
          signature: undefined,
        }),
        // Truly signed, by nobody that anyone believes.
        "20960101T000000Z-00000000": serializeManifest(
          thief.sign({ ...changed, backupId: "20960101T000000Z-00000000" }),
        ),
      };
      const folder = key.slice(0, key.lastIndexOf("/") + 1);
      for (const [name, body] of Object.entries(forged)) {
        const path_ = `${bucket}/${folder}${name}.json`;
        await this.send("forge a manifest", { holder, path: path_, method: "PUT", body, headers }, true);
      }
    }
  }

  private async newestManifests(): Promise<NewestManifest[]> {
    const found: NewestManifest[] = [];
    for (const { bucket, place } of Object.values(places)) {
      const newest = (await this.current(bucket)).filter(({ key }) => /manifest\/l-.*\.json$/.test(key)).at(-1);
      if (newest === undefined) throw new Error(`no backup in ${bucket}`);
      const { text } = await this.world.asRoot(`${bucket}/${newest.key}`);
      found.push({ bucket, holder: place === "primary" ? "node" : "offsite-writer", key: newest.key, text });
    }
    return found;
  }

  /** Each good backup, and what a recovery would choose, to whoever believes the nodes' own keys and no others. */
  private async asTheAgentSees(): Promise<string[]> {
    const trusted = ["--trusted-keys", this.trusted.join(",")];
    const plan = ["plan", "latest", ...this.world.flags, ...trusted];
    const planned = await must<{ plan: { source: object } }>(plan, { environment: this.world.keys("restorer") });
    return [...(await this.listed()), `chosen ${JSON.stringify(planned.plan.source)}`];
  }

  private async listed(): Promise<string[]> {
    const words = ["list", ...this.world.flags, "--trusted-keys", this.trusted.join(",")];
    const { entries } = await must<Catalog>(words, { environment: this.world.keys("auditor") });
    const good = entries.filter(({ problem }) => problem === null);
    return good.map(({ place, manifest }) => `${place} ${manifest.tier} ${manifest.backupId} ${manifest.index.low}`);
  }

  /** Keys that the nodes published before. */
  private async publishedKeys(): Promise<string[]> {
    const keys = new Set<string>();
    for (const { bucket } of Object.values(places)) {
      for (const { key } of await this.current(bucket)) {
        if (!key.includes("/records/keys/")) continue;
        const { text } = await this.world.asRoot(`${bucket}/${key}`);
        keys.add((JSON.parse(text) as { publicKey: string }).publicKey);
      }
    }
    return [...keys];
  }

  /** The names that the node's log will have next are taken; its next backup is made all the same. */
  private async goesOn(): Promise<void> {
    const { bucket } = places.primary;
    const folder = /\/wal\/l-[^/]+\/[^/]+\//;
    const newest = new Map<string, bigint>();
    for (const { key } of await this.current(bucket)) {
      const stream = folder.exec(key)?.[0];
      const name = key.slice(key.lastIndexOf("/") + 1);
      if (stream === undefined || !isSegmentName(name)) continue;
      const number = segmentNumber(name);
      if (number > (newest.get(stream) ?? -1n)) newest.set(stream, number);
    }
    for (const [stream, number] of newest) {
      for (const ahead of [1n, 2n, 3n]) {
        const path_ = `${bucket}/${prefix}/${cluster}${stream}${segmentName(number + ahead)}`;
        const headers = { "if-none-match": "*" };
        await this.send("take the next name", { holder: "node", path: path_, method: "PUT", body: "x", headers }, true);
      }
    }
    await must([...at(this.commands.target), "full"]);
  }

  /**
   * A history that never was: from then on nobody knows which one `latest` means, and the agent says so. Each backup is listed all
   * the same, and can be restored by its name.
   */
  private async forgeHistory(seen: readonly string[]): Promise<string[]> {
    const lineage = "l-ffffffffffffffff";
    const record = {
      format: "neumann-lineage/1",
      lineage,
      clusterId: cluster,
      databaseClusterId: "x",
      purpose: "production",
    };
    const body = JSON.stringify({ ...record, createdAt: new Date().toISOString(), parent: null });
    const headers = { "if-none-match": "*" };
    for (const { bucket, place } of Object.values(places)) {
      const holder = place === "primary" ? "node" : "offsite-writer";
      const path_ = `${bucket}/${base}records/lineages/${lineage}.json`;
      await this.send("forge a history", { holder, path: path_, method: "PUT", body, headers }, true);
    }
    const now = await this.listed();
    const trusted = ["--trusted-keys", this.trusted.join(",")];
    const environment = this.world.keys("restorer");
    const latest = await agent(["--json", "plan", "latest", ...this.world.flags, ...trusted], { environment });
    if (!latest.stderr.includes(lineage)) return [`the forged history is not named: ${latest.stderr}`];
    const { offsiteBackup } = this.commands;
    const words = ["plan", `backup:${offsiteBackup}`, ...this.world.flags, ...trusted];
    const { plan } = await must<{ plan: { source: { backupId: string } } }>(words, { environment });
    const missing = seen.filter((line) => !line.startsWith("chosen") && !now.includes(line));
    return plan.source.backupId === offsiteBackup ? missing : [...missing, plan.source.backupId];
  }

  private async current(bucket: string): Promise<Version[]> {
    return (await this.versions(bucket)).filter(({ latest }) => latest);
  }

  /** Of each folder of the archive two objects. */
  private async someOfEach(bucket: string): Promise<Version[]> {
    const seen = new Map<string, number>();
    return (await this.current(bucket)).filter(({ key }) => {
      const folder = key.split("/").slice(0, 5).join("/");
      seen.set(folder, (seen.get(folder) ?? 0) + 1);
      return (seen.get(folder) as number) <= 2;
    });
  }

  private async versions(bucket: string): Promise<(Version & { latest: boolean })[]> {
    const { text } = await this.world.asRoot(`${bucket}?versions`);
    if (text.includes("<IsTruncated>true")) throw new Error("the list goes on");
    return [...text.matchAll(/<Version>(.*?)<\/Version>/gs)].map(([, one = ""]) => {
      const of = (name: string): string => new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(one)?.[1] ?? "";
      return { key: of("Key"), versionId: of("VersionId"), etag: of("ETag"), latest: of("IsLatest") === "true" };
    });
  }

  /** Every version with its content, its tags and whether it is the current one. */
  private async everything(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const { bucket } of Object.values(places)) {
      for (const { key, versionId, latest } of await this.versions(bucket)) {
        const { text } = await this.world.asRoot(`${bucket}/${key}?versionId=${versionId}`);
        const tags = await this.world.asRoot(`${bucket}/${key}?tagging&versionId=${versionId}`);
        const sha256 = createHash("sha256").update(text).update(tags.text).digest("hex");
        found.set(`${bucket}/${key}?versionId=${versionId}`, `${latest} ${sha256}`);
      }
    }
    return found;
  }

  private async changedSince(before: ReadonlyMap<string, string>): Promise<string[]> {
    const now = await this.everything();
    return [...before].filter(([name, content]) => now.get(name) !== content).map(([name]) => name);
  }
}
