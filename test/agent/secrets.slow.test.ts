import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../lab/neumann/harness";
import { World } from "../soak/world";
import { filesWithSecrets, pemSecret, ProcessWatch, type Secret, secretsIn } from "./secretWatch";
import { agent, type AnyHost, at, complaint, endAll, freshHost, nodeSpec, phase, recoveryOf, scratch } from "./support";

/**
 * Keys of the bucket and the nodes' signing keys while a cluster is backed up, verified and recovered: where they must
 * not be. The same on real hosts, with the engine's state and SSH keys: hosts/ssh.slow.
 */
const folder = scratch("secrets");
let world: World;

beforeAll(async () => {
  world = await World.open(path.join(folder, "world"));
});

afterAll(async () => {
  await world?.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

const keyFile = (host: AnyHost): string => path.join(host.agentDirectory, "state/signing-key.pem");

function signingKeys(): Secret[] {
  return world.hosts
    .filter((host) => fs.existsSync(keyFile(host)))
    .map((host) => pemSecret(`signing key of ${host.node.id}`, fs.readFileSync(keyFile(host), "utf8")));
}

describe("secrets", () => {
  it("are found where they are: a watch that sees nothing would prove nothing", async () => {
    const secret = { name: "planted", value: "a-secret-for-this-test-0123456789" };
    const watch = new ProcessWatch([secret], (_pid, command) => command.startsWith("sleep 5.25"));
    const child = spawn("sh", ["-c", "sleep 5.25; :", secret.value], {
      env: { ...process.env, PLANTED: secret.value },
    });
    try {
      await until("it is seen", () => watch.found.size === 2 || undefined);
    } finally {
      child.kill("SIGKILL");
    }
    expect(watch.stop().sort()).toEqual([
      "command line: planted",
      expect.stringMatching(/^environment of sleep 5\.25.*: planted$/),
    ]);
    expect(secretsIn(Buffer.from(secret.value).toString("base64"), [secret])).toEqual(["planted"]);
  });

  it("are in no command line, environment, output, log, archive, or file but the two that are for them", async () => {
    const bucketKey = { name: "secret key of the bucket", value: world.store.root.secretAccessKey };
    // The store's own server is told its keys; they are what it checks.
    const ours = (command: string) => /neumann|tar |zstd/.test(command) && !command.includes("versitygw");
    const watch = new ProcessWatch([bucketKey], (_pid, command) => ours(command));
    const output: string[] = [];
    const run = async (host: AnyHost, ...words: string[]): Promise<number | null> => {
      const ran = await agent([...at(host), ...words]);
      output.push(ran.stdout, ran.stderr);
      return ran.code;
    };
    const onLeader = (...words: string[]): Promise<unknown> =>
      until(words.join(" "), async () => {
        const leader = await world.leader();
        return leader !== undefined && (await run(leader, ...words)) === 0 ? true : undefined;
      });
    await world.writer.reached(200);
    for (const words of [["full"], ["offsite"], ["snapshot"], ["verify"], ["prune"]]) await onLeader(...words);
    for (const words of [["status"], ["doctor"], ["list"], ["plan", "latest-offsite"], ["run-due"]])
      await run(world.hosts[0]!, ...words);
    // What fails speaks most.
    world.proxy.fault = () => ({ answer: 403, code: "SignatureDoesNotMatch" });
    for (const words of [["full"], ["verify"], ["status"], ["list"]]) await run(world.hosts[0]!, ...words);
    world.proxy.fault = () => undefined;
    const recovered = await freshHost(path.join(folder, "recovered"), "new1", { archive: world.archive });
    const spec = (await recoveryOf([recovered], { recoveryId: "secrets" }))(recovered);
    const restored = await phase("first", recovered, spec);
    output.push(restored.stdout, restored.stderr);
    expect(restored.code, complaint(restored)).toBe(0);
    expect((await agent(["node-delete"], { spec: nodeSpec(recovered) })).code).toBe(0);

    expect(watch.stop()).toEqual([]);
    expect(watch.looks).toBeGreaterThan(100);
    const secrets = [bucketKey, ...signingKeys()];
    expect(secrets.length).toBeGreaterThan(1);
    expect(secretsIn(output.join("\n"), secrets)).toEqual([]);
    for (const archive of world.archiveFolders) expect(filesWithSecrets(archive, secrets)).toEqual([]);
    const places = [world.cluster.directory, path.join(folder, "recovered")];
    for (const line of places.flatMap((place) => filesWithSecrets(place, secrets))) {
      expect(line).toMatch(
        /^\w+\/agent\/agent\.json: secret key of the bucket$|^(\w+)\/agent\/state\/signing-key\.pem: signing key of \1$/,
      );
      const file = line.slice(0, line.indexOf(": "));
      const at = places.map((place) => path.join(place, file)).find((each) => fs.existsSync(each))!;
      expect(fs.statSync(at).mode & 0o077, file).toBe(0);
    }
  }, 240_000);
});
