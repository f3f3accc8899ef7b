/** What a host without systemd has in place of units: entries of cron, and a block in what the init script reads. */

/** What the entries need to know of a host. */
export interface CronHost {
  nodeId: string;
  /** Path of the script that the entries start. */
  script: string;
}

/** A host looks once in so many minutes (protocol 14). */
const everyMinutes = 5;
/** Hosts spread over so many seconds of their minute. */
const spreadSeconds = 30;
/** Given to the database after a boot. */
const bootSeconds = 30;

/**
 * `/etc/cron.d/neumann-backup`. A look that was missed while the host was off needs no catching up: what is due is told by
 * the catalog, and a boot looks too. The lines are root's because the operator's hook is; the agent gives root up itself.
 */
export function cronEntries({ nodeId, script }: CronHost): string {
  const { minute, second } = spreadOf(nodeId);
  return `# Made by pulumi-neumann; it is made again when it differs.
# Backups of Neumann node ${nodeId}. What goes wrong is in the system's log, and told to /etc/neumann-backup/on-failure.
SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
MAILTO=""
${minute}-59/${everyMinutes} * * * * root ${script} due ${second}
@reboot root ${script} due ${bootSeconds + second}
* * * * * root ${script} watch
@reboot root ${script} watch
`;
}

/** By the name alone: the same in every preview, and another for most of the nodes. */
function spreadOf(nodeId: string): { minute: number; second: number } {
  let hash = 0;
  for (const letter of nodeId) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return { minute: hash % everyMinutes, second: Math.floor(hash / everyMinutes) % spreadSeconds };
}

const first = "# >>> pulumi-neumann: while a restore is under way the database is not started";
const last = "# <<< pulumi-neumann";

/** First of all: what the user's lines do then, an `exit` too, changes nothing about it. */
function gateBlock(gate: string): string {
  return `${first}
for neumann_backup_word in "$@"; do
  case $neumann_backup_word in
    start | restart | try-restart | condrestart | force-reload)
      if [ -e ${gate} ]; then
        echo "neumann is not started: ${gate} says that a restore is under way or was broken off" >&2
        exit 1
      fi
      ;;
  esac
done
${last}
`;
}

/** `/etc/default/neumann` with the gate (protocol 22); every other line stays as it is. */
export function withGate(text: string | undefined, gate: string): string {
  return gateBlock(gate) + (withoutGate(text) ?? "");
}

/** The same file as it was before; undefined where nothing else was in it. */
export function withoutGate(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const begin = text.indexOf(first);
  const end = text.indexOf(`${last}\n`, begin);
  // Cut where both ends are there: half a block may have the user's lines in it.
  if (begin < 0 || end < 0) return text;
  return text.slice(0, begin) + text.slice(end + last.length + 1) || undefined;
}

/**
 * Whether an init script reads `/etc/default/neumann`, by its own name or by a variable's. Debian's `init-d-script` does
 * it for the scripts that it runs.
 */
export function readsDefaults(script: string): boolean {
  const lines = script.split("\n");
  if (lines[0]?.startsWith("#!") === true && lines[0].includes("init-d-script")) return true;
  return lines.some((line) => /^[^#]*(^|[\s;&|])(\.|source)\s+["']?\/etc\/default\/["']?(neumann|\$)/.test(line));
}
