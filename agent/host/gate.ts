import path from "node:path";
import type { NodeConfig } from "../../model/agentConfig";
import { ownPrefix } from "./files";

/** While this file is there the database is not started, by anybody (protocol 22). */
export function gateFile(node: Pick<NodeConfig, "configFile">): string {
  return path.join(path.dirname(node.configFile), `${ownPrefix}-gate`);
}
