import type { Readable } from "node:stream";
import { ownPrefix } from "../host/files";

/** An object as a listing shows it. */
export interface StoredObject {
  key: string;
  bytes: number;
  /** When it was stored, by the store's clock. */
  storedAt: Date;
}

export interface PutResult {
  /** False when an object with the same plain content was there already. */
  created: boolean;
  bytes: number;
  /** SHA-256 of the plain content. */
  sha256: string;
}

/** Ends the names of what lies beside objects: listings leave it out. */
export const metaSuffix = ".meta";

/**
 * A key's names. Names of ours would be left out of listings, `..` would lead out.
 * @throws TypeError for what is no key.
 */
export function namesOf(key: string): string[] {
  const names = key.split("/");
  const bad = (name: string): boolean =>
    name === "" || name === "." || name === ".." || name.includes("\0") || name.startsWith(ownPrefix);
  if (names.some(bad) || key.endsWith(metaSuffix)) throw new TypeError(`not a key: ${key}`);
  return names;
}

/** A place that keeps objects by key. Every put is create-only: nothing here replaces. */
export interface Archive {
  /** For messages: the folder or bucket. */
  readonly description: string;
  /**
   * Stores a small text.
   * @throws Conflict when another text has that key.
   */
  putText(key: string, text: string): Promise<PutResult>;
  /**
   * Stores a file as it is.
   * @throws Conflict when other content has that key.
   */
  putFile(key: string, file: string): Promise<PutResult>;
  /**
   * Stores a stream of unknown length.
   * @throws Conflict when an object has that key with other content.
   */
  putStream(key: string, content: Readable): Promise<PutResult>;
  /** The text of an object, or undefined where there is none. */
  getText(key: string): Promise<string | undefined>;
  /** The bytes of an object. */
  getStream(key: string): Promise<Readable>;
  /** Path of the file that an object is; undefined where objects are no files of this host. */
  fileOf?(key: string): string;
  /** SHA-256 that was stored with an object, or undefined where there is none. */
  storedHash(key: string): Promise<string | undefined>;
  /** All objects below a prefix, sorted by key. */
  list(prefix: string): Promise<StoredObject[]>;
  /**
   * Gives an object up: gone at once, or by the store's own rule later. Nothing happens where it is gone. Only `prune`
   * calls it, for what it has announced; undefined where the store's own rules alone decide.
   */
  expire?(key: string): Promise<void>;
  /** The store's own clock. */
  now(): Promise<Date>;
  /**
   * Tries on an object that is there whether it would be replaced; undefined where the file system itself keeps it.
   */
  keepsWhatIsThere?(key: string): Promise<boolean>;
}

/** A key holds other content: it is left as it is, always. */
export class Conflict extends Error {
  override readonly name = "Conflict";
  constructor(
    readonly key: string,
    readonly place: string,
  ) {
    super(`${place} holds other content under ${key}; it stays as it is`);
  }
}
