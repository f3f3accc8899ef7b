import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Mistakes } from "../model/mistakes";
import { Architecture } from "../model/runtime";
import { checkArguments } from "./arguments";

/**
 * A host through which another one is reached.
 */
export interface SshJumpArgs {
  /**
   * Name or address.
   */
  host: pulumi.Input<string>;
  /**
   * TCP port.
   * @default 22
   */
  port?: pulumi.Input<number>;
  /**
   * User to log in as.
   */
  user: pulumi.Input<string>;
  /**
   * Private key, PEM or OpenSSH format. Kept secret in state.
   * @default the key of the host behind it
   */
  privateKey?: pulumi.Input<string>;
  /**
   * Pass phrase of the private key. Kept secret in state.
   * @default the key has none
   */
  privateKeyPassword?: pulumi.Input<string>;
  /**
   * The host's public key, such as `ssh-ed25519 AAAA…`: its file `/etc/ssh/ssh_host_ed25519_key.pub`.
   * Required, because the provider accepts every host when it is missing.
   */
  hostKey: pulumi.Input<string>;
}

/**
 * How a host is reached by SSH. The runbook's `ssh` and `ansible` commands, with the host key checked.
 */
export interface SshArgs {
  /**
   * Name or address.
   */
  host: pulumi.Input<string>;
  /**
   * TCP port.
   * @default 22
   */
  port?: pulumi.Input<number>;
  /**
   * User to log in as.
   */
  user: pulumi.Input<string>;
  /**
   * Private key, PEM or OpenSSH format. Kept secret in state.
   */
  privateKey: pulumi.Input<string>;
  /**
   * Pass phrase of the private key. Kept secret in state.
   * @default the key has none
   */
  privateKeyPassword?: pulumi.Input<string>;
  /**
   * The host's public key, such as `ssh-ed25519 AAAA…`: its file `/etc/ssh/ssh_host_ed25519_key.pub`.
   * Required, because the provider accepts every host when it is missing.
   */
  hostKey: pulumi.Input<string>;
  /**
   * Run the agent by `sudo -n`. The agent needs root to own the database's files.
   * @default true unless `user` is `root`
   */
  sudo?: pulumi.Input<boolean>;
  /**
   * The host's processor: it decides which Node is copied there for the agent.
   * @default x64
   */
  architecture?: pulumi.Input<Architecture>;
  /**
   * How long one attempt to connect may take, in seconds.
   * @default 15
   */
  dialTimeoutSeconds?: pulumi.Input<number>;
  /**
   * So many attempts to connect before the host counts as unreachable.
   * @default 10
   */
  dialAttempts?: pulumi.Input<number>;
  /**
   * A host through which this one is reached.
   * @default none: directly
   */
  jump?: SshJumpArgs;
}

/** The provider's connection, secret as a whole; checked before it is used. */
export function sshConnection(
  subject: string,
  ssh: SshArgs,
  path: string,
): pulumi.Output<command.types.input.remote.ConnectionArgs> {
  const check = (known: pulumi.Unwrap<SshArgs>, mistakes: Mistakes) => checkSsh(known, path, mistakes);
  const checked = checkArguments({ subject, args: ssh, path, check });
  return pulumi.secret(checked.apply(asConnection));
}

/** Whether the agent is run by sudo. */
export function usesSudo(ssh: SshArgs): pulumi.Output<boolean> {
  return pulumi.all([ssh.sudo, ssh.user]).apply(([sudo, user]) => sudo ?? user !== "root");
}

function asConnection(ssh: pulumi.Unwrap<SshArgs>): command.types.input.remote.ConnectionArgs {
  const { jump } = ssh;
  const dial = { dialErrorLimit: ssh.dialAttempts ?? 10, perDialTimeout: ssh.dialTimeoutSeconds ?? 15 };
  return {
    ...login(ssh, ssh),
    ...dial,
    ...(jump === undefined ? {} : { proxy: { ...login(jump, ssh), ...dial } }),
  };
}

type KnownLogin = pulumi.Unwrap<SshJumpArgs>;

function login(to: KnownLogin, inner: pulumi.Unwrap<SshArgs>): command.types.input.remote.ProxyConnectionArgs {
  const own = to.privateKey !== undefined;
  return {
    host: to.host,
    port: to.port ?? 22,
    user: to.user,
    privateKey: to.privateKey ?? inner.privateKey,
    privateKeyPassword: own ? to.privateKeyPassword : inner.privateKeyPassword,
    hostKey: to.hostKey.trim(),
  };
}

/** Collects what is wrong with a connection; never shows a key. */
export function checkSsh(ssh: pulumi.Unwrap<SshArgs>, path: string, mistakes: Mistakes): void {
  checkLogin(ssh, path, mistakes);
  checkKey(ssh.privateKey, `${path}.privateKey`, mistakes);
  const kinds: unknown[] = Object.values(Architecture);
  if (ssh.architecture !== undefined && !kinds.includes(ssh.architecture)) {
    mistakes.add(`${path}.architecture`, "is not known", ssh.architecture, `Write one of: ${kinds.join(", ")}.`);
  }
  checkWhole(ssh.dialTimeoutSeconds, `${path}.dialTimeoutSeconds`, { least: 1, greatest: 600 }, mistakes);
  checkWhole(ssh.dialAttempts, `${path}.dialAttempts`, { least: 1, greatest: 1000 }, mistakes);
  if (ssh.jump === undefined) return;
  checkLogin(ssh.jump, `${path}.jump`, mistakes);
  if (ssh.jump.privateKey !== undefined) checkKey(ssh.jump.privateKey, `${path}.jump.privateKey`, mistakes);
}

function checkLogin(to: KnownLogin, path: string, mistakes: Mistakes): void {
  if (!isWord(to.host))
    mistakes.add(`${path}.host`, "must be a host name or an address", to.host, "Such as db1.internal.");
  if (!isWord(to.user)) mistakes.add(`${path}.user`, "must be a user's name", to.user, "Such as admin.");
  checkWhole(to.port, `${path}.port`, { least: 1, greatest: 65_535 }, mistakes);
  if (typeof to.hostKey === "string" && /^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/=]{40,}/.test(to.hostKey.trim()))
    return;
  const remedy = "Copy the line of the host's own file /etc/ssh/ssh_host_ed25519_key.pub.";
  mistakes.add(
    `${path}.hostKey`,
    "must be the host's public key: without it any host would be trusted",
    to.hostKey,
    remedy,
  );
}

function isWord(value: unknown): boolean {
  return typeof value === "string" && /^[^\s-]\S*$/.test(value);
}

function checkKey(key: unknown, path: string, mistakes: Mistakes): void {
  if (typeof key === "string" && key.includes("PRIVATE KEY-----")) return;
  const received = typeof key === "string" && key !== "" ? "(not shown)" : undefined;
  mistakes.add(
    path,
    "must be a private key in PEM or OpenSSH format",
    received,
    "Give the file's content, not its name.",
  );
}

function checkWhole(
  value: unknown,
  path: string,
  range: { least: number; greatest: number },
  mistakes: Mistakes,
): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && (value as number) >= range.least && (value as number) <= range.greatest) return;
  const problem = `must be a whole number from ${range.least} to ${range.greatest}`;
  mistakes.add(path, problem, value, "Leave it out for the default.");
}
