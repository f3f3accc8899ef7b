import type { Readable } from "node:stream";

const mebibyte = 1024 * 1024;

/**
 * Size of a part by its number, from 1. A store takes 10,000 parts and memory shall be little: parts grow late, and the
 * whole may have 430 GiB.
 */
export function partBytes(number: number): number {
  if (number <= 2000) return 8 * mebibyte;
  return number <= 5000 ? 32 * mebibyte : 64 * mebibyte;
}

export const mostParts = 10_000;

/** A stream in the pieces in which it is uploaded; the last one is smaller. Nothing at all for an empty stream. */
export async function* inParts(content: Readable): AsyncGenerator<Buffer, undefined> {
  let number = 1;
  let part: Buffer | undefined;
  let used = 0;
  for await (const chunk of content) {
    for (let left = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Buffer); left.length > 0;) {
      part ??= Buffer.allocUnsafe(partBytes(number));
      const taken = left.copy(part, used);
      used += taken;
      left = left.subarray(taken);
      if (used < part.length) continue;
      yield part;
      [part, used, number] = [undefined, 0, number + 1];
    }
  }
  if (part !== undefined && used > 0) yield part.subarray(0, used);
}
