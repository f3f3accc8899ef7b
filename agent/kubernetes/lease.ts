import { WorldFault } from "../run/errors";
import { type KubernetesApi, type KubernetesObject, ObjectChanged } from "./api";

/** coordination.k8s.io/v1. */
interface Lease extends KubernetesObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** Whoever does not renew it for so long has lost it. */
export const leaseSeconds = 60;

/**
 * The one Lease of a cluster: whose schedule runs. It saves work, as claims do; that a backup is right rests on the
 * archive's claims and on the leader's term (protocols 11 and 15).
 */
export class PodLease {
  /** Since when, by this process's own clock, another one's Lease was seen without a change. */
  private seen: { state: string; at: number } | undefined;

  constructor(
    private readonly api: KubernetesApi,
    private readonly options: { name: string; holder: string; now?: () => number },
  ) {}

  /**
   * Takes or renews it: null, or who has it instead.
   * @throws WorldFault where the API server cannot be asked.
   */
  async hold(): Promise<string | null> {
    const { at, lease } = await this.read();
    const { spec = {} } = lease;
    const { holder } = this.options;
    const mine = spec.holderIdentity === holder;
    if (!mine && this.heldByAnother(spec)) return spec.holderIdentity ?? "";
    const renewTime = microTime(new Date());
    const taken = mine
      ? { ...spec, leaseDurationSeconds: leaseSeconds, renewTime }
      : {
          holderIdentity: holder,
          leaseDurationSeconds: leaseSeconds,
          acquireTime: renewTime,
          renewTime,
          leaseTransitions: (spec.leaseTransitions ?? 0) + 1,
        };
    try {
      await this.api.update(at, { ...lease, spec: taken });
      return null;
    } catch (error) {
      if (error instanceof ObjectChanged) return "another pod";
      throw error;
    }
  }

  /** Gives it back, for the next one to take at once. Nothing happens where another one has it. */
  async release(): Promise<void> {
    const { at, lease } = await this.read();
    if (lease.spec?.holderIdentity !== this.options.holder) return;
    const { leaseTransitions } = lease.spec;
    await this.api.update(at, { ...lease, spec: { holderIdentity: "", leaseDurationSeconds: 1, leaseTransitions } });
  }

  private async read(): Promise<{ at: string; lease: Lease }> {
    const { name } = this.options;
    const namespace = await this.api.namespace();
    const at = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
    const lease = await this.api.get<Lease>(at);
    if (lease !== undefined) return { at, lease };
    throw new WorldFault(`the Lease ${name} is not in namespace ${namespace}: run \`pulumi up\`, which makes it`);
  }

  /** By how long it was seen to rest, and never by its times: clocks of two hosts differ. */
  private heldByAnother({
    holderIdentity = "",
    renewTime = "",
    leaseDurationSeconds = leaseSeconds,
  }: NonNullable<Lease["spec"]>): boolean {
    if (holderIdentity === "") return false;
    const now = (this.options.now ?? (() => performance.now()))();
    const state = `${holderIdentity} ${renewTime}`;
    if (this.seen?.state !== state) this.seen = { state, at: now };
    return now - this.seen.at < leaseDurationSeconds * 1000;
  }
}

/** As Kubernetes writes it: to the microsecond. */
function microTime(at: Date): string {
  return at.toISOString().replace(/Z$/, "000Z");
}
