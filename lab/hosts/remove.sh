#!/usr/bin/env bash
# Removes a lab with everything in it, whatever state it is in: remove.sh FOLDER. The folder's name is the lab's.
# With --when-input-ends it first waits for that: the end of whoever started the lab, however it died.
set -euo pipefail

if [ "${2:-}" = --when-input-ends ]; then cat >/dev/null || true; fi
folder=$1
lab=${folder##*/}
case $lab in neumann-lab-?*) ;; *) echo "$folder is no lab" >&2 && exit 2 ;; esac

# Two at once: the second finds nothing left.
[ -d "$folder" ] || exit 0
exec 9<"$folder"
flock 9
[ -d "$folder" ] || exit 0
exec 2>>"$folder/remove.log"

retry() {
  for _ in $(seq 100); do
    if "$@"; then return; fi
    sleep 0.1
  done
  echo "in vain: $*" >&2
  return 1
}

cgroups=/sys/fs/cgroup/unified
[ -d $cgroups ] || cgroups=/sys/fs/cgroup
if [ -d "$cgroups/$lab" ]; then
  echo 1 >"$cgroups/$lab/cgroup.kill"
  retry grep -q 'populated 0' "$cgroups/$lab/cgroup.events"
fi

# nspawn mirrors its tree into the hierarchy name=systemd.
remove_cgroup() { [ ! -d "$1" ] || find "$1" -depth -type d -exec rmdir {} +; }
for tree in "$cgroups/$lab" "${cgroups%/*}/systemd/$lab"; do retry remove_cgroup "$tree"; done

unmount() {
  if ! mountpoint -q "$1"; then return; fi
  # A killed nspawn leaves its lock.
  rm -f "/run/systemd/nspawn/locks/inode-$(stat -c %d:%i "$1")"
  umount "$1"
}
for root in "$folder"/*/root; do [ ! -d "$root" ] || retry unmount "$root"; done

detach() {
  for device in $(losetup --noheadings --output NAME --associated "$1"); do losetup --detach "$device"; done
}
for volume in "$folder"/volumes/*; do [ ! -e "$volume" ] || detach "$volume"; done

for netns in /run/netns/"$lab" /run/netns/"$lab"-*; do [ ! -e "$netns" ] || ip netns del "${netns##*/}"; done

for trace in /run/systemd/nspawn/propagate /run/systemd/nspawn/unix-export; do
  rm -rf "$trace/$lab"-*
done
rm -rf "$folder"
