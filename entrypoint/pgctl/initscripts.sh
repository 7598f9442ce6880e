#!/usr/bin/env bash
# usage: initscripts.sh MARK FINISHED DIR [SKIP...]
# Runs the scripts of DIR, without those of SKIP, in the locale's order against the server at the socket, and stops at the first
# that fails. The file MARK names the script that runs; after the last one it says FINISHED. Scripts may use these, named as in
# the official image: docker_process_sql, docker_process_init_files, file_env, docker_temp_server_start and _stop, and the array
# psql. A script that is sourced shares the variables.
set -Eeo pipefail

# file_env NAME [DEFAULT] exports NAME: its own value, the text of the file NAME_FILE, or the default.
file_env() {
	local file_name=${1}_FILE value=${2:-}
	if [[ -n ${!1:-} && -n ${!file_name:-} ]]; then
		echo "error: both $1 and $file_name are set (but are exclusive)" >&2
		exit 1
	fi
	if [[ -n ${!1:-} ]]; then
		value=${!1}
	elif [[ -n ${!file_name:-} ]]; then
		value=$(<"${!file_name}")
	fi
	export "$1=$value"
	unset "$file_name"
}

# docker_process_sql [PSQL ARGUMENTS] runs the SQL of stdin or of -f FILE, up to the first error.
docker_process_sql() {
	local database=()
	[[ -z $POSTGRES_DB ]] || database=(--dbname "$POSTGRES_DB")
	PGHOST='' PGHOSTADDR='' command psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$POSTGRES_USER" "${database[@]}" "$@"
}

docker_temp_server_start() {
	[[ ${1:-} != postgres ]] || shift
	pg_ctl -D "$PGDATA" -o "$(printf '%q ' "$@" -c listen_addresses= -p "${PGPORT:-5432}")" -w start
}

docker_temp_server_stop() { pg_ctl -D "$PGDATA" -m fast -w stop; }

write_mark() { printf '%s\n%s\n' "$PPID" "$1" >"$pgreplica_mark"; }

# docker_process_init_files FILE... runs each file by its ending.
docker_process_init_files() {
	local f
	for f; do
		write_mark "running $f"
		case $f in
		*.sh)
			if [[ -x $f ]]; then
				echo "$0: running $f"
				"$f"
			else
				echo "$0: sourcing $f"
				# shellcheck disable=SC1090 # it is the user's
				. "$f"
			fi
			;;
		*.sql)
			echo "$0: running $f"
			docker_process_sql -f "$f"
			;;
		*.sql.gz)
			echo "$0: running $f"
			gunzip -c "$f" | docker_process_sql
			;;
		*.sql.xz)
			echo "$0: running $f"
			xzcat "$f" | docker_process_sql
			;;
		*.sql.zst)
			echo "$0: running $f"
			zstd -dc "$f" | docker_process_sql
			;;
		*) echo "$0: ignoring $f" ;;
		esac
	done
}

# shellcheck disable=SC2034 # sourced scripts say "${psql[@]}"
psql=(docker_process_sql)
pgreplica_mark=$1 pgreplica_finished=$2 dir=$3
shift 3
wanted=()
for f in "$dir"/*; do
	skip=
	for skipped; do [[ $f != "$skipped" ]] || skip=yes; done
	[[ -n $skip ]] || wanted+=("$f")
done
set --
docker_process_init_files "${wanted[@]}"
write_mark "$pgreplica_finished"
