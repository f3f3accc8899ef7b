import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type JumpUserData, jumpUserData } from "../../model/aws/jumpUserData";
import { InputError } from "../../model/mistakes";
import { mostUserDataBytes, type NodeUserData, nodeUserData } from "../../model/aws/userData";

// Read once, while the module is loaded: constructing a component does no I/O.
const program = readFileSync(path.join(__dirname, "nodeSetup.py"), "utf8");

/** The user data of a node in base64, as EC2 takes it (`userDataBase64`): compressed only where it would be too long. */
export function encodedUserData(node: NodeUserData): string {
  const text = Buffer.from(nodeUserData(node, program));
  if (text.length <= mostUserDataBytes) return text.toString("base64");
  const compressed = gzipSync(text, { level: 9 });
  if (compressed.length <= mostUserDataBytes) return compressed.toString("base64");
  throw new InputError(`The user data of ${node.nodeId}`, [
    {
      path: "config",
      problem: `makes user data of ${compressed.length} bytes, compressed, and EC2 takes ${mostUserDataBytes}`,
      received: node.config,
      remedy: "Leave comments out of config.toml.",
    },
  ]);
}

/** The same of a host that SSH goes through: it runs the same program as far as the host key. */
export function encodedJumpUserData(jump: JumpUserData): string {
  return Buffer.from(jumpUserData(jump, program)).toString("base64");
}
