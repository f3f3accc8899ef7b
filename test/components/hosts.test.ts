import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adviseHosts,
  checkHostStructure,
  type HostArgs,
  type KnownHost,
  overlaps,
  resolveHost,
  resolveHosts,
} from "../../components/hosts";
import { Mistakes } from "../../model/mistakes";
import { localHosts, sshHosts } from "./harness";

/** What is said about hosts, one line a mistake. */
function said(action: (mistakes: Mistakes) => void): string[] {
  const mistakes = new Mistakes();
  action(mistakes);
  return mistakes.all.map((m) => `${m.path}: ${m.problem} (${JSON.stringify(m.received) ?? "nothing"}). ${m.remedy}`);
}

const [local] = localHosts(1) as [KnownHost];
const [ssh] = sshHosts() as unknown as [KnownHost];
const about = (change: object, host: KnownHost = local) =>
  said((m) => resolveHost({ ...host, ...change }, "nodes[0]", m));
const shape = (nodes: unknown) => said((m) => checkHostStructure(nodes, "nodes", m));

describe("resolveHost", () => {
  it("fills in the folder's layout for a local host", () => {
    expect(resolveHost({ ...local, directory: "/srv/n1/" }, "", new Mistakes())).toEqual({
      agentDirectory: "/srv/n1/agent",
      node: {
        id: "node1",
        address: "127.0.0.1:7871",
        adminUrl: "http://127.0.0.1:9091",
        configFile: "/srv/n1/etc/config.toml",
        dataDirectory: "/srv/n1/data",
        programDirectory: null,
        serviceManager: "process",
      },
    });
  });

  it("fills in the runbook's paths for a host by SSH", () => {
    expect(resolveHost(ssh, "", new Mistakes())).toEqual({
      agentDirectory: "/var/lib/neumann-backup",
      node: {
        id: "node1",
        address: "10.0.0.1:7878",
        adminUrl: "http://127.0.0.1:9090",
        configFile: "/etc/neumann/config.toml",
        dataDirectory: "/var/lib/neumann",
        programDirectory: null,
        serviceManager: "systemd",
      },
    });
  });

  it("takes every override", () => {
    const overrides = {
      adminUrl: "http://[::1]:1",
      configFile: "/c",
      dataDirectory: "/d",
      agentDirectory: "/a",
      programDirectory: "/p",
      serviceManager: "systemd" as const,
    };
    const { node, agentDirectory } = resolveHost({ ...local, ...overrides }, "", new Mistakes());
    expect({ ...node, agentDirectory }).toMatchObject(overrides);
  });

  it.each<[object, string]>([
    [{ address: "node1" }, 'address: must be host:port ("node1"). Such as node1.internal:7878.'],
    [{ address: "node1:0" }, 'address: must be host:port ("node1:0"). Such as node1.internal:7878.'],
    [{ address: "a b:1" }, 'address: must be host:port ("a b:1"). Such as node1.internal:7878.'],
    [
      { adminUrl: "http://10.0.0.1:9090" },
      'adminUrl: must be http://host:port on loopback: the admin interface is plain HTTP ("http://10.0.0.1:9090"). Such as http://127.0.0.1:9090.',
    ],
    [
      { adminUrl: "http://localhost:99999" },
      'adminUrl: must be http://host:port on loopback: the admin interface is plain HTTP ("http://localhost:99999"). Such as http://127.0.0.1:9090.',
    ],
    [
      { directory: undefined },
      "directory: is required for a host of kind local (nothing). Write the folder that holds the node.",
    ],
    [{ directory: "/" }, 'directory: must be an absolute path ("/"). Write the whole path, without `..`.'],
    [{ configFile: "~/c" }, 'configFile: must be an absolute path ("~/c"). Write the whole path, without `..`.'],
    [
      { dataDirectory: "/a/../b" },
      'dataDirectory: must be an absolute path ("/a/../b"). Write the whole path, without `..`.',
    ],
    [
      { programDirectory: "bin" },
      'programDirectory: must be an absolute path ("bin"). Write the whole path, without `..`.',
    ],
    [{ serviceManager: "upstart" }, 'serviceManager: is not known ("upstart"). Write one of: process, systemd, sysv.'],
    [
      { agentDirectory: "/srv/data/agent", dataDirectory: "/srv/data" },
      'agentDirectory: shares a folder with the data, which a restore moves away ("/srv/data/agent"). Choose a folder outside the data.',
    ],
  ])("says what is wrong with %j", (change, message) => {
    expect(about(change)).toEqual([`nodes[0].${message}`]);
  });

  it("says that a folder is for local hosts only", () => {
    expect(about({ directory: "/srv" }, ssh)).toEqual([
      'nodes[0].directory: is for hosts of kind local ("/srv"). Write dataDirectory, configFile or agentDirectory.',
    ]);
  });

  it("never throws, whatever it is given, and says where each mistake is", () => {
    const text = fc.option(fc.oneof(fc.string(), fc.constantFrom("/a", "/a/b", "n:1", "http://127.0.0.1:1")), {
      nil: undefined,
    });
    const host = fc.record({
      kind: fc.constantFrom("local", "ssh"),
      nodeId: fc.constantFrom("a", "b", "c"),
      address: text,
      adminUrl: text,
      directory: text,
      configFile: text,
      dataDirectory: text,
      agentDirectory: text,
      programDirectory: text,
      serviceManager: text,
    });
    fc.assert(
      fc.property(fc.array(host, { maxLength: 4 }), (hosts) => {
        const mistakes = new Mistakes();
        resolveHosts(hosts as unknown as KnownHost[], "nodes", mistakes);
        for (const { path, problem, remedy } of mistakes.all) {
          expect(path).toMatch(/^nodes\[\d\]\.[a-zA-Z]+$/);
          expect(problem).not.toBe("");
          expect(remedy).toMatch(/\.$/);
        }
      }),
    );
  });

  it("accepts good hosts and gives no two of them the same path", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), (names) => {
        const hosts = names.map((nodeId, index): KnownHost => {
          const port = 7000 + index;
          return {
            ...local,
            nodeId,
            address: `h:${port}`,
            adminUrl: `http://localhost:${port}`,
            directory: `/srv/${nodeId}`,
          };
        });
        const mistakes = new Mistakes();
        const resolved = resolveHosts(hosts, "nodes", mistakes);
        expect(mistakes.all).toEqual([]);
        const paths = resolved.flatMap(({ node, agentDirectory }) => [
          node.configFile,
          node.dataDirectory,
          agentDirectory,
        ]);
        expect(new Set(paths).size).toBe(3 * names.length);
        expect(paths.every((path) => path.startsWith("/"))).toBe(true);
      }),
    );
  });
});

