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
export interface KeySource {
  (): Promise<Keys>;
  /** The store took the last ones for expired: whoever asks next gets them anew. */
  forget?: () => void;
}

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

/** What ends a session of these keys: in words, with what to do. `renews`: it may be over while this process runs. */
export function renewalOf({ credentials = {} }: S3Location): { renews: boolean; advice: string } {
  const { accessKeyId, secretAccessKey, file, profile } = credentials;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { renews: false, advice: fixed(`those in the archive's reference (${accessKeyId})`) };
  }
  if (file !== undefined) {
    return {
      renews: true,
      advice: `The credentials in ${file}, [${profile ?? "default"}], are past their time: renew them there.`,
    };
  }
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  if (profile !== undefined) {
    return { renews: true, advice: `The credentials of the profile ${profile} are past their time: renew them.` };
  }
  if (id && secret) return { renews: false, advice: fixed(`those in this process's environment (${id})`) };
  return {
    renews: true,
    advice:
      "The credentials of this host are past their time, and whoever gives it new ones (its role, a container's agent, ~/.aws) gave none yet: look there.",
  };
}

function fixed(which: string): string {
  return `The credentials are past their time, and nothing renews ${which}: give new ones, or have them renewed, by credentials.file, credentials.profile or the host's role; then run the same command again.`;
}

/** Asks again shortly before the keys are past their time, when they were forgotten, and after a failure. */
export function kept(source: KeySource): KeySource {
  let asked: Promise<Keys> | undefined;
  const ask = (): Promise<Keys> => {
    const mine = source().catch((error: unknown) => {
      if (asked === mine) asked = undefined;
      throw error;
    });
    return (asked = mine);
  };
  const keys = async (): Promise<Keys> => {
    const found = await (asked ?? ask());
    return found.expiration === undefined || Date.now() < found.expiration.getTime() - aheadMs ? found : ask();
  };
  return Object.assign(keys, { forget: () => void (asked = undefined) });
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
