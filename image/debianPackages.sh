#!/bin/sh
# Notes the packages that the image, whose root is $1, was made of: for scanners, which read status.d where no package
# manager is, and for the list of contents. Called by debian.sh.
set -eu

root=$1
mkdir -p "$root/var/lib/dpkg/status.d"
list=$root/usr/share/doc/debian-packages
for file in "$root"/var/cache/apt/archives/*.deb; do
  name=$(dpkg-deb --field "$file" Package)
  dpkg-deb --field "$file" >"$root/var/lib/dpkg/status.d/$name"
  # shellcheck disable=SC2016 # dpkg-deb's own names
  dpkg-deb --show --showformat '${Package} ${Version} ${Architecture} ${source:Package} ${source:Version} ' "$file" >>"$list"
  sha256sum "$file" | cut -c 1-64 >>"$list"
done
