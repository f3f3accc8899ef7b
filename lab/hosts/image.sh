#!/usr/bin/env bash
# Builds the disk image of the lab's hosts in the folder $1: Debian (or Ubuntu) as it is on this machine, from the sources
# and with the settings that this machine's apt has. Also the users, groups and folders that come with the database.
set -euo pipefail

target=$1
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
packages=systemd,systemd-sysv,dbus,libpam-systemd,openssh-server,sudo,cron,rsync,curl,tar,zstd,age,ca-certificates
packages+=,iproute2,iputils-ping,procps,nftables,libstdc++6,cloud-init

# Those of apt's sources that are of this release; others need keys and have nothing that a host needs.
sources=()
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
  if [ -f "$file" ] && grep -Eq "^(deb |Suites:)(.*[[:space:]])?$release(-updates|-security)?([[:space:]]|$)" "$file"; then
    sources+=("$file")
  fi
done

# Proxies, checks of dates and the like.
apt-config dump | sed -nE '/^Acquire::(IndexTargets|Languages|Changelogs|cdrom)|""/d; /^Acquire::/p' >"$work/apt.conf"

without() { printf -- '--dpkgopt=path-exclude=%s/*' "$1"; }
mmdebstrap --variant=minbase --include="$packages" \
  --aptopt="$work/apt.conf" --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "5"' --dpkgopt=force-unsafe-io \
  "$(without /usr/share/doc)" "$(without /usr/share/man)" "$(without /usr/share/locale)" \
  --customize-hook="$here/imageCustomize.sh" \
  "$release" "$target" "${sources[@]}"
