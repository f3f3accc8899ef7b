import fs from "node:fs";
import path from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { FaultyProxy } from "../../lab/store/faultyProxy";
import { Store } from "../../lab/store/store";
import { type LabCluster, type LabNode, startCluster } from "../../lab/neumann/harness";
import { createTable, Writer } from "../../lab/neumann/writer";
import type { ArchiveLocation, ArchiveSpec } from "../../model/reference";
import {
  type AnyHost,
  calm,
  endAll,
  endSchedule,
  installSpec,
  labNodeConfig,
  launcherIn,
  must,
  quickPolicy,
} from "../agent/support";
import { Expiry } from "./expiry";
import { nodeCount } from "./schedule";

const bucket = "soak";
const prefix = "backup";

/** What is old goes as soon as something newer is there. */
const policy = {
  ...quickPolicy,
  full: { ...quickPolicy.full, keepAtLeast: 1 },
  snapshots: { keepAtLeast: 1 },
  offsite: { keepAtLeast: 1 },
};

interface Parts {
  folder: string;
  store: Store;
  proxy: FaultyProxy;
  cluster: LabCluster;
  hosts: AnyHost[];
  writer: Writer;
}

/** Three nodes with their agents, a bucket behind a network that ails, a folder far away, and somebody who writes. */
export class World implements Readonly<Parts> {
  readonly folder: string;
  readonly store: Store;
  readonly proxy: FaultyProxy;
  readonly cluster: LabCluster;
  readonly hosts: AnyHost[];
  readonly writer: Writer;
  readonly expiry: Expiry;
  private readonly client: S3Client;

  private constructor(parts: Parts) {
    ({ folder: this.folder, store: this.store, proxy: this.proxy } = parts);
    ({ cluster: this.cluster, hosts: this.hosts, writer: this.writer } = parts);
    const { endpoint, region, root } = this.store;
    this.client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: root });
    this.expiry = new Expiry(this.archiveFolders, { name: bucket, prefix, client: this.client });
  }

  /** The store's objects lie below `disk`. */
  static async open(folder: string, disk?: string): Promise<World> {
    const store = await Store.start((line) => process.stderr.write(`${line}\n`), { parent: disk });
    await store.createBucket(bucket);
    const proxy = await FaultyProxy.start(store.endpoint);
    const archive = archiveAt(folder, store, proxy.endpoint);
    const { offsite, clusterId, ...primary } = archive;
    const places: [ArchiveLocation, string][] = [
      [primary, "primary"],
      [offsite as ArchiveLocation, "offsite"],
    ];
    for (const [place, role] of places) await must(["archive-create"], { spec: { archive: place, clusterId, role } });
    const directory = path.join(folder, "cluster");
    const cluster = await startCluster({
      directory,
      nodes: nodeCount,
      archiveCommand: (id) => `${launcherIn(directory, id)} wal-push %p %f`,
      archiveTimeoutSeconds: 1,
      settings: calm,
    });
    const hosts = cluster.nodes.map((node): AnyHost => {
      const agentDirectory = path.join(directory, node.id, "agent");
      const configFile = path.join(agentDirectory, "agent.json");
      return { node: labNodeConfig(node), agentDirectory, configFile, archive, policy };
    });
    for (const host of hosts) {
      await must(["install"], { spec: installSpec(host) });
      await endSchedule(host);
    }
    await createTable(await cluster.leader());
    const writer = new Writer({ nodes: () => cluster.nodes.filter((node) => node.running), rowsPerSecond: 80 });
    return new World({ folder, store, proxy, cluster, hosts, writer: writer.start() });
  }

  /** The archive as it is reached where nothing ails. */
  get archive(): ArchiveSpec {
    return archiveAt(this.folder, this.store, this.store.endpoint);
  }

  /** The same as flags, and the keys for them. */
  get flags(): string[] {
    const primary = `s3://${bucket}/${prefix}?region=${this.store.region}&endpoint=${this.store.endpoint}`;
    return ["--archive", primary, "--offsite", path.join(this.folder, "offsite"), "--cluster", "prod"];
  }

  get keys(): Record<string, string> {
    const { accessKeyId, secretAccessKey } = this.store.root;
    return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  }

  /** Both archives as files. */
  get archiveFolders(): [string, string] {
    return [path.join(this.store.folder, "data", bucket, prefix), path.join(this.folder, "offsite")];
  }

  /** Who leads, as far as anybody says; a node that does not answer does not. */
  async leader(): Promise<AnyHost | undefined> {
    for (const [index, node] of this.cluster.nodes.entries()) {
      if (await leads(node)) return this.hosts[index];
    }
    return undefined;
  }

  async close(): Promise<void> {
    for (const node of this.cluster.nodes) node.signal("SIGCONT");
    this.writer.interrupt();
    await this.writer.stop();
    await this.cluster.close();
    await endAll();
    this.client.destroy();
    await this.proxy.stop();
    await this.store.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One that was stopped does not answer: nobody waits for it. */
function leads(node: LabNode): Promise<boolean> {
  const silent = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 1000).unref());
  return Promise.race([node.leads().catch(() => false), silent]);
}

function archiveAt(folder: string, store: Store, endpoint: string): ArchiveSpec {
  const { accessKeyId, secretAccessKey } = store.root;
  return {
    kind: "s3",
    bucket,
    prefix,
    region: store.region,
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
    clusterId: "prod",
    offsite: { kind: "directory", location: path.join(folder, "offsite") },
  };
}
