import type { AgentConfig } from "./agentConfig";
import { type ArchiveLocation, ArchiveKind } from "./reference";

/** A unit of systemd, or what is put beside one. */
export interface UnitFile {
  /** Path below `/etc/systemd/system`. */
  path: string;
  text: string;
}

/** Units that are enabled and started; the others are started by these. */
export const startedUnits = ["neumann-backup.timer", "neumann-backup-watchdog.path"] as const;

/** What the units need to know of a host beside the agent's configuration. */
export interface UnitHost {
  /** User and group that own the database's data, as numbers or names. */
  user: string;
  group: string;
  /** Path of the agent's launcher. */
  launcher: string;
  /** Folder in which the agent notes the pauses that it asks for. */
  leases: string;
  /** While this file is there the database is not started. */
  gate: string;
}

/**
 * The units of an agent: a timer that looks every five minutes for what is due (protocol 14) and catches up after a
 * downtime; a watchdog of its own, outside of the backup's unit, so that whatever ends a backup leaves it alone
 * (protocol 13); and a gate on the database's own unit (protocol 22).
 */
export function systemdUnits(config: AgentConfig, host: UnitHost): UnitFile[] {
  const { id } = config.node;
  const run = (words: string): string => `ExecStart=${host.launcher} --quiet ${words}`;
  const service = (unitLines: readonly string[], lines: readonly string[]): string =>
    unit({
      Unit: [...unitLines, "After=network-online.target neumann.service", "Wants=network-online.target"],
      Service: [...lines, ...asDatabaseUser(config, host)],
    });
  return [
    { path: "neumann.service.d/50-neumann-backup.conf", text: unit({ Unit: [`ConditionPathExists=!${host.gate}`] }) },
    {
      path: "neumann-backup.service",
      text: service(
        [`Description=Backups of Neumann node ${id} that are due`, "OnFailure=neumann-backup-failed@%n.service"],
        ["Type=oneshot", run("run-due"), "TimeoutStartSec=infinity", "TimeoutStopSec=120", ...gentle],
      ),
    },
    {
      path: "neumann-backup.timer",
      text: unit({
        Unit: [`Description=Looks every five minutes which backup of Neumann node ${id} is due`],
        Timer: ["OnBootSec=30s", "OnCalendar=*:0/5", "RandomizedDelaySec=30s", "AccuracySec=1s", "Persistent=true"],
        Install: ["WantedBy=timers.target"],
      }),
    },
    {
      path: "neumann-backup-watchdog.path",
      text: unit({
        Unit: [`Description=Sees that a backup pauses the writes of Neumann node ${id}`],
        Path: [`PathExistsGlob=${host.leases}/*.json`],
        Install: ["WantedBy=multi-user.target"],
      }),
    },
    {
      path: "neumann-backup-watchdog.service",
      text: service(
        [`Description=Resumes the writes of Neumann node ${id} after a pause`, "StartLimitIntervalSec=0"],
        ["Type=exec", run("resume-writes --watch-all"), "Restart=on-failure", "RestartSec=1s"],
      ),
    },
    {
      path: "neumann-backup-failed@.service",
      text: unit({ Unit: ["Description=Says that %i failed"], Service: ["Type=oneshot", ...failed] }),
    },
  ];
}

/** The journal is told, and a program of the operator's where there is one. */
const failed = [
  'ExecStart=/bin/echo "<2>%i failed: journalctl -u %i says why, neumann-backup status what is missing"',
  "ExecStart=-/etc/neumann-backup/on-failure %i",
];

/** A backup gives way to the database. */
const gentle = ["Nice=10", "IOSchedulingClass=best-effort", "IOSchedulingPriority=7"];

/** Nothing of this is needed by what the agent does. */
const hardening = [
  "NoNewPrivileges=yes",
  "PrivateTmp=yes",
  "ProtectHome=read-only",
  "ProtectControlGroups=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelTunables=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "LockPersonality=yes",
  "UMask=0027",
];

/** What a backup reads is the database's; it writes into data (copies), state and folders that are archives only. */
function asDatabaseUser(config: AgentConfig, host: UnitHost): string[] {
  const writable = [config.node.dataDirectory, `${config.agentDirectory}/state`, ...archiveFolders(config)];
  return [
    `User=${host.user}`,
    `Group=${host.group}`,
    // By it the watchdog knows whether whoever paused writes still runs: agent/host/identity.ts.
    "Environment=NEUMANN_BACKUP_BOOT=%b",
    ...hardening,
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    // A mount that is away must not keep the watchdog from starting.
    `ReadWritePaths=${writable.map((path) => `-${path}`).join(" ")}`,
  ];
}

function archiveFolders({ archive }: AgentConfig): string[] {
  const places: (ArchiveLocation | undefined)[] = [archive, archive.offsite];
  return places.flatMap((place) => (place?.kind === ArchiveKind.Directory ? [place.location] : []));
}

function unit(sections: Record<string, readonly string[]>): string {
  const texts = Object.entries(sections).map(([name, lines]) => [`[${name}]`, ...lines, ""].join("\n"));
  return `# Made by pulumi-neumann; it is made again when it differs.\n${texts.join("\n")}`;
}
