import { type ArchiveLocation, ArchiveKind, describeLocation } from "./reference";
import type { KitContent, KitPods } from "./recoveryKit";

/** The worst day for a person who has only the kit: lines of plain text. The same content gives the same lines. */
export function printedSteps({ archive, nodes, versions, policy, kubernetes }: KitContent): string[] {
  const { clusterId, offsite } = archive;
  const command = `npx pulumi-neumann@${versions.library}`;
  const keys = policy.signing.trustedKeys.length;
  const { recipients } = policy.encryption;
  return [
    `Recovery of cluster ${clusterId}, when its nodes are lost.`,
    "",
    ...firstOfAll(nodes, kubernetes),
    ...(offsite === undefined
      ? [`2. There is no off-site copy. All backups lie in ${whereOf(archive)}: this kit helps while that stands.`]
      : [
          `2. Make the off-site archive readable and writable: ${whereOf(offsite)}.`,
          `   The first archive was ${whereOf(archive)}: it may be lost.`,
        ]),
    "   Credentials are in no kit: have those of a bucket in the environment, or in a file like ~/.aws/credentials.",
    ...(kubernetes === undefined ? [] : stepsInPods(kubernetes, command)),
    "3. Get new nodes with the database installed, stopped and empty: any number, any addresses.",
    ...(offsite === undefined
      ? []
      : [
          "   What they are made of lies off-site too: the database's package or its programs, and a config.toml to begin with:",
          `   ${command} software kit.json --to FOLDER fetches it and checks every byte.`,
        ]),
    "   Have Node 20 or newer on the machine where you work, and GNU tar and zstd on the nodes.",
    ...(recipients.length === 0
      ? []
      : [
          `   The backups are encrypted to ${recipients.join(", ")}.`,
          "   Fetch the identity of one of them, which is in no kit: it goes with --identity-file FILE. Install age on the nodes too.",
        ]),
    `4. Describe them in a file: \`${command} recover --help\` shows its shape.`,
    `5. Look at the plan, which touches nothing. The recovery id names this recovery for ever, such as the date:`,
    `   ${command} recover kit.json --hosts hosts.json --archive PLACE --recovery-id ID --dry-run`,
    "   PLACE takes the backups of the recovered cluster: a new empty folder or bucket, or `kit` for the old one if it stands.",
    ...(policy.offsite.continuousWal && offsite !== undefined
      ? ["   The log was copied off-site all the time: with --restore-point end-of-log only its last minutes are lost."]
      : []),
    "6. Is it the right cluster, the right backup, a loss that you accept? The same with --approve DIGEST instead of --dry-run.",
    "   It may be killed at any moment and run again: it goes on, and never restores twice.",
    "7. Look at the result yourself, point the clients to it, and protect it (ClusterBackups): it gets a kit of its own.",
    keys === 0
      ? "Backups are believed whoever signed them. --known-keys-only: only what the nodes named here have signed."
      : `Backups are believed only if one of ${keys} keys signed them.`,
    `Without npm: the agent (SHA-256 ${versions.agent}), where hosts got one a Node that runs it, and the description of the`,
    `   format lie in the off-site archive too, below ${clusterId}/records/software/: ${recipients.length === 0 ? "tar, zstd" : "age, tar, zstd"} and sha256sum are enough.`,
  ];
}

function whereOf(place: ArchiveLocation): string {
  const name = describeLocation(place);
  if (place.kind === ArchiveKind.Directory) return `the folder ${name}`;
  const key = place.encryption?.kmsKeyId;
  return `${name}, region ${place.region}${key === undefined ? "" : `, key ${key}`}`;
}

function firstOfAll(nodes: KitContent["nodes"], kubernetes: KitPods | undefined): string[] {
  const old = nodes.map(({ nodeId, address }) => `${nodeId} (${address})`).join(", ");
  return kubernetes === undefined
    ? [
        "Do nothing to what is left: start no old node, empty no folder.",
        `1. Keep the old nodes down, or off the network: ${old}.`,
      ]
    : [
        "Do nothing to what is left: start no old pod, delete no claim and no volume.",
        `1. Keep the old pods down, or off the network: ${old}.`,
      ];
}

/** The same recovery where Kubernetes is there again; the steps after it are for hosts. */
function stepsInPods({ namespace, statefulSet }: KitPods, command: string): string[] {
  return [
    `   The nodes were pods of StatefulSet ${statefulSet} in namespace ${namespace}. Into pods again, in a namespace that has none:`,
    "   KubernetesCluster with restoreFrom, or without Pulumi the manifests that one command writes, plan and all:",
    `   ${command} render --kind cluster --help shows what it is given: archive and policy stand in this kit.`,
    "   Make the namespace first, and in it the Secrets with the keys of the archives and a key to sign with.",
    "   Without Kubernetes the backups are those of every other cluster, and go onto hosts:",
  ];
}
