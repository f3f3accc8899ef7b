import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabNode } from "../../lab/neumann/harness";
import { createTable } from "../../lab/neumann/writer";
import { type AnyHost, filesBelow } from "./support";

interface Written {
  hosts: readonly AnyHost[];
  nodes: readonly Pick<LabNode, "must">[];
  /** Folder of the archived log. */
  wal: string;
}

/**
 * Waits until the archive holds all that every node has in its log now. When a segment was archived says nothing: on a busy
 * machine one that is late holds what is older.
 */
export async function logArrived({ hosts, nodes, wal }: Written): Promise<void> {
  const open = hosts.map(({ node }) => ({ id: node.id, name: newestIn(path.join(node.dataDirectory, "raft", "wal")) }));
  const arrived = (): boolean => {
    const archived = filesBelow(wal).filter((file) => file.endsWith(".wal"));
    return open.every(({ id, name }) =>
      archived.some((file) => path.basename(file) >= name && path.basename(path.dirname(file)).startsWith(`${id}-`)),
    );
  };
  for (let more = 0; !arrived(); more++) {
    if (more > 300) throw new Error(`waited in vain for ${JSON.stringify(open)} in ${wal}`);
    // A segment without anything in it is never finished.
    await createTable(nodes[0]!, `more${more}`);
    await sleep(200);
  }
}

function newestIn(folder: string): string {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".wal"));
  return names.sort().at(-1) ?? "";
}
