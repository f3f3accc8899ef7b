/** Ports of the database that its members use among themselves. The admin port stays on loopback. */
export const memberPorts = { raft: 7878, gossip: 7879 };
export const sshPort = 22;

/** Who reaches nodes, and whom they reach; `T`: a text, or one that is not known yet. */
export interface TrafficRequest<T> {
  operatorCidrs: readonly T[];
  operatorSecurityGroupIds: readonly T[];
  clientPort?: number;
  clientCidrs: readonly T[];
  clientSecurityGroupIds: readonly T[];
  /** Prefix lists of the store, by a gateway endpoint. */
  servicePrefixListIds: readonly T[];
  /** Groups of interface endpoints. */
  serviceSecurityGroupIds: readonly T[];
  /** Where services are looked for by HTTPS; nowhere named at all: everywhere. */
  serviceCidrs: readonly T[];
}

/** The other end of a rule; `members`: the nodes themselves. */
export type Peer<T> = { members: true } | { cidr: T | string } | { securityGroupId: T } | { prefixListId: T };

/** What passes the nodes' security group: all else does not. */
export interface TrafficRule<T> {
  /** Unique, and the same for ever: it names the resource. */
  role: string;
  direction: "in" | "out";
  protocol: "tcp" | "udp";
  port: number;
  peer: Peer<T>;
  description: string;
}

/** Every rule of the nodes' group. DNS, time and the metadata service of EC2 pass without one. */
export function trafficRules<T>(request: TrafficRequest<T>): TrafficRule<T>[] {
  const among = [...amongMembers<T>("in"), ...amongMembers<T>("out")];
  return [...among, ...operators(request), ...clients(request), ...services(request)];
}

type Direction = TrafficRule<unknown>["direction"];

function amongMembers<T>(direction: Direction): TrafficRule<T>[] {
  const between = { direction, peer: { members: true } as const };
  return [
    { ...between, role: `${direction}-raft`, protocol: "tcp", port: memberPorts.raft, description: "raft" },
    { ...between, role: `${direction}-gossip`, protocol: "tcp", port: memberPorts.gossip, description: "gossip" },
    { ...between, role: `${direction}-gossip-udp`, protocol: "udp", port: memberPorts.gossip, description: "gossip" },
  ];
}

function operators<T>({ operatorCidrs, operatorSecurityGroupIds }: TrafficRequest<T>): TrafficRule<T>[] {
  return peersOf(operatorCidrs, operatorSecurityGroupIds).map(([named, peer]) => ({
    role: `in-ssh-${named}`,
    direction: "in",
    protocol: "tcp",
    port: sshPort,
    peer,
    description: "SSH of operators",
  }));
}

function clients<T>({ clientPort, clientCidrs, clientSecurityGroupIds }: TrafficRequest<T>): TrafficRule<T>[] {
  if (clientPort === undefined) return [];
  return peersOf(clientCidrs, clientSecurityGroupIds).map(([named, peer]) => ({
    role: `in-client-${named}`,
    direction: "in",
    protocol: "tcp",
    port: clientPort,
    peer,
    description: "clients of the database",
  }));
}

const everywhere = "0.0.0.0/0";

function services<T>(request: TrafficRequest<T>): TrafficRule<T>[] {
  const { servicePrefixListIds, serviceSecurityGroupIds, serviceCidrs } = request;
  const named = peersOf(serviceCidrs, serviceSecurityGroupIds);
  servicePrefixListIds.forEach((prefixListId, index) => named.push([`list-${index}`, { prefixListId }]));
  const peers: [string, Peer<T>][] = named.length > 0 ? named : [["all", { cidr: everywhere }]];
  return peers.map(([name, peer]) => ({
    role: `out-https-${name}`,
    direction: "out",
    protocol: "tcp",
    port: 443,
    peer,
    description: "services of AWS",
  }));
}

/** By place in the list: addresses and ids may be outputs, names of resources may not. */
function peersOf<T>(cidrs: readonly T[], securityGroupIds: readonly T[]): [string, Peer<T>][] {
  return [
    ...cidrs.map((cidr, index): [string, Peer<T>] => [`cidr-${index}`, { cidr }]),
    ...securityGroupIds.map((securityGroupId, index): [string, Peer<T>] => [`group-${index}`, { securityGroupId }]),
  ];
}

/** An IPv4 network, such as `10.0.0.0/16`, whose bits behind the mask are zero; never everybody. */
export function isNarrowCidr(value: unknown): boolean {
  const found = typeof value === "string" ? /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(value) : null;
  if (found === null) return false;
  const [a, b, c, d, bits] = found.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((one) => one > 255) || bits < 1 || bits > 32) return false;
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return address % 2 ** (32 - bits) === 0;
}
