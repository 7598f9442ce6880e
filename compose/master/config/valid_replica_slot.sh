#!/usr/bin/env bash
# Shows each replication slot of the master (active: t or f), then the verdict of `pgreplica status`, and exits with its
# status: 0 ok, 1 warning, 2 critical, 3 unknown. The container is the one that was started from the folder above this
# one; to ask another: valid_replica_slot.sh CONTAINER
set -u

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
container=${1:-}
if [ -z "$container" ]; then
	container=$(docker ps --quiet --filter label=com.docker.compose.service=master --filter label=com.docker.compose.oneoff=False \
		--filter "label=com.docker.compose.project.working_dir=$folder") || exit 3
fi
if [ -z "$container" ]; then
	echo "no container of $folder is running: start it with 'docker compose up -d' there, or name one: $0 CONTAINER" >&2
	exit 3
fi
if [ "$(docker inspect --format '{{.State.Running}}' "$container")" != true ]; then
	echo "container $container is not running: see 'docker logs $container'" >&2
	exit 3
fi

docker exec "$container" sh -c 'psql -X -U "${POSTGRES_USER:-postgres}" -d postgres -c "SELECT * FROM pg_replication_slots"'
docker exec "$container" pgreplica status
