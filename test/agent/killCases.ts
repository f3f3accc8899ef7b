import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { install } from "../../agent/commands/install";
import { offsite } from "../../agent/commands/offsite";
import { offsiteWal } from "../../agent/commands/offsiteWal";
import { query } from "../../agent/commands/query";
import { verify } from "../../agent/commands/verify";
import { verifyRestored } from "../../agent/commands/verifyRestored";
import { walPush } from "../../agent/commands/walPush";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import type { ArchiveSpec } from "../../model/reference";
import type { Keeper, Kept } from "./keeping";
import { logArrived } from "./logArrived";
import { type Attempt, killAt, type Steps, untilDone } from "./killing";
import {
  agent,
  type AgentOptions,
  type AnyHost,
  at,
  bundle,
  contentsOf,
  filesBelow,
  freshHost,
  installSpec,
  lostFrom,
  must,
  nodeSpec,
  noStraysOf,
  type Protected,
  protectedBy,
  type ProtectedOptions,
} from "./support";

/** A protected cluster and where its backups are. */
export type Source = Protected<ArchiveSpec> & Kept;

export interface Stored extends Kept {
  writer: Writer;
  /** A time to which all of the writer's rows, and none of the later ones, are replayed. */
  target: string;
}

/** Commands that touch an archive, killed at every step, whatever the archive is kept in. */
export class KillCases {
  private readonly open: Protected<ArchiveSpec>[] = [];
  private made = 0;

  constructor(
    private readonly folder: string,
    readonly keeper: Keeper,
  ) {}

  /** A name that no test has used, also when it is tried again. */
  private name(of: string): string {
    return `${of}-${(this.made += 1)}`;
  }

  /** A folder that no test has used. */
  fresh(name: string): string {
    return path.join(this.folder, this.keeper.kind, this.name(name));
  }

  async source(name: string, options: ProtectedOptions = {}): Promise<Source> {
    const kept = await this.keeper.at(this.name(name));
    const found = await protectedBy(kept.archive, this.fresh(name), options);
    this.open.push(found);
    await createTable(found.cluster.nodes[0]!);
    return { ...found, ...kept };
  }

  async close(): Promise<void> {
    for (const { cluster } of this.open) await cluster.close();
    await this.keeper.stop();
  }

  /** One small archive with an off-site backup and some log. */
  async stored(): Promise<Stored> {
    const { cluster, hosts, archive, near, away } = await this.source("stored");
    const writer = new Writer({ nodes: () => cluster.nodes, rows: 2000 }).start();
    await writer.finished();
    await must([...at(hosts[0]!), "full"]);
    await must([...at(hosts[0]!), "offsite"]);
    const target = new Date().toISOString();
    await createTable(cluster.nodes[0]!, "later");
    await logArrived({ hosts, nodes: cluster.nodes, wal: path.join(near, "prod", "wal") });
    await cluster.close();
    return { archive, near, away, writer, target };
  }

  /** Kills a backup in all of these steps, under load. */
  async backup(source: Source, procedure: Steps, steps = procedure.steps): Promise<void> {
    const { cluster, near, away } = source;
    const host = source.hosts[0]!;
    const writer = writeTo(source);
    const attempt = this.backupAttempt(host, procedure, writer);
    try {
      let good: string[] = [];
      for (const { name } of steps) {
        const before = { near: contentsOf(near), away: contentsOf(away) };
        await killAt(name, attempt);
        await untilDone(() => attempt.run({}));
        // I2: nothing that was stored is gone or changed.
        expect(lostFrom(before.near, near), name).toEqual([]);
        expect(lostFrom(before.away, away), name).toEqual([]);
        // I7: what is listed now is whole; the run that ended well is among it.
        const now = await listedAreGood(host);
        expect(now).toEqual(expect.arrayContaining(good));
        expect(now.length).toBeGreaterThan(good.length);
        good = now;
        // Copies of dead runs are gone. Watchdogs end by themselves.
        expect(filesBelow(path.join(host.node.dataDirectory, ".neumann-backup-work")), name).toEqual([]);
        expect(filesBelow(path.join(host.agentDirectory, "state", "leases")), name).toEqual([]);
      }
      await writer.stop();
      await noStraysOf(host);
      // Nothing that was acknowledged is lost by any of it.
      const { lost, wrong, double } = writer.compare(await readValues(cluster.nodes[0]!));
      expect({ lost, wrong, double }).toEqual({ lost: [], wrong: [], double: [] });
    } finally {
      await writer.stop();
    }
  }

