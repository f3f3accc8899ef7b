import type { Host } from "./host";

/** What a cloud tells a new machine. */
export interface CloudSeed {
  /** As a cloud hands it on: cloud-init knows what is compressed. */
  userData: Buffer;
  /** Another one makes cloud-init do everything anew. */
  instanceId: string;
}

/** What an image of a cloud has not: the database, an operator, keys of a host. */
const emptied = `
rm -rf /usr/bin/neumann /usr/bin/neumann-admin /usr/lib/systemd/system/neumann.service /etc/neumann /var/lib/neumann
userdel neumann
userdel --remove deploy 2>/dev/null && rm /etc/sudoers.d/deploy
rm -f /etc/ssh/ssh_host_* /etc/cloud/cloud-init.disabled
# The lab gives it its address and its cable; from here on somebody else answers for its metadata.
ip route replace 169.254.169.254/32 dev eth0`;

const settings = "datasource_list: [NoCloud]\nnetwork: { config: disabled }\n";
const seed = "/var/lib/cloud/seed/nocloud";

/** Makes a running host one as a cloud hands out, and switches it off: its next start is the first one with user data. */
export async function seedCloud(host: Host, { userData, instanceId }: CloudSeed): Promise<void> {
  await host.put(Buffer.from(settings), "/etc/cloud/cloud.cfg.d/99-lab.cfg");
  await host.put(userData, `${seed}/user-data`, { mode: "600" });
  await host.put(Buffer.from(`instance-id: ${instanceId}\n`), `${seed}/meta-data`);
  await host.must(`set -e${emptied}`);
  await host.halt();
}
