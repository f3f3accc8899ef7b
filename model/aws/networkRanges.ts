import type { Mistakes } from "../mistakes";

/** IPv4 addresses that begin with the same bits. */
interface Range {
  first: number;
  bits: number;
}

/** The range of a network for which none is given. */
export const standardCidr = "10.213.0.0/20";

/** What AWS takes for a VPC and for a subnet. */
const fewestBits = 16;
const mostBits = 28;

/** AWS keeps the first four addresses of a subnet and the last one. */
export const reservedAddresses = 5;

/**
 * So many subnets of one size, as large as the range lets them be, in order.
 * @throws RangeError for a range that `checkRange` refuses.
 */
export function subnetRanges(cidr: string, count: number): string[] {
  const range = parseRange(cidr);
  const bits = range === undefined ? Number.POSITIVE_INFINITY : subnetBits(range, count);
  if (range === undefined || bits > mostBits) throw new RangeError(`${cidr} has no room for ${count} subnets`);
  return Array.from({ length: count }, (_, index) => text(range.first + index * 2 ** (32 - bits), bits));
}

/** Collects what is wrong with the range of a network that is to hold so many subnets. */
export function checkRange(
  cidr: unknown,
  count: number,
  { path, mistakes }: { path: string; mistakes: Mistakes },
): void {
  const range = typeof cidr === "string" ? parseRange(cidr) : undefined;
  if (range === undefined) {
    mistakes.add(
      path,
      "is no range of addresses",
      cidr,
      "Write its first address and its bits, such as 10.213.0.0/20.",
    );
  } else if (range.bits < fewestBits || subnetBits(range, count) > mostBits) {
    const most = mostBits - subnetBits({ first: 0, bits: 0 }, count);
    const problem = `does not fit ${count} subnet${count === 1 ? "" : "s"} of AWS`;
    mistakes.add(path, problem, cidr, `Use /${fewestBits} to /${most}.`);
  } else if (!isPrivate(range)) {
    const remedy = "Use a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.";
    mistakes.add(path, "holds addresses of the internet", cidr, remedy);
  }
}

function subnetBits({ bits }: Range, count: number): number {
  return bits + Math.ceil(Math.log2(count));
}

function isPrivate(range: Range): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].some((cidr) => {
    const whole = parseRange(cidr) as Range;
    return range.bits >= whole.bits && begin(range.first, whole.bits) === whole.first;
  });
}

function parseRange(cidr: string): Range | undefined {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (found === null) return undefined;
  const [bits = 0, ...bytes] = found.slice(1).map(Number).reverse();
  if (bits > 32 || bytes.some((byte) => byte > 255)) return undefined;
  const first = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return begin(first, bits) === first ? { first, bits } : undefined;
}

function begin(address: number, bits: number): number {
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) * size;
}

function text(first: number, bits: number): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${bytes.join(".")}/${bits}`;
}
