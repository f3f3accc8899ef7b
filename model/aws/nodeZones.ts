import type { Mistakes } from "../mistakes";

/** A node and the subnet that it is in, as AWS tells. */
export interface PlacedNode {
  nodeId: string;
  subnetId: string;
  vpcId: string;
  availabilityZone: string;
}

/** Collects the nodes that are in another network than their security group and their names. */
export function checkNetwork(nodes: readonly PlacedNode[], vpcId: string, mistakes: Mistakes): void {
  for (const [index, node] of nodes.entries()) {
    if (node.vpcId === vpcId) continue;
    const remedy = `Name a subnet of ${vpcId}.`;
    mistakes.add(`nodes[${index}].subnetId`, `is in ${node.vpcId} and not in ${vpcId}`, node.subnetId, remedy);
  }
}

/** What the loss of one zone would do to the cluster; undefined: it goes on. */
export function zoneAdvice(nodes: readonly PlacedNode[]): string | undefined {
  const most = Math.ceil(nodes.length / 2) - 1;
  const zones = new Map<string, string[]>();
  for (const { availabilityZone, nodeId } of nodes) {
    zones.set(availabilityZone, [...(zones.get(availabilityZone) ?? []), nodeId]);
  }
  const found = [...zones].find(([, members]) => members.length > most);
  if (nodes.length === 1 || found === undefined) return undefined;
  const [zone, members] = found;
  const remedy = nodes.length === 2 ? "Use three nodes in three zones." : "Use subnets in more zones.";
  return `${zone} holds ${someOf(members)}, ${members.length} of ${nodes.length} nodes: without it the others are no majority. ${remedy}`;
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown}, …` : shown;
}
