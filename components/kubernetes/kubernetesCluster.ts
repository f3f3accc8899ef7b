import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { clusterObjects, type ClusterRequest, recoverySeconds } from "../../model/kubernetes/clusterObjects";
import { labelsOf, objectNames, secretKeys } from "../../model/kubernetes/names";
import { type Backups, withDefaults } from "../../model/kubernetes/request";
import type { BackupPolicy } from "../../model/policy";
import type { ArchiveReference } from "../archiveReference";
import { asUserError, checkArguments } from "../arguments";
import { after } from "../dependency";
import { AgentCopy, hostCommand, thisMachine } from "../hostCommand";
import { secretIdentity } from "../identity";
import { ownerOf } from "../protection";
import { keepPodKit } from "../recoveryKit";
import { showPlan } from "../recoveryPhases";
import { describeRecoveryPlan, makeReport, parseFacts, type RecoveryPlan, type RecoveryReport } from "../results";
import { sealed } from "../sealed";
import { makeBelongings, makeJobs, makeMonitoring } from "./backupResources";
import { makeAwait, makeStatefulSet, makeSurroundings } from "./clusterResources";
import { factsOf, makeSecrets, whereaboutsOf } from "./kubernetesBackups";
import { keepFields } from "./keptFields";
import type { KnownKubernetesCluster, KubernetesClusterArgs } from "./kubernetesClusterArgs";
import {
  checkClusterStructure,
  checkClusterValues,
  clusterRequestOf,
  isVolumePoint,
  planSpecOf,
} from "./kubernetesClusterChecks";
import { publicHalf, signingKey } from "./signingKey";

/**
 * A database in a StatefulSet of its own, with its backups; with `restoreFrom` it comes from a backup. A preview shows the plan
 * with its digest and touches nothing. The first pod's init container restores, once; the others are made when the one before them
 * is ready, and join empty. An up ends when the recovery is accepted. A volume of the first pod that is lost later joins, and is
 * never restored again.
 *
 * In the runbook: "Disaster Recovery (Complete Loss)" and "Full Cluster Restore", on Kubernetes.
 *
 * ```ts
 * const recovered = new KubernetesCluster("prod", {
 *   image: "registry.example.com/neumann-backup:0.1.0",
 *   databaseImage: "registry.example.com/neumann:1.4.2",
 *   configuration: fs.readFileSync("config.toml", "utf8"),
 *   storage: { size: "100Gi" },
 *   archive: archive.reference,
 *   restoreFrom: { recoveryId: "2026-11-23" },
 * });
 * export const report = recovered.report;
 * ```
 */
export class KubernetesCluster extends pulumi.ComponentResource {
  /**
   * The archive, with its keys where it names some; who uses it waits until the cluster is there.
   */
  readonly archive: pulumi.Output<ArchiveReference>;
  /**
   * The complete policy.
   */
  readonly policy: pulumi.Output<BackupPolicy>;
  /**
   * The public key that backups are signed with; none where the key is in a Secret of yours (docs/kubernetes.md has how to
   * print it).
   */
  readonly publicKeys: pulumi.Output<string[]>;
  /**
   * Prometheus' alerting rules for this cluster and policy, as YAML.
   */
  readonly alertRules: pulumi.Output<string>;
  /**
   * The recovery kit, for `npx pulumi-neumann recover` and `render --kind cluster` on the worst day; it lies in the archives too.
   * None of a rehearsal.
   */
  readonly recoveryKit?: pulumi.Output<string>;
  /**
   * What is restored, from where; with `restoreFrom` only. Known in a preview.
   */
  readonly plan?: pulumi.Output<RecoveryPlan>;
  /**
   * Digest of the plan, for `restoreFrom.approvedPlanDigest`. Known in a preview.
   */
  readonly planDigest?: pulumi.Output<string>;
  /**
   * What the recovery did; with `restoreFrom` only.
   */
  readonly report?: pulumi.Output<RecoveryReport>;

  constructor(name: string, args: KubernetesClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `KubernetesCluster ${JSON.stringify(name)} cannot be created`;
    const checked = checkArguments({
      subject,
      args,
      open: () => ({ ...args, archive: sealed(args.archive), restoreFrom: withSecrets(args) }),
      structure: checkClusterStructure,
      check: checkClusterValues,
    });
    super("pulumi-neumann:index:KubernetesCluster", name, {}, opts);

    const own = { parent: this };
    const recovers = args.restoreFrom !== undefined;
    // What the agent prints holds no key.
    const plan = recovers ? pulumi.unsecret(showPlan(this, checked.apply(planSpecOf))) : undefined;
    const owner = ownerOf("KubernetesCluster", name);
    const asked = pulumi.all([checked, plan]).apply(([known, found]) => clusterRequestOf(known, owner, found));
    const request = keepFields(this, { name, subject, checked, request: asked });
    const { set, jobs, key } = this.makeAll({ name, subject, args, request, checked }, own);
    const facts = pulumi.unsecret(request.apply((known) => factsOf(withDefaults(known))));
    this.archive = after<ArchiveReference>(
      [set, ...jobs],
      checked.apply(({ archive }) => archive),
    );
    this.policy = facts.policy;
    this.alertRules = facts.alertRules;
    this.publicKeys = key === undefined ? pulumi.output([]) : pulumi.unsecret(key.apply((pem) => [publicHalf(pem)]));
    if (args.rehearsal !== true) {
      const kit = { backups: request.apply<Backups>(withDefaults), publicKeys: this.publicKeys };
      this.recoveryKit = keepPodKit(name, kit, { ...own, dependsOn: [recovers ? (jobs[0] as pulumi.Resource) : set] });
    }
    const { archive, policy, publicKeys, alertRules, recoveryKit } = this;
    const outputs = { archive, policy, publicKeys, alertRules, ...(recoveryKit && { recoveryKit }) };
    if (plan === undefined) {
      this.registerOutputs(outputs);
      return;
    }
    this.plan = plan.apply(describeRecoveryPlan);
    this.planDigest = plan.apply(({ digest }) => digest);
    this.report = reportOf(name, checked, { ...own, dependsOn: [jobs[0] as pulumi.Resource] });
    const { planDigest, report } = this;
    this.registerOutputs({ ...outputs, plan: this.plan, planDigest, report });
  }

