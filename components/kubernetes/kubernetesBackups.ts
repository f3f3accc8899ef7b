import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { alertRules } from "../../model/alertRules";
import { recoveryPoints } from "../../model/disasters";
import { backupObjects, signingSecret } from "../../model/kubernetes/backupObjects";
import { checkWhereabouts } from "../../model/kubernetes/checks";
import { describeBelongings, describeRestart, restartWarnings } from "../../model/kubernetes/describe";
import { objectNames } from "../../model/kubernetes/names";
import {
  type Backups,
  podNames,
  type Whereabouts,
  withDefaultNames,
  withDefaults,
} from "../../model/kubernetes/request";
import type { BackupPolicy } from "../../model/policy";
import type { ArchiveReference } from "../archiveReference";
import { checkArguments } from "../arguments";
import { after } from "../dependency";
import { type BackupSchedule, schedulesOf } from "../policyArgs";
import { adviseKeys, ownerOf } from "../protection";
import { keepPodKit } from "../recoveryKit";
import type { RecoveryPoint } from "../results";
import { sealed } from "../sealed";
import { makeBelongings, makeJobs, makeMonitoring, metadataOf, patchStatefulSet } from "./backupResources";
import { fieldsOf } from "./fields";
import type { KubernetesBackupsArgs } from "./kubernetesBackupsArgs";
import { checkStructure, checkValues, requestOf } from "./kubernetesBackupsChecks";
import { publicHalf, signingKey } from "./signingKey";

/**
 * Protects a database that runs in a StatefulSet. Snapshots, full backups and the log are the affair of a sidecar that a patch
 * adds to its pods, which restart one by one; what touches the archive alone is done by CronJobs. Destroying it takes the patch
 * away first, and deletes no backup and no volume.
 *
 * In the runbook: "Creating Backups" and "Continuous WAL Archiving", on the schedule of "Backup Strategy".
 *
 * ```ts
 * const backups = new KubernetesBackups("prod", {
 *   image: "registry.example.com/neumann-backup:0.1.0",
 *   databaseImage: "registry.example.com/neumann:1.4.2",
 *   archive: archive.reference,
 * });
 * ```
 */
export class KubernetesBackups extends pulumi.ComponentResource {
  /**
   * The archive, with its keys where it names some; who uses it waits until the cluster is protected.
   */
  readonly archive: pulumi.Output<ArchiveReference>;
  /**
   * The complete policy.
   */
  readonly policy: pulumi.Output<BackupPolicy>;
  /**
   * When which backup is made.
   */
  readonly schedules: pulumi.Output<BackupSchedule[]>;
  /**
   * What every kind of disaster may cost, and what it is recovered from.
   */
  readonly recoveryPoints: pulumi.Output<RecoveryPoint[]>;
  /**
   * The public key that backups are signed with, the same for all pods; none where the key is in a Secret of yours
   * (docs/kubernetes.md has how to print it). Keep it apart from the archive, and name it in the policy of a recovery
   * (`policy.signing.trustedKeys`).
   */
  readonly publicKeys: pulumi.Output<string[]>;
  /**
   * Prometheus' alerting rules for this cluster and policy, as YAML: docs/monitoring.md says what each means.
   */
  readonly alertRules: pulumi.Output<string>;
  /**
   * The recovery kit, for `npx pulumi-neumann recover` and `render --kind cluster` on the worst day: everything that must be
   * known then, and no secret. It lies in the archives too; keep a copy where operators find it without them.
   */
  readonly recoveryKit: pulumi.Output<string>;

  constructor(name: string, args: KubernetesBackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `KubernetesBackups ${JSON.stringify(name)} cannot be created`;
    const checked = checkArguments({
      subject,
      args,
      open: () => ({ ...args, archive: sealed(args.archive) }),
      structure: checkStructure,
      check: checkValues,
    });
    super("pulumi-neumann:index:KubernetesBackups", name, {}, opts);

    const owner = ownerOf("KubernetesBackups", name);
    const own = { parent: this };
    const backups = checked.apply((known) => withDefaults(requestOf(known, owner)));
    // Keys of the archive lie in the Secret alone.
    const open = pulumi.unsecret(backups.apply(withoutSecrets));
    const key = args.signingKeySecret === undefined ? signingKey(name, own) : undefined;
    const where = whereaboutsOf(subject, args);
    const secrets = makeSecrets({ name, args, where, backups, key }, own);
    const request = {
      name,
      where,
      objects: open,
      isolatedPods: args.traffic?.isolatedPods === true,
      monitoring: args.monitoring === true,
    };
    const belongings = [...makeBelongings(request, own), ...secrets];
    const patch = patchStatefulSet(request, { ...own, dependsOn: belongings });
    const jobs = makeJobs(request, { ...own, dependsOn: belongings });
    makeMonitoring(request, own);

    const facts = pulumi.unsecret(backups.apply(factsOf));
    this.archive = after<ArchiveReference>(
      [patch, ...jobs],
      checked.apply(({ archive }) => archive),
    );
    this.policy = facts.policy;
    this.schedules = this.policy.apply(schedulesOf);
    this.recoveryPoints = facts.recoveryPoints;
    this.alertRules = facts.alertRules;
    this.publicKeys = key === undefined ? pulumi.output([]) : pulumi.unsecret(key.apply((pem) => [publicHalf(pem)]));
    this.recoveryKit = keepPodKit(name, { backups, publicKeys: this.publicKeys }, { ...own, dependsOn: [patch] });
    if (pulumi.runtime.isDryRun()) tell(this, where, facts);
    warnOfKey(this);
    const { archive, policy, schedules, publicKeys, alertRules: rules, recoveryPoints: points, recoveryKit } = this;
    const outputs = { archive, policy, schedules, publicKeys, alertRules: rules };
    this.registerOutputs({ ...outputs, recoveryPoints: points, recoveryKit });
  }
}

