#!/bin/sh
# What is changed in the image, whose root is $1, after its packages are there. Called by debian.sh.
set -eu

root=$1

printf '%s\n' root:x:0:0:root:/root:/usr/sbin/nologin nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin >"$root/etc/passwd"
printf '%s\n' root:x:0: nogroup:x:65534: >"$root/etc/group"
printf '%s\n' 'passwd: files' 'group: files' 'hosts: files dns' >"$root/etc/nsswitch.conf"
chmod 644 "$root/etc/passwd" "$root/etc/group" "$root/etc/nsswitch.conf"

# Of the machine that builds it, or of no use where nothing is installed. Copyright notices stay.
remove() {
  # shellcheck disable=SC2086 # patterns
  for name in "$@"; do rm -rf "${root:?}"/$name; done
}
remove 'tmp/*' 'etc/hostname' 'etc/resolv.conf' 'etc/hosts' 'etc/fstab' 'etc/apt' 'etc/dpkg' 'etc/default' 'etc/skel' \
  'etc/update-motd.d' 'etc/cron*' 'boot' 'home' 'usr/games' 'usr/include' 'usr/src' 'usr/lib/mime' 'usr/lib/*/gconv' \
  'usr/share/man' 'usr/share/info' 'usr/share/locale' 'usr/share/lintian' 'usr/share/bug' 'usr/share/menu' 'usr/share/gdb' \
  'usr/share/gcc' 'usr/share/dict' 'usr/share/bash-completion' 'var/log' 'var/backups' 'var/cache' 'var/mail' 'var/lib/apt' \
  'var/lib/dpkg/alternatives' 'var/lib/dpkg/arch' 'var/lib/dpkg/info' 'var/lib/dpkg/status' 'var/lib/dpkg/updates' \
  'var/lib/dpkg/triggers'
find "$root/usr/share/doc" -type f ! -name copyright ! -name debian-packages -delete
find "$root/usr/share/doc" -mindepth 2 -type l ! -name copyright -delete
find "$root/usr/share/doc" -mindepth 1 -type d -empty -delete
find "$root" -xdev -type f -perm /6000 -exec chmod u-s,g-s {} +

# Mounted over in a pod, whose root file system is read-only.
mkdir -p "$root/neumann-backup" "$root/scratch" "$root/var/lib/neumann" "$root/etc/neumann" "$root/etc/neumann-backup"
