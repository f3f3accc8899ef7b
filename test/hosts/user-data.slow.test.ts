import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoDisks } from "../../lab/disk/disk";
import { type Host, seedCloud } from "../../lab/hosts";
import { encodedUserData } from "../../components/aws/nodeSetup";
import { must } from "../../lab/hosts/command";
import { until } from "../../lab/neumann/harness";
import type { Writer } from "../../lab/neumann/writer";
import { type NodeUserData, waitForNode } from "../../model/aws/userData";
import { type Endpoints, InstanceCloud } from "./instanceCloud";
import { type BuiltPackage, databasePackages } from "./package";
import { byHand, clusterId, policy, Site, why as whyNoHosts } from "./support";

/**
 * The user data of nodes on EC2, run by cloud-init on hosts that are what an image of a cloud is: no database, no host key,
 * an empty volume. What is not the lab's hosts is the metadata and the parameters (instanceCloud.ts).
 */
const minutes = 60_000;
const setup = "/var/lib/neumann-setup";
const data = "/var/lib/neumann";
const keys = { deb: "packages/neumann 1.0.deb", tar: "packages/neumann+1.0.tar.gz" };
/** The volumes are small. */
const small = { wal: { ...policy.wal, freeSpaceAlarmMebibytes: 16 } };
const why = whyNoHosts ?? whyNoDisks();
if (why !== undefined) process.stderr.write(`skipped: tests on hosts (${why})\n`);

