import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoHosts } from "../../lab/hosts";
import {
  type ContainerSpec,
  nodeImage,
  PodLab,
  type PodObject,
  type PodSpec,
  type RunningPod,
} from "../../lab/kubernetes/pods";
import { request, until } from "../../lab/neumann/harness";
import { tracesOf } from "./hostTraces";

const why = whyNoHosts();
if (why !== undefined) process.stderr.write(`skipped: pods on this machine (${why})\n`);

/** The image of the operating system may have to be built first. */
const withImageMs = 1_200_000;

/** Says on its port whether the file /state/PATH is there; at its end it notes whether /state/last was. */
const server = `
const fs = require("fs");
require("http").createServer((call, answer) => {
  const file = "/state" + call.url;
  answer.statusCode = fs.existsSync(file) ? 200 : 503;
  answer.end(require("os").hostname());
}).listen(8080, process.env.BIND || "0.0.0.0", () => console.log("listens"));
process.on("SIGTERM", () => {
  console.log("SIGTERM");
  if (fs.existsSync("/state")) fs.writeFileSync("/state/told", fs.existsSync("/state/last") ? "afterwards" : "before");
  process.exit(0);
});
`;

const restricted = {
  runAsUser: 65534,
  runAsGroup: 65533,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
};

const objects: Record<string, Record<string, Record<string, string>>> = {
  ConfigMap: { settings: { "a.txt": "A", "b.txt": "B" }, variables: { ONE: "1", TWO: "2" } },
  Secret: { keys: { key: Buffer.from("secret").toString("base64") } },
};

function shell(name: string, text: string, more: Partial<ContainerSpec> = {}): ContainerSpec {
  return { name, image: "programs", command: ["/bin/sh", "-ec", text], securityContext: restricted, ...more };
}

function pod(name: string, spec: PodSpec): PodObject {
  return { metadata: { name, namespace: "lab", uid: `uid-${name}` }, spec };
}

const lines = (text: string) => text.split("\n").slice(0, -1);

