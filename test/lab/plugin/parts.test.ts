import { generateKeyPairSync } from "node:crypto";
import { readdirSync } from "node:fs";
import net from "node:net";
import fc from "fast-check";
import ssh2 from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import { type Connection, dial } from "../../../lab/plugin/connection";
import { differences } from "../../../lab/plugin/diff";
import { globToRegExp } from "../../../lab/plugin/glob";
import { runLocal } from "../../../lab/plugin/local";
import { type Operation, Streams } from "../../../lab/plugin/operation";
import { CommandProvider } from "../../../lab/plugin/provider";
import { runRemote } from "../../../lab/plugin/remote";
import { checkInputs, shapes } from "../../../lab/plugin/shapes";
import {
  isSecret,
  isUnknown,
  plain,
  type Properties,
  reveal,
  same,
  secret,
  unknown,
  type Value,
} from "../../../lab/plugin/values";

function operation(): Operation & { statuses: string[]; abort: () => void } {
  const statuses: string[] = [];
  const controller = new AbortController();
  const status = (message: string) => Promise.resolve(void statuses.push(message));
  return {
    statuses,
    signal: controller.signal,
    abort: () => controller.abort(),
    log: { status, lasting: (_severity, message) => status(message) },
  };
}

describe("path patterns", () => {
  it.each([
    ["*.txt", ["a.txt", ".txt"], ["a/b.txt", "a.txtx"]],
    ["**.txt", ["a.txt", "a/b/c.txt"], ["a.text"]],
    ["src/**", ["src/a", "src/b/.c"], ["src", "a/src/b"]],
    ["a?[bc][!d].{js,ts}", ["axbe.js", "a.cx.ts"], ["a/be.js", "axdd.js", "axbd.js", "axbe.jsx"]],
    ["a.b+(c)$", ["a.b+(c)$"], ["aXb+(c)$"]],
  ])("%s", (pattern, matching, others) => {
    const expression = globToRegExp(pattern);
    expect([...matching, ...others].filter((name) => expression.test(name))).toEqual(matching);
  });

  it("with an unbalanced brace is refused", () => {
    expect(() => globToRegExp("{a,b")).toThrow('the pattern "{a,b" has an unbalanced brace');
  });
});

const leaf: fc.Arbitrary<Value> = fc.oneof(fc.string(), fc.boolean(), fc.integer());
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie("value"), { maxKeys: 3 }),
    tie("value").map(secret),
  ),
}));
const properties = fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), value, {
  maxKeys: 3,
}) as fc.Arbitrary<Properties>;

describe("values", () => {
  it("differ in nothing from themselves, and in something from others", () => {
    fc.assert(
      fc.property(properties, properties, (a, b) => {
        expect(differences(a, structuredClone(a)).size).toBe(0);
        expect(same(a, b)).toBe(same(b, a));
        expect(differences(a, b).size === 0).toBe(same(a, b));
      }),
    );
  });

  it("hold no mark of secrecy once they are plain", () => {
    fc.assert(
      fc.property(value, (any) => {
        const text = JSON.stringify(plain(any));
        expect(text).not.toContain("1b47061264138c4ac30d75fd1eb44270");
        expect(plain(secret(any))).toEqual(plain(any));
      }),
    );
  });

  it("are compared by path, as deep as possible", () => {
    const olds: Properties = {
      a: "1",
      list: ["x", "y"],
      map: { "k.1": "v", k2: "v" },
      gone: "1",
      hidden: secret({ p: 1 }),
    };
    const news: Properties = {
      a: unknown,
      list: ["x", "z", "n"],
      map: { "k.1": "w", k2: "v" },
      come: "1",
      hidden: secret({ p: 2 }),
    };
    expect(Object.fromEntries(differences(olds, news))).toEqual({
      a: "update",
      "list[1]": "update",
      "list[2]": "add",
      'map["k.1"]': "update",
      gone: "delete",
      come: "add",
      "hidden.p": "update",
    });
  });
});

describe("inputs", () => {
  it("get their defaults, and the connection and what is in it become secret", () => {
    const connection = { host: "h", password: "p", proxy: { host: "b" } };
    const { inputs, failures } = checkInputs(shapes["command:remote:Command"], {
      connection,
      create: "c",
      internal: "x",
    });
    expect(failures).toEqual([]);
    expect(Object.keys(inputs).sort()).toEqual(["connection", "create"]);
    expect(isSecret(inputs["connection"])).toBe(true);
    expect(isSecret((reveal(inputs["connection"] ?? null) as Properties)["password"])).toBe(true);
    const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
    expect(plain(inputs)).toEqual({
      create: "c",
      connection: { ...connection, ...defaults, proxy: { host: "b", ...defaults } },
    });
  });

  it("that are wrong or missing are named, each with its path; unknown ones are not judged", () => {
    const check = (inputs: Properties) =>
      checkInputs(shapes["command:remote:Command"], inputs).failures.map((f) => f.reason);
    expect(check({})).toEqual(["missing required property 'connection'"]);
    expect(check({ connection: unknown, stdin: unknown, logging: secret(unknown) })).toEqual([]);
    expect(check({ connection: { port: "x" }, stdin: 1, environment: { a: 1 }, logging: "all" })).toEqual([
      "'stdin' must be a string",
      "'logging' must be one of stdout, stderr, stdoutAndStderr, none",
      "'environment' must be a map of strings",
      "missing required property 'connection.host'",
      "'connection.port' must be a number",
    ]);
    expect(check({ connection: "here" })).toEqual(["'connection' must be an object"]);
  });
});

