#!/usr/bin/env bash
# usage: integration/prepare.sh [compose] [images] [shellcheck] [ip] [strace]
# Makes what is asked for and missing on this machine: Compose v2 in .tools, the images that the Dockerfiles start from,
# Debian's packages. Says on stderr what it makes and how long that takes. For "compose", stdout is the command to run.
# shellcheck disable=SC2016 # $1 in mmdebstrap's hooks is the root file system, which mmdebstrap fills in
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT

say() { printf '%s\n' "$@" >&2; }
die() { say "$@"; exit 1; }

# quietly COMMAND... shows the end of what the command says only if it fails.
quietly() { "$@" >"$tmp/log" 2>&1 || die "$(tail -n 20 "$tmp/log")" "failed: $*"; }

# need PROGRAM PACKAGE installs Debian's package of a program that is missing.
need() {
	command -v "$1" >/dev/null && return
	command -v apt-get >/dev/null || die "$1 is missing: install it, then try again."
	[[ $(id -u) == 0 ]] || die "$1 is missing. Type: sudo apt-get install $2"
	say "$1 is missing: installing Debian's package $2 (some seconds) ..."
	export DEBIAN_FRONTEND=noninteractive
	apt-get install -qq --no-install-recommends "$2" >/dev/null 2>&1 && return
	quietly apt-get update
	quietly apt-get install -qq --no-install-recommends "$2"
}

need_go() { command -v go >/dev/null || die "$1" "Install Go 1.26 (https://go.dev/doc/install), then try again. $2"; }

need_docker() {
	command -v docker >/dev/null || die "docker is missing: https://docs.docker.com/engine/install"
	docker version >/dev/null 2>"$tmp/log" || die "$(<"$tmp/log")" "No Docker engine answers. Type: sudo systemctl start docker" \
			"Where permission is denied: sudo usermod -aG docker \"\$USER\", and log in again"
}

# --- Compose v2 -------------------------------------------------------------------------------------------------------

compose_built=.tools/docker-compose
compose_wanted=$(sed -n 's,.*docker/compose/v2 \(v[^ ]*\).*,\1,p' integration/tools/compose/go.mod)

# compose_command prints the command of a Compose that knows --wait-timeout (2.17), if there is one.
compose_command() {
	local version
	if version=$(docker compose version --short 2>/dev/null) && printf '2.17\n%s\n' "${version#v}" | sort -VC; then
		echo docker compose
	elif [[ $("$compose_built" version --short 2>/dev/null) == "${compose_wanted#v}" ]]; then
		echo docker-compose
	else
		return 1
	fi
}

# compose_start begins to build Compose, compose_finish waits for it: meanwhile the images can be made.
compose_start() {
	need_go "Compose v2 is missing, and so is the Go to build it." \
		"Or, from Docker's packages: sudo apt-get install docker-compose-plugin"
	say "Compose v2 is missing: building $compose_wanted from its Go module into .tools (2 to 4 minutes) ..."
	CGO_ENABLED=0 go build -C integration/tools/compose -trimpath -o "$tmp/docker-compose" \
		-ldflags "-s -w -X github.com/docker/compose/v2/internal.Version=$compose_wanted" \
		github.com/docker/compose/v2/cmd >"$tmp/compose.log" 2>&1 &
	compose_job=$!
}

compose_finish() {
	wait "$compose_job" || die "$(tail -n 20 "$tmp/compose.log")" "Compose v2 could not be built."
	mkdir -p .tools
	mv "$tmp/docker-compose" "$compose_built"
}

# --- Images -----------------------------------------------------------------------------------------------------------

# pulled IMAGE is false where no registry answers within a minute. An answer of any kind is the registry's last word.
registry_silent=
pulled() {
	local job tenths
	[[ -z $registry_silent ]] || return 1
	: >"$tmp/pull.log"
	docker pull "$1" >"$tmp/pull.log" 2>&1 &
	job=$!
	for ((tenths = 0; tenths < 600; tenths++)); do
		if [[ -s $tmp/pull.log ]] || ! kill -0 "$job" 2>/dev/null; then break; fi
		sleep 0.1
	done
	if [[ ! -s $tmp/pull.log ]]; then
		kill "$job"
		echo Client.Timeout >"$tmp/pull.log"
	fi
	if grep -q 'Pulling from' "$tmp/pull.log"; then
		say "Pulling $1 ..."
		wait "$job" && return
	elif grep -qE '(dial|read) tcp|Client\.Timeout|deadline exceeded|TLS handshake timeout' "$tmp/pull.log"; then
		registry_silent=1
		return 1
	fi
	die "$(<"$tmp/pull.log")" "$1 is not here, and the registry refuses it. When this works, try again: docker pull $1"
}

