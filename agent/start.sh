#!/bin/sh
# Starts the agent that was copied to this host, with the Node that was copied beside it: the host needs none of its own.
# usage: start.sh ARCHITECTURE RUNTIME SHA512 FOLDER PROGRAM WORD...
#   RUNTIME, PROGRAM: files beside this one; FOLDER: where the runtime is kept, made ready once
set -eu
umask 022

architecture=$1 runtime=$2 sha512=$3 folder=$4 program=$5
shift 5
NEUMANN_BACKUP_DELIVERED=$(cd "$(dirname "$0")" && pwd)
export NEUMANN_BACKUP_DELIVERED

fail() {
  echo "$1" >&2
  exit "$2"
}

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) found=x64 ;;
  Linux-aarch64) found=arm64 ;;
  *) fail "this host is $(uname -s) on $(uname -m): the agent runs on Linux on x86_64 or aarch64" 3 ;;
esac
[ "$found" = "$architecture" ] ||
  fail "this host's processor is $found, not $architecture: write ssh.architecture: \"$found\" for it" 2

ready=$folder/runtime/${runtime%.tgz}
if [ ! -x "$ready/node" ]; then
  file=$NEUMANN_BACKUP_DELIVERED/$runtime
  [ -f "$file" ] || fail "$file, which brings Node, is gone from this host: run pulumi up --replace for the resource that copies it" 4
  echo "$sha512  $file" | sha512sum --check --status || fail "$file is damaged: its SHA-512 is not $sha512" 5
  mkdir -p "$folder/runtime"
  part=$(mktemp -d "$folder/runtime/.part-XXXXXX")
  trap 'rm -rf "$part"' EXIT
  tar -xzf "$file" -C "$part" --strip-components=1 --no-same-owner package/LICENSE package/bin/node
  mv "$part/bin/node" "$part/node"
  rmdir "$part/bin"
  chmod 755 "$part" "$part/node"
  "$part/node" --version >/dev/null || fail "Node ${runtime%.tgz} does not run on this host: it needs glibc 2.28 or newer" 4
  sync -f "$part/node"
  # Another start may have been quicker: then its folder stays.
  mv -T "$part" "$ready" 2>/dev/null || [ -x "$ready/node" ] || fail "$ready cannot be made" 4
  rm -rf "$part"
  trap - EXIT
fi

[ -f "$NEUMANN_BACKUP_DELIVERED/$program" ] ||
  fail "$NEUMANN_BACKUP_DELIVERED/$program is gone from this host: run pulumi up --replace for the resource that copies it" 4
unset NODE_OPTIONS NODE_EXTRA_CA_CERTS || :
exec "$ready/node" "$NEUMANN_BACKUP_DELIVERED/$program" "$@"
