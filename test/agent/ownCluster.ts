import fs from "node:fs";
import type { ArchiveSpec } from "../../model/reference";
import {
  endSchedule,
  type FolderArchive,
  freshHost,
  type Host,
  installSpec,
  makeArchive,
  must,
  nodeSpec,
} from "./support";

interface OwnOptions {
  nodes: number;
  programDirectory?: string;
  archiving?: boolean;
}

/** A running, protected cluster whose nodes the agent itself starts and stops, as it does on users' machines. */
export async function ownCluster(
  directory: string,
  options: OwnOptions,
): Promise<{ hosts: Host[]; archive: FolderArchive }> {
  const archive = await makeArchive(directory);
  return { archive, hosts: await ownNodes(archive, directory, options) };
}

/** Its nodes, where the archive is there. */
export async function ownNodes<A extends ArchiveSpec>(
  archive: A,
  directory: string,
  options: OwnOptions,
): Promise<Host<A>[]> {
  const hosts: Host<A>[] = [];
  for (let number = 1; number <= options.nodes; number += 1) {
    const { programDirectory } = options;
    const host = await freshHost(directory, `node${number}`, { archive, programDirectory, install: false });
    const peers = hosts.map(({ node }) => node.address);
    const spec = { bootstrap: number === 1, peers };
    await must(["node-create"], { spec: nodeSpec(host, spec) });
    await must(["install"], { spec: installSpec(host) });
    await endSchedule(host);
    if (options.archiving === false) {
      const text = fs.readFileSync(host.node.configFile, "utf8");
      fs.writeFileSync(host.node.configFile, text.replace(/^archive_(command|timeout).*$/gm, ""));
      await must(["node-delete"], { spec: nodeSpec(host, spec) });
    }
    await must(["node-create"], { spec: nodeSpec(host, { ...spec, start: true }) });
    hosts.push(host);
  }
  return hosts;
}
