import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../cli/main";
import { readOrder, recoverFlags } from "../../cli/recoverRequest";
import { standardPolicy } from "../../model/policy";
import { makeRecoveryKit, serializeRecoveryKit } from "../../model/recoveryKit";
import type { ArchiveSpec } from "../../model/reference";
import { agePairs } from "../model/fixtures";
import { localHosts, publicKeyOf, sshHosts } from "../components/harness";
import { readDocument } from "../format/document";

vi.mock("../../components/agentBundle", async () => (await import("../components/harness")).fakeBundle());

const folder = mkdtempSync(path.join(tmpdir(), "neumann-recover-"));
const at = (name: string) => path.join(folder, name);
const put = (name: string, content: unknown) => {
  writeFileSync(at(name), typeof content === "string" ? content : JSON.stringify(content));
  return at(name);
};

const archive: ArchiveSpec = {
  kind: "directory",
  location: "/mnt/backup",
  clusterId: "prod",
  offsite: { kind: "s3", bucket: "acme-offsite", region: "eu-west-1" },
};
const nodes = [{ nodeId: "old1", address: "10.0.0.1:7878", publicKey: publicKeyOf("old1") }];
const versions = { library: "1.2.3", agent: "a".repeat(64) };
const kitText = serializeRecoveryKit(makeRecoveryKit({ archive, policy: standardPolicy, nodes, versions }));

let kit: string;
let hosts: string;