describe("a preview of an update", () => {
  const urn = "urn:pulumi:s::p::command:local:Command::name";
  const { log } = operation();
  const request = { urn, log, preview: true, timeoutSeconds: 0 };
  const state = { create: "c", stdin: "a", stdout: "o", stderr: "" };

  it("keeps the outputs if no known input changes, and takes them for unknown otherwise", async () => {
    const provider = new CommandProvider();
    const added = await provider.update(request, state, { create: "c", stdin: "a", delete: "d" }, []);
    expect(added).toEqual({ ...state, delete: "d" });
    const changed = await provider.update(request, state, { create: "c", stdin: unknown }, []);
    expect([changed["stdout"], changed["stderr"]].map(isUnknown)).toEqual([true, true]);
    const ignored = await provider.update(request, state, { create: "c", stdin: "b" }, ["stdin"]);
    expect(ignored).toEqual(state);
  });

  it("replaces for a list of triggers that appears; its elements are the engine's affair", () => {
    const provider = new CommandProvider();
    const diff = (olds: Properties, news: Properties) => provider.diff(urn, { state, olds, news, ignored: [] });
    expect(diff({}, { triggers: ["a"] })).toMatchObject({ changed: ["triggers"], replaces: ["triggers"] });
    const element = diff({ triggers: ["a"] }, { triggers: ["b"] });
    expect([...element.detailed]).toEqual([["triggers[0]", { kind: "update", replace: false }]]);
    expect(element).toMatchObject({ changed: ["triggers"], replaces: [] });
  });

  it("of an unknown type is refused by name", () => {
    expect(() => new CommandProvider().check("urn:pulumi:s::p::command:remote:CopyFile::n", {})).toThrow(
      "command:remote:CopyFile",
    );
  });
});

describe("output", () => {
  it("is logged by line, in pieces as it comes, and one that the official provider cannot log is an error", async () => {
    const op = operation();
    const streams = new Streams(op.log, undefined);
    streams.add("stdout", Buffer.from("gr\u00fc\u00df").subarray(0, 3));
    streams.add("stdout", Buffer.from("gr\u00fc\u00df").subarray(3));
    streams.add("stdout", Buffer.from("e\r\nrest"));
    await streams.end();
    expect(op.statuses).toEqual(["gr\u00fc\u00dfe", "rest"]);
    expect(streams.text("stdout")).toBe("gr\u00fc\u00dfe\r\nrest");
    const long = new Streams(op.log, "stdout");
    long.add("stdout", Buffer.alloc(70_000, "x"));
    await expect(long.end()).rejects.toThrow("longer than 64 KiB");
    const quiet = new Streams(op.log, "none");
    quiet.add("stdout", Buffer.alloc(70_000, "x"));
    await quiet.end();
  });

  it("of a command that does not read its input is still complete", async () => {
    const inputs = { stdin: "x".repeat(1_000_000), logging: "none" as const };
    expect(await runLocal("echo done", inputs, {}, operation())).toEqual({ stdout: "done", stderr: "" });
  });

  it("ends when the operation is cancelled, and leaves no file handle behind", async () => {
    const op = operation();
    const handles = () => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
    const before = handles();
    const running = runLocal("sleep 300 & wait", {}, {}, op);
    setTimeout(op.abort, 100);
    await expect(running).rejects.toThrow("signal: killed: running");
    await expect(runLocal("true", {}, {}, op)).rejects.toThrow("context canceled");
    expect(handles()).toBeLessThanOrEqual(before + 1);
  });
});

