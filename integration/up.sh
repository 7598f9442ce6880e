#!/usr/bin/env bash
# make up: a primary and its standby on this machine, in the compose project that compose/.env names from the first time on.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

# setting NAME prints its value in compose/.env; remember NAME VALUE puts it there, and leaves every other line alone.
setting() { sed -n "s/^$1=//p" compose/.env 2>/dev/null || true; }
remember() {
	local others
	others=$(grep -v "^$1=" compose/.env 2>/dev/null || true)
	printf '%s\n' ${others:+"$others"} "$1=$2" >compose/.env
}

folders() {
	docker ps -a --filter "label=com.docker.compose.project=$1" --format '{{.Label "com.docker.compose.project.working_dir"}}'
}
volumes() { docker volume ls -q --filter "label=com.docker.compose.project=$1"; }

# project_name prints pgreplica, or a name of this folder's own where another folder has that project. Containers know their
# folder; volumes that were left alone do not, and may be another's.
project_name() {
	local own folder
	own=pgreplica-$(printf %s "$PWD" | sha256sum | cut -c1-8)
	folder=$(folders pgreplica | sort -u)
	if [[ -n $(volumes "$own") ]]; then
		echo "$own"
	elif [[ -n $folder && $folder != "$PWD/compose" ]] || [[ -z $folder && -n $(volumes pgreplica) ]]; then
		echo "A project pgreplica of another folder is on this machine; this one is $own (compose/.env)." >&2
		echo "$own"
	else
		echo pgreplica
	fi
}

if [[ -n ${PG_MAJOR:-} ]]; then
	remember PG_MAJOR "$PG_MAJOR"
	remember PG_VOLUME "${PG_VOLUME:-/var/lib/postgresql/data}"
	remember PG_DATA "${PG_DATA:-/var/lib/postgresql/data/pgdata}"
fi
PG_MAJOR=$(setting PG_MAJOR)
export PG_MAJOR=${PG_MAJOR:-13}

integration/unread.sh compose >&2
echo "Building pgreplica-master:$PG_MAJOR and pgreplica-slave:$PG_MAJOR, then starting a primary and its standby with compose."
echo "This takes about a minute the first time and seconds later; what this machine lacks is announced as it is made."
command=$(integration/prepare.sh compose images)
read -ra compose <<<"$command -f compose/compose.yaml"
[[ -n $(setting COMPOSE_PROJECT_NAME) ]] || remember COMPOSE_PROJECT_NAME "$(project_name)"

export PATH=$PWD/.tools:$PATH DOCKER_CLI_HINTS=false
if ! "${compose[@]}" up -d --build --wait --wait-timeout 300; then
	"${compose[@]}" logs --tail 30 master slave || true
	echo "make up: no healthy pair within 5 minutes. Compose's reason and what both servers said last stand above." >&2
	exit 1
fi

typed=${command/#docker-compose/.tools/docker-compose}" -f compose/compose.yaml"
cat <<END

The standby streams from its primary. What to type next, in this folder:

  status             $typed exec slave pgreplica status
  psql, primary      $typed exec master psql -U postgres
  psql, standby      $typed exec slave psql -U postgres
  password           $typed exec master cat /run/pgreplica-secrets/postgres_password
  stop, keep data    make down
  remove everything  $typed down --volumes --rmi all
END
integration/unread.sh compose # again, where it is read
