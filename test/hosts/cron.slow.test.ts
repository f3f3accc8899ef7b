import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Host } from "../../lab/hosts";
import { until } from "../../lab/neumann/harness";
import type { Writer } from "../../lab/neumann/writer";
import type { UserStack } from "../package/stack";
import { byHand, launcher, Site, why } from "./support";

/**
 * A cluster whose database an init script runs and whose backups cron makes. The hosts do run systemd, which knows
 * nothing of either: its unit of the database is masked, and one unit stands for what an init does with its links.
 */
const minutes = 60_000;
const agentDirectory = "/var/lib/neumann-backup";
const script = `${agentDirectory}/cron.sh`;
const gate = "/etc/neumann/.neumann-backup-gate";
const init = readFileSync(path.join(__dirname, "neumann.init"));
const links = `[Unit]
After=network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for link in /etc/rc2.d/S*neumann; do [ ! -e "$link" ] || "$link" start; done'
[Install]
WantedBy=multi-user.target
`;
/** The user's own, without an end of line. */
const defaults = '# ours\nNEUMANN_NICE="5"';
if (why !== undefined) process.stderr.write(`skipped: tests on hosts (${why})\n`);

describe.skipIf(why !== undefined)("a cluster on hosts without systemd", { timeout: 5 * minutes }, () => {
  let site: Site;
  let hosts: Host[];
  let fresh: Host[];
  let environment: { stack: UserStack };
  let writer: Writer;

  beforeAll(async () => {
    site = await Site.open();
    hosts = [...site.lab.hosts];
    await Promise.all(hosts.map((host) => host.must("systemctl disable --quiet --now neumann")));
    await Promise.all(hosts.map(runByInit));
    await (hosts[0] as Host).put(Buffer.from(defaults), "/etc/default/neumann");
    await until("the cluster is healthy", () => healthy(hosts[0] as Host), 30_000);
    const settings = site.settings(hosts, "archive");
    environment = await site.stack("environment", { ...settings, nodes: settings.nodes.map(bySysv) });
  }, 5 * minutes);

  afterAll(() => site?.close(), 2 * minutes);

  it("is refused as a whole where something is missing, and nothing is changed", async () => {
    const [host] = hosts as [Host];
    await host.must("systemctl stop cron && sed -i 's,/etc/default/,/etc/defaults/,g' /etc/init.d/neumann");
    const failure = await environment.stack.up().then(
      () => "",
      (error: unknown) => String(error),
    );
    expect(failure).toContain("/etc/init.d/neumann does not read /etc/default/neumann, where the gate is");
    expect(failure).toContain("no cron runs on this host");
    expect(await host.must("cat /etc/default/neumann; ls /etc/cron.d /var/lib/neumann-backup")).not.toMatch(
      /pulumi|cron\.sh|^neumann-backup$/m,
    );
    await host.must("systemctl start cron && sed -i 's,/etc/defaults/,/etc/default/,g' /etc/init.d/neumann");
  });

  it("is protected by one up, after which a preview has nothing to change", async () => {
    await environment.stack.up();
    await environment.stack.preview(true);
    for (const host of hosts) {
      const { good, checks } = (await byHand(host, "doctor")) as { good: boolean; checks: { found: string }[] };
      expect(good, JSON.stringify(checks)).toBe(true);
      expect(checks.map(({ found }) => found)).toContain("entries of cron");
      expect(await host.must("stat -c '%U %a' /etc/cron.d/neumann-backup")).toBe("root 644\n");
      expect(await host.must("ls /etc/systemd/system")).not.toContain("neumann-backup");
    }
  });

  it("is backed up by cron, as the database's user", async () => {
    writer = await site.startWriter(hosts, 200);
    // The entry as it is looks every five minutes: the same words, every minute.
    for (const host of hosts) {
      await host.put(Buffer.from(`* * * * * root ${script} due 0\n`), "/etc/cron.d/every-minute");
    }
    await until("cron took every tier", async () => (await tiersOf(hosts[0] as Host)).size === 3, 2 * minutes);
    for (const host of hosts) {
      await host.must("rm /etc/cron.d/every-minute");
      expect(await host.must(`find /var/lib/neumann ${agentDirectory}/state -user root`)).toBe("");
    }
  });

  it("takes writes again when the one who paused them is killed", async () => {
    const leader = await site.leader(hosts);
    const state = `${agentDirectory}/state/leases`;
    const killed = await leader.must(`
      rm -f /root/ended; (cd / && ${launcher} --json full >/root/full.log 2>&1; echo $? >/root/ended) &
      until ls ${state}/*.watched >/dev/null 2>&1; do [ ! -e /root/ended ] || { cat /root/full.log; exit 1; }; done
      worker=$(sed -E 's/.*"pid":([0-9]+).*/\\1/' ${state}/*.json) && kill -KILL "$worker" && wait && cat /root/ended`);
    expect(killed.trim()).not.toBe("0");
    await writesGoOn(leader, 45_000);
  });

  it("takes writes again when the watchdog was killed too", async () => {
    const leader = await site.leader(hosts);
    await leader.must("neumann-admin pause-writes");
    await leader.put(lease, `${agentDirectory}/state/leases/dead.json`, { owner: "neumann", group: "neumann" });
    await writesGoOn(leader, 45_000);
  });

  it("tells of a backup that fails, in the log and to the operator's program", async () => {
    const leader = await site.leader(hosts);
    const hook = "/etc/neumann-backup/on-failure";
    await leader.put(Buffer.from('#!/bin/sh\necho "$1 $(id -un)" >>/root/failures\n'), hook, { mode: "755" });
    await leader.must(`mv ${agentDirectory}/agent.json /root/`);
    // A look that is under way keeps another one from beginning.
    await until(
      "the operator is told",
      async () => (await leader.run(`${script} due 0; cat /root/failures`)).code === 0,
    );
    await leader.must(`mv /root/agent.json ${agentDirectory}/`);
    expect(await leader.must("cat /root/failures")).toBe("neumann-backup root\n");
    expect(await leader.must("journalctl -p crit -t neumann-backup --no-pager")).toContain("run-due failed");
    await leader.must("rm -r /etc/neumann-backup");
  });

  it("is told by doctor of what somebody switched off or edited", async () => {
    const [host] = hosts as [Host];
    await host.must(
      "systemctl stop cron; sed -i 's/exit 1/exit 0/' /etc/default/neumann; chmod 666 /etc/cron.d/neumann-backup",
    );
    const { code, stdout } = await host.run(`${launcher} --json doctor`);
    expect(stdout).toContain(
      "no cron runs on this host; /etc/cron.d/neumann-backup is not root's own file of mode 644; the gate in /etc/default/neumann differs",
    );
    expect(code).toBe(4);
    await host.must(
      "systemctl start cron; sed -i 's/exit 0/exit 1/' /etc/default/neumann; chmod 644 /etc/cron.d/neumann-backup",
    );
    expect((await byHand(host, "doctor")).good).toBe(true);
  });

  it("is not started by a boot nor by hand while a restore is under way; after a boot a pause is ended", async () => {
    const leader = await site.leader(hosts);
    const host = hosts.find((other) => other !== leader) as Host;
    await host.kill();
    writeFileSync(path.join(host.root, gate), "recovery test\n");
    const left = path.join(host.root, agentDirectory, "state/leases/dead.json");
    writeFileSync(left, lease);
    await leader.must("neumann-admin pause-writes");
    await host.boot();
    expect((await host.run("/etc/init.d/neumann status")).code).toBeGreaterThan(0);
    const { code, stderr } = await host.run("/etc/init.d/neumann start");
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${gate} says that a restore is under way`)]);
    expect((await host.run("/etc/init.d/neumann status")).code).toBeGreaterThan(0);
    await host.must(`/etc/init.d/neumann stop && rm ${gate} && /etc/init.d/neumann start`);
    await writesGoOn(host, 60_000);
    await until("it is a healthy member", () => healthy(host), 30_000);
  });

  it("is left by a destroy with its data and its backups only", async () => {
    await writer.stop();
    // Everything that was acknowledged is off-site now.
    const leader = await site.leader(hosts);
    for (const name of ["full", "offsite"]) await byHand(leader, name);
    await environment.stack.destroy();
    for (const host of hosts) {
      expect((await host.run("/etc/init.d/neumann status")).code).toBe(0);
      expect(await host.must("cat /etc/neumann/config.toml")).not.toContain("archive_command");
      const left = "find / -xdev -name '*neumann-backup*' ! -path '/var/lib/neumann/*' ! -path '/var/log/*'";
      expect(await host.must(left)).toBe("");
    }
    expect(await (hosts[0] as Host).must("cat /etc/default/neumann")).toBe(defaults);
    expect((await (hosts[1] as Host).run("test -e /etc/default/neumann")).code).toBe(1);
    // What cron had started already waits out its spread, finds no agent and ends.
    await until(
      "nothing runs",
      async () => (await (hosts[0] as Host).run("pgrep -f neumann-backup")).code === 1,
      75_000,
    );
  });

  it("is lost, and recovered on new hosts without systemd, where it starts again with them", async () => {
    for (const host of hosts) await host.wipe();
    fresh = [await site.lab.add(), await site.lab.add(), await site.lab.add()];
    await site.prepare(fresh);
    await Promise.all(fresh.map(madeReady));
    const settings = site.settings(fresh, "archive-of-the-recovered", { recoveryId: "dr-1" });
    const { stack } = await site.stack("recovery", { ...settings, nodes: settings.nodes.map(bySysv) });
    expect((await stack.preview()).text).toMatch(/Recovery dr-1 of cluster prod[^]*offsite/);
    const { outputs } = await stack.up();
    expect(outputs.report).toMatchObject({ members: fresh.map(({ name }) => name) });
    const found = writer.compare(await site.readRows(fresh[0] as Host));
    expect(found).toMatchObject({ lost: [], wrong: [], double: [] });
    for (const host of fresh) {
      expect((await byHand(host, "doctor")).good, host.name).toBe(true);
      expect((await host.run("/etc/init.d/neumann status")).code).toBe(0);
      expect(await host.must("cat /etc/neumann/.neumann-backup-gate 2>/dev/null; ls /etc/systemd/system")).not.toMatch(
        /recovery|neumann-backup/,
      );
      expect(await host.must(`find /var/lib/neumann ${agentDirectory}/state -user root`)).toBe("");
    }
    await stack.preview(true);
    const last = fresh[2] as Host;
    await last.halt();
    await last.boot();
    await until("it is a healthy member", () => healthy(last), 60_000);
  });

  it("is restored in place there; a member that was stopped for it stays so through a reboot", async () => {
    const [first, , last] = fresh as [Host, Host, Host];
    const kept = await site.write(fresh, { first: 700_001, rows: 100 });
    const { backupId, lineage } = (await byHand(await site.leader(fresh), "full")) as Record<string, string>;
    await site.write(fresh, { first: 800_001, rows: 100 });
    const wanted = { recoveryId: "undo-1", restorePoint: `backup:${backupId}`, replaces: lineage };
    const settings = site.settings(fresh, "archive-of-the-recovered", wanted);
    const { stack } = await site.stack("restore", { ...settings, nodes: settings.nodes.map(bySysv) });
    expect((await stack.preview()).text).toContain("IN PLACE        host4, host5, host6: all are stopped first");

    // The last one is not what it should be: it is refused, when the others are stopped already.
    const note = "/var/lib/neumann/raft/wal/.neumann-backup-stream";
    await last.must(`cp -p ${note} /root/note && sed -i s/${lineage}/l-0000000000000000/ ${note}`);
    await expect(stack.up()).rejects.toThrow(/holds lineage l-0000000000000000/);
    await first.halt();
    await first.boot();
    const { code, stderr } = await first.run("/etc/init.d/neumann start");
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${gate} says that a restore is under way`)]);
    expect((await first.run("/etc/init.d/neumann status")).code).toBeGreaterThan(0);

    await last.must(`cp -p /root/note ${note}`);
    const { outputs } = await stack.up();
    expect(outputs.report).toMatchObject({ recoveryId: "undo-1", members: fresh.map(({ name }) => name) });
    for (const host of fresh) {
      const rows = await site.readRows(host);
      expect(kept.compare(rows.filter((row) => /^row-7\d{5}-/.test(row)))).toMatchObject({ lost: [], wrong: [] });
      expect(rows.filter((row) => /^row-8\d{5}-/.test(row))).toEqual([]);
      expect((await byHand(host, "doctor")).good, host.name).toBe(true);
    }
  });

  /** Rows are acknowledged, and no pause of ours is left. */
  async function writesGoOn(host: Host, milliseconds: number): Promise<void> {
    const deadline = Date.now() + milliseconds;
    await writer.reached(writer.acknowledged + 200, milliseconds);
    const none = `! ls ${agentDirectory}/state/leases/*.json`;
    await until("no lease is left", async () => (await host.run(none)).code === 0, deadline - Date.now() + 15_000);
  }
});

