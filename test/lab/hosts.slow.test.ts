import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoDisks } from "../../lab/disk/disk";
import { type Host, HostLab, startDatabase, sweep, whyNoHosts } from "../../lab/hosts";
import { request, until } from "../../lab/neumann/harness";
import { lockOf, tracesOf } from "./hostTraces";

const why = whyNoHosts();
if (why !== undefined) process.stderr.write(`skipped: throw-away Linux hosts (${why})\n`);

/** The image may have to be built first. */
const withImageMs = 1_200_000;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Whether a TCP connection from one host to another's sshd is still held this long after what is done to the other. */
async function held(from: Host, to: Host, fault: () => Promise<void>): Promise<boolean> {
  const program = `exec 3<>/dev/tcp/${to.address}/22; touch /run/held; timeout 3 cat <&3 >/dev/null`;
  await from.must("rm -f /run/held");
  const connection = from.run(`bash -c '${program}'`);
  await from.must("until [ -e /run/held ]; do sleep 0.05; done");
  await fault();
  const timedOut = 124;
  return (await connection).code === timedOut;
}

async function ping(from: Host, to: string): Promise<boolean> {
  return (await from.console(`ping -q -c 1 -W 1 ${to}`)).code === 0;
}

describe.skipIf(why !== undefined)("hosts", () => {
  let lab: HostLab;
  const host = (index: number) => {
    const found = lab.hosts[index];
    if (found === undefined) throw new Error(`there is no host ${index}`);
    return found;
  };

  beforeAll(async () => {
    lab = await HostLab.start({ hosts: 3, progress: say });
  }, withImageMs);
  afterAll(() => lab.stop());

  it("are Linux machines as users have them: systemd, sshd with the key that is told, no Node", async () => {
    const shown = await Promise.all(lab.hosts.map((each) => lab.run(["ssh-keyscan", "-t", "ed25519", each.address])));
    expect(shown.map(({ stdout }) => stdout.trim())).toEqual(
      lab.hosts.map((each) => `${each.address} ${each.hostKey}`),
    );
    const look =
      "ps -p 1 -o comm=; systemctl is-system-running; systemctl is-active ssh cron; hostname; command -v node npm";
    const seen = await Promise.all(lab.hosts.map((each) => each.run(look)));
    expect(seen.map(({ code, stdout }) => [code, ...stdout.split("\n")])).toEqual(
      lab.hosts.map(({ name }) => [1, "systemd", "running", "active", "active", name, ""]),
    );
    expect(new Set(lab.hosts.map((each) => each.hostKey)).size).toBe(3);
    expect(new Set(lab.hosts.map((each) => each.address)).size).toBe(3);
  });

  it("let the operator in as root and as deploy, who has sudo; nobody by another key", async () => {
    const first = host(0);
    expect(await first.must("id -un")).toBe("root\n");
    expect(await first.must("id -un; sudo -n id -un", { user: "deploy" })).toBe("deploy\nroot\n");
    expect(lab.privateKey).toBe(readFileSync(lab.privateKeyFile, "utf8"));
    const other = path.join(lab.folder, "other-key");
    await lab.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other]);
    const words = first.sshCommand("true").map((word) => (word === lab.privateKeyFile ? other : word));
    const refused = await lab.run(words);
    expect(refused.code).toBe(255);
    expect(refused.stderr).toContain("Permission denied");
  });

  it("run commands with their input, output and code, and take files", async () => {
    const first = host(0);
    const outcome = await first.run("cat; echo wrong >&2; exit 7", { stdin: "in\n" });
    expect(outcome).toEqual({ code: 7, stdout: "in\n", stderr: "wrong\n" });
    await expect(first.must("echo no; false")).rejects.toThrow("host1: echo no; false ended with 1: no");
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
    const file = path.join(lab.folder, "file");
    writeFileSync(file, bytes);
    await first.put(file, "/srv/a folder/it's", { owner: "deploy", group: "neumann", mode: "640" });
    expect(await first.must(`stat -c '%U %G %a' "/srv/a folder/it's"`)).toBe("deploy neumann 640\n");
    expect(readFileSync(path.join(first.root, "srv/a folder/it's")).equals(bytes)).toBe(true);
  });

  it("have the database as a package leaves it: installed, not enabled, not started", async () => {
    const text = await host(0).must(
      `stat -c '%n %U %G %a' /usr/bin/neumann /usr/bin/neumann-admin /etc/neumann /var/lib/neumann
       systemctl show -p User -p Group -p UnitFileState -p ActiveState neumann | sort; ls -A /etc/neumann /var/lib/neumann`,
    );
    expect(text.split("\n")).toEqual([
      "/usr/bin/neumann root root 755",
      "/usr/bin/neumann-admin root root 755",
      "/etc/neumann root neumann 750",
      "/var/lib/neumann neumann neumann 750",
      "ActiveState=inactive",
      "Group=neumann",
      "UnitFileState=disabled",
      "User=neumann",
      "/etc/neumann:",
      "",
      "/var/lib/neumann:",
      "",
    ]);
  });

  it("reach servers in the hub, and on this machine's loopback when these are offered", async () => {
    const program = `require("http").createServer((_, r) => r.end("hub")).listen(8000, "${lab.address}", () => console.log())`;
    const inHub = lab.spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(inHub.stdout ?? inHub, "data");
    expect(await host(0).must(`curl -s http://${lab.address}:8000`)).toBe("hub");
    expect((await request("GET", `http://${await lab.expose(lab.address, 8000)}`)).text).toBe("hub");
    const own = http.createServer((_, response) => response.end("own")).listen(0, "127.0.0.1");
    await once(own, "listening");
    const offered = await lab.offer((own.address() as AddressInfo).port);
    expect(await host(1).must(`curl -s http://${offered}`)).toBe("own");
    own.close();
    const where = await lab.run([lab.wrapper("bin/sh", "/bin/sh"), "-c", "ip -br address show br0"]);
    expect(where.stdout).toContain(`${lab.address}/24`);
  });

  describe("with a cluster", () => {
    const batch = 50;
    /** On a busy machine a leader may change once more in the middle: those rows may or may not be there then. */
    const insert = async (on: Host) => {
      const line = "INSERT INTO t (k, v) VALUES (1, 'row')\n";
      await until("rows are taken", async () => {
        const { code, stdout } = await on.run("neumann-admin query -", { stdin: line.repeat(batch) });
        return code === 0 && stdout === "OK\n".repeat(batch);
      });
    };
    /** At least these rows are there: as many are on another host in the end. */
    const alsoOn = async (late: Host, on: Host, atLeast: number) => {
      const rows = await count(on);
      expect(rows).toBeGreaterThanOrEqual(atLeast);
      await caughtUp(late, rows);
    };
    const countNow = async (on: Host) => {
      const { code, stdout } = await on.run("neumann-admin query -", { stdin: "SELECT COUNT(*) FROM t\n" });
      return code === 0 ? Number(stdout) : undefined;
    };
    const count = (on: Host) => until(`${on.name} answers`, () => countNow(on));
    const caughtUp = (on: Host, rows: number) =>
      until(`${on.name} has ${rows} rows`, async () => (await countNow(on)) === rows);
    const leaderSeenBy = async (on: Host) => {
      const { stdout } = await on.run("neumann-admin cluster-info");
      const id = stdout === "" ? null : (JSON.parse(stdout) as { leader_id: string | null }).leader_id;
      return lab.hosts.find(({ name }) => name === id);
    };
    const whoLeads = async () => {
      const leader = await until("a leader", () => leaderSeenBy(host(0)));
      const [other, third] = lab.hosts.filter((each) => each !== leader);
      if (other === undefined || third === undefined) throw new Error("there are no others");
      return { leader, other };
    };
    const anotherLeads = (former: Host, on: Host) =>
      until(`${on.name} knows another leader`, async () => ![undefined, former].includes(await leaderSeenBy(on)));

    beforeAll(() => startDatabase(lab.hosts));

    it("takes writes on any host, and runs as its own user", async () => {
      await host(1).must("neumann-admin query -", { stdin: "CREATE TABLE t (k INT, v TEXT)\n" });
      await insert(host(2));
      expect(await count(host(0))).toBeGreaterThanOrEqual(batch);
      expect(await host(0).must("ps -o user= -p $(systemctl show -P MainPID neumann)")).toBe("neumann\n");
      const status = await host(0).must("runuser -u neumann -- neumann-admin cluster-status");
      expect(status.match(/host\d +\S+:7878 +healthy/g)).toHaveLength(3);
    });

    it("goes on when the leader's host loses its power, which catches up from its disk", async () => {
      const { leader, other } = await whoLeads();
      const rows = await count(other);
      const { hostKey } = leader;
      expect(await held(other, leader, () => leader.crash())).toBe(true);
      expect(leader.running).toBe(false);
      await anotherLeads(leader, other);
      await insert(other);
      await leader.boot();
      expect(leader.hostKey).toBe(hostKey);
      await alsoOn(leader, other, rows + batch);
    });

    it("sees connections reset when processes are killed, and keeps the disk through kill, halt and reboot", async () => {
      const [first, second] = [host(0), host(1)];
      const rows = await count(first);
      expect(await held(first, second, () => second.kill())).toBe(false);
      await second.boot();
      await second.must("touch /srv/before; systemctl --quiet is-active neumann");
      await second.halt();
      expect(second.running).toBe(false);
      await second.boot();
      const started = await second.must("test -e /srv/before; systemctl show -P UserspaceTimestampMonotonic");
      await second.run("systemctl --no-block reboot");
      await until("it has started anew", async () => {
        const { code, stdout } = await second.run("systemctl show -P UserspaceTimestampMonotonic");
        return code === 0 && stdout !== started;
      });
      await caughtUp(second, rows);
    });

    it("goes on without a leader that is cut off, which comes back when it is healed", async () => {
      const { leader, other } = await whoLeads();
      const rows = await count(other);
      const reached = () =>
        Promise.all([ping(leader, other.address), ping(other, leader.address), ping(leader, lab.address)]);
      await leader.isolate();
      expect(await reached()).toEqual([false, false, true]);
      expect(await leader.must("hostname")).toBe(`${leader.name}\n`);
      await leader.cut();
      expect(await reached()).toEqual([false, false, false]);
      await anotherLeads(leader, other);
      await insert(other);
      expect((await leader.console("timeout 2 neumann-admin cluster-status")).code).not.toBe(0);
      await leader.heal();
      // The kernels look for each other's address once a second.
      await until("they reach each other", async () => (await reached()).every(Boolean));
      await alsoOn(leader, other, rows + batch);
    });

    it("takes back a host whose disk was destroyed: same address, another key, nothing on it", async () => {
      const [first, wiped] = [host(0), host(2)];
      const { address, hostKey } = wiped;
      const rows = await count(first);
      const lock = lockOf(wiped.root);
      await wiped.wipe();
      expect(existsSync(lock)).toBe(false);
      expect(wiped.running).toBe(false);
      await wiped.boot();
      expect(wiped.address).toBe(address);
      expect(wiped.hostKey).not.toBe(hostKey);
      const state = await wiped.run("ls -A /srv /etc/neumann /var/lib/neumann; systemctl is-active neumann");
      expect(state.stdout).toBe("/etc/neumann:\n\n/srv:\n\n/var/lib/neumann:\ninactive\n");
      const kept = wiped.hostKey;
      await wiped.wipe({ keepHostKey: true });
      await wiped.boot();
      expect(wiped.hostKey).toBe(kept);
      await startDatabase([first, host(1), wiped]);
      await caughtUp(wiped, rows);
    });
  });

  it("can be added", async () => {
    const added = await lab.add();
    expect(added.name).toBe("host4");
    expect(await host(0).must(`ssh-keyscan -t ed25519 ${added.name} 2>/dev/null`)).toBe(`host4 ${added.hostKey}\n`);
  });

  it.skipIf(whyNoDisks() !== undefined)(
    "have volumes under the names that they are given, which keep what they hold",
    async () => {
      const [, , , last] = lab.hosts as [Host, Host, Host, Host];
      const device = await lab.addVolume(16);
      last.attach(device, "/dev/disk/by-id/vol1");
      await last.halt();
      await last.boot();
      const mount = "mkdir -p /mnt/vol && mount /dev/disk/by-id/vol1 /mnt/vol";
      await last.must(`mkfs.ext4 -q -L vol ${device} && ${mount} && echo kept >/mnt/vol/file`);
      await last.halt();
      await last.boot();
      expect(await last.must(`${mount} && cat /mnt/vol/file && blkid -s LABEL -o value ${device}`)).toBe("kept\nvol\n");
      expect(tracesOf(lab.folder).filter((trace) => trace.includes("/volumes/"))).toHaveLength(1);
    },
  );

  it("of a lab whose owner was killed are gone too, and no other lab's", async () => {
    const [killed, left] = await Promise.all([ownedByAnother(), ownedByAnother()]);
    expect(tracesOf(left.folder).length).toBeGreaterThan(5);
    killed.owner.kill("SIGKILL");
    await until("the killed owner's lab is gone", () => tracesOf(killed.folder).length === 0);
    // Its guard too, as when everything is killed.
    process.kill(guardOf(left.folder), "SIGKILL");
    left.owner.kill("SIGKILL");
    await once(left.owner, "exit");
    // Or somebody else does, who starts a lab just now.
    await sweep(path.dirname(left.folder));
    await until("nothing of it is left", () => tracesOf(left.folder).length === 0);
    expect(await Promise.all(lab.hosts.map((each) => each.must("echo here")))).toHaveLength(4);
  });

  it("that cannot be made leave nothing behind", async () => {
    await expect(HostLab.start({ hosts: 21 })).rejects.toThrow("at most 20 hosts");
    // A comma ends an option of mount.
    const parent = mkdtempSync(path.join(os.tmpdir(), "hosts-a,b-"));
    await expect(HostLab.start({ hosts: 2, folder: parent })).rejects.toThrow("mount -t overlay");
    expect(readdirSync(parent)).toEqual([]);
    rmSync(parent, { recursive: true });
  });

  it("leave nothing behind", async () => {
    expect(tracesOf(lab.folder).length).toBeGreaterThan(20);
    const locks = lab.hosts.map(({ root }) => lockOf(root));
    expect(locks.every((lock) => existsSync(lock))).toBe(true);
    await lab.stop();
    expect(tracesOf(lab.folder)).toEqual([]);
    expect(locks.filter((lock) => existsSync(lock))).toEqual([]);
    await lab.stop();
  });
});

const oneHost = `require(process.argv[1]).HostLab.start({ hosts: 1 }).then((lab) => {
  console.log(lab.folder);
  setInterval(() => {}, 1000);
})`;

/** A lab of one host that belongs to another process. */
async function ownedByAnother(): Promise<{ owner: ChildProcess; folder: string }> {
  const module = path.resolve(__dirname, "../../lab/hosts/index.js");
  const owner = spawn(process.execPath, ["-e", oneHost, module], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const folder of createInterface({ input: owner.stdout })) return { owner, folder };
  throw new Error("the other process ended");
}

/** The process that waits to remove a lab. */
function guardOf(folder: string): number {
  const found = tracesOf(folder).find((trace) => trace.includes("--when-input-ends"));
  return Number(/^process (\d+)/.exec(found ?? "")?.[1]);
}
