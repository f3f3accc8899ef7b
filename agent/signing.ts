import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { link, rm } from "node:fs/promises";
import path from "node:path";
import { recordKey, recordPrefix } from "../model/layout";
import { signedText } from "../model/manifest";
import { parseJsonAs } from "../model/parse";
import { type KeyRecord, keyRecordSchema } from "../model/records";
import { keyIdOf, type Signature } from "../model/signature";
import { type Archive, Conflict } from "./archive/archive";
import { loadNode, type Node, type NodePaths } from "./context";
import { isCode, makeDirectory, readIfThere, syncDirectory, temporaryName, writeDurably } from "./host/files";
import { WorldFault } from "./run/errors";

/** A node's own key. The private half lies in one file of its host, and nothing prints, stores or sends it. */
export interface Signer {
  keyId: string;
  publicKey: string;
  /** A manifest, or another record that is signed like one. */
  sign<T extends object>(document: T): T & { signature: Signature };
}

/** This node's signer, or undefined where no key was made yet. */
export async function readSigner({ signingKey }: NodePaths): Promise<Signer | undefined> {
  const pem = await readIfThere(signingKey);
  return pem === undefined ? undefined : signerOf(pem, signingKey);
}

/** This node's signer; its key is made where there is none, and never again. */
export async function ensureSigner(paths: NodePaths): Promise<Signer> {
  const known = await readSigner(paths);
  if (known !== undefined) return known;
  const folder = path.dirname(paths.signingKey);
  await makeDirectory(folder);
  const temporary = temporaryName(folder);
  const { privateKey } = generateKeyPairSync("ed25519");
  try {
    await writeDurably(temporary, privateKey.export({ format: "pem", type: "pkcs8" }), 0o600);
    // By `link`: of two that make one at once the first stays, and half a key is never there.
    await link(temporary, paths.signingKey).catch((error: unknown) => {
      if (!isCode(error, "EEXIST")) throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(folder);
  return (await readSigner(paths)) as Signer;
}

function signerOf(pem: string, file: string): Signer {
  const key = privateKeyOf(pem, file);
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).toString("base64");
  const keyId = keyIdOf(publicKey);
  return {
    keyId,
    publicKey,
    sign(document) {
      const value = sign(null, Buffer.from(signedText(document)), key).toString("base64");
      return { ...document, signature: { keyId, publicKey, value } };
    },
  };
}

/** @throws WorldFault, which says nothing of what the file holds. */
function privateKeyOf(pem: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Said below: the parser's own words might quote it.
  }
  throw new WorldFault(
    `${file} holds no Ed25519 key: backups cannot be signed. Move it away and run \`pulumi up\`: a new key is made, which has to be trusted anew; what the old one signed stays signed.`,
  );
}

/** Puts a node's public key beside its backups, once: for people, and to be named as trusted (docs/policy.md). */
export async function publishKey(
  archive: Archive,
  { clusterId, nodeId }: { clusterId: string; nodeId: string },
  { keyId, publicKey }: Signer,
): Promise<void> {
  const record: KeyRecord = { format: "neumann-key/1", keyId, publicKey, nodeId };
  await putOnce(archive, recordKey(clusterId, "keys", `${keyId}.json`), `${JSON.stringify(record)}\n`);
}

/** Copies what an archive knows of keys to another one; what is no record of a key stays behind. */
export async function copyKeys(from: Archive, to: Archive, clusterId: string): Promise<void> {
  for (const { key } of await from.list(recordPrefix(clusterId, "keys"))) {
    const text = await from.getText(key);
    const record = text === undefined ? undefined : keyRecordOf(text);
    if (text === undefined || record === undefined) continue;
    if (key === recordKey(clusterId, "keys", `${record.keyId}.json`)) await putOnce(to, key, text);
  }
}

function keyRecordOf(text: string): KeyRecord | undefined {
  try {
    const record = parseJsonAs(keyRecordSchema, text, "the record of a key");
    return keyIdOf(record.publicKey) === record.keyId ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever came first stays: it is nothing that anybody relies on. */
async function putOnce(archive: Archive, key: string, text: string): Promise<void> {
  if ((await archive.getText(key)) !== undefined) return;
  try {
    await archive.putText(key, text);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
}

/** The node of this host, as its own commands know it. */
export async function loadOwnNode(file: string): Promise<Node> {
  return trustingItself(await loadNode(file));
}

/**
 * Where keys are named a node also believes itself. Otherwise one with a new key, which nobody could name before it was
 * made, would take its own backups for forged ones.
 */
export async function trustingItself(node: Node): Promise<Node> {
  const { config, paths } = node;
  const { trustedKeys } = config.policy.signing;
  if (trustedKeys.length === 0) return node;
  const own = await readSigner(paths);
  if (own === undefined || trustedKeys.includes(own.publicKey)) return node;
  const signing = { trustedKeys: [...trustedKeys, own.publicKey] };
  return { ...node, config: { ...config, policy: { ...config.policy, signing } } };
}
