import fs from "node:fs";
import path from "node:path";
import { crc32 as nativeCrc32 } from "node:zlib";

/** Data on disk that is not what was written. */
export class DamageError extends Error {}

/** CRC-32 of some bytes: by zlib where it has it (Node 20.15 and later), else by a table. */
export const crc32: (data: Buffer) => number =
  typeof nativeCrc32 === "function" ? (data) => nativeCrc32(data) >>> 0 : tableCrc32();

function tableCrc32(): (data: Buffer) => number {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    table[i] = value >>> 0;
  }
  return (data) => {
    let crc = 0xffffffff;
    for (const byte of data) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
    return (crc ^ 0xffffffff) >>> 0;
  };
}

/** Makes the names in a directory durable. */
export function syncDirectory(directory: string): void {
  syncFile(directory);
}

/** Puts a file's bytes on disk. */
export function syncFile(file: string): void {
  const fd = fs.openSync(file, "r");
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Replaces a small file durably: after a crash it holds the old bytes or the new ones. */
export function writeAtomic(file: string, data: string | Buffer): void {
  const temporary = path.join(path.dirname(file), `.tmp-${path.basename(file)}`);
  const fd = fs.openSync(temporary, "w");
  try {
    fs.writeFileSync(fd, data);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(temporary, file);
  syncDirectory(path.dirname(file));
}

/** JSON under a checksum: the first line is the CRC of all that follows. */
export function seal(value: unknown): Buffer {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  return Buffer.concat([Buffer.from(`${crc32(body).toString(16).padStart(8, "0")}\n`), body]);
}

/** The value that `seal` wrote; throws where a bit differs. */
export function unseal(bytes: Buffer, what: string): unknown {
  const body = bytes.subarray(9);
  const sum = `${crc32(body).toString(16).padStart(8, "0")}\n`;
  if (bytes.length < 11 || bytes.subarray(0, 9).toString("latin1") !== sum) {
    throw new DamageError(`${what}: checksum does not match`);
  }
  return JSON.parse(body.toString("utf8"));
}

/** Whether an error is the operating system's "no such file". */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

/** Names in a directory that match, sorted; none if there is no such directory. Other names are not ours to judge. */
export function listNames(directory: string, pattern: RegExp): string[] {
  try {
    return fs
      .readdirSync(directory)
      .filter((name) => pattern.test(name))
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The file's bytes, or undefined if it does not exist. */
export function readIfThere(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A number as the 16 hexadecimal digits that sort like it. */
export function hex16(value: number): string {
  return value.toString(16).padStart(16, "0");
}

/** The text of an error of any kind. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Waits. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
