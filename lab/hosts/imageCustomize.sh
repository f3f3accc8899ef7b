#!/usr/bin/env bash
# What is changed in the image after its packages are there; $1 is its root. Called by image.sh.
set -euo pipefail

root=$1

# The user of whoever operates the hosts, and the database's: both with fixed numbers.
chroot "$root" useradd --create-home --shell /bin/bash --uid 1000 deploy
echo 'deploy ALL=(ALL) NOPASSWD:ALL' >"$root/etc/sudoers.d/deploy"
chmod 440 "$root/etc/sudoers.d/deploy"
chroot "$root" groupadd --gid 990 neumann
chroot "$root" useradd --system --uid 990 --gid neumann --home-dir /var/lib/neumann --shell /usr/sbin/nologin neumann
chroot "$root" install -d -o neumann -g neumann -m 750 /var/lib/neumann
chroot "$root" install -d -o root -g neumann -m 750 /etc/neumann

printf 'UseDNS no\nPasswordAuthentication no\nMaxStartups 100\n' >"$root/etc/ssh/sshd_config.d/lab.conf"
rm -f "$root"/etc/ssh/ssh_host_*
for user in root home/deploy; do install -d -m 700 "$root/$user/.ssh"; done
chown 1000:1000 "$root/home/deploy/.ssh"

chroot "$root" systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer e2scrub_reap.service fstrim.timer console-getty.service getty@.service
chroot "$root" systemctl --quiet set-default multi-user.target

# Who wants a host as a cloud makes one removes this, and gives user data before a boot.
: >"$root/etc/cloud/cloud-init.disabled"

# Each host has its own, and none has a way out.
: >"$root/etc/machine-id"
: >"$root/etc/resolv.conf"
rm -rf "$root"/etc/apt/sources.list* "$root"/etc/apt/apt.conf.d/99mmdebstrap "$root"/var/lib/apt/lists/*
