import { standardPolicy } from "../../model/policy";
import { makeRecoveryKit, serializeRecoveryKit } from "../../model/recoveryKit";
import type { ArchiveSpec } from "../../model/reference";

/** A recovery kit of a cluster of one, as a version of the library writes it. */
export function kitOf(archive: ArchiveSpec, library: string): { kit: string; seal: string } {
  const nodes = [{ nodeId: "node1", address: "127.0.0.1:7878", publicKey: null }];
  const versions = { library, agent: "a".repeat(64) };
  const kit = makeRecoveryKit({ archive, policy: standardPolicy, nodes, versions });
  return { kit: serializeRecoveryKit(kit), seal: kit.seal };
}
