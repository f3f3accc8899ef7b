import fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { archiveCommand, installContext } from "../../agent/commands/install";
import { drift, wrongSchedule } from "../../agent/commands/drift";
import { nodeOf } from "../../agent/context";
import { machineIdentity } from "../../agent/host/identity";
import { PodService, serviceOf } from "../../agent/host/service";
import { podConfigure, type PodConfigure } from "../../agent/kubernetes/configure";
import { handoverCommand, podPlaces, sharedPlaces } from "../../agent/kubernetes/places";
import { Probes, Readiness } from "../../agent/kubernetes/probes";
import { type Answer, type Offer, WalSocket } from "../../agent/kubernetes/walSocket";
import { Refused, WorldFault } from "../../agent/run/errors";
import { quietReporter } from "../../agent/run/events";
import { runProcedure } from "../../agent/run/steps";
import { freePorts } from "../../lab/ports";
import type { AgentConfig, NodeConfig } from "../../model/agentConfig";
import { podArchiveCommand, podPaths } from "../../model/kubernetes/pod";
import { resolvePolicy } from "../../model/policy";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pod-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const node: NodeConfig = {
  id: "neumann-0",
  address: "neumann-0.neumann-headless.neumann.svc.cluster.local:7878",
  adminUrl: "http://127.0.0.1:1",
  configFile: podPaths.config,
  dataDirectory: podPaths.data,
  programDirectory: podPaths.programs,
  serviceManager: "kubelet",
};
const config: AgentConfig = {
  format: "neumann-agent/1",
  generation: "g1",
  node,
  archive: { kind: "directory", location: "/archive", clusterId: "prod" },
  policy: resolvePolicy({}),
  agentDirectory: podPaths.agent,
};

