#!/usr/bin/env bash
# Makes the image's operating system, the archive $1, of Debian packages for the architecture $2: only what the agent calls,
# without a package manager. SOURCE_DATE_EPOCH is the latest time of a file.
# DEBIAN_MIRROR, DEBIAN_SNAPSHOT: where packages come from (build.mjs); the same packages make the same archive, to the byte.
set -euo pipefail

target=$1 architecture=$2
: "${SOURCE_DATE_EPOCH:?}"
day=${DEBIAN_SNAPSHOT:+/$DEBIAN_SNAPSHOT}
mirror=${DEBIAN_MIRROR:-${day:+http://snapshot.debian.org/archive}}
mirror=${mirror:-http://deb.debian.org}
release=trixie
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# bash: a secret on a file descriptor (agent/host/age.ts); libstdc++6: Node, and the database's programs.
packages=base-files,libc6,libstdc++6,dash,bash,coreutils,tar,zstd,age

# Proxies and the like, as this machine's apt has them.
apt-config dump | sed -nE '/^Acquire::(IndexTargets|Languages|Changelogs|cdrom)|""/d; /^Acquire::/p' >"$work/apt.conf"

mmdebstrap --quiet --variant=extract --architectures="$architecture" --include="$packages" --format=tar --skip=output/dev \
  --aptopt="$work/apt.conf" --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "5"' \
  --aptopt='Acquire::Check-Valid-Until "false"' \
  --extract-hook="$here/debianPackages.sh" --extract-hook="$here/debianCustomize.sh" --skip=cleanup \
  "$release" "$target" \
  "deb $mirror/debian$day $release main" \
  "deb $mirror/debian$day $release-updates main" \
  "deb $mirror/debian-security$day $release-security main"
