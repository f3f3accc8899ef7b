#!/bin/sh
# What cron starts on a host without systemd, from the agent's folder. The agent itself becomes the database's user.
# usage: cron.sh due SECONDS   what is due, after so many seconds: hosts do not look all at once
#        cron.sh watch         for a minute: ends pauses that nobody guards any more
set -eu
umask 027
here=$(cd "$(dirname "$0")" && pwd)
agent=$here/neumann-backup

tell() { logger -t neumann-backup -p "daemon.$1"; }

# A backup gives way to the database.
gently() {
  if command -v ionice >/dev/null; then nice -n 10 ionice -c 2 -n 7 "$@"; else nice -n 10 "$@"; fi
}

# shellcheck disable=SC2016 # The inner shell notes its own number, which stays that of the agent.
run_due() { gently /bin/sh -c 'echo $$ >"$0" && exec "$@"' "$here/cron/due.pid" "$agent" --quiet run-due; }

due() {
  sleep "$1"
  [ -x "$agent" ] || exit 0 # It was removed meanwhile.
  # The agent keeps the lock if this shell is killed. What it starts does not inherit it: a watchdog holds nothing up.
  exec 9>"$here/cron/due.lock"
  flock -n 9 || exit 0
  code=$({ { run_due </dev/null 2>&1 3>&- && echo 0 >&3 || echo $? >&3; } | tell warning 3>&- 9>&-; } 3>&1)
  [ "$code" = 0 ] || failed "$code"
}

# The log is told, and a program of the operator's where there is one: for as long as it likes.
failed() {
  exec 9>&-
  echo "run-due failed with exit code $1: the lines before this one say why, neumann-backup status what is missing" | tell crit
  hook=/etc/neumann-backup/on-failure
  [ ! -x "$hook" ] || "$hook" neumann-backup || echo "$hook failed with exit code $?" | tell warning
}

watch() {
  end=$(($(date +%s) + 55))
  exec 9>"$here/cron/watch.lock"
  # Tried again each time: the one before may be at it for longer than a minute.
  while [ -x "$agent" ] && [ "$(date +%s)" -lt "$end" ]; do
    if flock -n 9 && lease; then "$agent" --quiet resume-writes 2>&1 </dev/null 9>&- | tell warning 9>&-; fi
    sleep 5
  done
}

lease() {
  set -- "$here"/state/leases/*.json
  [ -e "$1" ]
}

case "${1-}" in
  due) due "${2:-0}" ;;
  watch) watch ;;
  *)
    echo "usage: $0 due SECONDS | watch" >&2
    exit 2
    ;;
esac
