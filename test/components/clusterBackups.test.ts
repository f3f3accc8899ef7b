import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { alertRules } from "../../model/alertRules";
import type { InstallSpec } from "../../model/specs";
import type { HostArgs } from "../../components/hosts";
import { ClusterBackups, type ClusterBackupsArgs } from "../../components/clusterBackups";
import {
  archive,
  bundleFile,
  bundleSha256,
  localHosts,
  Machine,
  messageOf,
  publicKeyOf,
  type Registered,
  run,
  sshHosts,
  valueOf,
} from "./harness";
import { runtimeFile, runtimes } from "../../model/runtime";

vi.mock("../../components/agentBundle", async () => (await import("./harness")).fakeBundle());

const make = (args: Partial<ClusterBackupsArgs> = {}, name = "prod") =>
  run((opts) => new ClusterBackups(name, { nodes: localHosts(), archive, ...args }, opts));

const specification = (resource: Registered | undefined) => JSON.parse(resource?.inputs.stdin as string) as InstallSpec;

const named = (resources: Registered[], name: string) => resources.find((resource) => resource.name === name);

describe("ClusterBackups", () => {
  it("has these resources, by URN, for ever", async () => {
    const { resources } = await make();
    expect(resources.map((resource) => resource.urn)).toMatchSnapshot();
  });

  it("sets every option of every resource", async () => {
    const { resources } = await make();
    expect(resources.map(({ name, options }) => [name, options])).toMatchSnapshot();
  });

  it("runs these commands", async () => {
    const { resources } = await make();
    const commands = resources
      .filter((resource) => resource.type === "command:local:Command")
      .map(({ name, inputs: { stdin, ...inputs } }) => (expect(stdin).toBeTypeOf("string"), [name, inputs]));
    expect(commands).toMatchSnapshot();
  });

  it("hands the agent its whole configuration by standard input", async () => {
    const { resources } = await make();
    const spec = specification(named(resources, "prod-install-node2"));
    expect(spec).toMatchObject({ sha256: bundleSha256, hold: false });
    expect(spec.config).toEqual({
      format: "neumann-agent/1",
      generation: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      owner: "project/stack/ClusterBackups/prod",
      agentDirectory: "/srv/neumann/node2/agent",
      archive: { kind: "directory", location: "/mnt/backup", clusterId: "prod", offsite: archive.offsite },
      policy: (await import("../../model/policy")).standardPolicy,
      node: {
        id: "node2",
        address: "127.0.0.1:7872",
        adminUrl: "http://127.0.0.1:9092",
        configFile: "/srv/neumann/node2/etc/config.toml",
        dataDirectory: "/srv/neumann/node2/data",
        programDirectory: null,
        serviceManager: "process",
      },
    });
  });

  it("installs everywhere at once and rolls out one node at a time, followers first", async () => {
    const { resources } = await make();
    const dependsOn = (name: string) => named(resources, name)?.options.dependsOn;
    const installs = ["prod-install-node1", "prod-install-node2", "prod-install-node3"];
    expect(dependsOn("prod-install-node2")).toEqual([]);
    const followers = ["prod-rollout-node1", "prod-rollout-node2", "prod-rollout-node3"];
    expect(dependsOn("prod-rollout-node1")).toEqual(installs);
    expect(dependsOn("prod-rollout-node3")).toEqual([...installs, ...followers.slice(0, 2)]);
    expect(dependsOn("prod-rollout-last-node1")).toEqual([...installs, ...followers]);
  });

  it("has outputs for who builds on it", async () => {
    const { result } = await make({ policy: { full: { everyMinutes: 720 } } });
    expect(await valueOf(result.generation)).toMatch(/^[0-9a-f]{16}$/);
    expect(await valueOf(result.archive)).toEqual(archive);
    expect((await valueOf(result.policy)).full).toMatchObject({ everyMinutes: 720, retentionDays: 30 });
    expect(await valueOf(result.schedules)).toEqual([
      { command: "snapshot", everyMinutes: 15, everyEntries: 10_000 },
      { command: "full", everyMinutes: 720 },
      { command: "offsite", everyMinutes: 10_080 },
    ]);
    const rules = { clusterId: "prod", policy: await valueOf(result.policy), offsite: true };
    const nodes = ["node1", "node2", "node3"];
    expect(await valueOf(result.alertRules)).toBe(alertRules({ ...rules, nodes }));
  });

  it("says what each kind of disaster may cost, in its output and in a preview", async () => {
    const args = { nodes: localHosts(), archive, policy: { offsite: { continuousWal: true } } };
    const { result, logs } = await run((opts) => new ClusterBackups("prod", args, opts));
    const points = new Map((await valueOf(result.recoveryPoints)).map((point) => [point.disaster, point]));
    expect(points.get("region")).toMatchObject({
      lostSeconds: 900,
      recoveredFrom: expect.stringContaining("log off-site") as string,
    });
    expect(points.get("stolen-host")).not.toHaveProperty("lostSeconds");
    const told = (found: typeof logs) => found.filter(({ text }) => text.startsWith("What each kind of disaster"));
    expect(told(logs)).toEqual([]);
    const preview = await run((opts) => new ClusterBackups("prod", args, opts), { preview: true });
    expect(told(preview.logs)).toEqual([
      { severity: "info", text: expect.stringMatching(/^ {2}region +15 min +end-of-log/m) as string },
    ]);
  });

  it("tells the nodes' public keys, and warns of those that its own list lacks", async () => {
    const keys = ["node1", "node2", "node3"].map(publicKeyOf);
    const warnings = async (trustedKeys?: string[]): Promise<string[]> => {
      const { result, logs } = await make({ policy: { signing: { trustedKeys } } });
      expect(await valueOf(result.publicKeys)).toEqual(keys);
      return logs.filter(({ severity }) => severity === "warn").map(({ text }) => text);
    };
    for (const list of [undefined, [], keys, [...keys, publicKeyOf("gone")]]) expect(await warnings(list)).toEqual([]);
    expect(await warnings(keys.slice(1))).toEqual([
      `policy.signing.trustedKeys lacks ${keys[0]} (node1): backups of these nodes are listed and never chosen by other nodes and by recoveries. Add the keys.`,
    ]);
  });

  it("goes on where an agent was installed that had no key", async () => {
    const { result } = await run((opts) => new ClusterBackups("prod", { nodes: localHosts(), archive }, opts), {
      agent: () => ({ nodeId: "node1", generation: "g", restartDue: false }),
    });
    expect(await valueOf(result.publicKeys)).toEqual([]);
  });

  it("gives the same generation for the same content, and another for each change of it", async () => {
    const generation = async (args: Partial<ClusterBackupsArgs>, name?: string) =>
      valueOf((await make(args, name)).result.generation);
    const usual = await generation({});
    expect(await generation({})).toBe(usual);
    expect(await generation({ policy: { wal: { archiveTimeoutSeconds: 60 } } })).toBe(usual);
    const changed = [
      await generation({ policy: { wal: { archiveTimeoutSeconds: 30 } } }),
      await generation({ nodes: localHosts(4) }),
      await generation({ archive: { ...archive, location: "/mnt/other" } }),
      // The agent of another component is another installation: an old one's removal leaves it alone.
      await generation({}, "other"),
    ];
    expect(new Set([usual, ...changed]).size).toBe(5);
  });

  it("leaves the installation of other nodes as it is when a node comes", async () => {
    const three = (await make()).resources;
    const four = (await make({ nodes: localHosts(4) })).resources;
    expect(named(four, "prod-install-node1")?.inputs).toEqual(named(three, "prod-install-node1")?.inputs);
  });

  it("stands twice in a program", async () => {
    const { resources } = await run((opts) => [
      new ClusterBackups("a", { nodes: localHosts(), archive }, opts),
      new ClusterBackups("b", { nodes: localHosts(), archive }, opts),
    ]);
    const names = resources.map((resource) => resource.urn);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.includes("::a-"))).toHaveLength(10);
    expect(names.filter((name) => name.includes("::b-"))).toHaveLength(10);
  });

  it("makes the same resources in a preview with unknown addresses, and runs nothing", async () => {
    const known = await make();
    const { resources, calls } = await run(
      (opts) => {
        const machine = new Machine("machine");
        const [first, ...others] = localHosts();
        return new ClusterBackups(
          "prod",
          { nodes: [{ ...first, address: machine.address } as HostArgs, ...others], archive },
          opts,
        );
      },
      { preview: true },
    );
    expect(calls).toEqual([]);
    expect(resources.map((r) => r.urn).filter((urn) => urn !== "")).toEqual(known.resources.map((r) => r.urn));
    expect(pulumi.containsUnknowns(named(resources, "prod-install-node1")?.inputs)).toBe(true);
  });

  it("knows its outputs in a preview", async () => {
    const { result } = await run((opts) => new ClusterBackups("prod", { nodes: localHosts(), archive }, opts), {
      preview: true,
    });
    expect(await valueOf(result.archive)).toEqual(archive);
    expect(await valueOf(result.generation)).toMatch(/^[0-9a-f]{16}$/);
  });

  it("honours transformations and transforms", async () => {
    const { resources } = await run((opts) => {
      const protect: pulumi.ResourceTransformation = ({ props, opts: given }) => ({
        props: props,
        opts: { ...given, protect: true },
      });
      return new ClusterBackups(
        "prod",
        { nodes: localHosts(), archive },
        { transformations: [protect, ...opts.transformations!] },
      );
    });
    expect(resources.map((resource) => resource.options.protect)).toEqual(resources.map(() => true));
  });

  it("warns of an even number of nodes", async () => {
    const { logs } = await make({ nodes: localHosts(2) });
    expect(logs).toEqual([
      {
        severity: "warn",
        text: "nodes: 2 nodes survive no more failures than 1 do, and need one more to be healthy. Use 1 or 3.",
      },
    ]);
    expect((await make()).logs).toEqual([]);
  });

  it("reaches hosts by SSH with the same commands", async () => {
    const { resources } = await make({ nodes: sshHosts() });
    const remote = resources.filter((resource) => resource.type.startsWith("command:remote:"));
    expect(remote).toHaveLength(3 * 3 + 3 + 6 + 1);
    remote.sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(remote.map(({ name, type, options }) => [name, type, options])).toMatchSnapshot();
    const copied = (role: string) => named(resources, `prod-${role}-node1`)?.inputs as Record<string, string>;
    const folder = /^\.neumann-backup\/[0-9a-f]{12}(?=\/)/.exec(copied("program").remotePath ?? "")?.[0];
    expect(folder).toBeDefined();
    const paths = ["program", "start", "runtime"].map((role) => copied(role).remotePath);
    const [program, start, runtime] = ["agent-a1a1a1a1a1a1a1a1.cjs", "start-b2b2b2b2b2b2b2b2.sh", runtimeFile("x64")];
    expect(paths).toEqual([program, start, runtime].map((name) => `${folder}/${name}`));
    const { sha512 } = runtimes.x64;
    const line = `sudo -n sh ${folder}/${start} x64 ${runtime} ${sha512} /var/lib/neumann-backup ${program} install --json`;
    expect(copied("install")).toMatchObject({
      create: line,
      update: line,
      delete:
        "sudo -n test '!' -e /var/lib/neumann-backup/neumann-backup || " +
        "sudo -n /var/lib/neumann-backup/neumann-backup uninstall --json",
      logging: "stderr",
      addPreviousOutputInEnv: false,
    });
    expect(copied("rollout").create).toBe(
      "sudo -n /var/lib/neumann-backup/neumann-backup rollout --turn follower --json",
    );
  });

  it("keeps apart what two components copy to one host, and asks for each kind of Node", async () => {
    const [first] = sshHosts() as [ReturnType<typeof sshHosts>[number]];
    const nodes = [{ ...first, ssh: { ...first.ssh, architecture: "arm64" as const } }];
    const { resources, calls } = await run((opts) => [
      new ClusterBackups("a", { nodes, archive }, opts),
      new ClusterBackups("b", { nodes, archive }, opts),
    ]);
    const paths = ["a", "b"].map((name) => String(named(resources, `${name}-runtime-node1`)?.inputs.remotePath));
    expect(new Set(paths).size).toBe(2);
    for (const path of paths) expect(path).toMatch(new RegExp(`/${runtimeFile("arm64").replaceAll(".", "\\.")}$`));
    expect(calls.map((call) => (call.inputs as { command: string }).command)).toEqual([
      `node ${bundleFile} runtime --architecture arm64 --json`,
      `node ${bundleFile} runtime --architecture arm64 --json`,
    ]);
  });

  it("shows keys in the connection only, which is secret", async () => {
    const { resources } = await make({ nodes: sshHosts() });
    for (const { type, inputs } of resources) {
      const { connection, ...others } = inputs;
      expect(JSON.stringify(others)).not.toContain("PRIVATE KEY");
      if (type.startsWith("command:remote:")) expect(JSON.stringify(connection)).toContain("PRIVATE KEY");
    }
  });

  it("never runs the removal on a host by SSH that it should forget", async () => {
    const { resources } = await make({ nodes: sshHosts(), onUnreachable: "forget" });
    expect(named(resources, "prod-install-node1")?.options.retainOnDelete).toBe(true);
    const local = await make({ onUnreachable: "forget" });
    expect(named(local.resources, "prod-install-node1")?.options.retainOnDelete).toBeUndefined();
  });
});

