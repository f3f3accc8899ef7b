import { readFile } from "node:fs/promises";
import { HostKind, type KnownHost } from "../components/hosts";
import { type Mistakes, secretShown } from "../model/mistakes";

/** Of which type each value of a host is, and of what it holds. */
interface Shape {
  [key: string]: "string" | "number" | "boolean" | Shape;
}

const login: Shape = {
  host: "string",
  port: "number",
  user: "string",
  privateKey: "string",
  privateKeyFile: "string",
  privateKeyPassword: "string",
  hostKey: "string",
};
const hostShape: Shape = {
  kind: "string",
  nodeId: "string",
  address: "string",
  adminUrl: "string",
  directory: "string",
  configFile: "string",
  dataDirectory: "string",
  agentDirectory: "string",
  programDirectory: "string",
  databasePackage: "string",
  serviceManager: "string",
  ssh: {
    ...login,
    sudo: "boolean",
    architecture: "string",
    dialTimeoutSeconds: "number",
    dialAttempts: "number",
    jump: login,
  },
};

/** The shape of the file, for the help. */
export const hostsHelp = `The file of --hosts is a JSON list with one object for each new node; the first one restores, the others join it:

  [{ "kind": "ssh", "nodeId": "node1", "address": "10.1.0.1:7878",
     "ssh": { "host": "10.1.0.1", "user": "admin", "privateKeyFile": "/home/me/.ssh/id_ed25519",
              "hostKey": "ssh-ed25519 AAAA…" } },
   { "kind": "local", "nodeId": "node2", "address": "127.0.0.1:7879",
     "adminUrl": "http://127.0.0.1:9091", "directory": "/srv/neumann/node2" }]

  ssh: a server with systemd, or serviceManager "sysv"; hostKey is its file /etc/ssh/ssh_host_ed25519_key.pub. local: a process on this machine,
  made in its folder; programDirectory is where neumann and neumann-admin are, if they are not on PATH.
  All other settings are those of HostArgs (docs/components.md); privateKeyFile names a key's file in place of the key.`;

/**
 * The hosts of a file. Collects everything whose type or name is wrong, and gives none then; what the values mean is
 * checked by whoever uses them.
 */
export async function readHosts(file: string, mistakes: Mistakes): Promise<KnownHost[] | undefined> {
  const before = mistakes.all.length;
  const list = await readList(file, mistakes);
  list.forEach((item, index) => checkShape(item, hostShape, { path: `hosts[${index}]`, mistakes }));
  if (mistakes.all.length > before) return undefined;
  const hosts = await Promise.all(list.map((host, index) => withKeys(host as object, `hosts[${index}]`, mistakes)));
  return mistakes.all.length > before ? undefined : hosts;
}

async function readList(file: string, mistakes: Mistakes): Promise<unknown[]> {
  const remedy = "Write a JSON list with one object for each new node: recover --help shows one.";
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    if (Array.isArray(value) && value.length > 0) return value as unknown[];
    mistakes.add("--hosts", "holds no list of hosts", file, remedy);
  } catch (error) {
    // A parser's own words would quote what may be a key.
    const reason = error instanceof SyntaxError ? "is not JSON" : `cannot be read: ${(error as Error).message}`;
    mistakes.add("--hosts", reason, file, remedy);
  }
  return [];
}

/** Below `ssh` only what is known to be none is shown: a misspelled name may stand before a key. */
function hidesValues(path: string): boolean {
  return /\.ssh\b/.test(path) && !/\.(host|port|user|hostKey|privateKeyFile)$/.test(path);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkShape(value: unknown, shape: Shape, { path, mistakes }: { path: string; mistakes: Mistakes }): void {
  if (!isObject(value)) {
    const received = hidesValues(path) ? secretShown : value;
    mistakes.add(path, "must be an object", received, `Use: ${Object.keys(shape).join(", ")}.`);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    const wanted = Object.hasOwn(shape, key) ? shape[key] : undefined;
    const at = `${path}.${key}`;
    const received = hidesValues(at) ? secretShown : inner;
    if (typeof wanted === "object") checkShape(inner, wanted, { path: at, mistakes });
    else if (wanted === undefined) mistakes.add(at, "is not known", received, `Use: ${Object.keys(shape).join(", ")}.`);
    else if (typeof inner !== wanted) mistakes.add(at, `must be a ${wanted}`, received, "See recover --help.");
  }
}

interface Login {
  privateKey?: string;
  privateKeyFile?: string;
  jump?: Login;
}

/** The host with the content of the files that hold its keys. */
async function withKeys(host: { ssh?: Login }, path: string, mistakes: Mistakes): Promise<KnownHost> {
  if (host.ssh === undefined) return host as KnownHost;
  const ssh = await withKey(host.ssh, `${path}.ssh`, mistakes);
  if (ssh.jump !== undefined) ssh.jump = await withKey(ssh.jump, `${path}.ssh.jump`, mistakes);
  return { ...host, ssh } as KnownHost;
}

async function withKey(login: Login, path: string, mistakes: Mistakes): Promise<Login> {
  const { privateKeyFile, ...rest } = login;
  if (privateKeyFile === undefined) return rest;
  const wrong = (problem: string, remedy: string): void =>
    mistakes.add(`${path}.privateKeyFile`, problem, privateKeyFile, remedy);
  if (rest.privateKey !== undefined) wrong("stands beside privateKey", "Give one of the two.");
  try {
    return { ...rest, privateKey: await readFile(privateKeyFile, "utf8") };
  } catch (error) {
    wrong(`cannot be read: ${(error as Error).message}`, "Name the file of the private key.");
    return rest;
  }
}

/** Whether the recovery makes the node itself: one of this machine about which only its folder is said. */
export function isMadeHere(host: KnownHost): boolean {
  const own = [host.configFile, host.dataDirectory, host.agentDirectory, host.serviceManager];
  return host.kind === HostKind.Local && own.every((value) => value === undefined);
}

/** Collects what is wrong with nodes that are made here, beside what is wrong with any host. */
export function checkMadeHere(hosts: readonly KnownHost[], mistakes: Mistakes): void {
  const folders = new Set(hosts.filter(isMadeHere).map(({ programDirectory }) => programDirectory));
  hosts.forEach((host, index) => {
    if (!isMadeHere(host)) return;
    if (host.adminUrl === undefined) {
      const remedy = "Such as http://127.0.0.1:9091.";
      mistakes.add(`hosts[${index}].adminUrl`, "is required for a node of this machine", undefined, remedy);
    }
    if (folders.size > 1) {
      const problem = "must be the same for all nodes of this machine";
      mistakes.add(`hosts[${index}].programDirectory`, problem, host.programDirectory, "Write one folder.");
    }
  });
}
