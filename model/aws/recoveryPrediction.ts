import { planBytesPerSecond } from "../plan";
import { formatBytes, formatSeconds } from "../units";
import { instanceHourPrice } from "./instances";
import { gibibyte, listPrices } from "./storageClasses";
import { dollars } from "./storageCost";

/** What things cost, in dollars. */
export interface RecoveryPrices {
  /** An instance for an hour; undefined: by its family's list price, where that is known. */
  instanceHour?: number;
  /** A GiB of a volume for a month. */
  volumeGibibyteMonth: number;
  /** An interface endpoint in one zone for an hour. */
  endpointHour: number;
  /** The host that leads into a network that is made, with its address, for an hour. */
  jumpHour: number;
  /** A GiB in the first bucket for a month. */
  bucketGibibyteMonth: number;
}

/**
 * List prices of us-east-1, gp3 volumes, a t3.nano, without tax. Source: aws.amazon.com/ebs/pricing, /privatelink/pricing,
 * /ec2/pricing/on-demand, /vpc/pricing and /s3/pricing, as known in November 2026; not fetched by this library: give your own where they differ.
 */
export const recoveryListPrices: Readonly<RecoveryPrices> = {
  volumeGibibyteMonth: 0.08,
  endpointHour: 0.01,
  jumpHour: 0.0102,
  bucketGibibyteMonth: listPrices.STANDARD.storage,
};

/** What a gp3 volume reads and writes, in MiB a second, unless more is paid for. Source: Amazon EBS User Guide, "General Purpose SSD volumes". */
export const volumeMebibytesPerSecond = 125;

/** Until an instance has started and installed the database. Assumed: no AWS was asked. */
const setupSeconds = 180;

const monthHours = 730;
const mebibyte = 1024 ** 2;

export interface PredictionRequest {
  nodes: number;
  instanceType: string;
  /** Virtual processors of an instance. */
  processors: number;
  /** What an instance moves to and from its volumes, in MiB a second; undefined: not known. */
  instanceMebibytesPerSecond?: number;
  volumeGibibytes: number;
  volumeMebibytesPerSecond: number;
  /** Interface endpoints, each in one zone. */
  endpoints: number;
  /** Hosts that lead into the network. */
  jumps: number;
  plan: { storedBytes: number; plainBytes: number; estimatedSeconds: number };
  prices: RecoveryPrices;
}

/** How long a recovery should take, and what it costs once it is there. */
export interface Prediction {
  seconds: number;
  /** What the disks let through, in bytes a second. */
  bytesPerSecond: number;
  /** Undefined where nothing is known of the instance's price. */
  dollarsPerHour: number | undefined;
  dollarsPerMonth: number | undefined;
}

/** By the plan's bytes: what was measured elsewhere holds as far as the disks here are no slower. */
export function predictRecovery(request: PredictionRequest): Prediction {
  const { plan, nodes, instanceType, processors, prices } = request;
  const limits = [request.volumeMebibytesPerSecond, request.instanceMebibytesPerSecond ?? Number.POSITIVE_INFINITY];
  const disks = Math.min(...limits) * mebibyte;
  const bytesPerSecond = Math.min(planBytesPerSecond, disks);
  const seconds = setupSeconds + Math.ceil((plan.estimatedSeconds * planBytesPerSecond) / bytesPerSecond);
  const instanceHour = prices.instanceHour ?? instanceHourPrice(instanceType, processors);
  if (instanceHour === undefined)
    return { seconds, bytesPerSecond, dollarsPerHour: undefined, dollarsPerMonth: undefined };
  const volumes = (nodes * request.volumeGibibytes * prices.volumeGibibyteMonth) / monthHours;
  const bucket = ((plan.storedBytes / gibibyte) * prices.bucketGibibyteMonth) / monthHours;
  const network = request.endpoints * prices.endpointHour + request.jumps * prices.jumpHour;
  const dollarsPerHour = nodes * instanceHour + volumes + bucket + network;
  return { seconds, bytesPerSecond, dollarsPerHour, dollarsPerMonth: dollarsPerHour * monthHours };
}

/** The same for a person, with what it was reckoned from. */
export function describePrediction(request: PredictionRequest, prediction: Prediction): string {
  const { nodes, instanceType, volumeGibibytes, plan } = request;
  const rate = `${formatBytes(prediction.bytesPerSecond)} a second`;
  return [
    `  should take     about ${formatSeconds(prediction.seconds)}: ${formatSeconds(setupSeconds)} until the instances answer (assumed), then ${formatBytes(plan.plainBytes)} at ${rate}`,
    `  will make       ${nodes} ${instanceType}, each with a volume of ${volumeGibibytes} GiB`,
    `  will cost       ${describeCost(request, prediction)}`,
  ].join("\n");
}

function describeCost({ instanceType }: PredictionRequest, { dollarsPerHour, dollarsPerMonth }: Prediction): string {
  if (dollarsPerHour === undefined || dollarsPerMonth === undefined) {
    return `not known: no price of ${instanceType} is. Write prices.instanceHour, in dollars, to see it`;
  }
  return `about ${dollars(dollarsPerHour)} an hour, ${dollars(dollarsPerMonth)} a month: list prices of us-east-1 unless prices says otherwise; transfer, requests, alarms and tax are not in it`;
}
