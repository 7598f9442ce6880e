#!/bin/sh
# What must be in the root file system $1 before PostgreSQL's packages are: the user, with the ids that the official image
# gives it, and the wish for no cluster of Debian's own. mmdebstrap's --essential-hook.
# Write below "$1" without following links: /var/run is an absolute one and would lead to the host.
set -eu
echo 'postgres:!:999:' >>"$1/etc/group"
echo 'postgres:!:999:999::/var/lib/postgresql:/bin/bash' >>"$1/etc/passwd"
mkdir -p "$1/etc/postgresql-common"
echo 'create_main_cluster = false' >"$1/etc/postgresql-common/createcluster.conf"