  private backupAttempt(host: AnyHost, procedure: Steps, writer: Writer): Attempt {
    const lease = 5;
    return {
      procedure,
      kind: this.keeper.kind,
      run: (options) => agent([...at(host), "--json", procedure.name], options),
      async afterKill(point) {
        // I10: writes are taken again within the lease, whatever died.
        await writer.reached(writer.acknowledged + 20, (lease + 10) * 1000).catch((error: unknown) => {
          throw new Error(`${point}: ${String(error)}`);
        });
      },
    };
  }

  /** The copy of a backup that is there. */
  async offsite({ hosts, near }: Source): Promise<void> {
    const [host] = hosts as [AnyHost];
    await untilDone(() => agent([...at(host), "--json", "full"]));
    for (const { name } of offsite.steps) {
      // Each time into an off-site archive that does not hold this backup yet.
      const place = this.name(`offsite-${name}`);
      const { archive } = await this.keeper.at(place);
      const sender: AnyHost = {
        ...host,
        archive: { ...host.archive, offsite: archive.offsite },
        configFile: `${this.fresh(place)}.json`,
      };
      fs.writeFileSync(sender.configFile, JSON.stringify(installSpec(sender).config));
      const before = contentsOf(near);
      await this.each(sender, offsite, { steps: [{ name }] });
      expect(lostFrom(before, near), name).toEqual([]);
      await listedAreGood(sender);
    }
  }

  /** Kills an agent's command in its steps, then runs it to its end. */
  private async each(
    host: AnyHost,
    procedure: Steps,
    how: { steps?: Steps["steps"]; words?: string[]; first?: () => Promise<unknown> } = {},
  ): Promise<void> {
    const { steps = procedure.steps, words = [procedure.name], first } = how;
    const run = async (options: AgentOptions) => {
      await first?.();
      return agent([...at(host), "--json", ...words], options);
    };
    for (const { name } of steps) await killAt(name, { procedure, kind: this.keeper.kind, run });
    await untilDone(() => run({}));
  }

  /** The log off-site, and what is looked at beside a cluster that goes on. */
  async looks(source: Source): Promise<void> {
    const { cluster, near, away } = source;
    const host = source.hosts[0]!;
    const writer = writeTo(source);
    try {
      await writer.reached(200);
      const { backupId } = await must<{ backupId: string }>([...at(host), "full"]);
      await must([...at(host), "offsite"]);
      const [nearWal, awayWal] = [path.join(near, "prod", "wal"), path.join(away, "prod", "wal")];
      const segments = (): number => filesBelow(nearWal).length;
      const before = contentsOf(near);
      await this.each(host, offsiteWal, {
        // Something is there that is not off-site yet.
        first: async () => {
          const known = segments();
          await until("one more segment", () => segments() > known || undefined);
        },
      });
      await writer.stop();
      const stored = contentsOf(nearWal);
      const copied = contentsOf(awayWal);
      expect(copied.size).toBeGreaterThan(0);
      // I2: what is there is what was stored, whole.
      expect([...copied].filter(([name, sha256]) => stored.get(name) !== sha256)).toEqual([]);
      await this.each(host, verify);
      await this.each(host, verifyRestored, { words: ["verify", backupId, "--depth", "restore"] });
      expect(await listedAreGood(host)).toHaveLength(2);
      expect(lostFrom(before, near)).toEqual([]);
      expect(filesBelow(path.join(host.node.dataDirectory, ".neumann-backup-work"))).toEqual([]);
      await noStraysOf(host);
      expect(writer.compare(await readValues(cluster.nodes[0]!))).toMatchObject({ lost: [], wrong: [], double: [] });
    } finally {
      await writer.stop();
    }
    await cluster.close();
  }