describe("connections", () => {
  const servers: (ssh2.Server | net.Server)[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));
  // Not ssh2's own generator: some of its Ed25519 keys cannot be read back.
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const hostKey = pair.privateKey.export({ type: "sec1", format: "pem" }).toString();
  const parsed = ssh2.utils.parseKey(hostKey);
  if (parsed instanceof Error) throw parsed;
  const publicKey = `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;

  function serve(
    authenticate: (context: ssh2.AuthContext) => void,
    connected: (client: ssh2.Connection) => void = () => undefined,
  ): Promise<Connection> {
    const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
      client.on("authentication", authenticate).on("error", () => undefined);
      connected(client);
    });
    servers.push(server);
    return new Promise((resolve) =>
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as net.AddressInfo;
        resolve({ host: "127.0.0.1", port, user: "u", dialErrorLimit: 0, perDialTimeout: 5, hostKey: publicKey });
      }),
    );
  }

  it("log in with a password, and with one that is asked for", async () => {
    const byPassword = await serve((context) => {
      if (context.method === "password" && context.password === "pw") context.accept();
      else context.reject(["password"]);
    });
    const asked = await serve((context) => {
      if (context.method !== "keyboard-interactive") return context.reject(["keyboard-interactive"]);
      context.prompt([{ prompt: "?", echo: false }], (answers) =>
        answers[0] === "pw" ? context.accept() : context.reject(),
      );
    });
    for (const connection of [byPassword, asked]) {
      const session = await dial({ ...connection, password: "pw" }, operation());
      session.close();
      await expect(dial({ ...connection, password: "wrong" }, operation())).rejects.toThrow(
        "after 0 failed attempts: ssh: handshake failed: ssh: unable to authenticate",
      );
    }
  });

  it("are not tried again when a key cannot be read", async () => {
    const connection = await serve((context) => context.reject());
    const op = operation();
    await expect(dial({ ...connection, dialErrorLimit: 5, hostKey: "nonsense" }, op)).rejects.toThrow(
      "failed to parse host key",
    );
    await expect(dial({ ...connection, dialErrorLimit: 5, privateKey: "nonsense" }, op)).rejects.toThrow(
      "cannot parse the private key",
    );
    expect(op.statuses).toEqual([]);
  });

  it("end when the other side hangs up in the handshake, and stop trying when cancelled", async () => {
    const server = net.createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    servers.push(server);
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as net.AddressInfo;
    const connection = { host: "127.0.0.1", port, user: "u", dialErrorLimit: -1, perDialTimeout: 5 };
    await expect(dial({ ...connection, dialErrorLimit: 1 }, operation())).rejects.toThrow(
      "after 1 failed attempts: ssh: handshake failed",
    );
    const op = operation();
    setTimeout(op.abort, 300);
    await expect(dial(connection, op)).rejects.toThrow("context canceled");
    expect(op.statuses[0]).toBe("Dial 1/inf failed: retrying");
  });

  /** Runs a command on a server that answers `exec` so; gives both streams as JSON, else the reason of the failure. */
  async function run(answer: (channel: ssh2.ServerChannel, client: ssh2.Connection) => void, environment = {}) {
    const connection = await serve(
      (context) => context.accept(),
      (client) =>
        client.on("session", (accept) => {
          accept()
            .on("env", (acceptEnv?: () => void) => acceptEnv?.())
            .on("exec", (acceptExec) => {
              // What is sent in this turn reaches the other side in one read, as it does when that side is busy.
              const socket = (client as unknown as { _sock: net.Socket })._sock;
              socket.cork();
              answer(acceptExec(), client);
              setImmediate(() => socket.uncork());
            });
        }),
    );
    return runRemote("command", { connection, environment, stdin: "in" }, {}, operation()).then(
      (outputs) => JSON.stringify(outputs),
      (error: Error) => error.message,
    );
  }

  it("give output and exit status also when they come in one read with the answer to the command", async () => {
    const finish = (channel: ssh2.ServerChannel, ...exit: [number] | [string]) => {
      channel.write("out\n");
      channel.stderr.write("err\n");
      channel.exit(...(exit as [number]));
      channel.end();
    };
    expect(await run((channel) => finish(channel, 0))).toBe('{"stdout":"out","stderr":"err"}');
    expect(await run((channel) => finish(channel, 0), { A: "a" })).toBe('{"stdout":"out","stderr":"err"}');
    expect(await run((channel) => finish(channel, 7))).toMatch(/^Process exited with status 7: running "command":\n/);
    expect(await run((channel) => finish(channel, "TERM"))).toMatch(
      /^Process exited with status 143 from signal TERM:/,
    );
    expect(await run((channel) => finish(channel, "USR1"))).toMatch(
      /^Process exited with status 128 from signal USR1:/,
    );
  });

  it("are not closed before the server does it: the exit status may follow long after the output", async () => {
    const answer = (channel: ssh2.ServerChannel) => {
      let input = "";
      channel.on("data", (chunk: Buffer) => (input += chunk.toString()));
      channel.on("end", () => {
        channel.write(input);
        channel.eof();
        setTimeout(() => {
          // OpenSSH sends it after the end of the output, ssh2's server only before.
          (channel.outgoing as { state: string }).state = "open";
          channel.exit(0);
          channel.close();
        }, 100);
      });
    };
    expect(await run(answer)).toBe('{"stdout":"in","stderr":""}');
  });

  it("that are lost, and channels closed without an exit status, fail as in the official provider", async () => {
    const missing = 'wait: remote command exited without exit status or exit signal: running "command":\nout';
    const lost = (channel: ssh2.ServerChannel, client: ssh2.Connection) => {
      channel.write("out");
      setTimeout(() => client.end(), 50);
    };
    expect(await run(lost)).toBe(missing);
    expect(await run((channel) => void channel.end("out"))).toBe(missing);
  });
});