# postgres_standin MAJOR takes PostgreSQL from the Debian suite that has this major version.
postgres_standin() {
	local major=$1 suite valid=true data=/var/lib/postgresql/data volume=/var/lib/postgresql/data
	case $major in
	13) suite=bullseye ;;
	15) suite=bookworm ;;
	17) suite=trixie ;;
	18) # in testing so far, whose mirrors may stand still for longer than its release file is valid
		suite=forky valid=false data=/var/lib/postgresql/18/docker volume=/var/lib/postgresql
		;;
	*) die "No registry answers to pull postgres:$major, and Debian has no PostgreSQL $major to make a stand-in of." \
		"Use PG_MAJOR=13, 15, 17 or 18, or bring the image: docker load < postgres-$major.tar" ;;
	esac
	need mmdebstrap mmdebstrap
	say "No registry answers: making a stand-in for postgres:$major from Debian's $suite (about 90 seconds) ..."
	quietly mmdebstrap --variant=minbase --skip=cleanup/run --dpkgopt=force-unsafe-io --aptopt="Acquire::Check-Valid-Until \"$valid\"" \
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
		--include="postgresql-$major,gosu,locales,less,libnss-wrapper,xz-utils,zstd" \
		--essential-hook='integration/standin/postgres-before.sh "$1"' \
		--customize-hook='integration/standin/postgres-after.sh "$1"' \
		"$suite" "$tmp/postgres.tar"
	quietly docker import --change 'LABEL pgreplica.standin=true' --change "VOLUME $volume" --change 'EXPOSE 5432' \
		--change "ENV LANG=en_US.utf8 PG_MAJOR=$major PGDATA=$data" \
		--change "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/$major/bin" \
		--change 'CMD ["postgres"]' "$tmp/postgres.tar" "postgres:$major-standin"
	quietly docker build -t "postgres:$major" - <<<$'FROM postgres:'"$major-standin"$'\nSTOPSIGNAL SIGINT'
	quietly docker rmi "postgres:$major-standin"
}

golang_standin() {
	need_go "No registry answers to pull $1, and there is no Go to make a stand-in of." "Or bring the image: docker load"
	need mmdebstrap mmdebstrap
	say "No registry answers: making a stand-in for $1 from this machine's Go (about 10 seconds) ..."
	quietly mmdebstrap --variant=extract --include=busybox-static --extract-hook='integration/standin/golang.sh "$1"' \
		bookworm "$tmp/golang.tar"
	quietly docker import --change 'LABEL pgreplica.standin=true' --change 'ENV HOME=/root GOPATH=/go GOTOOLCHAIN=local' \
		--change 'ENV PATH=/go/bin:/usr/local/go/bin:/bin' --change "ENV GOPROXY=$(go env GOPROXY)" \
		--change 'CMD ["sh"]' "$tmp/golang.tar" "$1"
}

images() {
	local major=${PG_MAJOR:-13} golang made=()
	golang=$(sed -n 's/^FROM .*\(golang:[^ ]*\).*/\1/p' Dockerfile.master)
	if ! docker image inspect "$golang" >/dev/null 2>&1 && ! pulled "$golang"; then
		golang_standin "$golang"
		made+=("$golang")
	fi
	if ! docker image inspect "postgres:$major" >/dev/null 2>&1 && ! pulled "postgres:$major"; then
		postgres_standin "$major"
		made+=("postgres:$major")
	fi
	((!${#made[@]})) || say "When a registry answers again, make room for the real images: docker rmi ${made[*]}"
}

# --- What was asked for -----------------------------------------------------------------------------------------------

compose_job=
for what in "$@"; do
	case $what in
	compose)
		need_docker
		compose_command >/dev/null || compose_start
		;;
	images)
		need_docker
		images
		;;
	shellcheck) need shellcheck shellcheck ;;
	ip) need ip iproute2 ;;
	strace) need strace strace && need mkfs.ext4 e2fsprogs ;;
	*) die "usage: integration/prepare.sh [compose] [images] [shellcheck] [ip] [strace]" ;;
	esac
done
[[ -z $compose_job ]] || compose_finish
[[ " $* " != *" compose "* ]] || compose_command
