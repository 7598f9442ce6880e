#!/usr/bin/env bash
# usage: unread.sh FOLDER
# Names each variable in FOLDER/.env that FOLDER/compose.yaml passes on to nobody, and those of FOLDER/.env.example that
# begin as it does: a mistyped setting would otherwise have no effect and no message.
set -euo pipefail

file=$1/.env
[[ -e $file ]] || exit 0
passed=$(grep -v '^ *#' "$1/compose.yaml" | grep -oE '\$\{[A-Za-z_][A-Za-z0-9_]*' | cut -c3- | sort -u)
while read -r name; do
	if grep -qxF "$name" <<<"$passed" || [[ $name == COMPOSE_* || $name == DOCKER_* || $name == BUILDKIT_* ]]; then continue; fi
	near=$(sed -nE "s/^#?(${name:0:4}[A-Z_]*)=.*/\1/Ip" "$1/.env.example" | paste -sd ' ')
	echo "$file: nobody reads $name.${near:+ There are: ${near// /, }.} $1/.env.example lists all names."
done < <(sed -nE 's/^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)[[:space:]]*=.*/\2/p' "$file")
