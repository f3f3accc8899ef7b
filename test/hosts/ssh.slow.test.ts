import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Host } from "../../lab/hosts";
import { until } from "../../lab/neumann/harness";
import type { Writer } from "../../lab/neumann/writer";
import { filesWithSecrets, pemSecret, ProcessWatch, type Secret, secretsIn } from "../agent/secretWatch";
import { filesBelow } from "../agent/support";
import type { UserStack } from "../package/stack";
import { cutWhenItWorks, drifted, holding, isOnHost, tiersOf, wrongOn } from "./look";
import { agePair, byHand, launcher, policy, Site, stateFile, why } from "./support";

/**
 * The components on real hosts: systemd, sshd, sudo, no Node of their own; a real store; the real engine, which reaches
 * them by SSH as user `deploy`. All that leaves the hosts is encrypted.
 */
const minutes = 60_000;
const agentDirectory = "/var/lib/neumann-backup";
const offsiteClaim = /records\/claims\/offsite\/\d+\.json$/;
const signingKey = `${agentDirectory}/state/signing-key.pem`;
if (why !== undefined) process.stderr.write(`skipped: tests on hosts (${why})\n`);

describe.skipIf(why !== undefined)("a cluster on hosts that are reached by SSH", { timeout: 10 * minutes }, () => {
  let site: Site;
  let old: Host[];
  let fresh: Host[];
  let environment: { stack: UserStack; project: string };
  let recovery: { stack: UserStack; project: string };
  let restore: { stack: UserStack; project: string };
  /** Opens what the hosts encrypt: none of them has it but where something is decrypted, and as long as that takes. */
  let identity: string;
  let encrypted: object;
  let writer: Writer;
  /** When the last backup was asked for that left the site. */
  let copiedAt: number;
  let secrets: Secret[];
  /** Looks at every process from the first `up` on. */
  let watch: ProcessWatch;
  let engineSaid = "";

  beforeAll(async () => {
    site = await Site.open();
    secrets = [
      { name: "passphrase of the state", value: site.passphrase },
      { name: "key of the bucket", value: site.users.near.secretAccessKey },
      { name: "key of the off-site bucket", value: site.users.away.secretAccessKey },
      pemSecret("operator's SSH key", site.lab.privateKey),
    ];
    old = [...site.lab.hosts];
    const pair = await agePair(old[0] as Host);
    ({ identity } = pair);
    secrets.push({ name: "identity", value: identity });
    encrypted = { ...policy, encryption: { recipients: [pair.recipient] } };
    environment = await site.stack("environment", site.settings(old, "archive", { policy: encrypted }));
    // On a host nobody needs a key in an environment: the agent reads its configuration.
    // The test itself sets configuration by arguments of the engine's program.
    watch = new ProcessWatch(secrets, isOnHost, /pulumi config set /);
  }, 10 * minutes);

  const named = (wanted: string): Secret[] => secrets.filter(({ name }) => name === wanted);

  afterAll(async () => {
    watch?.stop();
    await site?.close();
  }, 2 * minutes);

  it("is protected by one up, after which a preview has nothing to change", async () => {
    const { changes, text } = await environment.stack.up();
    engineSaid += text;
    expect(changes.create).toBeGreaterThan(0);
    await environment.stack.preview(true);
    for (const host of old) {
      expect(await wrongOn(host), host.name).toEqual(["decryption"]);
      const active = "neumann neumann-backup.timer neumann-backup-watchdog.path";
      expect((await host.must(`systemctl is-active ${active}`)).trim().split("\n")).toEqual(Array(3).fill("active"));
      expect((await host.run("command -v node")).code).not.toBe(0);
    }
  });

  it("leaves what the database's user needs to that user, and all else to root", async () => {
    const [host] = old as [Host];
    const owners = await host.must(`cd ${agentDirectory} && stat -c '%n %U:%G %a' . agent.json neumann-backup state`);
    expect(owners.trim().split("\n")).toEqual([
      ". root:root 755",
      "agent.json root:neumann 640",
      "neumann-backup root:root 755",
      "state neumann:neumann 750",
    ]);
    expect(await host.must(`find ${agentDirectory} -perm /022 ! -type l ! -path '*/state/*'`)).toBe("");
    expect(await host.must("find /var/lib/neumann -user root")).toBe("");
    expect((await host.run(`cat ${agentDirectory}/agent.json`, { user: "deploy" })).code).not.toBe(0);
  });

  it("archives its log and takes its backups, by timers and by hand, while it is written to", async () => {
    writer = await site.startWriter(old, 400);
    await writer.reached(1500);
    // The hosts were up before the timers: those are due at once, within the half minute over which they spread.
    await until("timers took every tier", async () => (await tiersOf(old[0] as Host)).size === 3, 4 * minutes);
    const leader = await site.leader(old);
    await leader.must("systemctl start neumann-backup.service", { timeoutSeconds: 240 });
    const shown = await leader.must("systemctl show neumann-backup.service -p Result --value");
    expect(shown.trim()).toBe("success");
    await writer.reached(3000);
    copiedAt = Date.now();
    await byHand(leader, "full");
    // It has watched that pause too, and left it to whoever runs by hand.
    const watchdog = "neumann-backup-watchdog.service";
    await until("the watchdog has ended", async () => (await leader.run(`systemctl is-active ${watchdog}`)).code !== 0);
    expect(await leader.must(`journalctl -u ${watchdog} -o cat --no-pager`)).not.toContain("ended:");
    await byHand(leader, "offsite");
    expect(await leader.must("find /var/lib/neumann /var/lib/neumann-backup/state -user root")).toBe("");
    // What new hosts can be made of lies beside it: also the Node that these were given, and it runs the agent.
    const { files } = (await byHand(leader, "software --to /tmp/software")) as {
      files: { role: string; file: string }[];
    };
    const roles = ["agent", "runtime", "database-program", "database-program", "config-template"];
    expect(files.map(({ role }) => role)).toEqual(roles);
    const [program, node] = files.map(({ file }) => file);
    expect(await leader.must(`${node} ${program} --version`)).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await leader.must("cat /tmp/software/config.toml")).not.toContain(leader.name);
    await leader.must("rm -r /tmp/software");
  });

  it("is told by doctor that nobody has decrypted a backup yet, until somebody has, on one of the hosts", async () => {
    const leader = await site.leader(old);
    const { backupId } = (await byHand(leader, "full")) as { backupId: string };
    await leader.put(Buffer.from(`${identity}\n`), "/run/identity", { owner: "neumann", mode: "600" });
    await byHand(leader, `verify ${backupId} --depth restore --identity-file /run/identity`);
    await leader.must("rm /run/identity");
    for (const host of old) expect(await wrongOn(host), host.name).toEqual([]);
  });

  it("takes writes again when the one who paused them is gone, by a unit of its own", async () => {
    const leader = await site.leader(old);
    const lease = {
      format: "neumann-local-lease/1",
      leaseId: "dead",
      holder: { pid: 999_999, started: "1" },
      host: "another boot",
      deadlineUptime: 1e9,
    };
    await leader.must("neumann-admin pause-writes");
    const file = `${agentDirectory}/state/leases/dead.json`;
    await leader.put(Buffer.from(JSON.stringify(lease)), file, { owner: "neumann", group: "neumann" });
    const before = writer.acknowledged;
    await writer.reached(before + 200, 30_000);
    await until("the lease is over", async () => (await leader.run(`test -e ${file}`)).code !== 0, 60_000);
    const journal = await leader.must("journalctl -u neumann-backup-watchdog.service --no-pager");
    expect(journal).toContain("Started");
  });

  it("is told by doctor of what somebody switched off or edited", async () => {
    const [host] = old as [Host];
    const unit = "/etc/systemd/system/neumann-backup.service";
    await host.must(`cp ${unit} /root/ && sed -i /OnFailure/d ${unit} && systemctl stop neumann-backup.timer`);
    const { code, stdout } = await host.run(`${launcher} --json doctor`);
    expect(stdout).toContain("neumann-backup.service differs; neumann-backup.timer is off");
    expect(code).toBe(4);
    await host.must(`mv /root/neumann-backup.service ${unit} && systemctl start neumann-backup.timer`);
    expect((await byHand(host, "doctor")).good).toBe(true);
  });

  it("is shown by a preview what somebody switched off or edited, and which host does not answer", async () => {
    const [one, two, three] = old as [Host, Host, Host];
    expect(drifted((await environment.stack.preview(true)).text)).toEqual([]);
    await one.must("systemctl disable --now neumann-backup.timer");
    await two.must(`sed -i 's/"maxPauseSeconds": 60/"maxPauseSeconds": 900/' ${agentDirectory}/agent.json`);
    await three.cut();
    const began = performance.now();
    const { text } = await environment.stack.preview(true);
    expect(performance.now() - began).toBeLessThan(60_000);
    await three.heal();
    const end =
      "An up leaves that as it is: to have it mended, write another value for `reconcile`, such as today's date.";
    expect(drifted(text)).toEqual([
      `${one.name} is not as it was installed: neumann-backup.timer is off. ${end}`,
      `${two.name} is not as it was installed: ${agentDirectory}/agent.json was edited (policy). ${end}`,
      expect.stringMatching(`^${three.name} was not asked what differs there: ssh: connect to host ${three.address}`),
    ]);
  });

  it("has that mended by an up with another value for `reconcile`, and is not disturbed by it", async () => {
    const [one, two] = old as [Host, Host];
    const since = () => Promise.all(old.map((host) => host.must("systemctl show neumann -p ActiveEnterTimestamp")));
    const before = await since();
    const settings = site.settings(old, "archive", { policy: encrypted, reconcile: "2026-11-25" });
    await environment.stack.configure("settings", settings, { secret: true });
    await two.must(`rm -r ${agentDirectory}/runtime`);
    const change = "write another value for `reconcile`, such as today's date.";
    const end = (name: string): string =>
      `This up mends that if the preview shows a change of db-install-${name}; if it does not, ${change}`;
    expect(drifted((await environment.stack.preview()).text)).toEqual([
      `${one.name} is not as it was installed: neumann-backup.timer is off. ${end(one.name)}`,
      `${two.name} is not as it was installed: the Node below ${agentDirectory}/runtime is gone. ${end(two.name)}`,
    ]);
    expect((await environment.stack.up()).changes).toMatchObject({ update: 9 });
    expect(await since()).toEqual(before);
    expect((await one.must("systemctl is-active neumann-backup.timer")).trim()).toBe("active");
    expect((await one.must("systemctl is-enabled neumann-backup.timer")).trim()).toBe("enabled");
    expect(await two.must(`cat ${agentDirectory}/agent.json`)).toContain('"maxPauseSeconds": 60');
    expect(drifted((await environment.stack.preview(true)).text)).toEqual([]);
  });

  it("is asked through another host too, and with a key that has a pass phrase", async () => {
    const [hop, host] = old as [Host, Host];
    const folder = mkdtempSync(path.join(tmpdir(), "drift-key-"));
    const key = path.join(folder, "key");
    writeFileSync(key, site.lab.privateKey, { mode: 0o600 });
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "a word", "-f", key]);
    const privateKey = readFileSync(key, "utf8");
    rmSync(folder, { recursive: true });
    const config: unknown = JSON.parse(await host.must(`cat ${agentDirectory}/agent.json`));
    const program = path.resolve(__dirname, "../../agent/bundle/neumann-backup.cjs");
    const sha256 = /^\w+/.exec(readFileSync(`${program}.sha256`, "utf8"))?.[0];
    const server = { host: host.address, port: 22, user: "deploy", privateKey, hostKey: host.hostKey };
    const jump = { ...server, host: hop.address, hostKey: hop.hostKey };
    const line = `sudo -n ${launcher} drift --json`;
    const ask = async (privateKeyPassword: string, hostKey = host.hostKey): Promise<unknown> => {
      const spec = {
        install: { config, sha256, hold: false },
        server: { ...server, hostKey, privateKeyPassword },
        jump: { ...jump, privateKeyPassword },
        line,
      };
      const words = [process.execPath, program, "drift", "--by-ssh", "--json"];
      return JSON.parse((await site.lab.run(words, { stdin: JSON.stringify(spec) })).stdout);
    };
    const nothing = { nodeId: host.name, state: "current", owner: null, differences: [] };
    expect(await ask("a word")).toEqual(nothing);
    expect(await ask("another word")).toMatchObject({ state: "silent" });
    // Another host answers under this address: it is not told anything.
    expect(await ask("a word", hop.hostKey)).toMatchObject({
      state: "silent",
      differences: ["Host key verification failed."],
    });
  });

  it("tells of a backup that fails, in the journal and to the operator's program", async () => {
    const leader = await site.leader(old);
    await leader.put(Buffer.from('#!/bin/sh\necho "$1" >>/root/failures\n'), "/etc/neumann-backup/on-failure", {
      mode: "755",
    });
    await leader.must(`mv ${agentDirectory}/agent.json /root/ && ! systemctl start neumann-backup.service`);
    await until("the operator is told", async () => (await leader.run("test -s /root/failures")).code === 0);
    expect((await leader.must("cat /root/failures")).trim()).toBe("neumann-backup.service");
    expect(await leader.must("journalctl -p crit --no-pager")).toContain("neumann-backup.service failed");
    await leader.must(`mv /root/agent.json ${agentDirectory}/`);
  });

  it("a leader that the others no longer reach in the middle of a backup: writes go on, and nothing bad is listed", async () => {
    const claims = () =>
      filesBelow(path.join(site.store.folder, "data")).filter((name) => offsiteClaim.test(name)).length;
    for (const words of ["full", "snapshot", "offsite"]) {
      const leader = await site.leader(old);
      const before = claims();
      const running = leader.run(`sudo -n ${launcher} --json ${words}`, { user: "deploy", timeoutSeconds: 240 });
      await until("the copy has begun", async () => {
        // An off-site copy leaves nothing on the node.
        if (words === "offsite") return claims() > before || undefined;
        const { stdout } = await leader.console("ls -A /var/lib/neumann/.neumann-backup-work");
        return stdout.trim() !== "" || undefined;
      });
      await leader.isolate();
      try {
        await writer.reached(writer.acknowledged + 400, 40_000);
        // What was complete before it was cut off is good; anything else is void.
        expect([0, 4]).toContain((await running).code);
      } finally {
        await leader.heal();
      }
      await until(
        "the next one is taken",
        async () => {
          const next = await site.leader(old).catch(() => undefined);
          return (await next?.run(`sudo -n ${launcher} --json ${words}`, { user: "deploy" }))?.code === 0 || undefined;
        },
        2 * minutes,
      );
      const { verdicts } = (await byHand(await site.leader(old), "verify")) as { verdicts: { good: boolean }[] };
      expect(verdicts.every(({ good }) => good)).toBe(true);
    }
  });

  it("holds keys nowhere in clear but where they are needed", async () => {
    expect(watch.stop()).toEqual([]);
    expect(watch.looks).toBeGreaterThan(100);
    const all = [...secrets];
    for (const host of old) {
      const pem = await host.run(`cat ${signingKey}`);
      if (pem.code === 0) all.push(pemSecret(`signing key of ${host.name}`, pem.stdout));
    }
    expect(all.length).toBeGreaterThan(secrets.length);
    const state = readFileSync(stateFile(environment.project, "environment"), "utf8");
    expect(secretsIn(state, all)).toEqual([]);
    expect(secretsIn(engineSaid, all)).toEqual([]);
    expect(filesWithSecrets(path.join(site.store.folder, "data"), all)).toEqual([]);
    for (const host of old) {
      const own = (await host.run(`test -e ${signingKey}`)).code === 0 ? [signingKey] : [];
      expect(await holding(host, all)).toEqual([`${agentDirectory}/agent.json`, ...own, "0"]);
      expect(await holding(host, named("identity"))).toEqual(["0"]);
    }
  });

  it("is lost, and recovered on new hosts; a connection that is cut in the middle loses nothing", async () => {
    await writer.stop();
    for (const host of old) await host.wipe();
    fresh = [await site.lab.add(), await site.lab.add(), await site.lab.add()];
    await site.prepare(fresh);
    const settings = site.settings(fresh, "archive-of-the-recovered", { policy: encrypted, recoveryId: "dr-1" });
    recovery = await site.stack("recovery", settings);
    await expect(recovery.stack.preview()).rejects.toThrow(/is encrypted to age1\w+, and no identity was given/);
    await recovery.stack.configure("settings", { ...settings, identity }, { secret: true });
    watch = new ProcessWatch(secrets, isOnHost, /pulumi config set /);
    const shown = await recovery.stack.preview();
    expect(shown.text).toMatch(/Recovery dr-1 of cluster prod[^]*offsite/);
    for (const host of fresh) expect(await host.must("ls /var/lib/neumann /var/lib")).not.toContain("backup");

    const cut = cutWhenItWorks(fresh[0] as Host);
    await expect(recovery.stack.up()).rejects.toThrow();
    expect(await cut).toBe(true);
    const { outputs, text } = await recovery.stack.up();
    engineSaid += shown.text + text;
    expect(outputs.report).toMatchObject({ members: fresh.map(({ name }) => name) });
    for (const host of fresh) {
      expect((await byHand(host, "doctor")).good, host.name).toBe(true);
      expect((await host.must("systemctl is-enabled neumann")).trim()).toBe("enabled");
      expect(await host.must("find /var/lib/neumann /var/lib/neumann-backup/state -user root")).toBe("");
    }
  });

  it("holds every row that the backup promises", async () => {
    const rows = await site.readRows(fresh[0] as Host);
    const found = writer.compare(rows, ({ acknowledgedAt }) => (acknowledgedAt ?? Infinity) < copiedAt);
    expect(found).toMatchObject({ lost: [], wrong: [], double: [] });
    expect(rows.length).toBeGreaterThan(2500);
  });

  it("is recovered once: nothing changes when it is run again", async () => {
    await recovery.stack.preview(true);
    const { changes } = await recovery.stack.up();
    expect(Object.keys(changes)).toEqual(["same"]);
  });

  it("starts again with its hosts", async () => {
    const host = fresh[2] as Host;
    await host.halt();
    await host.boot();
    await until(
      "it is a healthy member",
      async () => (await host.run("neumann-admin cluster-status")).code === 0,
      60_000,
    );
    expect((await host.must("systemctl is-active neumann-backup.timer")).trim()).toBe("active");
  });

  it("is restored in place; a member that was stopped for it stays so through a reboot", async () => {
    const [first, , last] = fresh as [Host, Host, Host];
    const kept = await site.write(fresh, { first: 700_001, rows: 100 });
    const { backupId, lineage } = (await byHand(await site.leader(fresh), "full")) as Record<string, string>;
    await site.write(fresh, { first: 800_001, rows: 100 });
    const wanted = { recoveryId: "undo-1", restorePoint: `backup:${backupId}`, replaces: lineage, identity };
    restore = await site.stack("restore", site.settings(fresh, "archive-of-the-recovered", wanted));
    const { stack } = restore;
    expect((await stack.preview()).text).toContain("IN PLACE        host4, host5, host6: all are stopped first");

    // The last one is not what it should be: it is refused, when the others are stopped already.
    const note = "/var/lib/neumann/raft/wal/.neumann-backup-stream";
    await last.must(`cp -p ${note} /root/note && sed -i s/${lineage}/l-0000000000000000/ ${note}`);
    await expect(stack.up()).rejects.toThrow(/holds lineage l-0000000000000000/);
    await first.halt();
    await first.boot();
    const state = await first.run("systemctl start neumann; systemctl is-active neumann; systemctl is-enabled neumann");
    expect(state.stdout.trim().split("\n")).toEqual(["inactive", "enabled"]);

    await last.must(`cp -p /root/note ${note}`);
    const { outputs, text } = await stack.up();
    engineSaid += text;
    expect(outputs.report).toMatchObject({ recoveryId: "undo-1", members: fresh.map(({ name }) => name) });
    for (const host of fresh) {
      const rows = await site.readRows(host);
      expect(kept.compare(rows.filter((row) => /^row-7\d{5}-/.test(row)))).toMatchObject({ lost: [], wrong: [] });
      expect(
        rows.filter((row) => /^row-8\d{5}-/.test(row)),
        host.name,
      ).toEqual([]);
      expect((await byHand(host, "doctor")).good, host.name).toBe(true);
      expect(await host.must("find /var/lib/neumann /var/lib/neumann-backup/state -user root")).toBe("");
      expect(await host.must("ls /var/lib/neumann/.neumann-backup-aside/undo-1")).toContain("store");
    }
    await stack.preview(true);
    await recovery.stack.preview(true);
  });

  it("has used the identity of its backups twice, and it is nowhere", async () => {
    expect(watch.stop()).toEqual([]);
    for (const [name, { project }] of Object.entries({ recovery, restore })) {
      expect(secretsIn(readFileSync(stateFile(project, name), "utf8"), secrets), name).toEqual([]);
    }
    expect(secretsIn(engineSaid, secrets)).toEqual([]);
    expect(filesWithSecrets(path.join(site.store.folder, "data"), secrets)).toEqual([]);
    for (const host of fresh) expect(await holding(host, named("identity")), host.name).toEqual(["0"]);
  });

  it("is left by a destroy with its data and its backups only", async () => {
    await recovery.stack.destroy();
    for (const host of fresh) {
      expect((await host.must("systemctl is-active neumann")).trim()).toBe("active");
      expect(await host.must("cat /etc/neumann/config.toml")).not.toContain("archive_command");
      const left = await host.must(
        "find / -xdev -name '*neumann-backup*' ! -path '/var/lib/neumann/*' ! -path '/var/log/*'",
      );
      expect(left).toBe("");
      expect(await host.must("ls -A /home/deploy")).not.toContain("neumann");
    }
  });
});
