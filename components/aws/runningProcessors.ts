import { getInstance } from "@pulumi/aws/ec2/getInstance";
import { getInstances } from "@pulumi/aws/ec2/getInstances";
import { getInstanceType } from "@pulumi/aws/ec2/getInstanceType";
import type * as pulumi from "@pulumi/pulumi";
import { quotaOf, typesOf } from "../../model/aws/instances";
import type { RecoveryDemand, RunningFacts } from "../../model/aws/recoveryChecks";

/** AWS tells the types of instances one by one: of more than these the rest is left out. */
const mostAsked = 100;
/** So that the account's other programs are not throttled. */
const atOnce = 10;

/**
 * Virtual processors that others run in the region against the same quota. Spot instances and those of dedicated hosts count
 * against other ones; those of this recovery are what it needs anyway.
 */
export async function runningProcessors(demand: RecoveryDemand, opts: pulumi.InvokeOptions): Promise<RunningFacts> {
  const { region, instanceType, tags } = demand;
  const { code } = quotaOf(instanceType);
  const listed = (more: { name: string; values: string[] }[]) =>
    getInstances(
      {
        filters: [{ name: "instance-type", values: typesOf(code) }, ...more],
        instanceStateNames: ["pending", "running"],
        region,
      },
      opts,
    ).then(({ ids }) => ids);
  const own = Object.entries(tags).map(([name, value]) => ({ name: `tag:${name}`, values: [value] }));
  const [all, ...apart] = await Promise.all([
    listed([]),
    listed([{ name: "instance-lifecycle", values: ["spot"] }]),
    listed([{ name: "tenancy", values: ["host"] }]),
    listed(own),
  ]);
  const others = all.filter((id) => !apart.some((ids) => ids.includes(id))).sort();
  const counted = others.slice(0, mostAsked);
  const found = await each(counted, (instanceId) => getInstance({ instanceId, region }, opts));
  const types = found.map((one) => one.instanceType).filter((type) => quotaOf(type).code === code);
  const sizes = new Map(
    await each([...new Set(types)], async (type) => {
      const { defaultVcpus } = await getInstanceType({ instanceType: type, region }, opts);
      return [type, defaultVcpus] as const;
    }),
  );
  const processors = types.reduce((sum, type) => sum + (sizes.get(type) as number), 0);
  return { processors, instances: others.length, counted: counted.length };
}

/** A few at once. */
async function each<A, T>(all: readonly A[], ask: (one: A) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let at = 0; at < all.length; at += atOnce) {
    answers.push(...(await Promise.all(all.slice(at, at + atOnce).map(ask))));
  }
  return answers;
}
