#!/bin/sh
# Starts the agent with the Node beside it, whatever the pod's environment says about Node.
unset NODE_OPTIONS NODE_EXTRA_CA_CERTS
exec /usr/local/bin/node /usr/local/lib/neumann-backup/neumann-backup.cjs "$@"
