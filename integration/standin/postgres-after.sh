#!/bin/sh
# What the official image adds to PostgreSQL's packages, in the root file system $1. mmdebstrap's --customize-hook.
set -eu
chroot "$1" localedef -i en_US -c -f UTF-8 en_US.UTF-8
for sample in "$1"/usr/share/postgresql/*/postgresql.conf.sample; do
	sed -i "s/^#listen_addresses = .*/listen_addresses = '*'/" "$sample"
	grep -q "^listen_addresses = '\*'" "$sample"
done
mkdir -p "$1/docker-entrypoint-initdb.d" "$1/run/postgresql" "$1/var/lib/postgresql/data"
chown 999:999 "$1/run/postgresql" "$1/var/lib/postgresql" "$1/var/lib/postgresql/data"
chmod 3777 "$1/run/postgresql"
chmod 1777 "$1/var/lib/postgresql" "$1/var/lib/postgresql/data"
