#!/usr/bin/env bash
# Runs a host until it is powered off: boot.sh CGROUP MACHINE ROOT NETNS HOSTNAME [OPTION OF NSPAWN …]
set -euo pipefail
cgroup=$1 machine=$2 root=$3 netns=$4 hostname=$5
shift 5

# A cgroup for each host: nspawn makes `payload` and `supervisor` in that of its caller, where those of two would collide.
echo $$ >"$cgroup/cgroup.procs"
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network

reboot=133
result=$reboot
while [ "$result" = "$reboot" ]; do
  result=0
  systemd-nspawn --quiet --register=no --keep-unit --boot --machine="$machine" --hostname="$hostname" --directory="$root" \
    --network-namespace-path="/run/netns/$netns" --capability=CAP_NET_ADMIN --link-journal=no --resolv-conf=off \
    --timezone=off --console=read-only "$@" || result=$?
done
exit "$result"
