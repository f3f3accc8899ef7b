import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { prune } from "../../agent/commands/prune";
import { query } from "../../agent/commands/query";
import { verify } from "../../agent/commands/verify";
import { verifyRestored } from "../../agent/commands/verifyRestored";
import { until } from "../../lab/neumann/harness";
import { createTable } from "../../lab/neumann/writer";
import { resolvePolicy } from "../../model/policy";
import { type Steps, untilDone } from "./killing";
import { type Loss, losePowerAt, losePowerWhenDone } from "./losing";
import { ownCluster } from "./ownCluster";
import { allThere, boot, listed, type MakePlace, write } from "./powered";
import { adminOf, agent, at, contentsOf, filesBelow, type Host, lostFrom, must } from "./support";

/** The path of a configuration with a policy that keeps one full backup for a day, and gives up what is older. */
function forgetful(host: Host): string {
  const config = JSON.parse(fs.readFileSync(host.configFile, "utf8")) as object;
  const file = path.join(host.agentDirectory, "forgetful.json");
  const policy = resolvePolicy({
    full: { keepAtLeast: 1, retentionDays: 2 },
    snapshots: { keepAtLeast: 1, retentionDays: 1 },
    wal: { retentionDays: 1 },
  });
  fs.writeFileSync(file, JSON.stringify({ ...config, policy }));
  return file;
}

/** What is stored is so many days older now. */
function age(folder: string, days: number): void {
  for (const name of filesBelow(folder)) {
    const time = new Date(fs.statSync(path.join(folder, name)).mtimeMs - days * 86_400_000);
    fs.utimesSync(path.join(folder, name), time, time);
  }
}

/** A prune gives up what the policy no longer keeps, and never anything else. */
export async function pruning(place: MakePlace): Promise<void> {
  const { directory, disk } = await place("node1", "archive", "offsite");
  const { hosts, archive } = await ownCluster(directory, { nodes: 1 });
  const [host] = hosts as [Host];
  await createTable(adminOf(host));
  const writers = [await write(host, 300)];
  const config = forgetful(host);
  const manifests = path.join(archive.location, "prod/full/manifest");
  const idsOf = (): string[] => filesBelow(manifests).map((name) => path.basename(name, ".json"));
  const made: string[] = [];
  const oneMore = async (): Promise<void> => {
    const { backupId } = await must<{ backupId: string }>([...at(host), "full"]);
    made.push(backupId);
    writers.push(await write(host, 5, made.length * 1000));
    for (const tier of ["full", "wal"]) age(path.join(archive.location, "prod", tier), 4);
    await Promise.all(["node1", "archive", "offsite"].map((name) => disk(name).sync()));
  };
  for (let count = 0; count < 3; count += 1) await oneMore();
  const loss: Loss = {
    procedure: prune,
    run: (options) => agent(["--config", config, "--json", "prune"], options),
    own: disk("node1"),
    others: [disk("archive"), disk("offsite")],
    boot: () => boot(host),
    // I6, I7: the newest is there, and what is listed is whole.
    afterwards: async () => expect(await listed(host)).toContain(made.at(-1)),
  };
  for (const { name } of prune.steps) {
    await losePowerAt(name, loss);
    // The next step has something to give up too.
    if (idsOf().length < 2) await oneMore();
  }
  await untilDone(() => loss.run({}));
  expect(await listed(host)).toEqual([made.at(-1)]);
  await oneMore();
  await losePowerWhenDone(loss);
  expect(idsOf()).toEqual([made.at(-1)]);
  const data = filesBelow(path.join(archive.location, "prod/full/data"));
  expect(data.filter((name) => !name.includes(made.at(-1) as string))).toEqual([]);
  await allThere(writers, host);
}

/** What only reads leaves the archive as it was but for its records, and nothing of its copies on the node. */
export async function reading(place: MakePlace): Promise<void> {
  const { directory, disk } = await place("node1", "archive", "offsite");
  const { hosts, archive } = await ownCluster(directory, { nodes: 1 });
  const [host] = hosts as [Host];
  await createTable(adminOf(host));
  const writer = await write(host, 300);
  const { backupId } = await must<{ backupId: string }>([...at(host), "full"]);
  const target = new Date().toISOString();
  await createTable(adminOf(host), "later");
  const wal = path.join(archive.location, "prod/wal");
  const segments = () => filesBelow(wal).filter((name) => name.endsWith(".wal"));
  const newest = () => Math.max(0, ...segments().map((name) => fs.statSync(path.join(wal, name)).mtimeMs));
  await until("the log has arrived", () => newest() > Date.parse(target) || undefined);
  const lossOf = (procedure: Steps, words: readonly string[]): Loss => ({
    procedure,
    run: (options) => agent([...at(host), "--json", ...words], options),
    own: disk("node1"),
    others: [disk("archive"), disk("offsite")],
    boot: () => boot(host),
  });
  const each = async (procedure: Steps, words: readonly string[]): Promise<string> => {
    const before = contentsOf(archive.location);
    const loss = lossOf(procedure, words);
    for (const { name } of procedure.steps) await losePowerAt(name, loss);
    const { stdout } = await untilDone(() => loss.run({}));
    expect(lostFrom(before, archive.location), procedure.name).toEqual([]);
    expect(filesBelow(path.join(host.node.dataDirectory, ".neumann-backup-work")), procedure.name).toEqual([]);
    return stdout;
  };
  const verifications = path.join(archive.location, "prod/records/verifications");
  const recorded = (): number => (fs.existsSync(verifications) ? filesBelow(verifications).length : 0);
  const deep = ["verify", backupId, "--depth", "restore"];
  for (const [procedure, words] of [[verify, ["verify"]] as const, [verifyRestored, deep] as const]) {
    await each(procedure, words);
    const known = recorded();
    await losePowerWhenDone(lossOf(procedure, words));
    // `status` believes what was recorded: it is there when it was said to be done.
    expect(recorded(), procedure.name).toBeGreaterThan(known);
  }
  const answer = await each(query, ["query", "--at", target, "SELECT k, v FROM t"]);
  const values = [...answer.matchAll(/row-\d+-[0-9a-z]*\./g)].map(([value]) => value);
  expect(writer.compare(values)).toMatchObject({ lost: [], wrong: [], double: [] });
  await allThere(writer, host);
}
