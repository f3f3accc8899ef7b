#!/bin/sh
# Runs a program in the cgroup $1, so that it and all it starts can be found and ended: inside.sh CGROUP PROGRAM …
set -eu
echo $$ >"$1/cgroup.procs"
shift
exec "$@"