describe.skipIf(why !== undefined)("a node by its user data", { timeout: 5 * minutes }, () => {
  let site: Site;
  let cloud: InstanceCloud;
  let endpoints: Endpoints;
  let s3: S3Client;
  let built: { deb: BuiltPackage; tar: BuiltPackage };
  let writer: Writer;
  let good: Instance;
  let bad: Instance;

  beforeAll(async () => {
    site = await Site.open(1);
    ({ cloud, endpoints } = await InstanceCloud.open(site.lab, site.store, site.users.near));
    const { endpoint, region } = site.store;
    s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { ...site.users.near } });
    await site.store.createBucket("install", site.users.near);
    built = databasePackages(path.join(site.lab.folder, "package"));
    await publish("deb", built.deb.content);
    await publish("tar", built.tar.content);
    const { stack } = await site.stack("environment", site.settings(site.lab.hosts, "archive"));
    await stack.up();
    const [old] = site.lab.hosts as [Host];
    writer = await site.startWriter([old], 400);
    await writer.reached(1000);
    await writer.stop();
    for (const words of ["full", "offsite"]) await byHand(old, words);
    await old.wipe();
    good = await newInstance(await site.lab.add(), "deb");
    bad = await newInstance(await site.lab.add(), "tar");
  }, 5 * minutes);

  afterAll(async () => {
    s3?.destroy();
    cloud?.close();
    await site?.close();
  }, 2 * minutes);

  const publish = (format: "deb" | "tar", Body: Buffer) =>
    s3.send(new PutObjectCommand({ Bucket: "install", Key: keys[format], Body }));

  /** A host that is off and has its user data; its private key is a parameter and nowhere else. */
  async function newInstance(host: Host, format: "deb" | "tar"): Promise<Instance> {
    const parameter = `/neumann/${clusterId}/${host.name}/host-key`;
    const privateKey = await host.must("cat /etc/ssh/ssh_host_ed25519_key");
    cloud.parameters.set(parameter, privateKey);
    const volumeId = `vol-0123456789abcde${host.name.slice(-1)}`;
    const device = await site.lab.addVolume(256);
    host.attach(device, `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace("-", "")}`);
    const node: NodeUserData = {
      nodeId: host.name,
      hostName: `${host.name}.db.internal`,
      database: { bucket: "install", key: keys[format], region: site.store.region, sha256: built[format].sha256 },
      hostKey: { parameter, region: cloud.region, publicKey: host.hostKey },
      volumeId,
      dataDirectory: data,
      // A long one is compressed.
      config: configOf(host) + (format === "deb" ? "" : "# a comment\n".repeat(500)),
      login: { user: "deploy", publicKey: readFileSync(`${site.lab.privateKeyFile}.pub`, "utf8").trim() },
      dnsSuffix: "amazonaws.com",
      endpoints,
      patienceSeconds: 5,
    };
    const userData = Buffer.from(encodedUserData(node), "base64");
    expect(userData.subarray(0, 2).toString("hex") === "1f8b").toBe(format === "tar");
    await seedCloud(host, { userData, instanceId: `i-${host.name}` });
    return { host, node, device, privateKey };
  }

  it("gets its host key, its volume and the database by a boot, and nothing is started", async () => {
    const { host, node } = good;
    await host.boot();
    expect((await host.console(`cat ${setup}/failed`)).stdout).toBe("");
    // Its key is the one that is known: nobody else is let in by this client.
    expect(await host.run(waitForNode, { user: "deploy" })).toMatchObject({ code: 0, stderr: "" });
    const shown = await site.lab.run(["ssh-keyscan", host.address]);
    expect(shown.stdout.trim()).toBe(`${host.address} ${host.hostKey}`);
    expect(await host.must("hostname; sudo -n id -un", { user: "deploy" })).toBe(`${node.hostName}\nroot\n`);
    expect(await unitOf(host)).toEqual(["masked", "inactive"]);
    expect(await host.must("dpkg-query --show neumann")).toBe("neumann\t1.0\n");
    const owners = `stat -c '%n %U:%G %a' ${data} /etc/neumann/config.toml /etc/ssh/ssh_host_ed25519_key`;
    expect((await host.must(owners)).trim().split("\n")).toEqual([
      `${data} neumann:neumann 750`,
      "/etc/neumann/config.toml root:neumann 640",
      "/etc/ssh/ssh_host_ed25519_key root:root 600",
    ]);
    expect(await host.must("cat /etc/neumann/config.toml")).toBe(node.config);
    expect(await host.must(`findmnt -n -o FSTYPE,LABEL ${data}; ls -A ${data}`)).toMatch(/^ext4\s+neumann\n$/);
    expect(cloud.refused).toEqual([]);
  });

  it("leaves no secret but where it belongs", async () => {
    const { host, privateKey } = good;
    const secret = privateKey.split("\n")[2] as string;
    const { secretAccessKey } = site.users.near;
    const places = "/etc /home /root /var /run /tmp";
    const found = await host.run(`grep -rlF -e '${secret}' -e '${secretAccessKey}' ${places} 2>/dev/null`);
    expect(found.stdout).toBe("/etc/ssh/ssh_host_ed25519_key\n");
    expect((await host.must(`ls ${setup}`)).trim().split("\n")).toEqual(["done", "node.json"]);
  });

  it("is left as it is by a reboot, which starts nothing", async () => {
    const { host } = good;
    const before = await host.must(`stat -c %Y ${setup}/done /etc/neumann/config.toml`);
    await restart(host);
    expect(await host.must(`stat -c %Y ${setup}/done /etc/neumann/config.toml`)).toBe(before);
    expect(await unitOf(host)).toEqual(["masked", "inactive"]);
  });

  it("does not answer while its parameter holds another key than the known one; the next boot tries again", async () => {
    const { host, node, privateKey } = bad;
    const { parameter } = node.hostKey;
    cloud.parameters.set(parameter, good.privateKey);
    await host.boot();
    expect((await failure(host)).trim()).toBe(
      `host key: the key in ${parameter} belongs to ${good.host.hostKey} and not to ${host.hostKey}`,
    );
    expect((await host.console("ls /etc/ssh | grep host_; systemctl is-active ssh")).stdout.trim()).not.toMatch(
      /host_|^active/,
    );
    expect((await site.lab.run(["ssh-keyscan", host.address])).stdout).toBe("");
    cloud.parameters.delete(parameter);
    await restart(host);
    expect(await failure(host)).toMatch(
      `host key: the parameter ${parameter}: ${endpoints.ssm}/ answered 400: ParameterNotFound ${parameter} (tried for 5 s)`,
    );
    cloud.parameters.set(parameter, privateKey);
  });

  it("refuses a volume that holds somebody else's data, and touches nothing of it", async () => {
    const { host, node, device } = bad;
    const refusal = (what: string): string =>
      `volume: ${node.volumeId} holds ${what}, not ext4 with the label neumann: nothing on it was touched. Give the node a volume that is empty\n`;
    const theirs: [what: string, put: () => unknown][] = [
      ["ext4 with the label theirs", () => must(["mkfs.ext4", "-q", "-L", "theirs", device])],
      ["dos", () => writeAt(device, 446, partitionTable)],
      ["something unknown", () => writeAt(device, 2 << 20, Buffer.from("theirs"))],
    ];
    for (const [what, put] of theirs) {
      await must(emptied(device));
      await put();
      const before = await must(["sha256sum", device]);
      await restart(host);
      expect(await failure(host)).toBe(refusal(what));
      expect(await must(["sha256sum", device])).toBe(before);
      // Who logs in, now that it has its key, is told.
      const told = await host.run(waitForNode, { user: "deploy" });
      expect([told.code, told.stderr]).toEqual([1, `this node is not ready: ${refusal(what)}`]);
    }
    await must(emptied(device));
  });

  it("installs nothing from a package that is another than was promised", async () => {
    const { host } = bad;
    await publish("tar", Buffer.concat([built.tar.content, Buffer.from("\n")]));
    await restart(host);
    expect(await failure(host)).toMatch(
      /^package: s3:\/\/install\/packages\/neumann\+1\.0\.tar\.gz has the SHA-256 \w{64} and not \w{64}: nothing was installed\n$/,
    );
    expect(await host.must("ls /usr/bin /usr/lib/systemd/system; getent passwd")).not.toContain("neumann");
    expect((await host.must(`ls ${setup}`)).trim().split("\n")).toEqual(["failed", "node.json"]);
    expect((await host.must("cat /var/log/cloud-init-output.log")).trim()).toMatch(
      /neumann-setup: failed at package: s3:/,
    );
  });

  it("goes on where it failed once that is mended, and its volume is used as it is", async () => {
    const { host } = bad;
    const before = await host.must("blkid -p -s UUID -o value /dev/disk/by-id/*");
    // What lies there is of an instance before this one, where the database's user had another number.
    await host.must(`mkdir ${data}/store && touch ${data}/store/file && chown -R 4242:4242 ${data}`);
    await publish("tar", built.tar.content);
    await restart(host);
    expect(await host.run(waitForNode, { user: "deploy" })).toMatchObject({ code: 0, stderr: "" });
    expect(await host.must("blkid -p -s UUID -o value /dev/disk/by-id/*")).toBe(before);
    expect(await unitOf(host)).toEqual(["masked", "inactive"]);
    // Files alone bring no user.
    expect(await host.must(`stat -c '%U:%G' ${data} ${data}/store/file`)).toBe("neumann:neumann\nneumann:neumann\n");
    await host.must(`rm -r ${data}/store`);
  });

  it("becomes a member of a recovered cluster, which holds every row", async () => {
    const fresh = [good.host, bad.host];
    for (const host of fresh) await host.must("mountpoint -q /var/lib/neumann || mount /var/lib/neumann");
    const settings = site.settings(fresh, "archive-of-the-recovered", { policy: small, recoveryId: "dr-1" });
    const { stack } = await site.stack("recovery", settings);
    await stack.preview();
    const { outputs } = await stack.up();
    expect(outputs.report).toMatchObject({ members: fresh.map(({ name }) => name) });
    expect(writer.compare(await site.readRows(good.host))).toMatchObject({ lost: [], wrong: [], double: [] });
    for (const host of fresh) {
      expect((await byHand(host, "doctor")).good, host.name).toBe(true);
      expect(await unitOf(host)).toEqual(["enabled", "active"]);
    }
    await stack.preview(true);
  });

  it("starts with its host from then on, but not beside a volume that is not there", async () => {
    const { host } = good;
    await restart(host);
    // A container has no udev: systemd leaves the devices of its fstab alone.
    expect(await unitOf(host)).toEqual(["enabled", "inactive"]);
    expect(await host.must("journalctl -b -u neumann -o cat --no-pager")).toContain("asserts failed");
    expect(await host.must(`ls -A ${data}`)).toBe("");
    await host.must(`mount ${data} && systemctl start neumann`);
    await until("it is a healthy member", async () => (await host.run("neumann-admin cluster-status")).code === 0);
  });
});

