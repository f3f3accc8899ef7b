import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { podPaths, type PodSettings } from "../../model/kubernetes/pod";
import { InputError } from "../../model/mistakes";
import { planSpecSchema } from "../../model/specs";
import { nodeOf } from "../context";
import { exists } from "../host/files";
import { inCluster } from "../kubernetes/api";
import { readPodSettings } from "../kubernetes/configure";
import { type PodPlaces, podPlaces } from "../kubernetes/places";
import { awaitRecovery, factsText } from "../kubernetes/report";
import { ConfigMapStore } from "../kubernetes/recordStore";
import { podSpec, recoveryOf, restorePod } from "../kubernetes/restore";
import { trustingItself } from "../signing";
import { readIdentities } from "./identityFile";
import { podOf, type PodFlags, withPod } from "./podCommands";
import type { Outcome, Runner } from "./program";
import { readSpec } from "./spec";

/** A recovery in pods: the init container's part, and what waits for the whole. */
export function addPodRecovery(pod: Command, run: Runner): void {
  withPod(
    pod.command("restore").description("prepare this pod's volume for a recovery: what its init container runs"),
  ).action((flags: PodFlags) =>
    run("pod restore", async (reporter) => {
      const places = podPlaces(flags.root);
      const settings = await readPodSettings(places, podOf(flags));
      const node = await trustingItself(nodeOf(settings.config));
      const store = new ConfigMapStore(inCluster(places.account), recoveryOf(settings).record);
      const spec = podSpec(settings, await identityIn(flags.root));
      const result = await restorePod({ node, spec, store }, reporter);
      return { result, text: `the volume of ${settings.pod} is ready: ${String(result.state)}` };
    }),
  );

  withTimeout(
    withPod(pod.command("await-recovery").description("wait until the recovery is accepted: what a Job runs")),
  ).action((flags: PodFlags & { timeout: string }) =>
    run("pod await-recovery", () => lastWords(flags.root, () => report(podPlaces(flags.root), flags))),
  );
}

/** The same outside a pod: what KubernetesCluster asks when the Job has ended well. */
export function addRecoveryReport(program: Command, run: Runner): void {
  withTimeout(
    program
      .command("recovery-report")
      .description(
        "what an accepted recovery did, by the archive's records (specification of `plan` on standard input)",
      ),
  ).action((flags: { timeout: string }) =>
    run("recovery-report", async () =>
      told(await awaitRecovery(await readSpec(planSpecSchema, "recovery-report"), secondsOf(flags))),
    ),
  );
}

function withTimeout(command: Command): Command {
  return command.option("--timeout <seconds>", "how long to wait for the acceptance", "0");
}

function secondsOf({ timeout }: { timeout: string }): number {
  const seconds = Number(timeout);
  if (timeout.trim() !== "" && Number.isFinite(seconds) && seconds >= 0) return seconds;
  const mistake = {
    path: "--timeout",
    problem: "is no number of seconds",
    received: timeout,
    remedy: "Write one, such as 3600.",
  };
  throw new InputError("The recovery cannot be waited for", [mistake]);
}

async function report(places: PodPlaces, flags: PodFlags & { timeout: string }): Promise<Outcome> {
  const seconds = secondsOf(flags);
  // Its own pod is none of the cluster's: any of those tells the plan.
  const settings: PodSettings = await readPodSettings(places, flags.pod ?? "neumann-0");
  return told(await awaitRecovery(recoveryOf(settings).plan, seconds));
}

function told(facts: Awaited<ReturnType<typeof awaitRecovery>>): Outcome {
  return { result: facts, text: factsText(facts) };
}

/** `kubectl describe` shows them, whether the log is kept or not. */
async function lastWords(root: string, work: () => Promise<Outcome>): Promise<Outcome> {
  const file = path.join(root, "/dev/termination-log");
  const say = async (text: string): Promise<void> => {
    if (await exists(file)) await writeFile(file, text.slice(0, 4000));
  };
  try {
    const outcome = await work();
    await say(outcome.text);
    return outcome;
  } catch (error) {
    await say((error as Error).message);
    throw error;
  }
}

/** It is mounted in the first pod's containers until the recovery is accepted. */
async function identityIn(root: string): Promise<string | undefined> {
  const file = path.join(root, podPaths.identity);
  if (!(await exists(file))) return undefined;
  return (await readIdentities([file]))[0];
}
