import type { Readable } from "node:stream";
import type { Retrieval } from "../../model/aws/storageClasses";
import type { FrozenClass } from "../../model/thaw";
import { ownPrefix } from "../host/files";
import { WorldFault } from "../run/errors";

/** An object as a listing shows it. */
export interface StoredObject {
  key: string;
  bytes: number;
  /** When it was stored, by the store's clock. */
  storedAt: Date;
  /** What the listing tells as the content's MD5: true of objects of one request, unless keys of KMS encrypt them. */
  md5?: string;
  /** Cannot be read from there before it is thawed; a listing does not tell whether it is. */
  frozen?: FrozenClass;
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

/** One of the contents that a key has had. */
export interface ObjectVersion {
  versionId: string;
  bytes: number;
  /** When it was stored, by the store's clock. */
  storedAt: Date;
  frozen?: FrozenClass;
}

/** An object that somebody, or a rule of the store, deleted, and that is still there as an older version. */
export interface HiddenObject {
  key: string;
  /** What hides it; deleting that again is all that brings the object back. */
  marker: {
    versionId: string;
    /** When it was deleted, by the store's clock. */
    at: Date;
    /** Whose the marker is, where the store says so. */
    by?: string;
  };
  /** The newest first; none where a rule has removed them for good. */
  versions: ObjectVersion[];
}

/** A place that keeps what was deleted, for some time. */
export interface Versions {
  /** False where nothing is kept now: what is deleted is gone. Throws where that cannot be told. */
  kept(): Promise<boolean>;
  /**
   * What is hidden below a prefix, sorted by key; with what lies beside objects (`metaSuffix`), which goes and comes with
   * them.
   */
  hidden(prefix: string): Promise<HiddenObject[]>;
  /** The same place, where these keys are read in these versions. */
  reading(versions: ReadonlyMap<string, string>): Archive;
  /**
   * Brings an object back: its newest version is current again, and no longer marked as given up. What somebody stored
   * under the key meanwhile stays.
   */
  uncover(object: HiddenObject): Promise<void>;
}

/** How far an object is on its way out of an archive class. */
export type Thawed =
  /** It can be read: until a time where a thawed copy is read. */
  { state: "readable"; until?: Date } | { state: "frozen" | "thawing"; storageClass: FrozenClass; bytes: number };

/** A place in which objects may lie frozen. */
export interface Thawing {
  /** How it is with an object now; undefined where there is none. */
  look(key: string): Promise<Thawed | undefined>;
  /**
   * Asks for a copy that can be read for so many days; one that is asked for already, or there, is fine: then it stays for
   * so many days from now.
   */
  ask(key: string, how: { days: number; retrieval: Retrieval }): Promise<void>;
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
  /**
   * The bytes of an object.
   * @throws FrozenFault, from the stream, when it must be thawed before.
   */
  getStream(key: string): Promise<Readable>;
  /** Path of the file that an object is; undefined where objects are no files of this host. */
  fileOf?(key: string): string;
  /** SHA-256 that was stored with an object, or undefined where there is none. */
  storedHash(key: string): Promise<string | undefined>;
  /** All objects below a prefix, sorted by key. */
  list(prefix: string): Promise<StoredObject[]>;
  /**
   * Gives an object up: gone at once, or by the store's own rule later. Nothing happens where it is gone. Only `prune`
   * calls it, for what it has announced.
   */
  expire(key: string): Promise<void>;
  /**
   * True where `expire` only marks an object for a rule of the store. Hosts have no rights for that (protocol 19), so
   * that a stolen one can end nothing.
   */
  readonly expiresLater: boolean;
  /** Tries on an object that is there, without consequence, whether `expire` works; undefined where it needs no try. */
  tryExpiry?(key: string): Promise<void>;
  /**
   * Removes what writers that were killed left half written, at the root and in a folder, last touched before a time by
   * the store's clock; how many. Undefined where nothing is left: a bucket shows no object before it is whole.
   */
  sweep?(folder: string, before: Date): Promise<number>;
  /** Takes an `expire` back that the store has not carried out; where objects go at once there is none to take back. */
  revive?(key: string): Promise<void>;
  /** Older versions; undefined where the kind of place keeps none. */
  readonly versions?: Versions;
  /** Undefined where nothing is ever frozen. */
  readonly thawing?: Thawing;
  /** What a bucket says of itself; undefined where the place is none. */
  readonly bucket?: BucketSettings;
  /** The store's own clock. */
  now(): Promise<Date>;
  /**
   * Tries on an object that is there whether it would be replaced; undefined where the file system itself keeps it.
   */
  keepsWhatIsThere?(key: string): Promise<boolean>;
}

/** A bucket's own protection against deletion. */
export interface BucketSettings {
  /** `off`: what is deleted or replaced is gone. `suspended`: so is what is stored from now on. */
  versioning(): Promise<"on" | "suspended" | "off">;
  /** null: the bucket has no object lock. `byDefault`: what it does with objects that say nothing of a lock. */
  lock(): Promise<{ byDefault: { mode: string; days: number } | null } | null>;
}

/** What was to be read lies in an archive class: it is whole, and must be thawed first. */
export class FrozenFault extends WorldFault {}

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