  /** The first of the jobs is the one that waits for the recovery, where there is one. */
  private makeAll({ name, subject, args, request, checked }: Making, own: { parent: pulumi.Resource }) {
    // Keys of the archive lie in the Secret alone.
    const objects = pulumi.unsecret(request.apply(withoutSecrets));
    const where = whereaboutsOf(subject, args);
    const backups = {
      name,
      where,
      objects: objects.apply((known) => known.backups),
      isolatedPods: false,
      monitoring: args.monitoring === true,
    };
    const key = args.signingKeySecret === undefined ? signingKey(name, own) : undefined;
    const secrets = makeSecrets({ name, args, where, backups: request.apply<Backups>(withDefaults), key }, own);
    const recovers = args.restoreFrom !== undefined;
    const fromVolume = isVolumePoint(args.restoreFrom?.restorePoint);
    const rehearsal = args.rehearsal === true;
    const account = pulumi.Output.isInstance(args.statefulSet) || accountOf(args) === undefined;
    const needed = [
      ...makeSurroundings({ name, account, recovers, fromVolume, rehearsal }, objects, own),
      ...makeBelongings(backups, own),
      ...secrets,
      ...(args.restoreFrom?.identity === undefined ? [] : [makeIdentity(name, checked, own)]),
    ];
    const minutes = recovers ? (args.restoreFrom?.timeoutMinutes ?? recoverySeconds / 60) : 60;
    const set = makeStatefulSet(name, objects, { ...own, dependsOn: needed, minutes, protect: !rehearsal });
    const later = { ...own, dependsOn: [set] };
    const waits = recovers ? [makeAwait(name, objects, { ...later, minutes })] : [];
    const jobs = [...waits, ...makeJobs(backups, { ...own, dependsOn: [set, ...waits] })];
    makeMonitoring(backups, own);
    return { set, jobs, key };
  }
}

interface Making {
  name: string;
  subject: string;
  args: KubernetesClusterArgs;
  request: pulumi.Output<ClusterRequest>;
  checked: pulumi.Output<KnownKubernetesCluster>;
}

/** The account that the user names for the pods, as far as that is plain. */
function accountOf({ statefulSet }: KubernetesClusterArgs): unknown {
  return (statefulSet as { serviceAccount?: unknown } | undefined)?.serviceAccount;
}

function withSecrets({ restoreFrom }: KubernetesClusterArgs): KubernetesClusterArgs["restoreFrom"] {
  if (restoreFrom === undefined) return undefined;
  const { cloneOf, identity } = restoreFrom;
  return {
    ...restoreFrom,
    ...(cloneOf === undefined ? {} : { cloneOf: sealed(cloneOf) }),
    ...(identity === undefined ? {} : { identity: secretIdentity(identity) }),
  };
}

function withoutSecrets(request: ClusterRequest) {
  const { backups, ...others } = clusterObjects(request);
  return { ...others, backups: { ...backups, credentials: undefined } };
}

/** Read by the restore of the first pod alone. */
function makeIdentity(
  name: string,
  checked: pulumi.Output<KnownKubernetesCluster>,
  opts: pulumi.CustomResourceOptions,
): core.Secret {
  const metadata = pulumi.unsecret(
    checked.apply(({ namespace, archive }) => ({
      name: objectNames.identity,
      namespace: namespace ?? "neumann",
      labels: labelsOf(archive.clusterId, "recovery"),
    })),
  );
  const data = pulumi.secret(
    checked.apply(({ restoreFrom }) => ({
      [secretKeys.identity]: Buffer.from(`${restoreFrom?.identity ?? ""}\n`).toString("base64"),
    })),
  );
  return new core.Secret(`${name}-identity`, { metadata, type: "Opaque", data }, opts);
}

const reportMinutes = 10;

/** By the archive's records, from this machine: what a Job printed is in its pod's log alone. */
function reportOf(
  name: string,
  checked: pulumi.Output<KnownKubernetesCluster>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<RecoveryReport> {
  const step = {
    host: thisMachine("report"),
    copy: AgentCopy.Package,
    create: ["recovery-report", "--timeout", "60"],
    specification: checked.apply(planSpecOf),
    timeoutMinutes: reportMinutes,
  };
  const { stdout } = hostCommand(`${name}-report`, step, opts);
  return pulumi.unsecret(stdout).apply((text) =>
    asUserError(() => {
      const { restored, accepted } = parseFacts(text);
      return makeReport(restored, accepted);
    }),
  );
}
