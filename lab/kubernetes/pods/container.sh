#!/usr/bin/env bash
# Runs a container's program in the mount, process and name namespaces that it is called in: container.sh FOLDER
# The folder holds lists of words that end with NUL, made by container.ts: `layers` of the image, the topmost first,
# `mounts` (source, target, ro or rw), `rights` of setpriv, `words` of env; `hostname` and `mode`, ro or rw, of the root.
set -euo pipefail
cd "$1"
exec >>log 2>&1

mapfile -d '' -t layers <layers
mapfile -d '' -t mounts <mounts
mapfile -d '' -t rights <rights
mapfile -d '' -t words <words
hostname "$(cat hostname)"

root=$PWD/root
mkdir -p root upper work
lower=$(IFS=:; echo "${layers[*]}")
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$PWD/upper,workdir=$PWD/work" "$root"

mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t tmpfs -o nosuid,mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mkdir "$root/dev/shm"
mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$root/dev/shm"

for ((each = 0; each < ${#mounts[@]}; each += 3)); do
  source=${mounts[each]} how=${mounts[each + 2]}
  # Links on the way, such as /var/run, are those of the container.
  target=$root$(chroot "$root" realpath -m -- "${mounts[each + 1]}")
  if [ -d "$source" ]; then
    mkdir -p "$target"
  elif [ ! -e "$target" ]; then
    mkdir -p "${target%/*}"
    : >"$target"
  fi
  mount --bind "$source" "$target"
  [ "$how" = rw ] || mount -o remount,bind,ro "$target"
done
if [ "$(cat mode)" = ro ]; then mount -o remount,bind,ro "$root"; fi

# Nothing of this machine's files is left in the container's namespace, so that nothing of it is held either.
cd "$root"
pivot_root . .
umount -l .
exec /usr/bin/setpriv "${rights[@]}" -- /usr/bin/env -i "${words[@]}"
