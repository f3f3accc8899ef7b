import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endGuarded, spawnGuarded } from "../guard";
import { freePorts } from "../ports";
import { callApi } from "./api";
import type { Programs } from "./programs";

/** The running programs of a control plane. */
export interface Servers {
  /** `https://127.0.0.1:PORT`. */
  server: string;
  /** The certificate that vouches for the server, in PEM. */
  authority: string;
  /** Of one who may do everything. */
  token: string;
  /** The same three for kubectl. */
  kubeconfig: string;
  stop(): Promise<void>;
}

/** The whole of it takes 4 s on an idle machine. */
const startMs = 90_000;

/** Starts etcd, the API server and the controller manager with all they keep in this folder; resolves when all work. */
export async function startServers(programs: Programs, folder: string): Promise<Servers> {
  const started: ChildProcess[] = [];
  const start = (name: string, program: string, args: readonly string[]): void => {
    const log = openSync(path.join(folder, `${name}.log`), "a");
    // Nothing in them is worth the time of an orderly end.
    started.push(spawnGuarded(program, args, { log, end: "KILL" }));
    closeSync(log);
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((child) => endGuarded(child)));
  };
  try {
    return { ...(await startAll(programs, folder, start)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(
  programs: Programs,
  folder: string,
  start: (name: string, program: string, args: readonly string[]) => void,
): Promise<Omit<Servers, "stop">> {
  const [client, peer, api, manager] = (await freePorts(4)) as [number, number, number, number];
  const at = (name: string) => path.join(folder, name);
  const keys = writeKeys(folder);
  start("etcd", programs.etcd, etcdArguments(at("etcd"), client, peer));
  start("kube-apiserver", programs.apiServer, apiServerArguments({ folder, store: client, port: api }));
  const server = `https://127.0.0.1:${api}`;
  const certificate = at("certificates/apiserver.crt");
  const deadline = Date.now() + startMs;
  const wait = (what: string, test: () => Promise<boolean>) => waitFor({ what, test, deadline, folder });
  const called = async (url: string): Promise<number> => {
    if (!existsSync(certificate)) return 0;
    const authority = readFileSync(certificate, "utf8");
    return (await callApi({ server, authority }, { path: url, token: keys.token })).status;
  };
  await wait("the API server is ready", async () => (await called("/readyz")) === 200);
  const authority = readFileSync(certificate, "utf8");
  const kubeconfig = at("kubeconfig");
  writeFileSync(kubeconfig, kubeconfigOf(server, authority, keys.token), { mode: 0o600 });
  start("kube-controller-manager", programs.controllerManager, [
    `--kubeconfig=${kubeconfig}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${manager}`,
    `--cert-dir=${at("certificates")}`,
    "--leader-elect=false",
    `--service-account-private-key-file=${at("accounts.key")}`,
    `--root-ca-file=${certificate}`,
  ]);
  // What it gives to every namespace, and pods cannot do without.
  for (const given of ["serviceaccounts/default", "configmaps/kube-root-ca.crt"]) {
    const url = `/api/v1/namespaces/default/${given}`;
    await wait(`the controller manager has made ${given}`, async () => (await called(url)) === 200);
  }
  return { server, authority, token: keys.token, kubeconfig };
}

/** The keys that sign service accounts' tokens, and the token of one who may do everything. */
function writeKeys(folder: string): { token: string } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const token = randomBytes(16).toString("hex");
  const secret = { mode: 0o600 };
  mkdirSync(path.join(folder, "certificates"), { mode: 0o700 });
  writeFileSync(path.join(folder, "accounts.key"), privateKey, secret);
  writeFileSync(path.join(folder, "accounts.pub"), publicKey, secret);
  writeFileSync(path.join(folder, "tokens.csv"), `${token},admin,admin,system:masters\n`, secret);
  return { token };
}

function etcdArguments(data: string, client: number, peer: number): string[] {
  const [clients, peers] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return [
    "--name=lab",
    `--data-dir=${data}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=lab=${peers}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

function apiServerArguments(at: { folder: string; store: number; port: number }): string[] {
  const file = (name: string) => path.join(at.folder, name);
  return [
    `--etcd-servers=http://127.0.0.1:${at.store}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${at.port}`,
    `--cert-dir=${file("certificates")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-signing-key-file=${file("accounts.key")}`,
    `--service-account-key-file=${file("accounts.pub")}`,
    `--token-auth-file=${file("tokens.csv")}`,
    "--authorization-mode=RBAC",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--endpoint-reconciler-type=none",
  ];
}

function kubeconfigOf(server: string, authority: string, token: string): string {
  const data = Buffer.from(authority).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster: { server, "certificate-authority-data": data } }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "admin" } }],
    "current-context": "lab",
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

async function waitFor(of: {
  what: string;
  test: () => Promise<boolean>;
  deadline: number;
  folder: string;
}): Promise<void> {
  // Until a server listens, a refused connection is an answer too.
  while (!(await of.test().catch(() => false))) {
    if (Date.now() > of.deadline) {
      throw new Error(
        `the control plane did not start; waited ${startMs / 1000} s until ${of.what}\n${logs(of.folder)}`,
      );
    }
    await sleep(50);
  }
}

/** The last lines of each program. */
function logs(folder: string): string {
  const names = ["etcd", "kube-apiserver", "kube-controller-manager"];
  const tail = (name: string) => {
    const file = path.join(folder, `${name}.log`);
    return existsSync(file) ? `${name}:\n${readFileSync(file, "utf8").slice(-2000)}` : `${name}: not started`;
  };
  return names.map(tail).join("\n");
}