/** Apart from the rest, which may not be known in a preview. */
export function whereaboutsOf(
  subject: string,
  args: Pick<KubernetesBackupsArgs, keyof Whereabouts>,
): pulumi.Output<Whereabouts> {
  const { namespace, statefulSet, configMap } = args;
  const names = checkArguments<Pick<KubernetesBackupsArgs, keyof Whereabouts>>({
    subject,
    args: { namespace, statefulSet, configMap },
    check: checkWhereabouts,
  });
  return names.apply(withDefaultNames);
}

function withoutSecrets(backups: Backups) {
  const { credentials, ...open } = backupObjects(backups);
  void credentials;
  return open;
}

interface SecretsRequest {
  name: string;
  args: Pick<KubernetesBackupsArgs, "credentialsSecret" | "workloadIdentity">;
  where: pulumi.Output<Whereabouts>;
  backups: pulumi.Output<Backups>;
  key: pulumi.Output<string> | undefined;
}

/** Those that are not the user's own. */
export function makeSecrets(request: SecretsRequest, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { name, args, where, backups, key } = request;
  const made: pulumi.Resource[] = [];
  const add = (role: "credentials" | "signing", secret: pulumi.Output<SecretObject>): void => {
    const metadata = metadataOf(objectNames[role], where, pulumi.unsecret(secret));
    const fields = { metadata, type: "Opaque", ...fieldsOf(secret, "data") };
    made.push(new core.Secret(`${name}-${role}`, fields, opts));
  };
  if (args.credentialsSecret === undefined && args.workloadIdentity !== true) {
    add(
      "credentials",
      backups.apply((known) => backupObjects(known).credentials as SecretObject),
    );
  }
  if (key !== undefined) {
    add(
      "signing",
      pulumi
        .all([backups, key])
        .apply(([{ archive, namespace }, pem]) => signingSecret({ ...archive, namespace }, pem) as SecretObject),
    );
  }
  return made;
}

interface SecretObject {
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  data: Record<string, string>;
}

interface Facts {
  policy: BackupPolicy;
  alertRules: string;
  recoveryPoints: RecoveryPoint[];
  description: string;
}

/** What may be told: keys of the archive are no part of it. */
export function factsOf(backups: Backups): Facts {
  const { archive, policy, statefulSet } = backups;
  const { clusterId, offsite } = archive;
  const nodes = podNames(statefulSet);
  const points = recoveryPoints({ policy, nodes: nodes.length, primary: archive.kind, offsite: offsite?.kind });
  return {
    policy,
    alertRules: alertRules({ clusterId, policy, offsite: offsite !== undefined, nodes }),
    recoveryPoints: points.map(({ lostSeconds, ...point }) => ({
      ...point,
      ...(lostSeconds === null ? {} : { lostSeconds }),
    })),
    description: describeBelongings(backups),
  };
}

/** Before anything is made. What becomes of the pods is told while the archive is not known yet, too. */
function tell(component: KubernetesBackups, where: pulumi.Output<Whereabouts>, facts: pulumi.Output<Facts>): void {
  where.apply(async (known) => {
    await pulumi.log.info(describeRestart(known), component);
    for (const warning of restartWarnings(known)) await pulumi.log.warn(warning, component);
  });
  facts.apply(({ description }) => pulumi.log.info(description, component));
}

/** A key is known only once it is made: too late to refuse, and no reason to. */
function warnOfKey(component: KubernetesBackups): void {
  pulumi.all([component.publicKeys, component.policy]).apply(async ([[publicKey], { signing }]) => {
    const advice = publicKey === undefined ? null : adviseKeys([{ nodeId: "every pod", publicKey }], signing);
    if (advice !== null) await pulumi.log.warn(advice, component);
  });
}
