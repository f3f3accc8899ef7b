import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { S3Archive } from "../../agent/archive/s3";
import { loadConfig, nodeOf } from "../../agent/context";
import { saveTail } from "../../agent/restore/tail";
import { createTable, Writer } from "../../lab/neumann/writer";
import type { Duty } from "../../model/aws/duties";
import { dataPrefix, manifestPrefix } from "../../model/layout";
import { Tier } from "../../model/tier";
import {
  agent,
  at,
  freshHost,
  type Host,
  installSpec,
  mustPhase,
  must,
  type Protected,
  protectedBy,
} from "../agent/support";
import { kitOf } from "../agent/kitOf";
import { cluster, type DutyWorld, places, prefix } from "./dutyWorld";
import type { ArchiveSpec } from "../../model/reference";

/** A name below which a pretended backup lies that is too large for one request. */
export const largeBackup = dataPrefix(cluster, Tier.Full, "l-0000000000000000", "20200101T000000Z-00000000");

/** Runs the agent's commands, each with the rights of the duty that it belongs to and no others. */
export class DutyCommands {
  source!: Protected<ArchiveSpec>;
  backups: string[] = [];
  offsiteBackup = "";
  /** A time that is restored to from a backup and the log. */
  private beforeLog = "";
  /** The node of the recovery, which runs on. */
  target!: Host<ArchiveSpec>;
  private stopped = false;

  constructor(
    readonly world: DutyWorld,
    readonly folder: string,
  ) {}

  async all(): Promise<void> {
    await this.deploy();
    await this.work();
    await this.largeUploads();
    await this.copyAway();
    await this.thaw();
    await this.tail();
    await this.prune();
    await this.audit();
    await this.recover();
    await this.undelete();
  }

  async close(): Promise<void> {
    if (!this.stopped) await this.source?.cluster.close();
  }

  /** A command without a node, by the keys of a duty. */
  private async by<T = Record<string, unknown>>(duty: Duty, words: string[], codes = [0]): Promise<T> {
    const ran = await agent(["--json", ...words, ...this.world.flags], { environment: this.world.keys(duty) });
    if (!codes.includes(ran.code ?? -1))
      throw new Error(`${duty}: ${words.join(" ")}: exit ${ran.code}\n${ran.stderr}`);
    return JSON.parse(ran.stdout.trim() || "{}") as T;
  }

  private async deploy(): Promise<void> {
    for (const role of ["primary", "offsite"] as const) {
      const spec = { archive: this.world.location(role, "deployer"), clusterId: cluster, role };
      for (let i = 0; i < 2; i++) await must(["archive-create"], { spec });
    }
  }

  private get host(): Host<ArchiveSpec> {
    return this.source.hosts[0] as Host<ArchiveSpec>;
  }

  /** What timers and the database call on a node. */
  private async work(): Promise<void> {
    this.source = await protectedBy(this.world.archive("node", "offsite-writer"), path.join(this.folder, "source"));
    await createTable(this.source.cluster.nodes[0]!);
    for (let i = 0; i < 2; i++) {
      const writer = new Writer({ nodes: () => this.source.cluster.nodes, rows: 60, first: 1 + i * 60 }).start();
      await writer.finished();
      await must([...at(this.host), "snapshot"]);
      const { backupId } = await must<{ backupId: string }>([...at(this.host), "full"]);
      this.backups.push(backupId);
    }
    await must([...at(this.host), "resume-writes", "--expired"]);
    for (const depth of ["bytes", "restore"]) await must([...at(this.host), "verify", "--depth", depth, "--wal"]);
    await this.doctor(this.host.configFile);
    for (const library of ["1.0.0", "1.0.1"]) {
      await must([...at(this.host), "kit-store"], { spec: { kit: kitOf(this.source.archive, library).kit } });
    }
    await must([...at(this.host), "run-due"]);
    const status = await agent([...at(this.host), "--json", "status"]);
    if (status.code !== 0 && status.code !== 4) throw new Error(`status: exit ${status.code}\n${status.stderr}`);
  }

