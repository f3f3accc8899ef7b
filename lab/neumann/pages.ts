import fs from "node:fs";
import path from "node:path";
import { crc32, DamageError, listNames, syncDirectory } from "./files";

/** Bytes of a page. */
export const pageBytes = 16 * 1024;

const pageHeader = 16;
const payloadBytes = pageBytes - pageHeader;
const pagesPerFile = 1024;
const fileName = /^rows-[0-9]{6}\.pages$/;

/** Names of the page files in a folder, in order. */
export function pageFileNames(directory: string): string[] {
  return listNames(directory, fileName);
}

function nameOf(file: number): string {
  return `rows-${String(file).padStart(6, "0")}.pages`;
}

/** A page: CRC of all that follows, number, bytes used, zero, payload. */
function encodePage(number: number, payload: Buffer, used: number): Buffer {
  const page = Buffer.alloc(pageBytes);
  page.writeUInt32BE(number, 4);
  page.writeUInt32BE(used, 8);
  payload.copy(page, pageHeader, 0, used);
  page.writeUInt32BE(crc32(page.subarray(4)), 0);
  return page;
}

function pageFault(page: Buffer, number: number): string | undefined {
  if (page.length < pageBytes) return `page ${number} is cut short`;
  if (crc32(page.subarray(4)) !== page.readUInt32BE(0)) return `page ${number}: checksum does not match`;
  return page.readUInt32BE(4) === number ? undefined : `page ${number} is another one's bytes`;
}

/** Checks every page; for a stream of a length, also that all of it is there. Returns what is wrong. */
export async function verifyPages(directory: string, length: number, fromOffset = 0): Promise<string[]> {
  const faults: string[] = [];
  const firstPage = Math.floor(fromOffset / payloadBytes);
  let next = 0;
  for (const name of pageFileNames(directory)) {
    if (name !== nameOf(next++)) return [...faults, `${directory}: page files are missing before ${name}`];
    const base = (next - 1) * pagesPerFile;
    if (base + pagesPerFile <= firstPage) continue;
    faults.push(...(await verifyPageFile(path.join(directory, name), base)));
  }
  const pages = await countPages(directory);
  const needed = Math.ceil(length / payloadBytes);
  if (pages < needed) faults.push(`${directory}: ${needed} pages are expected, ${pages} are there`);
  return faults;
}

