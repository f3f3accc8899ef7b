import { cronJobName, scheduleOf } from "./jobs";
import { type Backups, jobDuties, podNames, type VolumeSnapshots, type Whereabouts } from "./request";

/** What an `up` does to the database's pods, for whoever reads its preview. */
export function describeRestart({ namespace, statefulSet, configMap }: Whereabouts): string {
  const pods = podNames(statefulSet);
  return [
    `StatefulSet ${statefulSet.name} in namespace ${namespace} gets the agent by a patch that only adds: init containers, a sidecar, volumes, and archive_command in what ${configMap} says.`,
    `Where this differs from what is there, the set restarts its ${pods.length === 1 ? "pod" : `${pods.length} pods`} ${restarts(pods)}.`,
    "Destroying it takes the patch away first, which restarts the pods in the same way; no backup and no volume is deleted.",
  ].join(" ");
}

/** What else it makes. */
export function describeBelongings(backups: Backups): string {
  const { statefulSet, schedules, volumeSnapshots } = backups;
  const jobs = jobDuties.map((duty) => {
    const { schedule, suspend } = scheduleOf(backups, duty);
    return `  - ${cronJobName(duty)}: ${suspend ? "rests" : `${schedule} (${schedules.timeZone})`}`;
  });
  return [
    "Jobs that touch the archive alone:",
    ...jobs,
    `Their accounts, which may do nothing in the cluster, and a network policy that lets them reach DNS and the archive; for the pods' account ${statefulSet.serviceAccount} the right to one Lease.`,
    ...(volumeSnapshots === undefined ? [] : [describeVolumeSnapshots(volumeSnapshots)]),
  ].join("\n");
}

function describeVolumeSnapshots({ everyMinutes, keep }: VolumeSnapshots): string {
  return `A VolumeSnapshot of the leader's volume every ${everyMinutes} minutes, of which ${keep} are kept: the pods may create, read and delete VolumeSnapshots of the namespace. They are lost with the storage system, and are no copy off-site.`;
}

function restarts(pods: readonly string[]): string {
  const [first] = pods;
  if (pods.length === 1) return "and the database is away until it is back";
  return `one by one, each once the one before is ready, ${pods.at(-1)} first and ${first} last`;
}

/** What makes a restart of the pods risky. */
export function restartWarnings({ statefulSet }: Whereabouts): string[] {
  const { name, replicas, minAvailable } = statefulSet;
  const warnings: string[] = [];
  if (replicas < 3) {
    const how = replicas === 1 ? "its only pod" : "either of its pods";
    warnings.push(
      `StatefulSet ${name} has ${replicas} replica${replicas === 1 ? "" : "s"}: while ${how} restarts the database has no majority and takes no writes. Do it when that is acceptable, or give it 3 replicas first.`,
    );
  }
  if (minAvailable > 0 && replicas - 1 < minAvailable) {
    warnings.push(
      `the disruption budget of StatefulSet ${name} wants ${minAvailable} pods, and a restart leaves ${replicas - 1} of ${replicas}: a rolling update does not ask the budget. Do not drain nodes meanwhile.`,
    );
  }
  return warnings;
}
