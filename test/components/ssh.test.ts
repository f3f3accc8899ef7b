import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import { checkSsh, type SshArgs, sshConnection, usesSudo } from "../../components/ssh";
import { Mistakes } from "../../model/mistakes";
import { messageOf, sshArgs, unhandledIn, valueOf } from "./harness";

beforeEach(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }));

const good = sshArgs("db1");
const connect = (change: Partial<SshArgs> = {}) => sshConnection("It cannot be created", { ...good, ...change }, "ssh");

function said(change: object): string[] {
  const mistakes = new Mistakes();
  checkSsh({ ...good, ...change }, "ssh", mistakes);
  return mistakes.all.map((m) => `${m.path}: ${m.problem} (${JSON.stringify(m.received) ?? "nothing"}). ${m.remedy}`);
}

describe("sshConnection", () => {
  it("is secret as a whole, whatever was given", async () => {
    expect(await pulumi.isSecret(connect())).toBe(true);
    expect(await pulumi.isSecret(connect({ privateKey: pulumi.secret(good.privateKey) }))).toBe(true);
  });

  it("always checks the host key and limits the attempts to connect", async () => {
    expect(await valueOf(connect())).toEqual({
      host: "db1",
      port: 22,
      user: "admin",
      privateKey: good.privateKey,
      privateKeyPassword: undefined,
      hostKey: good.hostKey,
      dialErrorLimit: 10,
      perDialTimeout: 15,
    });
  });

  it("takes ports, limits and a jump host, which uses the same key unless it has its own", async () => {
    const jump = { host: "bastion", user: "hop", hostKey: good.hostKey };
    const shared = await valueOf(
      connect({ port: 2222, dialAttempts: 3, dialTimeoutSeconds: 5, privateKeyPassword: "p", jump }),
    );
    expect(shared).toMatchObject({ port: 2222, dialErrorLimit: 3, perDialTimeout: 5 });
    expect(shared.proxy).toEqual({
      host: "bastion",
      port: 22,
      user: "hop",
      privateKey: good.privateKey,
      privateKeyPassword: "p",
      hostKey: good.hostKey,
      dialErrorLimit: 3,
      perDialTimeout: 5,
    });
    const privateKey = good.privateKey.replace("secret", "other");
    const own = await valueOf(connect({ privateKeyPassword: "p", jump: { ...jump, privateKey } }));
    expect(own.proxy).toMatchObject({ privateKey, privateKeyPassword: undefined });
  });

  it("refuses at once what is known to be wrong", () => {
    expect(messageOf(() => connect({ hostKey: "" }))).toBe(
      "It cannot be created: 1 mistake\n" +
        '  - ssh.hostKey: must be the host\'s public key: without it any host would be trusted (received ""). ' +
        "Copy the line of the host's own file /etc/ssh/ssh_host_ed25519_key.pub.",
    );
  });

  it("refuses later what is known later", async () => {
    expect(await unhandledIn(() => valueOf(connect({ port: pulumi.output(0) })))).toEqual([
      "It cannot be created: 1 mistake\n" +
        "  - ssh.port: must be a whole number from 1 to 65535 (received 0). Leave it out for the default.",
    ]);
  });
});

describe("checkSsh", () => {
  it.each<[object, string]>([
    [{ host: "" }, 'host: must be a host name or an address (""). Such as db1.internal.'],
    [
      { host: "-oProxyCommand=x" },
      'host: must be a host name or an address ("-oProxyCommand=x"). Such as db1.internal.',
    ],
    [{ user: "a b" }, 'user: must be a user\'s name ("a b"). Such as admin.'],
    [{ port: 70_000 }, "port: must be a whole number from 1 to 65535 (70000). Leave it out for the default."],
    [
      { dialTimeoutSeconds: 0 },
      "dialTimeoutSeconds: must be a whole number from 1 to 600 (0). Leave it out for the default.",
    ],
    [{ dialAttempts: -1 }, "dialAttempts: must be a whole number from 1 to 1000 (-1). Leave it out for the default."],
    [
      { hostKey: undefined },
      "hostKey: must be the host's public key: without it any host would be trusted (nothing). Copy the line of the host's own file /etc/ssh/ssh_host_ed25519_key.pub.",
    ],
    [
      { privateKey: undefined },
      "privateKey: must be a private key in PEM or OpenSSH format (nothing). Give the file's content, not its name.",
    ],
    [{ jump: { ...good, host: "" } }, 'jump.host: must be a host name or an address (""). Such as db1.internal.'],
  ])("says what is wrong with %j", (change, message) => {
    expect(said(change)).toEqual([`ssh.${message}`]);
  });

  it("never shows a key", () => {
    const [message] = said({ privateKey: "hunter2" });
    expect(message).toBe(
      'ssh.privateKey: must be a private key in PEM or OpenSSH format ("(not shown)"). Give the file\'s content, not its name.',
    );
    expect(said({ jump: { ...good, privateKey: "hunter2" } }).join()).not.toContain("hunter2");
  });
});

describe("usesSudo", () => {
  it("is for everyone but root, unless it is said", async () => {
    expect(await valueOf(usesSudo(good))).toBe(true);
    expect(await valueOf(usesSudo({ ...good, user: "root" }))).toBe(false);
    expect(await valueOf(usesSudo({ ...good, sudo: false }))).toBe(false);
  });
});