  async walPush(): Promise<void> {
    const { cluster, hosts, near } = await this.source("wal", { archiving: false });
    const host = hosts[0]!;
    const wal = path.join(near, "prod", "wal");
    const offered = this.fresh("offered");
    fs.mkdirSync(offered);
    let number = 0;
    for (const { name } of walPush.steps) {
      for (const again of [false, true]) {
        const segment = `${(number++).toString(16).padStart(16, "0")}.wal`;
        const file = path.join(offered, segment);
        fs.writeFileSync(file, Buffer.alloc(50_000, `${name}${segment}`));
        const before = contentsOf(near);
        // As `archive_command` runs it, and by hand.
        const run = (options: AgentOptions) =>
          again
            ? agent([...at(host), "--json", "wal-push", file, segment], options)
            : agent([host.configFile, file, segment], { ...options, program: bundle().walPush });
        if (again) expect((await run({})).code).toBe(0); // The same segment is offered again after a success.
        await killAt(name, { procedure: walPush, kind: this.keeper.kind, run });
        expect((await untilDone(() => run({}))).code).toBe(0);
        // I1: what was acknowledged is stored, whole, exactly once.
        const copies = filesBelow(wal).filter((stored) => stored.endsWith(segment));
        expect(copies, `${name} ${segment}`).toHaveLength(1);
        expect(fs.readFileSync(path.join(wal, copies[0]!)).equals(fs.readFileSync(file))).toBe(true);
        expect(lostFrom(before, near)).toEqual([]);
      }
    }
    const streams = filesBelow(path.join(near, "prod", "records", "streams"));
    // Deaths while a stream begins may leave records of streams that hold nothing.
    expect(new Set(filesBelow(wal).map((file) => path.dirname(file))).size).toBe(1);
    expect(streams.length).toBeLessThanOrEqual(4);
    await cluster.close();
  }

  /** It looks at the archive, and changes nothing there. */
  async install(): Promise<void> {
    const { archive, near } = await this.keeper.at(this.name("installed"));
    const host = await freshHost(this.fresh("node"), "node1", { archive, install: false });
    await must(["node-create"], { spec: nodeSpec(host) });
    const before = contentsOf(near);
    const run = (options: AgentOptions) => agent(["--json", "install"], { ...options, spec: installSpec(host) });
    for (const { name } of install.steps) await killAt(name, { procedure: install, kind: this.keeper.kind, run });
    await untilDone(() => run({}));
    expect(contentsOf(near)).toEqual(before);
  }

  async query(stored: Stored): Promise<void> {
    const { archive, near, away } = await this.keeper.copied(stored, this.name("query"), { primary: true });
    const directory = this.fresh("query");
    const host = await freshHost(directory, "node1", { archive });
    const places = [directory, near, away];
    const before = places.map((place) => contentsOf(place));
    const words = ["--json", "query", "--at", stored.target, "SELECT k, v FROM t"];
    const run = (options: AgentOptions) => agent([...at(host), ...words], options);
    for (const { name } of query.steps) {
      await killAt(name, { procedure: query, kind: this.keeper.kind, run });
      const { answer } = JSON.parse((await untilDone(() => run({}))).stdout) as { answer: string };
      const values = [...answer.matchAll(/row-\d+-[0-9a-z]*\./g)].map(([value]) => value);
      expect(stored.writer.compare(values)).toMatchObject({ lost: [], wrong: [], double: [] });
      // Neither the archive nor the node's own data has seen any of it; copies of dead runs are gone.
      expect(
        places.map((place) => contentsOf(place)),
        name,
      ).toEqual(before);
    }
    await noStraysOf(host);
  }
}

function writeTo({ cluster }: Source): Writer {
  return new Writer({ nodes: () => cluster.nodes, rowsPerSecond: 150 }).start();
}

/** Backups whose manifest is listed, and that all of their bytes are what it says (I7). */
export async function listedAreGood(host: AnyHost): Promise<string[]> {
  const { verdicts } = await must<{ verdicts: { backupId: string; good: boolean; problem: string | null }[] }>([
    ...at(host),
    "verify",
    "--depth",
    "bytes",
  ]);
  expect(verdicts.filter((verdict) => !verdict.good)).toEqual([]);
  return verdicts.map((verdict) => verdict.backupId);
}
