import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { encodedJumpUserData } from "../../../components/aws/nodeSetup";

const jump = {
  hostKey: { parameter: "/neumann/stack/dr/jump/ssh-host-key", region: "eu-west-1", publicKey: "ssh-ed25519 AAAA" },
  login: { user: "deploy", publicKey: "ssh-ed25519 BBBB me" },
  dnsSuffix: "amazonaws.com",
};
const text = Buffer.from(encodedJumpUserData(jump), "base64").toString();

describe("user data of the host that leads in", () => {
  it("makes no host key of its own, and a user who may do nothing there", () => {
    expect(text.startsWith("#cloud-config\n")).toBe(true);
    expect(text).toContain("ssh_deletekeys: true\nssh_genkeytypes: []\n");
    const users = /^users: (.*)$/m.exec(text)?.[1] as string;
    expect(JSON.parse(users)).toEqual([
      { name: "deploy", ssh_authorized_keys: ["ssh-ed25519 BBBB me"], shell: "/bin/sh", lock_passwd: true },
    ]);
    expect(text.length).toBeLessThan(16 * 1024);
  });

  const folder = mkdtempSync(path.join(tmpdir(), "jump-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("lets the nodes' program do what it names, and no more", () => {
    const done = (settings: object): string => {
      writeFileSync(path.join(folder, "node.json"), JSON.stringify(settings));
      const program = path.join(__dirname, "../../../components/aws/nodeSetup.py");
      const script = `
import importlib.util, os, sys
spec = importlib.util.spec_from_file_location("setup", sys.argv[1])
setup = importlib.util.module_from_spec(spec)
spec.loader.exec_module(setup)
setup.HERE = sys.argv[2]
setup.say = lambda text: None
setup.STEPS = tuple((name, lambda node, name=name: print(name)) for name, _ in setup.STEPS)
setup.main()
os.remove(os.path.join(setup.HERE, "done"))
`;
      return execFileSync("python3", ["-B", "-c", script, program, folder]).toString();
    };
    const settings = text.slice(text.indexOf("   {"), text.indexOf("\n- path", text.indexOf("   {")));
    expect(done(JSON.parse(settings) as object)).toBe("host key\n");
    expect(done({}).split("\n")).toEqual(["host key", "mask", "volume", "package", "owner", "config", ""]);
  });
});