interface Instance {
  host: Host;
  node: NodeUserData;
  /** Its volume, as this machine knows it. */
  device: string;
  privateKey: string;
}

const emptied = (device: string): string[] => ["blkdiscard", "--zeroout", device];

/** One partition of Linux, and the sign that a table is there. */
const partitionTable = Buffer.concat([
  Buffer.from([0, 0, 2, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0]),
  Buffer.alloc(48),
  Buffer.from([0x55, 0xaa]),
]);

function writeAt(device: string, position: number, content: Buffer): void {
  const target = openSync(device, "r+");
  writeSync(target, content, 0, content.length, position);
  fsyncSync(target);
  closeSync(target);
}

function configOf(host: Host): string {
  return `# Größe: klein
[node]
id = "${host.name}"
data_dir = "${data}"
bind_address = "${host.address}:7878"

[cluster]
name = "${clusterId}"
peers = []

[metrics]
bind_address = "127.0.0.1:9090"
`;
}

async function restart(host: Host): Promise<void> {
  if (host.running) await host.halt();
  await host.boot();
}

/** What stopped it. */
async function failure(host: Host): Promise<string> {
  return (await host.console(`cat ${setup}/failed`)).stdout;
}

/** Whether its database may be started, and runs. */
async function unitOf(host: Host): Promise<string[]> {
  const { stdout } = await host.run("systemctl is-enabled neumann; systemctl is-active neumann");
  return stdout.trim().split("\n");
}