describe("resolveHosts", () => {
  const pair = (change: object) =>
    said((m) => resolveHosts([local, { ...localHosts(2)[1], ...change } as KnownHost], "nodes", m));

  it.each<[object, string]>([
    [{ nodeId: "node1" }, 'nodeId: names another node too: nodes[0] ("node1"). Give each node its own.'],
    [
      { address: local.address },
      'address: is another node\'s address too: nodes[0] ("127.0.0.1:7871"). Give each node its own.',
    ],
    [
      { adminUrl: local.adminUrl },
      'adminUrl: is another local node\'s too: nodes[0] ("http://127.0.0.1:9091"). Give each node its own.',
    ],
    [
      { directory: `${local.directory}/inner` },
      'directory: shares a folder with another node: nodes[0] ("/srv/neumann/node1/inner"). Give each node its own.',
    ],
  ])("refuses what two nodes share: %j", (change, message) => {
    expect(pair(change)).toEqual([`nodes[1].${message}`]);
  });

  it("refuses two local nodes with the default admin address, but not two machines", () => {
    const bare = localHosts(2).map(({ nodeId, address, directory }): KnownHost => ({
      kind: "local",
      nodeId,
      address,
      directory,
    }));
    expect(said((m) => resolveHosts(bare, "nodes", m))).toEqual([
      'nodes[1].adminUrl: is another local node\'s too: nodes[0] ("http://127.0.0.1:9090"). Give each node its own.',
    ]);
    expect(said((m) => resolveHosts(sshHosts(), "nodes", m))).toEqual([]);
  });

  it("tells neighbours from folders in each other", () => {
    expect(overlaps("/srv/a", "/srv/a/")).toBe(true);
    expect(overlaps("/srv/a", "/srv/a/b")).toBe(true);
    expect(overlaps("/srv/a", "/srv/ab")).toBe(false);
  });
});

describe("checkHostStructure", () => {
  const output = () => pulumi.output("x") as unknown as string;

  it("accepts good lists", () => {
    expect(shape(localHosts())).toEqual([]);
    expect(shape(sshHosts())).toEqual([]);
  });

  it.each<[string, () => unknown, string]>([
    [
      "an output as id",
      () => [{ ...local, nodeId: output() }],
      'nodes[0].nodeId: must be a plain value: resources are named after it ("an output"). Write it out, such as node1.',
    ],
    [
      "an id with a slash",
      () => [{ ...local, nodeId: "a/b" }],
      'nodes[0].nodeId: is no node id ("a/b"). Use letters, digits, dots and dashes, at most 63, such as node1.',
    ],
    [
      "a missing id",
      () => [{ ...local, nodeId: undefined }],
      "nodes[0].nodeId: is no node id (nothing). Use letters, digits, dots and dashes, at most 63, such as node1.",
    ],
    [
      "another kind",
      () => [{ ...local, kind: "docker" }],
      'nodes[0].kind: is no kind of host ("docker"). Write one of: local, ssh.',
    ],
    [
      "an output as kind",
      () => [{ ...local, kind: output() }],
      'nodes[0].kind: is no kind of host ("an output"). Write one of: local, ssh.',
    ],
    [
      "SSH for a local host",
      () => [{ ...local, ssh: {} }],
      'nodes[0].ssh: contradicts kind local ("(not shown)"). Write kind ssh, or leave ssh out.',
    ],
    [
      "no SSH",
      () => [{ ...ssh, ssh: undefined }],
      "nodes[0].ssh: is required for a host of kind ssh (nothing). Write host, user, privateKey and hostKey; each of them may be an output.",
    ],
    [
      "an output as SSH",
      () => [{ ...ssh, ssh: output() }],
      'nodes[0].ssh: is required for a host of kind ssh ("an output"). Write host, user, privateKey and hostKey; each of them may be an output.',
    ],
    [
      "no list",
      () => undefined,
      "nodes: must be a plain list: it decides which resources there are (nothing). Give a list, and outputs only inside its items.",
    ],
  ])("refuses %s", (_, nodes, message) => {
    expect(shape(nodes())).toEqual([message]);
  });
});

describe("adviseHosts", () => {
  it("advises against even numbers only", () => {
    const counts = [1, 2, 3, 4, 5].filter((count) => adviseHosts(localHosts(count) as HostArgs[], "nodes").length > 0);
    expect(counts).toEqual([2, 4]);
  });
});
