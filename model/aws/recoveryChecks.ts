import type { Mistakes } from "../mistakes";
import { quotaOf } from "./instances";
import { reservedAddresses } from "./networkRanges";

/** What AWS said to a question: an answer, that there is none, or that the caller may not ask. */
export type Look<T> = { found: T } | { absent: string } | { forbidden: string };

export interface InstanceFacts {
  processors: number;
  /** Such as `x86_64` and `arm64`. */
  architectures: string[];
  /** What it moves to and from its volumes all day, in MB a second; 0: not told. */
  volumeMegabytesPerSecond: number;
}

export interface ImageFacts {
  architecture: string;
  state: string;
}

export interface SubnetFacts {
  vpcId: string;
  zone: string;
  freeAddresses: number;
}

export interface KeyFacts {
  enabled: boolean;
  state: string;
}

/** Ways out of a network. */
export interface NetworkFacts {
  tags: Record<string, string>;
  /** Targets of its routes that are not the network itself: peerings, transit gateways, virtual private gateways. */
  waysOut: string[];
}

/** What others run against the same limit. */
export interface RunningFacts {
  /** Of the instances that were counted. */
  processors: number;
  instances: number;
  counted: number;
}

/** What a recovery needs to know of the account and the region that it is made in. */
export interface RecoveryFacts {
  instance: Look<InstanceFacts>;
  /** Zones of the region, without local ones, that offer the instance type. */
  zones: Look<string[]>;
  /** Virtual processors that the account may run at once. */
  quota: Look<number>;
  running: Look<RunningFacts>;
  image: Look<ImageFacts>;
  /** Of a network that is there; in the order of the arguments. */
  subnets: Look<SubnetFacts>[];
  network?: Look<NetworkFacts>;
  /** By the argument that names it. */
  keys: Record<string, Look<KeyFacts>>;
}

/** What is held against the facts. */
export interface RecoveryDemand {
  region: string;
  nodes: number;
  instanceType: string;
  amiId: string;
  /** Of nodes, as the agent's runtime is called: `x64` or `arm64`. */
  architecture: string;
  /** Of a network that is to be made: those asked for, or how many of any. */
  zones?: readonly string[];
  zoneCount: number;
  /** A network that is there. */
  network?: { vpcId: string; subnetIds: readonly string[] };
  rehearsal: boolean;
  /** Of its own instances. */
  tags: Readonly<Record<string, string>>;
  keys: Readonly<Record<string, string>>;
}

/** Collects why a recovery cannot be made; what could not be looked at, and is no reason, is the result. */
export function checkRecoveryFacts(demand: RecoveryDemand, facts: RecoveryFacts, mistakes: Mistakes): string[] {
  const report = new Report(mistakes);
  checkInstance(demand, facts, report);
  checkQuota(demand, facts, report);
  checkImage(demand, facts, report);
  if (demand.network === undefined) checkZones(demand, facts, report);
  else checkNetwork(demand, facts, report);
  for (const [path, arn] of Object.entries(demand.keys)) checkKey(facts.keys[path], { path, arn }, report);
  return report.unseen;
}

/** The zones of a network that is to be made. */
export function zonesFor(demand: Pick<RecoveryDemand, "zones" | "zoneCount">, facts: RecoveryFacts): string[] {
  const offered = "found" in facts.zones ? [...facts.zones.found].sort() : [];
  return [...(demand.zones ?? offered.slice(0, demand.zoneCount))];
}

/** The agent's runtime for a processor as EC2 names it. */
export const processorNames: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "arm64" };

class Report {
  readonly unseen: string[] = [];

  constructor(readonly mistakes: Mistakes) {}

  /** The answer, if there is one; else says why not. */
  answer<T>(
    look: Look<T> | undefined,
    { path, received, remedy }: { path: string; received: unknown; remedy: string },
  ) {
    if (look === undefined) return undefined;
    if ("found" in look) return look.found;
    if ("forbidden" in look) this.unseen.push(`${path} could not be checked: ${look.forbidden}`);
    else this.mistakes.add(path, `is not there: ${look.absent}`, received, remedy);
    return undefined;
  }
}