describe("a pod", () => {
  it("finds everything where the model puts it", () => {
    expect(podPlaces()).toMatchObject({ settings: podPaths.settings, given: podPaths.given });
    expect(sharedPlaces(node)).toEqual({ handover: podPaths.handover, socket: podPaths.socket });
    expect(handoverCommand(node)).toBe(podArchiveCommand);
    expect(archiveCommand(config)).toBe(podArchiveCommand);
  });

  it("is one machine wherever it runs: an update of the agent's image begins no new stream", async () => {
    expect(await machineIdentity(node)).toBe(node.address);
    expect(await machineIdentity({ ...node, serviceManager: "process" })).not.toBe(node.address);
  });

  it("is not installed, compared or restarted as a host is", async () => {
    const spec = { config, sha256: "0".repeat(64), hold: false };
    const refusal =
      "neumann-0 is a pod's: its agent comes and goes with the pod, by KubernetesBackups and KubernetesCluster. Nothing was changed.";
    expect(() => installContext(spec)).toThrow(new Refused(refusal));
    await expect(drift(spec)).rejects.toThrow(new Refused(refusal));
  });

  it("has no schedule where nobody takes its segments", async () => {
    const configFile = path.join(folder, "none", "etc", "config.toml");
    const [wrong, ...more] = await wrongSchedule(nodeOf({ ...config, node: { ...node, configFile } }));
    expect(wrong).toMatch(/^the pod's sidecar does not take segments at .*\/none\/run\/wal\.sock: .*ENOENT/);
    expect(more).toEqual([]);
  });
});

describe("the database of a pod", () => {
  it("is waited for, and never stopped", async () => {
    const service = serviceOf(node);
    expect(service).toBeInstanceOf(PodService);
    expect(await service.running()).toBe(false);
    await service.stop(); // It does not run.
    const server = createServer((_, response) => response.end("{}"));
    setTimeout(() => server.listen(0, "127.0.0.1"), 300);
    const early = new PodService(node, path.join(folder, "gate"), 0);
    await expect(early.start()).rejects.toThrow(
      new WorldFault(
        "the database of neumann-0 does not answer at http://127.0.0.1:1 after 0 s. Look at: kubectl describe pod neumann-0; kubectl logs neumann-0",
      ),
    );
    while (!server.listening) await new Promise((resolve) => setTimeout(resolve, 20));
    const adminUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const there = new PodService({ ...node, adminUrl }, path.join(folder, "gate"));
    await there.start();
    await expect(there.stop()).rejects.toThrow(
      new Refused("the kubelet stops the database of a pod, not the agent: kubectl delete pod neumann-0"),
    );
    fs.writeFileSync(path.join(folder, "gate"), "");
    await expect(there.start()).rejects.toThrow(Refused);
    server.close();
  });
});

describe("pod configure", () => {
  const settings = (more: object = {}): string =>
    JSON.stringify({
      format: "neumann-pod/1",
      agent: { ...config, policy: {}, node: { ...node, configFile: path.join(folder, "shared/etc/config.toml") } },
      domain: ".neumann-headless",
      pods: ["neumann-0", "neumann-1", "neumann-2"],
      lease: "neumann-backup",
      ownsConfiguration: true,
      ...more,
    });

  function contextOf(root: string, { text, given }: { text?: string; given?: string }): PodConfigure {
    const places = podPlaces(path.join(folder, root));
    for (const file of [places.settings, path.join(places.given, "x")])
      fs.mkdirSync(path.dirname(file), { recursive: true });
    if (text !== undefined) fs.writeFileSync(places.settings, text);
    if (given !== undefined) fs.writeFileSync(path.join(places.given, "config.toml"), given);
    return { places, pod: "neumann-0", result: {} };
  }

  const run = async (context: PodConfigure, steps = podConfigure.steps): Promise<void> =>
    runProcedure(
      { ...podConfigure, steps },
      context,
      quietReporter("pod configure", () => undefined),
    );
  const named = (...names: string[]) => podConfigure.steps.filter(({ name }) => names.includes(name));

  it("writes what is one pod's own into a cluster of our own, and nothing else", async () => {
    const given = '# ours\n[node]\nid = "template"\n\n[raft]\nsnapshot_interval = 5 # kept\n';
    const context = contextOf("own", { text: settings(), given });
    await run(context, named("settings", "database"));
    const text = fs.readFileSync(path.join(folder, "shared/etc/config.toml"), "utf8");
    expect(text).toContain('id = "neumann-0"');
    expect(text).toContain(`data_dir = "${podPaths.data}"`);
    expect(text).toContain('bind_address = "0.0.0.0:7878"');
    expect(text).toMatch(/peers = \[ *"neumann-1\.neumann-headless:7878", "neumann-2\.neumann-headless:7878" *\]/);
    expect(text).toContain("snapshot_interval = 5 # kept");
    expect(text).toContain("archive_timeout = 60");
  });

  it.each<[string, { text?: string; given?: string }, string]>([
    ["no settings", { given: "" }, "The pod has no settings"],
    ["no configuration of the database", { text: settings() }, "The database of this pod has no configuration"],
    ["no TOML", { text: settings(), given: "[node" }, "The database's configuration cannot be read"],
    [
      "another pod's configuration",
      { text: settings({ ownsConfiguration: false }), given: '[node]\nid = "neumann-1"\n' },
      'is of node "neumann-1", not of "neumann-0": nothing was changed.',
    ],
    ["settings that are damaged", { text: "{", given: "" }, "is no configuration of a pod"],
  ])("says what is wrong: %s", async (what, files, message) => {
    await expect(run(contextOf(what.replaceAll(" ", "-"), files), named("settings"))).rejects.toThrow(message);
  });
});

describe("the socket", () => {
  async function answered(socket: string, text: string): Promise<string> {
    const connection = connect(socket);
    let answer = "";
    connection.setEncoding("utf8").on("data", (piece: string) => (answer += piece));
    connection.write(text);
    await new Promise((resolve) => connection.once("close", resolve));
    return answer;
  }

  it("answers one line for one line, takes over a dead one's name, and refuses what is no offer", async () => {
    const file = path.join(folder, "socket", "wal.sock");
    fs.mkdirSync(path.dirname(file));
    fs.writeFileSync(file, "left by a dead one");
    const offers: Offer[] = [];
    const take = (offer: Offer): Promise<Answer> => {
      offers.push(offer);
      return offer.name === "bad"
        ? Promise.reject(new WorldFault("the bucket is away"))
        : Promise.resolve({ exitCode: 0 });
    };
    const socket = new WalSocket(file, take);
    await socket.listen();
    expect(fs.statSync(file).mode & 0o777).toBe(0o660);
    expect(await answered(file, '{"path":"/wal/a","name":"a"}\n')).toBe('{"exitCode":0}\n');
    expect(await answered(file, '{"path":"/wal/bad","name":"bad"}\n')).toBe(
      '{"exitCode":4,"message":"the bucket is away"}\n',
    );
    for (const text of ["\n", "{}\n", '{"path":"/wal/a"}\n', '{"path":1,"name":"a"}\n', "x".repeat(70_000)]) {
      expect(JSON.parse(await answered(file, text)), text.slice(0, 20)).toMatchObject({ exitCode: 2 });
    }
    expect(offers.map(({ name }) => name)).toEqual(["a", "bad"]);
    await socket.close();
    expect(fs.existsSync(file)).toBe(false);
  });
});

describe("the probes", () => {
  it("say that it is too early, and why", async () => {
    let started = false;
    const readiness = new Readiness();
    const probes = new Probes({ started: () => started, readiness, metrics: () => undefined });
    const [port = 0] = await freePorts(1);
    await probes.listen(port);
    const asked = async (at: string, method = "GET"): Promise<[number, string]> => {
      const reply = await fetch(`http://127.0.0.1:${port}${at}`, { method });
      return [reply.status, await reply.text()];
    };
    expect(await asked("/startz")).toEqual([503, "not yet: segments are not taken\n"]);
    expect(await asked("/livez")).toEqual([200, "yes\n"]);
    started = true;
    readiness.notYet("recovery r1 is under way");
    expect(await asked("/startz?x")).toEqual([200, "yes\n"]);
    expect(await asked("/readyz")).toEqual([503, "not yet: recovery r1 is under way\n"]);
    readiness.now();
    expect(await asked("/readyz")).toEqual([200, "yes\n"]);
    expect(await asked("/metrics")).toEqual([503, "the status is not known\n"]);
    expect((await asked("/"))[0]).toBe(404);
    expect((await asked("/livez", "POST"))[0]).toBe(405);
    await probes.close();
  });
});
