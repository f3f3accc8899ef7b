import { readFile } from "node:fs/promises";
import type { S3Location } from "../../../model/s3Location";
import { isCode } from "../../host/files";
import { WorldFault } from "../../run/errors";

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** Afterwards they are asked for again. */
  expiration?: Date;
}

/** Gives the keys of this moment. */
export type KeySource = () => Promise<Keys>;

/** Keys are asked for again so long before their end. */
const aheadMs = 60_000;
const fileLifeMs = aheadMs + 60_000;

/** Keys that need no other service: given, in a file, or in the environment. undefined: the SDK has to find them. */
export function plainKeys({ credentials = {} }: S3Location): KeySource | undefined {
  const { accessKeyId, secretAccessKey, sessionToken, file, profile } = credentials;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return () => Promise.resolve({ accessKeyId, secretAccessKey, sessionToken });
  }
  if (file !== undefined) return kept(() => readKeys(file, profile ?? "default"));
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
  if (profile !== undefined || !id || !secret) return undefined;
  return () => Promise.resolve({ accessKeyId: id, secretAccessKey: secret, sessionToken: token });
}

/** Asks again shortly before the keys are past their time, and after a failure. */
export function kept(source: KeySource): KeySource {
  let asked: Promise<Keys> | undefined;
  return async () => {
    const keys = await (asked ??= source()).catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    if (keys.expiration === undefined || Date.now() < keys.expiration.getTime() - aheadMs) return keys;
    asked = source();
    return asked;
  };
}

/** One section of a file in the form of `~/.aws/credentials`. Its text never gets into a message. */
async function readKeys(file: string, profile: string): Promise<Keys> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (!isCode(error, "ENOENT", "EACCES", "EISDIR")) throw error;
    throw new WorldFault(
      `the archive's credentials cannot be read: ${(error as Error).message}. Put the file there, readable for the database's user only.`,
    );
  });
  const section = sectionOf(text, profile);
  const accessKeyId = section.get("aws_access_key_id");
  const secretAccessKey = section.get("aws_secret_access_key");
  if (!accessKeyId || !secretAccessKey) {
    throw new WorldFault(
      `${file} has no keys in [${profile}]: it needs aws_access_key_id and aws_secret_access_key there, a line each.`,
    );
  }
  const expiration = new Date(Date.now() + fileLifeMs);
  return { accessKeyId, secretAccessKey, sessionToken: section.get("aws_session_token"), expiration };
}

function sectionOf(text: string, name: string): Map<string, string> {
  const values = new Map<string, string>();
  let inside = false;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line);
    if (header !== null) inside = header[1] === name;
    const entry = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/i.exec(line);
    if (inside && entry !== null) values.set((entry[1] as string).toLowerCase(), entry[2] as string);
  }
  return values;
}