function checkInstance({ region, instanceType, architecture }: RecoveryDemand, facts: RecoveryFacts, report: Report) {
  const remedy = `Choose a type that ${region} has, such as m7g.large.`;
  const found = report.answer(facts.instance, { path: "instanceType", received: instanceType, remedy });
  const wanted = processorNames[architecture];
  if (found === undefined || wanted === undefined || found.architectures.includes(wanted)) return;
  const problem = `has processors of ${found.architectures.join(", ")}, and architecture says ${architecture}`;
  report.mistakes.add("instanceType", problem, instanceType, "Choose a type and an architecture that fit each other.");
}

function checkQuota({ nodes, instanceType, region }: RecoveryDemand, facts: RecoveryFacts, report: Report): void {
  const { code, name } = quotaOf(instanceType);
  const processors = "found" in facts.instance ? facts.instance.found.processors : undefined;
  const remedy = "Look into Service Quotas.";
  const most = report.answer(facts.quota, { path: "instanceType", received: instanceType, remedy });
  if (most === undefined || processors === undefined) return;
  const running = runningOf(facts, report);
  const wanted = nodes * processors + (running?.processors ?? 0);
  if (wanted <= most) return;
  const needed = `${nodes} x ${instanceType} need ${nodes * processors} vCPUs${besideOthers(running)}`;
  const problem = `is more than the account may run in ${region}: ${needed}, and the quota ${name} is ${most}`;
  const too = running === undefined ? " What runs already counts too." : "";
  const ask = `Ask for more: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${code} --desired-value ${wanted} --region ${region}; or choose a smaller type.${too}`;
  report.mistakes.add("instanceType", problem, instanceType, ask);
}

/** What others run; says where that is not all of it. */
function runningOf({ running }: RecoveryFacts, report: Report): RunningFacts | undefined {
  const unseen = "instanceType was held against the quota without";
  if (!("found" in running)) {
    const why = "forbidden" in running ? running.forbidden : running.absent;
    report.unseen.push(`${unseen} what runs already, which could not be counted: ${why}`);
    return undefined;
  }
  const { instances, counted } = running.found;
  if (counted < instances) report.unseen.push(`${unseen} ${instances - counted} of ${instances} instances that run`);
  return running.found;
}

function besideOthers(running: RunningFacts | undefined): string {
  if (running === undefined || running.instances === 0) return "";
  const { processors, instances, counted } = running;
  return ` beside the ${processors} that ${counted === instances ? counted : `the first ${counted} of ${instances}`} running instances have`;
}

function checkImage({ amiId, region, architecture }: RecoveryDemand, facts: RecoveryFacts, report: Report): void {
  const remedy = `An image belongs to one region: name one that is in ${region}.`;
  const found = report.answer(facts.image, { path: "amiId", received: amiId, remedy });
  if (found === undefined) return;
  if (found.state !== "available")
    report.mistakes.add("amiId", `is ${found.state}`, amiId, "Name one that is available.");
  const wanted = processorNames[architecture];
  if (wanted === undefined || found.architecture === wanted) return;
  const problem = `is for ${found.architecture}, and architecture says ${architecture}`;
  report.mistakes.add("amiId", problem, amiId, `Name an image for ${wanted}, or the other architecture.`);
}

function checkZones(demand: RecoveryDemand, facts: RecoveryFacts, report: Report): void {
  const { region, instanceType, zones, zoneCount } = demand;
  const received = zones ?? instanceType;
  if (zones === undefined && "forbidden" in facts.zones) {
    const problem = `have to be written, for AWS does not tell which there are: ${facts.zones.forbidden}`;
    report.mistakes.add("zones", problem, undefined, "Write a list such as eu-west-1a, eu-west-1b, eu-west-1c.");
    return;
  }
  const offered = report.answer(facts.zones, { path: "zones", received, remedy: `Look what ${region} offers.` });
  if (offered === undefined) return;
  const there = `${instanceType} is offered in ${offered.join(", ") || "none"}`;
  if (zones !== undefined) {
    checkChosen(zones, { offered, there }, report);
    return;
  }
  if (offered.length >= zoneCount) return;
  const problem = `is offered in too few zones of ${region}: ${zoneCount} are needed, and ${there}`;
  report.mistakes.add("instanceType", problem, instanceType, "Choose another type, or write zones with fewer.");
}

