import type { RestoreSpec } from "../../model/specs";
import { agentConfigFile, type Node } from "../context";
import { AgentPart } from "../host/agentPart";
import { AgentError, ExitCode, TryLater } from "../run/errors";
import type { Reporter } from "../run/events";

/** So long a part may take to end in order when its pod ends: half of what a pod is given where nobody says otherwise. */
export const partPatienceMs = 15_000;

type Phase = "base" | "accept";

/** Whose recovery it is, and until when. */
export interface PhasesRequest {
  node: Node;
  spec: RestoreSpec;
  reporter: Reporter;
  /** Aborted when the pod ends: nothing is begun any more. */
  stopping: AbortSignal;
}

/**
 * What of a recovery takes long, each in a process of its own: segments and probes are answered meanwhile, and a backup
 * that is being made when the pod ends is ended in order.
 */
export class Phases {
  /** Those that have ended well. */
  readonly done = new Set<Phase>();
  private part: AgentPart | undefined;

  constructor(private readonly request: PhasesRequest) {}

  /** Runs a phase as on a host, where it finds what is done. @throws AgentError with the exit code that it ended with. */
  async run(phase: Phase): Promise<void> {
    const { node, spec, reporter, stopping } = this.request;
    if (stopping.aborted) throw new TryLater("the pod ends: its next start goes on");
    const words = ["--config", agentConfigFile(node.config), "--json", "restore", "--phase", phase];
    this.part = new AgentPart(
      words,
      ({ event, step, message }) => {
        if (event === "note" || event === "done") reporter.emit({ event, step, message });
      },
      JSON.stringify(spec),
    );
    const { code, complaint } = await this.part.ended;
    if (code !== ExitCode.Done) throw new AgentError(complaint, code);
    this.done.add(phase);
  }

  /** A backup that is being made ends in order, or is given up: writes are resumed by whoever is left. */
  async stop(): Promise<void> {
    await this.part?.stop(partPatienceMs);
  }
}