  /** No schedule runs here; all else must be as it should. */
  private async doctor(configFile: string): Promise<void> {
    const { stdout } = await agent(["--config", configFile, "--json", "doctor"]);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; good: boolean; found: string }[] };
    const bad = checks.filter(({ name, good }) => !good && name !== "schedule");
    if (bad.length > 0 || stdout.includes("cannot be told")) throw new Error(`doctor: ${stdout}`);
  }

  /** Beyond one request: by the archive's own code, for a database of that size would take long. */
  private async largeUploads(): Promise<void> {
    const pieces = (count: number, fails: boolean) =>
      Readable.from(
        (function* () {
          for (let i = 0; i < count; i++) yield Buffer.alloc(1 << 20, i);
          if (fails) throw new Error("its source is gone");
        })(),
      );
    for (const [place, duty] of [
      ["primary", "node"],
      ["offsite", "offsite-writer"],
    ] as const) {
      const archive = new S3Archive(this.world.location(place, duty));
      const tier = place === "primary" ? Tier.Full : Tier.Offsite;
      for (const below of [
        largeBackup.replace("/full/", `/${tier}/`),
        manifestPrefix(cluster, tier),
        `${cluster}/wal/`,
        // Only a copy carries software.
        ...(place === "offsite" ? [`${cluster}/records/software/0000/`] : []),
      ]) {
        await archive.putStream(`${below}large`, pieces(10, false));
        await archive.putStream(`${below}broken`, pieces(18, true)).then(
          () => {
            throw new Error("it was stored");
          },
          () => undefined,
        );
      }
    }
  }

  /** The copy off-site by its own rights, in both places. */
  private async copyAway(): Promise<void> {
    const config = {
      ...installSpec(this.host).config,
      archive: this.world.archive("offsite-writer", "offsite-writer"),
    };
    const file = path.join(this.host.agentDirectory, "offsite.json");
    fs.writeFileSync(file, JSON.stringify(config));
    this.offsiteBackup = (await must<{ backupId: string }>(["--config", file, "offsite"])).backupId;
    await this.moreLog();
    await must(["--config", file, "offsite-wal"]);
    await this.doctor(file);
  }

  /** What was moved to archive classes is asked for by whoever recovers, and by no node. */
  private async thaw(): Promise<void> {
    const { freezer } = this.world;
    freezer.thawMs = 60_000;
    freezer.freeze((key) => (/\/(data|wal)\//.test(key) ? "GLACIER" : undefined));
    const file = path.join(this.host.agentDirectory, "restorer.json");
    const config = { ...installSpec(this.host).config, archive: this.world.archive("restorer", "restorer") };
    fs.writeFileSync(file, JSON.stringify(config));
    for (const point of [`backup:${this.offsiteBackup}`, this.beforeLog]) {
      const asked = await agent(["--config", file, "query", "--at", point, "SELECT COUNT(*) FROM t"]);
      if (asked.code !== 75) throw new Error(`query: exit ${asked.code}\n${asked.stderr}`);
    }
    const parts = freezer.asked.map(({ key }) => /(offsite\/data|full\/data|snapshots\/data|wal)\//.exec(key)?.[1]);
    for (const part of ["offsite/data", "wal"]) if (!parts.includes(part)) throw new Error(`no thaw of ${part}`);
    freezer.freeze(() => undefined);
  }

  private async moreLog(): Promise<void> {
    const nodes = this.source.cluster.nodes;
    this.beforeLog = new Date().toISOString();
    const writer = new Writer({ nodes: () => nodes, rows: 20, first: 1000 }).start();
    await writer.finished();
    await must([...at(this.host), "snapshot"]);
  }

  /** A prune in both places, of backups that are made to look old. */
  private async prune(): Promise<void> {
    const time = new Date(Date.now() - 800 * 86_400_000);
    for (const { bucket } of Object.values(places)) {
      const root = path.join(this.world.store.folder, "data", bucket, prefix, cluster);
      for (const name of fs.readdirSync(root, { recursive: true }) as string[]) {
        const file = path.join(root, name);
        if (!/records\/(?!watermarks)/.test(name) && fs.statSync(file).isFile()) fs.utimesSync(file, time, time);
      }
    }
    const file = path.join(this.folder, "policy.json");
    const keepAtLeast = 1;
    fs.writeFileSync(file, JSON.stringify({ full: { keepAtLeast }, snapshots: { keepAtLeast } }));
    await this.by("pruner", ["prune", "--policy", file]);
    await this.carryOut();
    await this.by("pruner", ["prune", "--policy", file]);
  }

  /** As the bucket's rule deletes what is tagged. */
  private async carryOut(): Promise<void> {
    for (const { bucket } of Object.values(places)) {
      for (const key of this.filesIn(bucket, "")) {
        const { text } = await this.world.asRoot(`${bucket}/${key}?tagging`);
        if (text.includes("expired")) await this.world.asRoot(`${bucket}/${key}`, { method: "DELETE" });
      }
    }
  }

  private async audit(): Promise<void> {
    await this.by("auditor", ["list"]);
    await this.by("auditor", ["list", "--hidden"]);
    await this.by("auditor", ["verify", "--depth", "manifest", "--wal"], [0, 5]);
  }

  private async recover(): Promise<void> {
    const archive = this.world.archive("recovered", "recovered");
    const target = await freshHost(path.join(this.folder, "target"), "node1", { archive });
    const restorePoint = `backup:${this.offsiteBackup}`;
    const plan = {
      archive: this.world.archive("restorer", "restorer"),
      restorePoint,
      recoveryId: "r1",
      nodes: ["node1"],
    };
    const { digest } = await must<{ digest: string }>(["plan"], { spec: plan });
    this.target = target;
    const members = [{ id: "node1", address: target.node.address }];
    const recovery = { plan, planDigest: digest, node: "node1", clusterName: "lab", members };
    for (const phase of ["first", "release", "base", "accept", "status"]) await mustPhase(phase, target, recovery);
  }

  /** A person deletes a backup off-site, and a rule of the bucket one that was given up: both come back. */
  private async undelete(): Promise<void> {
    for (const key of this.filesIn(places.offsite.bucket, this.offsiteBackup)) {
      const path = `${places.offsite.bucket}/${key}`;
      const { status } = await this.world.request(this.world.users["break-glass"], path, {
        method: "DELETE",
        guarded: true,
      });
      if (status !== 204) throw new Error(`DELETE ${key}: ${status}`);
    }
    await this.by("auditor", ["list", "--hidden"]);
    await this.planHidden(this.offsiteBackup);
    await this.by("break-glass", ["undelete", this.offsiteBackup]);
    await this.by("break-glass", ["undelete", this.backups[0] as string, "--expired"]);
    for (const [{ bucket }, backupId] of [
      [places.offsite, this.offsiteBackup],
      [places.primary, this.backups[0] as string],
    ] as const) {
      if (this.filesIn(bucket, backupId).length === 0) throw new Error(`${backupId} did not come back`);
    }
  }

  /** Also what was deleted can be restored from. */
  private async planHidden(backupId: string): Promise<void> {
    const archive = this.world.archive("restorer", "restorer");
    const spec = { archive, restorePoint: `backup:${backupId}`, recoveryId: "r2", nodes: ["node1"] };
    await must(["plan"], { spec });
  }

  /** Keys in a bucket that hold a text. */
  private filesIn(bucket: string, part: string): string[] {
    const root = path.join(this.world.store.folder, "data", bucket);
    return (fs.readdirSync(root, { recursive: true }) as string[]).filter(
      (name) => name.includes(part) && fs.statSync(path.join(root, name)).isFile(),
    );
  }

  /** What a node saves of its log before it is restored in place. */
  private async tail(): Promise<void> {
    const writer = new Writer({ nodes: () => this.source.cluster.nodes, rows: 5, first: 2000 }).start();
    await writer.finished();
    await this.source.cluster.close();
    this.stopped = true;
    const config = await loadConfig(this.host.configFile);
    const saved = await saveTail(nodeOf(config), this.lineage, {
      point: () => Promise.resolve(),
      note: () => undefined,
      progress: () => undefined,
    });
    if (saved.partial.length === 0) throw new Error("there was no unfinished end of the log");
  }

  private get lineage(): string {
    const [record] = fs.readdirSync(
      path.join(this.world.store.folder, "data", places.primary.bucket, prefix, cluster, "records/lineages"),
    );
    return path.basename(record as string, ".json");
  }
}
