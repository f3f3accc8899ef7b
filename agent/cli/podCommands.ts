import type { Command } from "commander";
import { isNodeId } from "../../model/addresses";
import { sidecarPort } from "../../model/kubernetes/pod";
import { InputError } from "../../model/mistakes";
import { podConfigure, type PodConfigure } from "../kubernetes/configure";
import { podPlaces } from "../kubernetes/places";
import { podSidecar, podSidecarContext } from "../kubernetes/sidecar";
import { type VolumesRun, runVolumes } from "../kubernetes/volumes";
import { counted } from "../../model/units";
import { ExitCode } from "../run/errors";
import { tellOfSignals } from "../run/interrupt";
import { runProcedure } from "../run/steps";
import type { Runner } from "./program";

export interface PodFlags {
  root: string;
  pod?: string;
}

/** What the containers of a pod run; the command that they are of. */
export function addPodCommands(program: Command, run: Runner): Command {
  const pod = program.command("pod").description("the agent in a pod of Kubernetes");

  withPod(pod.command("configure").description("make a pod ready: what its init container runs")).action(
    (flags: PodFlags) =>
      run("pod configure", async (reporter) => {
        const context: PodConfigure = { places: podPlaces(flags.root), pod: podOf(flags), result: {} };
        await runProcedure(podConfigure, context, reporter);
        return { result: context.result, text: `pod ${context.pod} is ready for its sidecar and its database` };
      }),
  );

  withPod(pod.command("sidecar").description("take segments and backups beside the database, until the pod ends"))
    .option("--port <port>", "where probes and metrics are answered", String(sidecarPort))
    .action((flags: PodFlags & { port: string }) =>
      run("pod sidecar", async (reporter) => {
        const stopping = new AbortController();
        tellOfSignals(() => stopping.abort());
        const context = podSidecarContext({
          places: podPlaces(flags.root),
          pod: podOf(flags),
          port: portOf(flags.port),
          reporter,
          stopping: stopping.signal,
        });
        await runProcedure(podSidecar, context, reporter).finally(() => {
          if (context.socket !== undefined) endSoon();
        });
        return { result: context.result, text: `the sidecar of ${context.pod} has ended in order` };
      }),
    );

  withPod(
    pod
      .command("volume-snapshot")
      .description("take a snapshot of the leader's volume where one is due, and delete those that are too many"),
  ).action((flags: PodFlags) =>
    run("pod volume-snapshot", async (reporter) => {
      const result = await runVolumes({ places: podPlaces(flags.root), pod: podOf(flags), reporter });
      const exitCode = result.outcome === "failed" ? ExitCode.World : ExitCode.Done;
      return { result: { ...result }, text: volumesText(result), exitCode };
    }),
  );
  return pod;
}

function volumesText({ outcome, backupId, message, reason, deleted }: VolumesRun): string {
  const gone = deleted.length === 0 ? "" : `; ${counted(deleted.length, "VolumeSnapshot")} deleted`;
  if (backupId !== undefined) return `volume snapshot ${backupId} is taken${gone}`;
  return `${outcome}: ${message ?? reason}${gone}`;
}

/** All is settled: what still tries for ever, as ending a pause of a cluster that is gone, keeps no pod from its end. */
function endSoon(): void {
  setTimeout(() => process.exit(), 500).unref();
}

/** Adds what tells a pod. */
export function withPod(command: Command): Command {
  return command
    .option("--pod <name>", "the pod's name; by default POD_NAME of the environment")
    .option("--root <folder>", "what stands for / of the pod's volumes, where this is tried outside a pod", "/");
}

/** @throws InputError where the pod's name is not said. */
export function podOf({ pod = process.env.POD_NAME }: PodFlags): string {
  if (pod !== undefined && isNodeId(pod)) return pod;
  const remedy = "Write the pod's name, or let the container's POD_NAME hold it (fieldRef metadata.name).";
  const mistake = { path: "--pod", problem: "is no pod of a StatefulSet", received: pod, remedy };
  throw new InputError("It is not known which pod this is", [mistake]);
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  const remedy = `Write a number from 1 to 65535, such as ${sidecarPort}.`;
  throw new InputError("The sidecar cannot listen", [
    { path: "--port", problem: "is no port", received: text, remedy },
  ]);
}
