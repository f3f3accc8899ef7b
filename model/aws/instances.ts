/** A limit on how many virtual processors of some families an account runs at once. */
export interface ProcessorQuota {
  code: string;
  /** As the console calls it. */
  name: string;
}

const standard: ProcessorQuota = {
  code: "L-1216C47A",
  name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
};

const standardLetters = ["a", "c", "d", "h", "i", "m", "r", "t", "z"];

/**
 * Families beside the standard ones, by the letters before the first digit of their types. Source: Amazon EC2 User Guide,
 * "Amazon EC2 service quotas", and the console of Service Quotas, as known in November 2026.
 */
const others: Record<string, ProcessorQuota> = {
  dl: { code: "L-6E869C2A", name: "Running On-Demand DL instances" },
  f: { code: "L-74FC7D96", name: "Running On-Demand F instances" },
  g: { code: "L-DB2E81BA", name: "Running On-Demand G and VT instances" },
  gr: { code: "L-DB2E81BA", name: "Running On-Demand G and VT instances" },
  hpc: { code: "L-F7808C92", name: "Running On-Demand HPC instances" },
  inf: { code: "L-1945791B", name: "Running On-Demand Inf instances" },
  p: { code: "L-417A185B", name: "Running On-Demand P instances" },
  trn: { code: "L-2C3B7624", name: "Running On-Demand Trn instances" },
  u: { code: "L-43DA4232", name: "Running On-Demand High Memory instances" },
  vt: { code: "L-DB2E81BA", name: "Running On-Demand G and VT instances" },
  x: { code: "L-7295265B", name: "Running On-Demand X instances" },
};

/** `m7g.large`: letters and a number, what else the family has, and a size. */
const typePattern = /^[a-z]+[0-9a-z-]*\.[0-9a-z-]+$/;

export function isInstanceType(value: unknown): value is string {
  return typeof value === "string" && typePattern.test(value);
}

/** The limit that a type counts against. */
export function quotaOf(instanceType: string): ProcessorQuota {
  const letters = /^[a-z]+/.exec(instanceType)?.[0] ?? "";
  return others[letters] ?? standard;
}

/** Names of types that may count against a limit, as EC2 filters by them: more than do, for letters begin other ones' too. */
export function typesOf(code: string): string[] {
  const letters = Object.keys(others).filter((family) => others[family]?.code === code);
  return (code === standard.code ? standardLetters : letters).map((family) => `${family}*`);
}

/**
 * Dollars for a virtual processor in an hour, on demand, Linux, list prices of us-east-1, without tax. Every size of these
 * families costs in proportion to its processors. Source: aws.amazon.com/ec2/pricing/on-demand, as known in November
 * 2026; not fetched by this library.
 */
const processorHours: Readonly<Record<string, number>> = {
  c6g: 0.034,
  c6i: 0.0425,
  c7g: 0.03625,
  c7i: 0.044625,
  m6g: 0.0385,
  m6i: 0.048,
  m7g: 0.0408,
  m7i: 0.0504,
  r6g: 0.0504,
  r6i: 0.063,
  r7g: 0.05355,
  r7i: 0.06615,
};

/** What an instance costs in an hour, in dollars; undefined where nothing is known of its family. */
export function instanceHourPrice(instanceType: string, processors: number): number | undefined {
  const [family = ""] = instanceType.split(".");
  const price = processorHours[family];
  return price === undefined ? undefined : price * processors;
}
