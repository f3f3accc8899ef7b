import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Events, lines, Project, type Resource, scratch } from "./harness";
import { Sshd, sshdInstalled } from "./sshd";

if (!sshdInstalled) process.stderr.write("skipped: remote commands (no sshd; apt-get install openssh-server)\n");

const folder = scratch();
const log = path.join(folder, "log");
const note = (text: string) => `echo "${text}" >> ${log}`;

describe.skipIf(!sshdInstalled)("remote", () => {
  let sshd: Sshd;
  let project: Project;
  let agent: ChildProcess;
  const agentSocket = path.join(folder, "agent");
  let seen = 0;
  const noted = () => {
    const fresh = lines(log).slice(seen);
    seen += fresh.length;
    return fresh.sort();
  };

  beforeAll(async () => {
    sshd = await Sshd.prepare(path.join(folder, "sshd"));
    await sshd.start();
    agent = spawn("ssh-agent", ["-D", "-a", agentSocket], { stdio: "ignore" });
    const env = { ...process.env, SSH_AUTH_SOCK: agentSocket };
    const unreachable = 2;
    while (spawnSync("ssh-add", ["-l"], { env }).status === unreachable) await sleep(50);
    execFileSync("ssh-add", ["-q", sshd.file("user")], { env, stdio: "ignore" });
    project = await Project.make("remote", folder);
  });
  afterAll(() => {
    sshd.stop();
    agent.kill();
  });

  describe("a first deployment", () => {
    let outputs: Record<string, unknown>;
    let events: Events;
    let resources: Map<string, Resource>;

    beforeAll(async () => {
      const { connection } = sshd;
      const keyless = { ...connection, privateKey: undefined };
      project.program = () => {
        const basic = new remote.Command("basic", {
          connection,
          create: "printf 'out\\n\\n'; echo err >&2",
          delete: `echo basic delete >> ${log}`,
        });
        const results = {
          stdin: { stdin: pulumi.interpolate`<${basic.stdout}>`, create: "cat" },
          environment: { environment: { GIVEN_ONE: "a 'b'" }, create: 'echo "$GIVEN_ONE"' },
          encrypted: {
            connection: { ...connection, privateKey: sshd.read("encrypted"), privateKeyPassword: "passphrase" },
            create: "echo in",
          },
          agent: { connection: { ...keyless, agentSocketPath: agentSocket }, create: "echo in" },
          unchecked: { connection: { ...connection, hostKey: undefined }, create: "echo in" },
          proxy: { connection: { ...connection, proxy: connection }, create: "echo through" },
          nothing: {},
        };
        const stdouts = Object.entries(results).map(([name, args]) => [
          name,
          new remote.Command(name, { connection, ...args }).stdout,
        ]);
        for (const logging of ["stdout", "stderr", "none"] as const) {
          new remote.Command(`logging-${logging}`, { connection, create: "echo o-line; echo e-line >&2", logging });
        }
        return { ...(Object.fromEntries(stdouts) as object), basic: basic.stdout, stderr: basic.stderr };
      };
      const preview = await project.stack.preview();
      expect(preview.changeSummary).toEqual({ create: 12 });
      ({ outputs, events } = await project.up());
      resources = await project.resources();
    });

    it("gives both streams without their last line break", () => {
      expect(outputs).toMatchObject({ basic: "out\n", stderr: "err", nothing: "" });
    });

    it("passes standard input and the variables that the server accepts", () => {
      expect(outputs).toMatchObject({ stdin: "<out\n>", environment: "a 'b'" });
    });

    it("connects with a plain key, an encrypted one and an agent, through a bastion, and without a host key", () => {
      expect(outputs).toMatchObject({ encrypted: "in", agent: "in", proxy: "through", unchecked: "in" });
    });

    it("shows the streams that the logging mode names", () => {
      expect(events.of("logging-stdout")).toEqual(["o-line"]);
      expect(events.of("logging-stderr")).toEqual(["e-line"]);
      expect(events.of("logging-none")).toEqual([]);
    });

    it("keeps the connection secret in the state, with its defaults", () => {
      const state = project.stateFile();
      expect(state).not.toContain("BEGIN OPENSSH PRIVATE KEY");
      expect(state).not.toContain("127.0.0.1");
      const connection = resources.get("basic")?.outputs["connection"] as { plaintext: string };
      expect(JSON.parse(connection.plaintext)).toMatchObject({ port: sshd.port, perDialTimeout: 15 });
      expect(resources.get("basic")?.id).toMatch(/^basic[0-9a-f]{8}$/);
    });

    it("has nothing to change afterwards", async () => {
      await project.stack.preview({ expectNoChanges: true });
    });
  });

  it("updates by update, else create; earlier output that the server refuses is only a warning", async () => {
    const program = (text: string) => () => {
      const { connection } = sshd;
      new remote.Command("updated", {
        connection,
        create: "echo created",
        update: note(`update ${text}`),
        stdin: text,
      });
      new remote.Command("recreated", { connection, create: `${note(`create ${text}`)}; echo printed`, stdin: text });
      new remote.Command("triggered", {
        connection,
        create: note(`trigger ${text}`),
        delete: note("old delete"),
        triggers: [text],
      });
    };
    project.program = program("one");
    await project.up();
    expect(noted()).toEqual(["basic delete", "create one", "trigger one"]);
    project.program = program("two");
    const { events } = await project.up();
    expect(noted()).toEqual(["create two", "old delete", "trigger two", "update two"]);
    const warnings = events.messages.filter((message) => message.severity === "warning");
    expect(warnings.map((message) => message.text).join()).toContain("Unable to set 'PULUMI_COMMAND_STDOUT'");
  });

  it("fails as the connection or the command fails, with the reason", async () => {
    const { connection } = sshd;
    // Nothing has listened there for decades.
    const closed = 1;
    project.program = () => {
      const command = (name: string, args: object) =>
        new remote.Command(name, { connection: { ...connection, dialErrorLimit: 0 }, create: "true", ...args });
      command("status", { create: "echo before; echo trouble >&2; exit 7" });
      command("signal", { create: "kill -TERM $$" });
      command("variable", { environment: { REFUSED: "x" } });
      command("host-key", { connection: { ...connection, hostKey: sshd.read("other.pub"), dialErrorLimit: 0 } });
      command("user-key", { connection: { ...connection, privateKey: sshd.read("other"), dialErrorLimit: 1 } });
      command("passphrase", {
        connection: { ...connection, privateKey: sshd.read("encrypted"), privateKeyPassword: "x" },
      });
      command("bad-key", { connection: { ...connection, privateKey: "no key" } });
      command("closed", { connection: { ...connection, port: closed, dialErrorLimit: 2 } });
      command("proxied", { connection: { ...connection, proxy: { ...connection, port: closed, dialErrorLimit: 0 } } });
      command("no-agent", { connection: { ...connection, agentSocketPath: path.join(folder, "nowhere") } });
    };
    const events = await project.fail();
    expect(events.of("status").join("\n")).toMatch(
      /Process exited with status 7: running "echo before; .*":\s+before\s+trouble/s,
    );
    expect(events.of("signal").join()).toMatch(/Process exited with status 143 from signal TERM/);
    expect(events.of("variable").join()).toContain('could not set environment variable "REFUSED"');
    expect(events.of("host-key").join()).toMatch(/after 0 failed attempts: ssh: handshake failed: .*host key/);
    expect(events.of("user-key").join()).toMatch(
      /after 1 failed attempts: ssh: handshake failed: ssh: unable to authenticate/,
    );
    expect(events.of("passphrase").join()).toMatch(/error|decrypt|passphrase|integrity/i);
    expect(events.of("closed")).toContain("Dial 1/2 failed: retrying");
    expect(events.of("closed").join()).toMatch(
      /after 2 failed attempts: dial tcp 127.0.0.1:\d+: connect: connection refused/,
    );
    expect(events.of("proxied").join()).toMatch(/proxy: after 0 failed attempts: dial tcp/);
    expect(events.of("no-agent").join()).toMatch(/dial unix .*nowhere: connect: no such file or directory/);
    expect([...(await project.resources()).keys()]).not.toContain("bad-key");
    // A key that cannot be read is no reason to try again.
    expect([...events.of("passphrase"), ...events.of("bad-key")].join()).not.toContain("retrying");
  });

  it("waits for a server that starts late, and gives up on an address that does not answer", async () => {
    const late = await Sshd.prepare(path.join(folder, "late"));
    const started = sleep(4_000).then(() => late.start());
    project.program = () => {
      new remote.Command("late", { connection: { ...late.connection, dialErrorLimit: -1 }, create: "echo at last" });
      const connection = { ...late.connection, host: "192.0.2.1", perDialTimeout: 1, dialErrorLimit: 0 };
      new remote.Command("silent", { connection, create: "true" });
    };
    const events = await project.fail();
    await started;
    late.stop();
    expect(events.of("late")).toContain("at last");
    expect(events.of("silent").join()).toMatch(/after 0 failed attempts: dial tcp 192.0.2.1:\d+: /);
  });

  it("copies files, folders and texts, and again only when they change", async () => {
    const [source, target] = [path.join(folder, "source"), path.join(folder, "target")];
    mkdirSync(path.join(source, "sub"), { recursive: true });
    mkdirSync(path.join(target, "existing"), { recursive: true });
    writeFileSync(path.join(source, "a.txt"), "a");
    writeFileSync(path.join(source, "empty"), "");
    writeFileSync(path.join(source, "sub/b.bin"), Buffer.alloc(300_000, "b"));
    const at = (...names: string[]) => path.join(target, ...names);
    project.program = () => {
      const copy = (name: string, asset: pulumi.asset.Asset | pulumi.asset.Archive, remotePath: string) =>
        new remote.CopyToRemote(name, { connection: sshd.connection, source: asset, remotePath });
      copy("file", new pulumi.asset.FileAsset(path.join(source, "a.txt")), at("deep", "er", "copied.txt"));
      copy("into", new pulumi.asset.FileAsset(path.join(source, "a.txt")), at("existing"));
      copy("text", new pulumi.asset.StringAsset("text"), at("text.txt"));
      copy("folder", new pulumi.asset.FileArchive(source), at("folder"));
      copy("content", new pulumi.asset.FileArchive(`${source}/`), at("content"));
    };
    await project.up();
    expect(readFileSync(at("deep/er/copied.txt"), "utf8")).toBe("a");
    expect(readFileSync(at("existing/a.txt"), "utf8")).toBe("a");
    expect(readFileSync(at("text.txt"), "utf8")).toBe("text");
    expect(readdirSync(at("folder"))).toEqual(["source"]);
    expect(readFileSync(at("folder/source/sub/b.bin")).equals(readFileSync(path.join(source, "sub/b.bin")))).toBe(true);
    expect(readdirSync(at("content")).sort()).toEqual(["a.txt", "empty", "sub"]);
    const { id } = (await project.resources()).get("text") ?? { id: "" };
    expect(id).toMatch(/^[0-9a-f]{8}$/);

    writeFileSync(at("text.txt"), "changed on the host");
    writeFileSync(path.join(source, "a.txt"), "new");
    const preview = await project.stack.preview();
    expect(preview.changeSummary).toMatchObject({ update: 4, same: 2 });
    await project.up();
    expect(readFileSync(at("deep/er/copied.txt"), "utf8")).toBe("new");
    expect(readFileSync(at("content/a.txt"), "utf8")).toBe("new");
    expect(readFileSync(at("text.txt"), "utf8")).toBe("changed on the host");
    await project.stack.destroy();
    expect(readdirSync(at("existing"))).toEqual(["a.txt"]);
  });
});
