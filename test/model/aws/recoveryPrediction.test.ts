import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDocument } from "../../format/document";
import { instanceHourPrice, isInstanceType, quotaOf } from "../../../model/aws/instances";
import {
  describePrediction,
  type PredictionRequest,
  predictRecovery,
  recoveryListPrices,
} from "../../../model/aws/recoveryPrediction";

const gibibyte = 1024 ** 3;
const request: PredictionRequest = {
  nodes: 3,
  instanceType: "m7g.large",
  processors: 2,
  volumeGibibytes: 120,
  volumeMebibytesPerSecond: 125,
  endpoints: 6,
  jumps: 1,
  plan: { storedBytes: 16 * gibibyte, plainBytes: 40 * gibibyte, estimatedSeconds: 2063 },
  prices: recoveryListPrices,
};

describe("what a recovery should take and cost", () => {
  it("is the plan's time and that of the machines' start, where disks are no slower than what was measured", () => {
    expect(predictRecovery(request).seconds).toBe(180 + 2063);
    expect(predictRecovery({ ...request, volumeMebibytesPerSecond: 1000 }).seconds).toBe(180 + 2063);
  });

  it("is longer by as much as the slower of volume and instance is slower", () => {
    expect(predictRecovery({ ...request, volumeMebibytesPerSecond: 40 }).seconds).toBe(180 + 2 * 2063);
    expect(predictRecovery({ ...request, instanceMebibytesPerSecond: 20 }).seconds).toBe(180 + 4 * 2063);
  });

  it("costs what its parts cost", () => {
    const month = 730 * (3 * 0.0816 + 6 * 0.01 + 0.0102) + 3 * 120 * 0.08 + 16 * 0.023;
    expect(predictRecovery(request).dollarsPerMonth).toBeCloseTo(month, 6);
    expect(predictRecovery(request).dollarsPerHour).toBeCloseTo(month / 730, 6);
    const own = {
      ...recoveryListPrices,
      instanceHour: 1,
      endpointHour: 0,
      jumpHour: 0,
      volumeGibibyteMonth: 0,
      bucketGibibyteMonth: 0,
    };
    expect(predictRecovery({ ...request, instanceType: "t4g.large", prices: own }).dollarsPerHour).toBe(3);
  });

  it("is told as docs/aws.md shows it", () => {
    const shown = { ...request, instanceType: "m7i.large", instanceMebibytesPerSecond: 77.486 };
    const lines = describePrediction(shown, predictRecovery(shown)).split("\n");
    for (const line of lines) expect(readDocument("docs/aws.md")).toContain(line.split(" unless ")[0]);
  });

  it("is not known where no price is, and says how to see it", () => {
    const unknown = { ...request, instanceType: "t4g.large" };
    const prediction = predictRecovery(unknown);
    expect(prediction.dollarsPerHour).toBeUndefined();
    expect(describePrediction(unknown, prediction).split("\n").at(-1)).toBe(
      "  will cost       not known: no price of t4g.large is. Write prices.instanceHour, in dollars, to see it",
    );
  });

  it("never falls when there is more of anything", () => {
    const amount = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(amount, amount, amount, (nodes, size, endpoints) => {
        const one = { ...request, nodes, volumeGibibytes: size, endpoints };
        const more = { ...one, nodes: nodes + 1, volumeGibibytes: size + 1, endpoints: endpoints + 1 };
        expect(predictRecovery(more).dollarsPerHour).toBeGreaterThan(predictRecovery(one).dollarsPerHour as number);
      }),
    );
  });
});

describe("types of instances", () => {
  it.each([
    ["m7g.large", "L-1216C47A"],
    ["im4gn.large", "L-1216C47A"],
    ["t3.nano", "L-1216C47A"],
    ["g5.xlarge", "L-DB2E81BA"],
    ["gr6.4xlarge", "L-DB2E81BA"],
    ["p5.48xlarge", "L-417A185B"],
    ["x2gd.medium", "L-7295265B"],
    ["u-6tb1.metal", "L-43DA4232"],
    ["inf2.xlarge", "L-1945791B"],
    ["hpc7g.4xlarge", "L-F7808C92"],
  ])("%s counts against the quota %s", (type, code) => {
    expect(isInstanceType(type)).toBe(true);
    expect(quotaOf(type).code).toBe(code);
  });

  it("cost in proportion to their processors, as far as their family is known", () => {
    expect(instanceHourPrice("m7i.large", 2)).toBeCloseTo(0.1008);
    expect(instanceHourPrice("m7i.4xlarge", 16)).toBeCloseTo(0.8064);
    expect(instanceHourPrice("t3.large", 2)).toBeUndefined();
  });
});
