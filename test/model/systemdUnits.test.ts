import { describe, expect, it } from "vitest";
import type { AgentConfig } from "../../model/agentConfig";
import { resolvePolicy } from "../../model/policy";
import { startedUnits, systemdUnits } from "../../model/systemdUnits";

const config: AgentConfig = {
  format: "neumann-agent/1",
  generation: "g1",
  agentDirectory: "/var/lib/neumann-backup",
  archive: { kind: "directory", location: "/mnt/backup", clusterId: "prod" },
  policy: resolvePolicy({}),
  node: {
    id: "node1",
    address: "10.0.0.1:7878",
    adminUrl: "http://127.0.0.1:9090",
    configFile: "/etc/neumann/config.toml",
    dataDirectory: "/var/lib/neumann",
    programDirectory: null,
    serviceManager: "systemd",
  },
};
const host = {
  user: "990",
  group: "991",
  launcher: "/var/lib/neumann-backup/neumann-backup",
  leases: "/var/lib/neumann-backup/state/leases",
  gate: "/etc/neumann/.neumann-backup-gate",
};
const units = systemdUnits(config, host);
const textOf = (path: string) => units.find((unit) => unit.path === path)?.text ?? "";

describe("systemdUnits", () => {
  it("are these, for an archive in a folder", () => {
    expect(Object.fromEntries(units.map(({ path, text }) => [path, text]))).toMatchSnapshot();
  });

  it("have all that is started among them, and each section once", () => {
    for (const name of startedUnits) expect(textOf(name)).toContain("[Install]");
    for (const { text } of units) {
      const sections = [...text.matchAll(/^\[.*\]$/gm)].map(([section]) => section);
      expect(new Set(sections).size).toBe(sections.length);
    }
  });

  it("catch up after a downtime, and spread what the hosts do", () => {
    const timer = textOf("neumann-backup.timer");
    for (const line of ["Persistent=true", "OnBootSec=30s", "RandomizedDelaySec=30s"]) expect(timer).toContain(line);
  });

  it("let the watchdog live when the backup's unit is killed with all that runs in it (protocol 13)", () => {
    expect(textOf("neumann-backup-watchdog.path")).toContain(`PathExistsGlob=${host.leases}/*.json`);
    const watchdog = textOf("neumann-backup-watchdog.service");
    expect(watchdog).toContain("resume-writes --watch-all");
    expect(watchdog).toContain("Restart=on-failure");
    expect(textOf("neumann-backup.service")).not.toContain("BindsTo");
  });

  it("write only where backups are made: the data, the agent's notes, archives in folders", () => {
    const lines = (spec: AgentConfig["archive"]): string | undefined => {
      const found = systemdUnits({ ...config, archive: spec }, host).find(
        ({ path }) => path === "neumann-backup.service",
      );
      return /^ReadWritePaths=(.*)$/m.exec(found?.text ?? "")?.[1];
    };
    const own = "-/var/lib/neumann -/var/lib/neumann-backup/state";
    const folder = { kind: "directory", location: "/mnt/offsite" } as const;
    expect(lines({ ...config.archive, offsite: folder })).toBe(`${own} -/mnt/backup -/mnt/offsite`);
    expect(lines({ kind: "s3", bucket: "b", region: "r", clusterId: "prod" })).toBe(own);
  });

  it("run as the database's user, without root's rights", () => {
    for (const name of ["neumann-backup.service", "neumann-backup-watchdog.service"]) {
      for (const line of ["User=990", "Group=991", "NoNewPrivileges=yes", "CapabilityBoundingSet="]) {
        expect(textOf(name).split("\n")).toContain(line);
      }
    }
  });
});
