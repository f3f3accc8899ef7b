import fc from "fast-check";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type NodeUserData, nodeUserData, waitForNode } from "../../../model/aws/userData";

const node: NodeUserData = {
  nodeId: "node1",
  hostName: "node1.prod.internal",
  database: { bucket: "packages", key: "neumann.deb", region: "eu-central-1", sha256: "0".repeat(64) },
  hostKey: { parameter: "/neumann/prod/node1/host-key", region: "eu-central-1", publicKey: "ssh-ed25519 AAAAhost" },
  volumeId: "vol-0123456789abcdef0",
  dataDirectory: "/var/lib/neumann",
  config: '[node]\nid = "node1"\n',
  login: { user: "deploy", publicKey: "ssh-ed25519 AAAAlogin" },
  dnsSuffix: "amazonaws.com",
};

/** The content of the files in it, as YAML reads a literal block: its lines without the indentation. */
function filesOf(text: string): Record<string, string> {
  const parts = text.split(/^- path: (.*)\n {2}permissions: "\d+"\n {2}content: \|\n/m).slice(1);
  const files: Record<string, string> = {};
  for (let at = 0; at < parts.length; at += 2)
    files[parts[at] as string] = (parts[at + 1] as string).replace(/^ {3}/gm, "");
  return files;
}

const settingsOf = (text: string): unknown => JSON.parse(filesOf(text)["/var/lib/neumann-setup/node.json"] as string);

describe("user data of a node", () => {
  it("makes no host key, lets only the operator in, and runs the program at each boot", () => {
    const text = nodeUserData(node, "#!/bin/sh\n\nexit 0\n");
    expect(text.replace(/ {3}\{[^]*?\n {3}\}\n/, "   {…}\n")).toMatchInlineSnapshot(`
      "#cloud-config
      ssh_deletekeys: true
      ssh_genkeytypes: []
      fqdn: "node1.prod.internal"
      prefer_fqdn_over_hostname: true
      users: [{"name":"deploy","ssh_authorized_keys":["ssh-ed25519 AAAAlogin"],"sudo":"ALL=(ALL) NOPASSWD:ALL","shell":"/bin/bash","lock_passwd":true}]
      write_files:
      - path: /var/lib/neumann-setup/node.json
        permissions: "0644"
        content: |
         {…}
      - path: /var/lib/cloud/scripts/per-boot/neumann-setup
        permissions: "0755"
        content: |
         #!/bin/sh

         exit 0
      "
    `);
    expect(settingsOf(text)).toEqual({
      database: node.database,
      hostKey: node.hostKey,
      volumeId: node.volumeId,
      dataDirectory: node.dataDirectory,
      config: node.config,
      dnsSuffix: node.dnsSuffix,
      endpoints: {},
      patienceSeconds: 300,
    });
  });

  it("carries every text as it is, in signs that all parsers of YAML read alike", () => {
    const anything = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
      fc.string(),
      fc.constantFrom("\u0085", "\u2028x", "\t- a: |\n  b"),
    );
    fc.assert(
      fc.property(anything, anything, (config, hostName) => {
        const text = nodeUserData({ ...node, config, hostName }, "true\n");
        expect(text).toMatch(/^#cloud-config\n[\n -~]*$/);
        expect(settingsOf(text)).toMatchObject({ config });
        expect(JSON.parse((/^fqdn: (.*)$/m.exec(text) as RegExpExecArray)[1] as string)).toBe(hostName);
        expect(Object.keys(filesOf(text))).toHaveLength(2);
      }),
    );
  });

  it("has a shell's words to wait with that shellcheck has nothing against", () => {
    const { status, stdout, error } = spawnSync("shellcheck", ["--shell=sh", "-"], {
      input: waitForNode,
      encoding: "utf8",
    });
    if (error !== undefined) process.stderr.write("skipped: shellcheck of waitForNode (apt-get install shellcheck)\n");
    else expect([status, stdout]).toEqual([0, ""]);
  });
});
