#!/usr/bin/env bash
# docker-entrypoint.sh of these images. Called, it is pgreplica: an image built from this one may have an entrypoint that ends
# in this name, and that would make a cluster that takes writes on a standby. Sourced, it has the functions of the official
# script; the main one starts pgreplica, and a standby's makes no cluster. The official script lies beside it, as it was, for
# who wants that: docker-entrypoint-official.sh.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	exec pgreplica "$@"
fi

# shellcheck source=/dev/null
source "${BASH_SOURCE[0]%/*}/docker-entrypoint-official.sh"

_main() { exec pgreplica "$@"; }

case ${REPLICATION_MODE:-} in
primary | master) ;;
*)
	docker_init_database_dir() {
		echo 'ERROR:  this image is a standby'\''s: it copies its primary and makes no cluster.' >&2
		echo 'HINT:  Start it with pgreplica "$@" in place of these functions; docker-entrypoint-official.sh has the originals.' >&2
		exit 77
	}
	;;
esac
