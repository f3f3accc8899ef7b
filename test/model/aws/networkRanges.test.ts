import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkRange, subnetRanges } from "../../../model/aws/networkRanges";
import { Mistakes } from "../../../model/mistakes";

const problemsOf = (cidr: unknown, count = 3): string[] => {
  const mistakes = new Mistakes();
  checkRange(cidr, count, { path: "cidr", mistakes });
  return mistakes.all.map(({ problem, remedy }) => `${problem}. ${remedy}`);
};

/** First and last address. */
function ends(cidr: string): [number, number] {
  const [address, bits] = cidr.split("/") as [string, string];
  const first = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
}

describe("ranges of a network", () => {
  it("are cut into subnets as large as can be", () => {
    expect(subnetRanges("10.213.0.0/20", 1)).toEqual(["10.213.0.0/20"]);
    expect(subnetRanges("10.213.0.0/20", 3)).toEqual(["10.213.0.0/22", "10.213.4.0/22", "10.213.8.0/22"]);
    expect(subnetRanges("192.168.255.192/26", 4).at(-1)).toBe("192.168.255.240/28");
  });

  it("hold their subnets, which share no address and are none that AWS refuses", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 28 }),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 0, max: 255 }),
        (bits, count, second) => {
          const cidr = `10.${second}.0.0/${bits}`;
          if (problemsOf(cidr, count).length > 0) {
            expect(() => subnetRanges(cidr, count)).toThrow(RangeError);
            return;
          }
          const [from, to] = ends(cidr);
          let last = from - 1;
          for (const subnet of subnetRanges(cidr, count)) {
            const [first, end] = ends(subnet);
            expect(first).toBeGreaterThan(last);
            expect(Number(subnet.split("/")[1])).toBeLessThanOrEqual(28);
            last = end;
          }
          expect(last).toBeLessThanOrEqual(to);
        },
      ),
    );
  });

  it.each([
    ["10.213.0.0", "is no range of addresses. Write its first address and its bits, such as 10.213.0.0/20."],
    ["10.213.0.1/20", "is no range of addresses. Write its first address and its bits, such as 10.213.0.0/20."],
    ["10.256.0.0/20", "is no range of addresses. Write its first address and its bits, such as 10.213.0.0/20."],
    [undefined, "is no range of addresses. Write its first address and its bits, such as 10.213.0.0/20."],
    ["10.0.0.0/8", "does not fit 3 subnets of AWS. Use /16 to /26."],
    ["10.0.0.0/27", "does not fit 3 subnets of AWS. Use /16 to /26."],
    ["8.8.0.0/16", "holds addresses of the internet. Use a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16."],
  ])("refuse %s", (cidr, problem) => {
    expect(problemsOf(cidr)).toEqual([problem]);
  });
});
