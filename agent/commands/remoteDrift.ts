import { agentTaken, type Drift, LookCode, parseDrift } from "../../model/drift";
import type { RemoteDriftSpec } from "../../model/specs";
import { bySsh, sshFailed } from "../host/sshClient";
import { explain } from "../run/errors";

/** A preview waits so long for a host. */
const timeoutSeconds = 20;

/** Asks a host by SSH what differs there. A host that does not answer is no failure: it is a result that says so. */
export async function remoteDrift({ install, server, jump, line }: RemoteDriftSpec): Promise<Drift> {
  const { node, agentDirectory } = install.config;
  const nodeId = node.id;
  const without = (state: Drift["state"], why?: string): Drift => {
    return { nodeId, state, owner: null, differences: why === undefined ? [] : [why] };
  };
  try {
    const input = JSON.stringify(install);
    const { code, stdout, stderr } = await bySsh({ server, jump, line, input, timeoutSeconds });
    if (code === 0) return parseDrift(stdout);
    if (code === LookCode.Absent) return without("absent");
    if (code === LookCode.Unknown) return without("unknown");
    if (code === LookCode.NoNode) return without("other", `the Node below ${agentDirectory}/runtime is gone`);
    if (code === LookCode.Taken) return without("other", agentTaken(node.configFile));
    const said = lastLine(stderr) || `no word in ${timeoutSeconds} s`;
    return without("silent", code === sshFailed ? said : `exit code ${code}: ${said}`);
  } catch (error) {
    return without("silent", explain(error).message.replaceAll(/\s*\n\s*/g, " "));
  }
}

/** Of an agent the message, of `ssh` and `sudo` the line. */
function lastLine(stderr: string): string {
  const line = stderr.trim().split(/\r?\n/).at(-1) ?? "";
  if (!line.startsWith("{")) return line;
  try {
    return (JSON.parse(line) as { message?: string }).message ?? line;
  } catch {
    return line;
  }
}