function checkChosen(
  zones: readonly string[],
  { offered, there }: { offered: readonly string[]; there: string },
  { mistakes }: Report,
): void {
  for (const [index, zone] of zones.entries()) {
    if (offered.includes(zone)) continue;
    mistakes.add(`zones[${index}]`, `does not offer what is needed: ${there}`, zone, "Choose among these.");
  }
}

function checkNetwork(demand: RecoveryDemand, facts: RecoveryFacts, report: Report): void {
  const { network, region, nodes } = demand;
  const { vpcId, subnetIds } = network as NonNullable<RecoveryDemand["network"]>;
  const zones = new Map<string, number>();
  for (const [index, id] of subnetIds.entries()) {
    const path = `network.subnetIds[${index}]`;
    const remedy = `Name a subnet of ${vpcId} in ${region}.`;
    const found = report.answer(facts.subnets[index], { path, received: id, remedy });
    if (found === undefined) continue;
    if (found.vpcId !== vpcId) report.mistakes.add(path, `is of ${found.vpcId}`, id, remedy);
    const mine = nodesOf(index, { nodes, subnets: subnetIds.length });
    if (found.freeAddresses < mine) {
      const problem = `has ${found.freeAddresses} free addresses, and ${mine} of the nodes come there`;
      report.mistakes.add(path, problem, id, `Choose one with room; AWS keeps ${reservedAddresses} of each.`);
    }
    const same = zones.get(found.zone);
    if (same !== undefined) {
      const problem = `is in ${found.zone} as network.subnetIds[${same}] is: both go with that zone`;
      report.mistakes.add(path, problem, id, "Name one subnet a zone.");
    }
    zones.set(found.zone, same ?? index);
    checkOffer({ ...demand, zone: found.zone, path, id }, facts, report);
  }
  if (demand.rehearsal) checkSeclusion(vpcId, facts, report);
}

/** Nodes go round the subnets. */
function nodesOf(index: number, { nodes, subnets }: { nodes: number; subnets: number }): number {
  return Math.floor(nodes / subnets) + (index < nodes % subnets ? 1 : 0);
}

interface Offer {
  instanceType: string;
  zone: string;
  path: string;
  id: string;
}

function checkOffer({ instanceType, zone, path, id }: Offer, { zones }: RecoveryFacts, { mistakes }: Report): void {
  if (!("found" in zones) || zones.found.includes(zone)) return;
  const offered = zones.found.join(", ") || "none";
  const problem = `is in ${zone}, and ${instanceType} is offered in ${offered}`;
  mistakes.add(path, problem, id, "Choose a subnet there, or another type.");
}

/** The tag that a network of a rehearsal has. */
export const rehearsalTag = "neumann-rehearsal";

function checkSeclusion(vpcId: string, facts: RecoveryFacts, report: Report): void {
  const path = "network.vpcId";
  const remedy = "Leave network out, or give a RecoveryNetwork that was made with rehearsal: true.";
  if (facts.network !== undefined && "forbidden" in facts.network) {
    // What nobody has looked at is not secluded.
    report.mistakes.add(path, `could not be looked at: ${facts.network.forbidden}`, vpcId, remedy);
    return;
  }
  const found = report.answer(facts.network, { path, received: vpcId, remedy });
  if (found === undefined) return;
  if (found.tags[rehearsalTag] === undefined) {
    report.mistakes.add(path, `has no tag ${rehearsalTag}: it may be production's`, vpcId, remedy);
  }
  if (found.waysOut.length === 0) return;
  const problem = `has routes to other networks (${found.waysOut.join(", ")}), one of which may be production's`;
  report.mistakes.add(path, problem, vpcId, "Take these routes away.");
}

function checkKey(
  look: Look<KeyFacts> | undefined,
  { path, arn }: { path: string; arn: string },
  report: Report,
): void {
  const remedy = "Name a key that is in this region, and that the caller may describe.";
  const found = report.answer(look, { path, received: arn, remedy });
  if (found === undefined || (found.enabled && found.state === "Enabled")) return;
  const mend =
    found.state === "PendingDeletion"
      ? `Run: aws kms cancel-key-deletion --key-id ${arn}, then enable-key.`
      : `Run: aws kms enable-key --key-id ${arn}`;
  report.mistakes.add(path, `cannot be used: it is ${found.state}`, arn, mend);
}
