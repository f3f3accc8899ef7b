import * as v from "valibot";
import { parseJsonAs } from "./parse";

/** What on a host differs from what an installation puts there. */
export interface Drift {
  nodeId: string;
  /**
   * `current`: this very installation is there. `other`: another one is, such as the one before a change, or so little of
   * one that it cannot be told. `absent`: none is yet. `unknown`: this version was never brought there. `silent`: the host does not answer.
   */
  state: "current" | "other" | "absent" | "unknown" | "silent";
  /** Who put the other installation there: project, stack and component. */
  owner: string | null;
  differences: string[];
}

const driftSchema: v.GenericSchema<unknown, Drift> = v.object({
  nodeId: v.string(),
  state: v.picklist(["current", "other", "absent", "unknown", "silent"]),
  owner: v.nullable(v.string()),
  differences: v.array(v.string()),
});

/** @throws InputError when the agent printed something else. */
export function parseDrift(stdout: string): Drift {
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  const remedy = "Another version of the agent printed it: install the package again.";
  return parseJsonAs(driftSchema, line, "What the agent found cannot be read", remedy);
}

/** Exit codes of the command line that looks for the agent on a host before it is asked. */
export const LookCode = {
  /** There is no agent. */
  Absent: 64,
  /** There is one, but not what this version brings. */
  Unknown: 65,
  /** There is one, and no Node that runs it. */
  NoNode: 66,
  /** There is none, and the database still calls it. */
  Taken: 67,
} as const;

/** Where somebody took the agent away. */
export function agentTaken(configFile: string): string {
  return `the agent is gone, and archive_command in ${configFile} still names it`;
}

/** What a preview says. */
export interface DriftNews {
  severity: "info" | "warn";
  text: string;
}

/** Who asks: the resource that installs, and the owner that it names. */
export interface DriftAsker {
  resource: string;
  owner: string;
}

const change = "write another value for `reconcile`, such as today's date";

/** What a preview says of a host; undefined when all is well. */
export function driftNews(
  { nodeId, state, owner, differences }: Drift,
  { resource, owner: self }: DriftAsker,
): DriftNews | undefined {
  const list = differences.join("; ");
  if (state === "silent") {
    return { severity: "warn", text: `${nodeId} was not asked what differs there: ${list}` };
  }
  if (state === "unknown") {
    const text = `${nodeId} was not asked what differs there: this version of the agent is not there yet.`;
    return { severity: "info", text };
  }
  const foreign = state === "other" && owner !== null && owner !== self ? [`its agent was installed by ${owner}`] : [];
  const all = [...foreign, ...differences];
  if (state === "absent" || all.length === 0) return undefined;
  const remedy =
    state === "current"
      ? `An up leaves that as it is: to have it mended, ${change}.`
      : `This up mends that if the preview shows a change of ${resource}; if it does not, ${change}.`;
  return { severity: "warn", text: `${nodeId} is not as it was installed: ${all.join("; ")}. ${remedy}` };
}
