import { crc32 } from "./files";

/** What an entry of the log does. */
export const EntryType = { noop: 0, write: 1, members: 2, pause: 3, resume: 4 } as const;

/** An entry of the log, with the bytes that stand for it on disk and on the wire. */
export interface Entry {
  index: number;
  term: number;
  /** The leader's clock when it took the entry, in milliseconds. */
  time: number;
  type: number;
  data: Buffer;
  frame: Buffer;
}

const headBytes = 12;
const fixedBytes = 25;

/** The largest entry. */
export const maxEntryBytes = 4 * 1024 * 1024;

/**
 * Frame: length of the body, its CRC, CRC of these eight bytes; the body holds index, term, time, type, data.
 * The head has a CRC of its own so that a flipped bit in a length is told from a write that was cut short.
 */
export function encodeEntry(fields: Omit<Entry, "frame">): Entry {
  const frame = Buffer.allocUnsafe(headBytes + fixedBytes + fields.data.length);
  frame.writeDoubleBE(fields.index, headBytes);
  frame.writeDoubleBE(fields.term, headBytes + 8);
  frame.writeDoubleBE(fields.time, headBytes + 16);
  frame.writeUInt8(fields.type, headBytes + 24);
  fields.data.copy(frame, headBytes + fixedBytes);
  frame.writeUInt32BE(frame.length - headBytes, 0);
  frame.writeUInt32BE(crc32(frame.subarray(headBytes)), 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  return { ...fields, frame };
}

/** Entries read from bytes, and why reading ended. */
export interface Scan {
  entries: Entry[];
  /** Offset behind the last whole entry. */
  end: number;
  /** `torn`: the bytes end within an entry. `damaged`: they are not what was written. */
  fault: "torn" | "damaged" | undefined;
}

type Frame = Entry | "torn" | "damaged";

function readFrame(bytes: Buffer, at: number): Frame {
  if (bytes.length - at < headBytes) return "torn";
  if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8)) {
    return bytes.subarray(at).every((byte) => byte === 0) ? "torn" : "damaged";
  }
  const body = at + headBytes;
  const end = body + bytes.readUInt32BE(at);
  if (end > bytes.length) return "torn";
  if (crc32(bytes.subarray(body, end)) !== bytes.readUInt32BE(at + 4)) return "damaged";
  return {
    index: bytes.readDoubleBE(body),
    term: bytes.readDoubleBE(body + 8),
    time: bytes.readDoubleBE(body + 16),
    type: bytes.readUInt8(body + 24),
    data: bytes.subarray(body + fixedBytes, end),
    frame: bytes.subarray(at, end),
  };
}

/** Reads entries until the bytes end or are wrong. */
export function scanEntries(bytes: Buffer, from = 0): Scan {
  const entries: Entry[] = [];
  let at = from;
  while (at < bytes.length) {
    const frame = readFrame(bytes, at);
    if (typeof frame === "string") return { entries, end: at, fault: frame };
    entries.push(frame);
    at += frame.frame.length;
  }
  return { entries, end: at, fault: undefined };
}

/** A member of the cluster. */
export interface Member {
  id: string;
  address: string;
}

/** What a membership entry says. */
export interface Membership {
  clusterId: string;
  members: Member[];
}

/** The membership that an entry carries. */
export function membershipOf(entry: Entry): Membership {
  return JSON.parse(entry.data.toString("utf8")) as Membership;
}