beforeAll(() => {
  kit = put("kit.json", kitText);
  hosts = put("hosts.json", localHosts());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const usual = () => [kit, "--hosts", hosts, "--archive", "/mnt/new", "--recovery-id", "r1", "--work", at("work")];

async function say(...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCommandLine(argv, { out: (text) => out.push(text), err: { write: (text) => err.push(text) } });
  return { code, out: out.join("\n"), err: err.join("") };
}

describe("recover", () => {
  it("takes all from kit and hosts that was not said otherwise", async () => {
    const { request, work, dryRun, yes } = await readOrder(usual());
    expect(request).toEqual({
      archive: { kind: "directory", location: "/mnt/new", clusterId: "prod", offsite: archive.offsite },
      hosts: localHosts(),
      policy: standardPolicy,
      clusterName: "prod",
      restorePoint: "latest-offsite",
      recoveryId: "r1",
    });
    expect({ work, dryRun, yes }).toEqual({ work: at("work"), dryRun: false, yes: false });
  });

  it("goes by the kit of a cluster in pods: what it names as nodes is not asked for", async () => {
    const kubernetes = { namespace: "db", statefulSet: "neumann" };
    const pods = makeRecoveryKit({ archive, policy: standardPolicy, nodes, versions, kubernetes });
    const file = put("pods.json", serializeRecoveryKit(pods));
    const { request } = await readOrder(usual().map((word) => (word === kit ? file : word)));
    expect(request).toEqual((await readOrder(usual())).request);
    expect((await say("kit", "verify", file)).out).toContain("StatefulSet neumann, namespace db");
    const { out } = await say("kit", "print", file);
    expect(out.slice(out.indexOf("Do nothing"), out.indexOf("4. "))).toMatchSnapshot();
  });

  it("takes other places, credentials for buckets, and the kit's own archive by its name", async () => {
    const flags = ["--offsite", "s3://moved/x?region=eu-north-1", "--profile", "dr", "--credentials-file", "/etc/keys"];
    const { request } = await readOrder([...usual().map((word) => (word === "/mnt/new" ? "kit" : word)), ...flags]);
    expect(request.archive).toEqual({
      kind: "directory",
      location: "/mnt/backup",
      clusterId: "prod",
      offsite: {
        kind: "s3",
        bucket: "moved",
        prefix: "x",
        region: "eu-north-1",
        credentials: { file: "/etc/keys", profile: "dr" },
      },
    });
  });

  it("believes the nodes of the kit only, where that is asked for", async () => {
    const { request } = await readOrder([...usual(), "--known-keys-only"]);
    expect(request.policy.signing.trustedKeys).toEqual([publicKeyOf("old1")]);
  });

  it("restores the newest backup of any kind where the kit knows no off-site archive", async () => {
    const { offsite, ...alone } = archive;
    expect(offsite).toBeDefined();
    const text = serializeRecoveryKit(makeRecoveryKit({ archive: alone, policy: standardPolicy, nodes, versions }));
    const [, ...rest] = usual();
    expect((await readOrder([put("alone.json", text), ...rest])).request.restorePoint).toBe("latest");
  });

  it("reads private keys from files", async () => {
    const [host] = sshHosts() as [ReturnType<typeof sshHosts>[number]];
    const { privateKey, ...ssh } = host.ssh;
    const file = put("key", privateKey);
    const jump = { host: "jump", user: "me", privateKeyFile: file, hostKey: ssh.hostKey };
    put("hosts.json", [{ ...host, ssh: { ...ssh, privateKeyFile: file, jump } }]);
    const { request } = await readOrder(usual());
    put("hosts.json", localHosts());
    const { privateKeyFile, ...login } = jump;
    expect(privateKeyFile).toBe(file);
    expect(request.hosts).toEqual([{ ...host, ssh: { ...host.ssh, jump: { ...login, privateKey } } }]);
  });

  it("takes the identity from the file that age-keygen wrote, and repeats nothing of one that is wrong", async () => {
    const [{ identity, recipient }, other] = agePairs;
    const made = `# created: 2026-11-23T04:00:00Z\n# public key: ${recipient}\n${identity}\n`;
    expect((await readOrder([...usual(), "--identity-file", put("identity", made)])).request.identity).toBe(identity);
    expect((await readOrder(usual())).request).not.toHaveProperty("identity");
    const remedy = "It has one line that begins with AGE-SECRET-KEY-1, and comments, as age-keygen writes it.";
    const wrong = `--identity-file: holds not exactly one X25519 identity of age (received "(not shown)"). ${remedy}`;
    const named = '--identity-file: is an identity, and not the file of one (received "(not shown)").';
    for (const [file, message] of [
      [put("two", `${identity}\n${other.identity}\n`), wrong],
      [put("wrong", identity.replace("R8VW", "R8VV")), wrong],
      [put("lower", identity.toLowerCase()), wrong],
      [put("recipient", recipient), wrong],
      [put("empty", "# nothing\n"), wrong],
      [at("nowhere"), "--identity-file: cannot be read: ENOENT"],
      [identity, named],
    ] as const) {
      const { code, out, err } = await say("recover", ...usual(), "--identity-file", file);
      expect(code, err).toBe(2);
      expect(err).toContain(message);
      expect((out + err).toUpperCase()).not.toContain(identity.slice(20, 40));
    }
    expect(existsSync(at("work"))).toBe(false);
  });

  it("names all mistakes at once, touches nothing, and shows no key", async () => {
    const bad = [
      { kind: "ssh", nodeId: "a b", address: 7, ssh: { user: "me", privateKey: 12, keyfile: "/k" } },
      "node2",
      { kind: "local", nodeid: "x" },
    ];
    const { code, err } = await say(
      ...["recover", put("edited.json", kitText.replace("eu-west-1", "eu-west-2")), "--hosts", put("bad.json", bad)],
      ...["--recovery-id", "x y", "--approve", "3f1c", "--restore-point", "yesterday", "--force", "--work", at("no")],
    );
    expect(code).toBe(2);
    expect(err.replaceAll(folder, "…").replace(/[0-9a-f]{64}/, "SEAL")).toMatchSnapshot();
    expect(existsSync(at("no"))).toBe(false);
  });

  it("names what is wrong with well-formed hosts, places and all of them together", async () => {
    const [one, two] = localHosts() as [ReturnType<typeof localHosts>[number], ReturnType<typeof localHosts>[number]];
    const { adminUrl, ...bare } = two;
    expect(adminUrl).toBeDefined();
    const clash = [one, { ...bare, nodeId: "node1", programDirectory: "/opt/neumann" }];
    const file = put("clash.json", clash);
    const { err } = await say("recover", kit, "--hosts", file, "--archive", "/mnt/new", "--recovery-id", "r");
    expect(err).toContain("hosts[1].adminUrl: is required for a node of this machine");
    expect(err).toContain("hosts[1].programDirectory: must be the same for all nodes of this machine");
    const twice = put("twice.json", [one, { ...two, nodeId: "node1" }]);
    const lost = [...["recover", kit, "--hosts", twice], ...["--archive", "/srv/neumann", "--recovery-id", "r"]];
    const { code, err: said } = await say(...lost);
    expect(code).toBe(2);
    expect(said).toContain("hosts[1].nodeId: names another node too: hosts[0]");
    expect(said).toContain("archive.location: shares a folder with hosts[0] and would be lost with it");
  });

  it("says what is not a kit, in JSON where that is wanted", async () => {
    const { code, err } = await say("recover", put("list.json", [1]), ...usual().slice(1), "--json");
    expect(code).toBe(2);
    expect(JSON.parse(err)).toMatchObject({ event: "error", exitCode: 2 });
    expect(err).toContain("is no JSON object: it is cut off, edited, or another file");
  });

  it("explains every flag and the hosts, in its help and in docs/recovery.md", async () => {
    const { code, out } = await say("recover", "--help");
    expect(code).toBe(0);
    const page = readDocument("docs/recovery.md");
    for (const { name } of recoverFlags.filter(({ name }) => name !== "help")) {
      expect(out).toContain(`--${name}`);
      expect(page, name).toContain(`--${name}`);
    }
    expect(out).toContain('"privateKeyFile"');
    expect((await say("--help")).out).toContain("recover");
    expect(await say("restore")).toMatchObject({ code: 2 });
  });
});

describe("kit", () => {
  it("tells a whole one, and prints what a person does", async () => {
    expect(await say("kit", "verify", kit)).toMatchObject({ code: 0 });
    const { out } = await say("kit", "print", kit);
    expect(out).toContain("s3://acme-offsite");
    expect(out).toContain("1. Keep the old nodes down");
    expect(JSON.parse((await say("kit", "verify", kit, "--json")).out)).toEqual(JSON.parse(readFileSync(kit, "utf8")));
  });

  it("refuses one that was edited, and what it does not know", async () => {
    const edited = put("edited.json", kitText.replace("acme-offsite", "acme-offsitf"));
    const { code, err } = await say("kit", "verify", edited);
    expect(code).toBe(2);
    expect(err).toContain("seal: does not match the content");
    for (const words of [["polish", kit], ["verify"], ["fetch"], ["verify", kit, "--fast"]]) {
      expect(await say("kit", ...words), words.join(" ")).toMatchObject({ code: 2 });
    }
  });
});