describe.skipIf(why !== undefined)("pods", () => {
  let lab: PodLab;

  beforeAll(async () => {
    lab = await PodLab.start({
      images: (folder) => ({
        programs: nodeImage(
          path.join(folder, "programs"),
          [{ path: "/srv/server.js", from: Buffer.from(server) }],
          ["node", "/srv/server.js"],
        ),
      }),
      surroundings: {
        find: (kind, name) => Promise.resolve(objects[kind]?.[name] && { data: objects[kind][name] }),
        token: ({ audience }) => Promise.resolve(`token for ${audience}`),
        environment: { KUBERNETES_SERVICE_HOST: "kubernetes.default.svc" },
      },
      backOffSeconds: 0.1,
      progress: (line) => process.stderr.write(`${line}\n`),
    });
  }, withImageMs);
  afterAll(() => lab.stop());

  /** Runs one container to its end; what it wrote. */
  async function outputOf(name: string, container: ContainerSpec, spec: Partial<PodSpec> = {}): Promise<string[]> {
    const running = await lab.run(pod(name, { restartPolicy: "Never", containers: [container], ...spec }));
    const phase = await running.whenOver();
    const log = running.log(container.name);
    await running.delete();
    expect(phase, log).toBe("Succeeded");
    return lines(log);
  }

  it("have the environment, the arguments and the name that the spec says, and nothing of this process's", async () => {
    const container = shell("look", 'env | sort; hostname; pwd; echo "$0" "$@"', {
      args: ["$(POD_NAME)", "$(NOBODY)", "$$(POD_NAME)", "a  b"],
      workingDir: "/srv",
      env: [
        { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "TWICE", value: "$(POD_NAME)-$(POD_NAME)" },
        { name: "KEY", valueFrom: { secretKeyRef: { name: "keys", key: "key" } } },
        { name: "GONE", valueFrom: { configMapKeyRef: { name: "settings", key: "c", optional: true } } },
      ],
      envFrom: [{ configMapRef: { name: "variables" }, prefix: "SET_" }],
    });
    expect(await outputOf("env", container)).toEqual([
      "HOSTNAME=env",
      "KEY=secret",
      "KUBERNETES_SERVICE_HOST=kubernetes.default.svc",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "POD_NAME=env",
      "PWD=/srv",
      "SET_ONE=1",
      "SET_TWO=2",
      "TWICE=env-env",
      "env",
      "/srv",
      "env $(NOBODY) $(POD_NAME) a  b",
    ]);
  });

  it("have the user, the groups and no more rights, a read-only root, and only their own processes", async () => {
    const text = `id -u; id -g; id -G; grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status | tr -d '\\t'
      touch /srv/x 2>&1 || true; echo $$$$; tr '\\0' ' ' </proc/1/cmdline | head -n 1 | cut -c 1-11; cut -d ' ' -f 5 /proc/self/mountinfo | grep -v /dev/ | sort`;
    const spec = { securityContext: { fsGroup: 2000, supplementalGroups: [3000] } };
    expect(await outputOf("rights", shell("look", text), spec)).toEqual([
      ...["65534", "65533", "65533 2000 3000"],
      ...["CapEff:0000000000000000", "CapBnd:0000000000000000", "NoNewPrivs:1"],
      "touch: cannot touch '/srv/x': Read-only file system",
      ...["1", "/bin/sh -ec"],
      // Of this machine's files there is nothing.
      ...["/", "/dev", "/etc/hostname", "/etc/hosts", "/proc", "/sys"],
    ]);
  });

  it("have their volumes as a kubelet makes them", async () => {
    const text = `cd /v; stat -c '%n %U %g %a %F' empty config/a.txt config/..data config/..data/a.txt secret/renamed token/token
      cat config/a.txt secret/renamed token/token sub/file; echo; cat one
      touch empty/x; for file in config/x secret/x read/x; do touch $file 2>&1 || true; done`;
    const written = shell("write", "mkdir /e/etc; echo inner >/e/etc/file", {
      volumeMounts: [{ name: "empty", mountPath: "/e" }],
    });
    const mounts = [
      { name: "config", mountPath: "/v/one", subPath: "b.txt", readOnly: true },
      { name: "empty", mountPath: "/v/empty" },
      { name: "empty", mountPath: "/v/read", readOnly: true },
      { name: "empty", mountPath: "/v/sub", subPath: "etc" },
      { name: "config", mountPath: "/v/config" },
      { name: "secret", mountPath: "/v/secret" },
      { name: "token", mountPath: "/v/token" },
    ];
    const token = { path: "token", audience: "archive", expirationSeconds: 600 };
    const spec = {
      securityContext: { fsGroup: 2000 },
      initContainers: [written],
      volumes: [
        { name: "empty", emptyDir: {} },
        { name: "config", configMap: { name: "settings" } },
        {
          name: "secret",
          secret: { secretName: "keys", defaultMode: 0o440, items: [{ key: "key", path: "renamed" }] },
        },
        { name: "token", projected: { sources: [{ serviceAccountToken: token }] } },
      ],
    };
    const reader = shell("look", text, { volumeMounts: mounts });
    expect(await outputOf("volumes", reader, spec)).toEqual([
      "empty root 2000 2777 directory",
      "config/a.txt root 0 777 symbolic link",
      "config/..data root 0 777 symbolic link",
      "config/..data/a.txt root 2000 644 regular file",
      "secret/renamed root 0 777 symbolic link",
      "token/token root 0 777 symbolic link",
      "Asecrettoken for archiveinner",
      "",
      "B" + "touch: cannot touch 'config/x': Read-only file system",
      "touch: cannot touch 'secret/x': Read-only file system",
      "touch: cannot touch 'read/x': Read-only file system",
    ]);
  });

  describe("with a sidecar", () => {
    const volumeMounts = [{ name: "state", mountPath: "/state" }];
    const probe = (path: string) => ({ httpGet: { path, port: 8080 }, periodSeconds: 0.1, failureThreshold: 3 });
    const sidecar = (more: Partial<ContainerSpec> = {}): ContainerSpec => ({
      ...{ name: "side", image: "programs", restartPolicy: "Always", volumeMounts, securityContext: restricted },
      ...{ startupProbe: { ...probe("/started"), failureThreshold: 1000 } },
      ...more,
    });
    const main = (text: string): ContainerSpec => shell("main", text, { volumeMounts });
    const loop =
      'trap "echo SIGTERM; sleep 1; echo last >/state/last; exit 0" TERM; touch /state/main; echo up; while :; do sleep 0.1; done';
    const spec = (more: Partial<PodSpec> = {}): PodSpec => ({
      securityContext: { fsGroup: 65533 },
      volumes: [{ name: "state", persistentVolumeClaim: { claimName: "state" } }],
      initContainers: [sidecar()],
      containers: [main(loop)],
      ...more,
    });
    const state = (name: string) => path.join(lab.claimFolder("lab", "state"), name);
    const say = (name: string) => writeFileSync(state(name), "");

    it("start after its startup probe has passed, are ready when all are, and end before it", async () => {
      lab.wipe("lab", "state");
      const ready = sidecar({ readinessProbe: { ...probe("/ready"), failureThreshold: 1 } });
      const running = await lab.run(pod("side", spec({ initContainers: [ready] })));
      await until("the sidecar listens", () => running.log("side").includes("listens"));
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect([running.phase, existsSync(state("main"))]).toEqual(["Pending", false]);
      say("started");
      await until("the container runs", () => existsSync(state("main")));
      expect([running.phase, running.ready]).toEqual(["Running", false]);
      say("ready");
      await running.whenReady();
      const log = () => running.log("main");
      const deleted = running.delete();
      expect(running.ready).toBe(false);
      await until("the container is told", () => log().includes("SIGTERM"));
      expect(running.log("side")).not.toContain("SIGTERM");
      await deleted;
      expect(readFileSync(state("told"), "utf8")).toBe("afterwards");
      expect(readFileSync(state("last"), "utf8")).toBe("last\n");
      expect(lab.pods).toEqual([]);
    });

    it("live on while it is killed and started again, and are restarted themselves", async () => {
      const running = await lab.run(pod("side", spec()));
      await running.whenReady();
      const restarts = (name: string) => running.runners.get(name)?.restarts;
      running.kill("side");
      await until("it is started again", () => restarts("side") === 1 && running.ready);
      expect(restarts("main")).toBe(0);
      running.kill("main");
      await until("it is started again", () => restarts("main") === 1 && running.log("main") === "up\nup\n");
      expect(running.runners.get("main")?.exitCode).toBe(137);
      await running.delete();
    });

    it("end with it once all of them have succeeded, as a Job's do", async () => {
      const running = await lab.run(pod("job", spec({ restartPolicy: "Never", containers: [main("exit 0")] })));
      expect(await running.whenOver()).toBe("Succeeded");
      expect(running.log("side")).toContain("SIGTERM");
      await running.delete();
    });

    it("that is found dead by its liveness probe is started again; one that never starts as well", async () => {
      say("alive");
      const running = await lab.run(
        pod("live", spec({ initContainers: [sidecar({ livenessProbe: probe("/alive") })] })),
      );
      await until("it runs", () => running.log("main") === "up\n");
      lab.wipe("lab", "state/alive");
      await until("it is started again", () => running.runners.get("side")?.restarts === 1);
      await running.delete();
      const never = sidecar({ startupProbe: probe("/never") });
      const other = await lab.run(pod("never", spec({ initContainers: [never] })));
      await until("it is started again", () => (other.runners.get("side")?.restarts ?? 0) >= 2);
      expect([other.phase, other.log("main")]).toEqual(["Pending", ""]);
      await other.delete();
    });
  });

  it("run init containers in order, again when they fail, and the rest only after them", async () => {
    const volumeMounts = [{ name: "work", mountPath: "/kept" }];
    const first = shell("first", "echo try; [ -e /kept/again ] || { touch /kept/again; exit 3; }", { volumeMounts });
    const second = shell("second", "ls /kept", { volumeMounts });
    const running = await lab.run(
      pod("init", {
        restartPolicy: "OnFailure",
        volumes: [{ name: "work", emptyDir: {} }],
        initContainers: [first, second],
        containers: [shell("main", "ls /kept; echo word >/dev/termination-log", { volumeMounts })],
      }),
    );
    expect(await running.whenOver()).toBe("Succeeded");
    expect(["first", "second", "main"].map((name) => running.log(name))).toEqual(["try\ntry\n", "again\n", "again\n"]);
    expect(running.runners.get("main")?.container.terminationMessage).toBe("word\n");
    await running.delete();
    const failed = await lab.run(
      pod("fails", {
        restartPolicy: "Never",
        initContainers: [shell("no", "exit 4")],
        containers: [shell("main", "echo")],
      }),
    );
    expect([await failed.whenOver(), failed.log("main")]).toEqual(["Failed", ""]);
    await failed.delete();
  });

  it("that do not heed SIGTERM are killed when the grace period is over", async () => {
    const running = await lab.run(pod("deaf", { containers: [shell("main", "trap '' TERM; echo up; sleep 1000")] }));
    await until("it runs", () => running.log("main") === "up\n");
    const began = Date.now();
    await running.delete(1);
    expect(Date.now() - began).toBeGreaterThanOrEqual(1000);
    expect(running.runners.get("main")?.exitCode).toBe(137);
  });

  it("reach each other by the names of their service, and servers of this machine; probes come from outside", async () => {
    const web = (name: string, env: ContainerSpec["env"] = []): PodObject => {
      const container = { name: "web", image: "programs", env, readinessProbe: { exec: { command: ["true"] } } };
      return pod(name, { hostname: name, subdomain: "web-headless", containers: [container] });
    };
    const ask = (from: RunningPod, url: string) => from.exec("web", ["curl", "-s", "-m", "5", url]);
    const [one, other] = await Promise.all([lab.run(web("web-0")), lab.run(web("web-1"))]);
    await Promise.all([one, other].map((each) => until("it listens", () => each.log("web").includes("listens"))));
    const answer = await ask(one, "http://web-1.web-headless.lab.svc.cluster.local:8080/");
    expect(answer).toEqual({ code: 0, stdout: "web-1", stderr: "" });
    const own = http.createServer((_, response) => response.end("own")).listen(0, "127.0.0.1");
    await once(own, "listening");
    const { port } = own.address() as AddressInfo;
    await lab.network.offer(port);
    lab.name("store.lab", lab.network.address);
    expect((await ask(other, `http://store.lab:${port}`)).stdout).toBe("own");
    own.close();
    // As its address is what a kubelet asks, not its loopback.
    const closed = await lab.run(web("closed", [{ name: "BIND", value: "127.0.0.1" }]));
    await until("it listens", () => closed.log("web").includes("listens"));
    const seen = async (address: string) =>
      request("GET", `http://${await lab.reach(address, 8080)}/`).catch(() => "nothing");
    expect([await seen(one.address), await seen(closed.address)]).toEqual([{ status: 503, text: "web-0" }, "nothing"]);
    await Promise.all([one, other, closed].map((each) => each.delete()));
  });

  it("that ask for what the runner does not do are refused, with all of it", async () => {
    const container = { name: "main", image: "programs", lifecycle: {}, livenessProbe: { grpc: {} } };
    const spec = { hostNetwork: true, containers: [container], volumes: [{ name: "disk", hostPath: { path: "/" } }] };
    await expect(lab.run(pod("odd", spec as PodSpec))).rejects.toThrow(
      "the lab's pod runner does not know, in pod odd: spec.hostNetwork, volume disk: name, hostPath, container main: lifecycle, container main: a probe",
    );
    const missing = { containers: [shell("main", "true")], volumes: [{ name: "c", configMap: { name: "none" } }] };
    await expect(lab.run(pod("missing", missing))).rejects.toThrow("ConfigMap none of pod missing is not there");
    const root = await lab.run(
      pod("root", { containers: [shell("main", "true", { securityContext: { runAsNonRoot: true } })] }),
    );
    await until("it is said", () => root.runners.get("main")?.problem?.includes("runAsNonRoot"));
    await root.delete();
    expect(readdirSync(path.join(lab.network.folder, "pods"))).toEqual([]);
  });

  it("leave nothing behind when the process that runs them is killed", async () => {
    const program = `
      const { PodLab } = require(${JSON.stringify(path.resolve(__dirname, "../../lab/kubernetes/pods"))});
      PodLab.start({ images: () => ({ plain: { layers: [require("fs").mkdtempSync("/tmp/lab-layer-")] } }), surroundings: { find: async () => undefined } })
        .then(async (lab) => {
          const container = { name: "main", image: "plain", command: ["sleep", "1000"], volumeMounts: [{ name: "v", mountPath: "/v" }] };
          await lab.run({ metadata: { name: "left" }, spec: { containers: [container], volumes: [{ name: "v", emptyDir: {} }] } });
          await new Promise((resolve) => setTimeout(resolve, 1000));
          console.log(lab.network.folder);
        });
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const [folder] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    expect(tracesOf(folder).join("\n")).toContain("sleep");
    child.kill("SIGKILL");
    await until("everything is gone", () => tracesOf(folder).length === 0);
  });
});