/** A pause whose holder is gone: of another boot. */
const lease = Buffer.from(
  JSON.stringify({
    format: "neumann-local-lease/1",
    leaseId: "dead",
    holder: { pid: 999_999, started: "1" },
    host: "another boot",
    deadlineUptime: 1e9,
  }),
);

const bySysv = <N extends object>(node: N): N & { serviceManager: "sysv" } => ({ ...node, serviceManager: "sysv" });

async function runByInit(host: Host): Promise<void> {
  await madeReady(host);
  await host.must("/etc/init.d/neumann start");
}

/** Started by its boot, and by nobody yet. */
async function madeReady(host: Host): Promise<void> {
  await host.put(init, "/etc/init.d/neumann", { mode: "755" });
  await host.put(Buffer.from(links), "/etc/systemd/system/lab-links.service");
  await host.must("systemctl mask --quiet neumann && update-rc.d neumann defaults && update-rc.d neumann enable");
  await host.must("systemctl daemon-reload && systemctl enable --quiet lab-links");
}

async function healthy(host: Host): Promise<boolean> {
  return (await host.run("neumann-admin cluster-status")).code === 0;
}

async function tiersOf(host: Host): Promise<Set<string>> {
  const { entries } = (await byHand(host, "list")) as { entries: { manifest: { tier: string } }[] };
  return new Set(entries.map(({ manifest }) => manifest.tier));
}