async function verifyPageFile(file: string, base: number): Promise<string[]> {
  const handle = await fs.promises.open(file, "r");
  const faults: string[] = [];
  try {
    const chunk = Buffer.allocUnsafe(64 * pageBytes);
    for (let at = 0; ;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) break;
      for (let offset = 0; offset < bytesRead; offset += pageBytes) {
        const page = chunk.subarray(offset, Math.min(offset + pageBytes, bytesRead));
        const fault = pageFault(page, base + (at + offset) / pageBytes);
        if (fault) faults.push(`${file}: ${fault}`);
      }
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return faults;
}

async function countPages(directory: string): Promise<number> {
  let pages = 0;
  for (const name of pageFileNames(directory)) {
    pages += Math.floor((await fs.promises.stat(path.join(directory, name))).size / pageBytes);
  }
  return pages;
}

/** Copies the page files into a folder; a file system that can shares their blocks. */
export async function copyPageFiles(from: string, to: string): Promise<void> {
  for (const name of pageFileNames(from)) await copyDurably(path.join(from, name), path.join(to, name));
}

async function copyDurably(from: string, to: string): Promise<void> {
  await fs.promises.copyFile(from, to, fs.constants.COPYFILE_FICLONE);
  const handle = await fs.promises.open(to, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether two full files hold the same pages, by the checksum and number of each. */
async function samePages(a: string, b: string): Promise<boolean> {
  if (!fs.existsSync(a) || fs.statSync(a).size !== pagesPerFile * pageBytes) return false;
  const [first, second] = await Promise.all([pageHeads(a), pageHeads(b)]);
  return first.equals(second);
}

async function pageHeads(file: string): Promise<Buffer> {
  const heads = Buffer.alloc(pagesPerFile * pageHeader);
  const handle = await fs.promises.open(file, "r");
  try {
    for (let page = 0; page < pagesPerFile; page++) {
      fs.readSync(handle.fd, heads, page * pageHeader, pageHeader, page * pageBytes);
    }
  } finally {
    await handle.close();
  }
  return heads;
}

/** Takes the page files out of a folder and leaves everything else. */
export function removePageFiles(directory: string): void {
  pageFileNames(directory).forEach((name) => fs.rmSync(path.join(directory, name)));
  if (fs.existsSync(directory)) syncDirectory(directory);
}

/** A point in a stream of pages: its length and the bytes of the page that is not full. */
export interface PagePoint {
  length: number;
  partial: Buffer;
}

/** A stream of bytes, only ever appended to, in pages of which the last is rewritten in place until it is full. */
export class Pages {
  length = 0;
  private partial = Buffer.alloc(payloadBytes);
  private used = 0;
  private pending: Buffer[] = [];
  private readonly fds = new Map<number, number>();
  private readonly unsynced = new Set<number>();

  constructor(readonly directory: string) {}

  /** Goes on behind the given length; what lies behind it is from entries that will be applied again. */
  open(length: number): void {
    this.length = length;
    this.used = length % payloadBytes;
    if (this.used === 0) return;
    const page = Buffer.alloc(pageBytes);
    const number = Math.floor(length / payloadBytes);
    fs.readSync(this.fd(number), page, 0, pageBytes, (number % pagesPerFile) * pageBytes);
    const fault = pageFault(page, number);
    if (fault) throw new DamageError(`${this.directory}: ${fault}`);
    page.copy(this.partial, 0, pageHeader);
  }

  private fd(page: number): number {
    const file = Math.floor(page / pagesPerFile);
    const known = this.fds.get(file);
    if (known !== undefined) return known;
    const name = path.join(this.directory, nameOf(file));
    const fd = fs.openSync(name, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
    this.fds.set(file, fd);
    return fd;
  }

  /** Adds bytes; `flush` writes them. */
  append(bytes: Buffer): void {
    this.pending.push(bytes);
  }

  /** Writes what was added, full pages and the beginning of the last, without waiting for the disk. */
  flush(): boolean {
    if (this.pending.length === 0) return false;
    const data = this.pending.length === 1 && this.pending[0] ? this.pending[0] : Buffer.concat(this.pending);
    this.pending = [];
    let number = Math.floor(this.length / payloadBytes);
    for (let at = 0; at < data.length;) {
      const taken = data.copy(this.partial, this.used, at);
      at += taken;
      this.used += taken;
      this.writePage(number, encodePage(number, this.partial, this.used));
      if (this.used === payloadBytes) {
        number += 1;
        this.used = 0;
      }
    }
    this.length += data.length;
    return true;
  }

  private writePage(number: number, page: Buffer): void {
    const fd = this.fd(number);
    fs.writeSync(fd, page, 0, pageBytes, (number % pagesPerFile) * pageBytes);
    this.unsynced.add(fd);
  }

  /** Waits until everything flushed before the call is on disk. */
  async sync(): Promise<void> {
    const fds = [...this.unsynced];
    this.unsynced.clear();
    for (const fd of fds) {
      await new Promise<void>((resolve, reject) => fs.fsync(fd, (error) => (error ? reject(error) : resolve())));
    }
    if (fs.existsSync(this.directory)) syncDirectory(this.directory);
  }

  /** The present end of the stream. */
  point(): PagePoint {
    return { length: this.length, partial: Buffer.from(this.partial.subarray(0, this.used)) };
  }

  /**
   * Copies the stream up to a point into an empty folder, while later bytes may be written behind it. Files that an
   * earlier snapshot holds already are shared with it: nobody ever writes to those.
   */
  async copyTo(point: PagePoint, to: string, earlier?: string): Promise<void> {
    const fullPages = Math.floor(point.length / payloadBytes);
    const fullFiles = Math.floor(fullPages / pagesPerFile);
    for (let file = 0; file < fullFiles; file++) {
      const [from, target] = [path.join(this.directory, nameOf(file)), path.join(to, nameOf(file))];
      const shared = earlier === undefined ? undefined : path.join(earlier, nameOf(file));
      if (shared !== undefined && (await samePages(shared, from))) await fs.promises.link(shared, target);
      else await copyDurably(from, target);
    }
    if (point.length > fullFiles * pagesPerFile * payloadBytes) await this.copyLast(point, to, fullFiles);
    syncDirectory(to);
  }

  private async copyLast(point: PagePoint, to: string, file: number): Promise<void> {
    const fullPages = Math.floor(point.length / payloadBytes) - file * pagesPerFile;
    const target = await fs.promises.open(path.join(to, nameOf(file)), "wx");
    try {
      const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(fullPages, 64)) * pageBytes);
      for (let page = 0; page < fullPages;) {
        const wanted = Math.min(64, fullPages - page) * pageBytes;
        const { bytesRead } = await this.read(file, chunk, wanted, page * pageBytes);
        await target.write(chunk, 0, bytesRead, page * pageBytes);
        page += bytesRead / pageBytes;
      }
      if (point.partial.length > 0) {
        const last = encodePage(file * pagesPerFile + fullPages, point.partial, point.partial.length);
        await target.write(last, 0, pageBytes, fullPages * pageBytes);
      }
      await target.sync();
    } finally {
      await target.close();
    }
  }

  private read(file: number, into: Buffer, bytes: number, at: number): Promise<{ bytesRead: number }> {
    const fd = this.fd(file * pagesPerFile);
    return new Promise((resolve, reject) =>
      fs.read(fd, into, 0, bytes, at, (error, bytesRead) => {
        if (error) reject(error);
        else if (bytesRead !== bytes) reject(new DamageError(`${this.directory}: pages are missing`));
        else resolve({ bytesRead });
      }),
    );
  }

  /** The stream's bytes up to a length, in pieces. */
  async *stream(length: number): AsyncGenerator<Buffer> {
    let sent = 0;
    for (let page = 0; sent < length;) {
      const inFile = pagesPerFile - (page % pagesPerFile);
      const count = Math.min(64, inFile, Math.ceil((length - sent) / payloadBytes));
      const chunk = Buffer.allocUnsafe(count * pageBytes);
      await this.read(Math.floor(page / pagesPerFile), chunk, chunk.length, (page % pagesPerFile) * pageBytes);
      const parts: Buffer[] = [];
      for (let i = 0; i < count; i++) {
        const bytes = Math.min(payloadBytes, length - sent);
        parts.push(chunk.subarray(i * pageBytes + pageHeader, i * pageBytes + pageHeader + bytes));
        sent += bytes;
      }
      page += count;
      yield Buffer.concat(parts);
    }
  }

  /** Closes the files. */
  close(): void {
    this.fds.forEach((fd) => fs.closeSync(fd));
    this.fds.clear();
    this.unsynced.clear();
    this.pending = [];
  }
}
