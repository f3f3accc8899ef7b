import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { launcherScript } from "../../agent/commands/install";
import {
  agent,
  bundle,
  filesBelow,
  type Host,
  installSpec,
  must,
  type Protected,
  type Ran,
  runProgram,
} from "./support";

export interface Offering {
  host: Host;
  archive: string;
  /** Folder that stands for `raft/wal`. */
  wal: string;
}

/** Agents to which tests offer segments themselves, beside a resting node without `archive_command`. */
export class Offerings {
  private count = 0;

  constructor(
    private readonly folder: string,
    private readonly cluster: () => Protected,
  ) {}

  /** A folder of its own. */
  place(name: string): string {
    return path.join(this.folder, `${name}-${this.count++}`);
  }

  /** A node's agent with an archive of its own and a log folder of its own, beside the running database. */
  async make(
    options: { clusterId?: string; archive?: string; data?: string; recipients?: string[] } = {},
  ): Promise<Offering> {
    const base = this.place("offering");
    const archive = options.archive ?? path.join(base, "archive");
    const clusterId = options.clusterId ?? "prod";
    const location = { kind: "directory" as const, location: archive };
    await must(["archive-create"], { spec: { archive: location, clusterId, role: "primary" } });
    const data = options.data ?? path.join(base, "data");
    fs.mkdirSync(path.join(data, "raft/wal"), { recursive: true });
    const [original] = this.cluster().hosts as [Host];
    const agentDirectory = path.join(base, "agent");
    const host: Host = {
      ...original,
      node: { ...original.node, dataDirectory: data },
      agentDirectory,
      configFile: path.join(agentDirectory, "agent.json"),
      archive: { ...location, clusterId },
      policy: { ...original.policy, encryption: { recipients: options.recipients ?? [] } },
    };
    fs.mkdirSync(agentDirectory);
    configure(host);
    return { host, archive, wal: path.join(data, "raft/wal") };
  }
}

/** As `install` writes them: the configuration, the launcher, and what it starts. */
export function configure(host: Host): void {
  const { config } = installSpec(host);
  fs.writeFileSync(host.configFile, JSON.stringify(config));
  fs.copyFileSync(bundle().walPush, path.join(host.agentDirectory, "neumann-wal-push.cjs"));
  fs.writeFileSync(path.join(host.agentDirectory, "neumann-backup"), launcherScript(config), { mode: 0o755 });
}

export function name(number: number): string {
  return `${number.toString(16).padStart(16, "0")}.wal`;
}

export function segment({ wal }: Offering, number: number, content: string | Buffer = randomBytes(20_000)): string {
  const file = path.join(wal, name(number));
  fs.writeFileSync(file, content);
  return file;
}

/** As the launcher does for `archive_command`. */
export function push({ host }: Offering, file: string): Promise<Ran> {
  return agent([host.configFile, file, path.basename(file)], { program: bundle().walPush });
}

/** As `archive_command` itself. */
export function offer({ host, wal }: Offering, number: number): Promise<Ran> {
  const file = path.join(wal, name(number));
  return runProgram(path.join(host.agentDirectory, "neumann-backup"), ["wal-push", file, name(number)]);
}

export function stored({ archive }: Offering): string[] {
  return filesBelow(path.join(archive, "prod/wal")).filter((file) => file.endsWith(".wal"));
}

export function streams({ archive }: Offering): { stream: string; reason: string; parent: string | null }[] {
  const records = path.join(archive, "prod/records/streams");
  return filesBelow(records)
    .map((file) => JSON.parse(fs.readFileSync(path.join(records, file), "utf8")) as never)
    .sort((a: { createdAt: string }, b: { createdAt: string }) => (a.createdAt < b.createdAt ? -1 : 1));
}

export function contentOf({ archive }: Offering, file: string): Buffer {
  return fs.readFileSync(path.join(archive, "prod/wal", file));
}
