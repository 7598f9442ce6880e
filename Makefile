# What a person types; make alone lists it. PG_MAJOR=N chooses PostgreSQL's major version, 13 where it is not given.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help up down images docs test lint unit integration integration_one bench torture mutants house

# From 18 on, the official image keeps its data elsewhere.
ifneq ($(filter-out 13 14 15 16 17,$(PG_MAJOR)),)
export PG_VOLUME := /var/lib/postgresql
export PG_DATA := /var/lib/postgresql/$(PG_MAJOR)/docker
endif
# The integration tests run on the oldest version and on the newest that Debian's packages offer, or on PG_MAJOR=N alone.
majors := $(or $(PG_MAJOR),13 18)
# Run on one version only: disks and calls that fail, kills, owners, links and mistakes, which are the same to our code on each. make
# test has 40 minutes on two cores; make test PG_MAJOR=18 runs these too.
skip_18 := ^Test(ADisk|ACopyThatCannotFit|AKill|AStartThatIsKilled|ANearlyFull|AReadOnly|AFileSystem|AFolderOf|ACopiedVolume|NoLink|UpBuilds|ARefusedStandby|AnInitScriptThatFails)
# version N is the target, with its variables, for the integration tests of one version.
version = integration_one PG_MAJOR=$(1) skip='$(if $(PG_MAJOR),,$(skip_$(1)))'
export PG_MAJOR

# Compose, where prepare.sh had to build it, is in .tools and called docker-compose.
export PATH := $(CURDIR)/.tools:$(PATH)
export DOCKER_CLI_HINTS := false
prepare := integration/prepare.sh
staticcheck := go tool -modfile=integration/tools/lint/go.mod staticcheck
tags := integration,bench,torture

# Tests and images see none of the settings that the caller's shell may export for a server or for libpq.
settings := POSTGRES_% MASTER_% REPLICATION_% APP_% CLONE_% CONTAINER_% COMPOSE_% PGREPLICA_% LOG_% LOCK_WAIT PEERS SYSTEM_ID \
	EXISTING_DATA AUTO_REJOIN REQUIRE_VOLUME CONFIG_DIR VOLUME_NAME PG%
clean := env $(patsubst %,-u %,$(filter-out PG_MAJOR PG_VOLUME PG_DATA,$(filter $(settings),$(.VARIABLES))))

help: ## list what make can do
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 20

up: ## build both images and start a primary and its standby; returns when the standby streams
	@integration/up.sh

down: ## stop both servers and keep their data
	@grep -qs ^COMPOSE_PROJECT_NAME= compose/.env || { echo "make up has not run in this folder"; exit 1; }; \
	compose=$$($(prepare) compose); $$compose -f compose/compose.yaml down

images: ## build pgreplica-master:N and pgreplica-slave:N, with PG_MAJOR=N
	@compose=$$($(prepare) compose images); \
	PG_MAJOR=$${PG_MAJOR:-13} $(clean) $$compose --env-file /dev/null -f compose/compose.yaml build

docs: ## write docs/configuration.md and the .env.example files from the program's variables
	$(clean) go test ./entrypoint/config -run 'TestTheDocuments|TestTheManual' -count=1 -update

test: ## everything: lint, unit tests and integration tests, and the time that each takes
	@times=(); trap 'printf "\nThe parts of make test, in minutes:\n"; printf "  %s\n" "$${times[@]}"' EXIT; \
	part() { local name=$$1; shift; SECONDS=0; $(MAKE) --no-print-directory "$$@" || name+=', which failed'; \
		times+=("$$((SECONDS / 60)):$$(printf %02d $$((SECONDS % 60)))  $$name"); [[ $$name != *failed ]]; }; \
	part lint lint; part 'unit tests' unit; $(foreach major,$(majors),part 'integration tests of PostgreSQL $(major)' $(call version,$(major));)

lint: ## gofmt, go vet, staticcheck and shellcheck
	@$(prepare) shellcheck
	@diff=$$(gofmt -d .); [[ -z $$diff ]] || { echo "$$diff"; exit 1; }
	go vet ./... && go vet -tags $(tags) ./...
	$(staticcheck) ./... && $(staticcheck) -tags $(tags) ./...
	git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck

unit: ## the tests that need only Go, and PostgreSQL and strace where they are installed
	$(clean) go test ./...

integration: ## the tests that run the images and the compose files in Docker
	@$(foreach major,$(majors),$(MAKE) --no-print-directory $(call version,$(major));) # -e

integration_one: # the integration tests of one version, and which took longest
	@compose=$$($(prepare) compose images ip strace); log=$$(mktemp); \
	trap 'sed -n "s/^--- .*: \(.*\) (\(.*s\))/  \2  \1/p" "$$log" | sort -rn | sed "1iThe slowest tests:" | sed 6q; rm "$$log"' EXIT; \
	echo "Integration tests of PostgreSQL $(PG_MAJOR)$(if $(skip), that have to do with the version)"; \
	$(clean) COMPOSE="$$compose" go test -tags integration -count=1 -timeout 60m -v $(if $(skip),-skip '$(skip)') ./integration | tee "$$log"

torture: ## kill a start at every step, on PG_MAJOR: about half an hour; FLOW=name for one flow, see docs/torture.md
	@compose=$$($(prepare) compose images ip strace); \
	$(clean) COMPOSE="$$compose" go test -tags integration,torture -run 'TestTorture/flow/$(FLOW)' -count=1 -v -timeout 5h ./integration/

mutants: ## change the program in some 60 small ways, each of which a test must notice: about 2 minutes; MUTANT='words of its name' for one
	@$(prepare) strace
	@$(clean) go run ./integration/mutants $(if $(MUTANT),'$(MUTANT)')

bench: ## measure starts and clones against their peers
	@compose=$$($(prepare) compose images); \
	$(clean) COMPOSE="$$compose" go test -tags $(tags) -run TestBench -count=1 -timeout 60m -v ./integration/

house: ## print each package's lines, imports, exported names and largest type, and the longest functions
	@go run ./integration/house