describe("ClusterBackups refuses", () => {
  const refusal = async (args: Partial<Record<keyof ClusterBackupsArgs, unknown>>) => {
    await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
    const all = { nodes: localHosts(), archive, ...args } as ClusterBackupsArgs;
    return messageOf(() => new ClusterBackups("prod", all));
  };
  const begin = (count: number) =>
    `ClusterBackups "prod" cannot be created: ${count} mistake${count === 1 ? "" : "s"}\n`;

  it("everything that is wrong, at once", async () => {
    const [first, second] = localHosts(2);
    const nodes = [
      { ...first!, address: "node1" },
      { ...second!, directory: "data" },
    ];
    const signing = { trustedKeys: [publicKeyOf("node1"), "ssh-ed25519 AAAA"] };
    const policy = { full: { retentionDays: 0 }, wal: { archiveTimeout: 60 }, signing };
    expect(await refusal({ nodes, policy, archive: { ...archive, clusterId: "Prod" } })).toBe(
      begin(6) +
        [
          '  - nodes[0].address: must be host:port (received "node1"). Such as node1.internal:7878.',
          '  - nodes[1].directory: must be an absolute path (received "data"). Write the whole path, without `..`.',
          "  - policy.wal.archiveTimeout: is not known (received 60). Use one of: archiveTimeoutSeconds, retentionDays, arrivalDeadlineSeconds, freeSpaceAlarmMebibytes.",
          "  - policy.full.retentionDays: must be a whole number from 1 to 36500 (received 0). Leave it out for the standard value, 30.",
          `  - policy.signing.trustedKeys[1]: is no Ed25519 public key (received "ssh-ed25519 AAAA"). Copy a value of the output publicKeys of ClusterBackups: 60 characters that begin with MCowBQYDK2VwAyEA.`,
          '  - archive.clusterId: is no name for a cluster (received "Prod"). Use lower-case letters, digits and dashes, at most 63, such as prod.',
        ].join("\n"),
    );
  });

  it("no nodes", async () => {
    expect(await refusal({ nodes: [] })).toBe(
      `${begin(1)}  - nodes: must name at least one node (received []). Write one item for each node.`,
    );
  });

  it("nodes as an output", async () => {
    expect(await refusal({ nodes: pulumi.output(localHosts()) })).toBe(
      `${begin(1)}  - nodes: must be a plain list: it decides which resources there are (received "an output"). Give a list, and outputs only inside its items.`,
    );
  });

  it("a missing archive", async () => {
    expect(await refusal({ archive: undefined })).toBe(
      `${begin(1)}  - archive: is required (received nothing). Give the reference of an archive, such as new DirectoryArchive(…).reference.`,
    );
  });

  it("a missing location", async () => {
    expect(await refusal({ archive: { kind: "directory", clusterId: "prod" } })).toBe(
      `${begin(1)}  - archive.location: must be an absolute path (received nothing). Write the whole path, such as /mnt/backup/neumann.`,
    );
  });

  it("an archive in a node's folder", async () => {
    expect(await refusal({ archive: { ...archive, location: "/srv/neumann/node2/backup" } })).toBe(
      `${begin(1)}  - archive.location: shares a folder with nodes[1] and would be lost with it (received "/srv/neumann/node2/backup"). Choose a folder on another disk, outside every node's folders.`,
    );
  });

  it("a log off-site without a place for it", async () => {
    const { offsite, ...near } = archive;
    expect(offsite).toBeDefined();
    const policy = { offsite: { continuousWal: true } };
    expect(await refusal({ archive: near, policy })).toBe(
      `${begin(1)}  - policy.offsite.continuousWal: needs an off-site archive (received true). Give the archive an off-site location, or leave it out.`,
    );
  });

  it("an unknown choice for unreachable hosts", async () => {
    expect(await refusal({ onUnreachable: "ignore" })).toBe(
      `${begin(1)}  - onUnreachable: is not known (received "ignore"). Write one of: fail, forget.`,
    );
  });
});
