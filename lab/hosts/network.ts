import { existsSync } from "node:fs";
import { must } from "./command";
import { type HostPlace, hubAddress, type LabPlace } from "./place";

const bridge = "br0";
const prefixLength = 24;

/** Hosts that do not reach each other while the hub reaches both: frames between two cables pass `forward`. */
const filter = `table bridge lab {
  set alone { type ifname; }
  chain forward {
    type filter hook forward priority 0;
    iifname @alone drop
    oifname @alone drop
  }
}
`;

function ip(netns: string, lines: string): Promise<string> {
  return must(["ip", "-netns", netns, "-batch", "-"], { stdin: lines });
}

function nft(lab: LabPlace, rules: string): Promise<string> {
  return must(["nsenter", `--net=/run/netns/${lab.hub}`, "nft", "-f", "-"], { stdin: rules });
}

/** Makes the namespace that all cables lead to. It has no way out. */
export async function makeHub(lab: LabPlace): Promise<void> {
  await must(["ip", "netns", "add", lab.hub]);
  await ip(
    lab.hub,
    `link set lo up
link add ${bridge} type bridge forward_delay 0
addr add ${hubAddress(lab)}/${prefixLength} dev ${bridge}
link set ${bridge} up
`,
  );
  await nft(lab, filter);
}

/** Gives a host a namespace of its own, with a cable to the hub; nothing if it has. */
export async function connect(lab: LabPlace, host: HostPlace): Promise<void> {
  if (existsSync(`/run/netns/${host.netns}`)) return;
  await must(["ip", "netns", "add", host.netns]);
  await ip(
    lab.hub,
    `link add ${host.port} type veth peer name eth0 address ${host.mac} netns ${host.netns}
link set ${host.port} master ${bridge} up
`,
  );
  await ip(
    host.netns,
    `link set lo up
addr add ${host.address}/${prefixLength} dev eth0
link set eth0 up
`,
  );
}

/** Takes a host's cable and namespace away, with all connections that the kernel would still have ended in order. */
export async function disconnect(lab: LabPlace, host: HostPlace): Promise<void> {
  if (!existsSync(`/run/netns/${host.netns}`)) return;
  await ip(lab.hub, `link del ${host.port}\n`);
  await must(["ip", "netns", "del", host.netns]);
}

/** Pulls a host's cable, or puts it back. */
export async function setCable(lab: LabPlace, host: HostPlace, plugged: boolean): Promise<void> {
  await ip(lab.hub, `link set ${host.port} ${plugged ? "up" : "down"}\n`);
}

/** Keeps a host from the others, or no longer. */
export async function setAlone(lab: LabPlace, host: HostPlace, alone: boolean): Promise<void> {
  await nft(lab, `${alone ? "add" : "delete"} element bridge lab alone { "${host.port}" }\n`);
}
