import { createHash } from "node:crypto";
import { Damaged, WorldFault } from "../../run/errors";
import { networkFault } from "./faults";
import type { S3Http, S3Response } from "./http";
import { presentIn } from "./meta";
import { isExplained, type Patience, Retries, Transient } from "./retry";

/** Nothing has that key. */
export class NotThere extends WorldFault {}

/** An object, or one version of it. */
export interface ReadAt {
  key: string;
  query?: Record<string, string>;
}

interface Reading {
  /** Bytes that were handed on. */
  at: number;
  total: number;
  etag?: string;
  sha256?: string;
}

/**
 * The bytes of an object, to the last one: where a connection ends early it goes on from there. What has a hash of its
 * own is held against it at the end.
 */
export async function* readObject(http: S3Http, from: ReadAt, patience: Patience): AsyncGenerator<Buffer> {
  const { key } = from;
  const retries = new Retries(patience);
  const hash = createHash("sha256");
  const reading: Reading = { at: 0, total: Infinity };
  while (reading.at < reading.total) {
    try {
      const { body } = await open(http, from, reading);
      try {
        for await (const chunk of body as AsyncIterable<Buffer>) {
          reading.at += chunk.length;
          hash.update(chunk);
          yield chunk;
          retries.reset();
        }
      } finally {
        body.destroy();
      }
      if (reading.at < reading.total) throw new Transient(`GET ${key} ended after ${reading.at} bytes.`);
    } catch (error) {
      await retries.after(isExplained(error) ? error : cut(error, http, key));
    }
  }
  if (reading.sha256 !== undefined && hash.digest("hex") !== reading.sha256) {
    throw new Damaged(`${key} does not have the SHA-256 that was stored with it: ${reading.sha256}`);
  }
}

function cut(error: unknown, http: S3Http, key: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? networkFault(error, http.asked("GET", key), http.host) : (error as Error);
}

/** Asks for what is left of the object that the first answer showed, and for no other. */
async function open(http: S3Http, { key, query }: ReadAt, reading: Reading): Promise<S3Response> {
  const { at, etag } = reading;
  const headers: Record<string, string> = {};
  if (at > 0) headers.range = `bytes=${at}-`;
  if (at > 0 && etag !== undefined) headers["if-match"] = etag;
  const response = await http.send({ method: "GET", key, query, headers });
  if (response.status === 404) throw new NotThere(`there is nothing under ${key} in ${http.host}`);
  if (response.status === 412 || (at > 0 && response.status !== 206)) {
    throw new Damaged(`${key} was replaced while it was read: nothing here replaces objects, so look who did`);
  }
  if (at === 0) {
    const { bytes, sha256 } = presentIn(response.headers);
    Object.assign(reading, { total: bytes, sha256, etag: response.headers.etag });
  }
  return response;
}
