# Everything one does with this project. `make help` lists it.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
SETUP := $(PYTHON) -m infra.local.setup
ELSEWHERE := $(if $(MONGO_URL),--mongo-elsewhere) $(if $(AMQP_URL),--amqp-elsewhere)
BIN := .venv/bin
SERVICE ?= content
REBUILD = $(if $(filter gateway,$(SERVICE)),gateway.press --rebuild,infra.read_store.rebuild $(SERVICE))
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help up status test faults check format bench verify rotate-key rebuild backup restore credentials reset lock

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

up: .venv/.local ## set up everything and run the whole system with demo data; Ctrl-C stops it
	@$(BIN)/python -m infra.local up

status: .venv/.local ## tell the state of each process of the running system
	@$(BIN)/python -m infra.local status

test: .venv/.dev ## set up everything and run every test, two files at a time (ARGS="-k words" for some)
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(ARGS)

faults: .venv/.dev ## inject every fault on real servers, the long ones too (ARGS="-k words" for some)
	@$(BIN)/python -m pytest tests/faults -m "" $(ARGS)

check: .venv/.dev ## what a machine can say about the code: style, types, imports, architecture, the regulation's rules
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/architecture tests/spec --quiet

format: .venv/.dev ## put the code into its one format
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: .venv/.dev ## measure speed under the load of a province
	@$(BIN)/python -m tests.benches $(ARGS)

verify: .venv/.local ## check every service's log against the audit log, while the system runs (ARGS="--checkpoint FILE": one that you have kept)
	@$(BIN)/python -m infra.local run audit services.audit.verify $(ARGS)

rotate-key: .venv/.local ## give the audit log a new signing key, while the system runs; prints the new public key
	@$(BIN)/python -m infra.local run audit services.audit.rotate_key

rebuild: .venv/.local ## write a service's rows (SERVICE=content) or all public pages (SERVICE=gateway) anew, while the system runs
	@$(BIN)/python -m infra.local run $(SERVICE) $(REBUILD)

backup: .venv/.local ## copy everything that cannot be made again, while the system runs (TO=folder; the last KEEP=7 stay)
	@$(BIN)/python -m infra.local run backup infra.backup take $(if $(TO),--to $(abspath $(TO))) $(if $(KEEP),--keep $(KEEP))

restore: .venv/.local ## bring a backup back on an empty machine and verify it (FROM=folder; OVER=yes puts it in the place of what is here)
	@$(if $(FROM),$(BIN)/python -m infra.local restore $(abspath $(FROM)) $(if $(OVER),--over),echo "Which backup? make restore FROM=folder"; exit 2)

credentials: ## write .env for docker-compose.yml: every password, made for this installation (ARGS="--public-url https://…")
	@test ! -e .env || { echo ".env is there already: a new one would lock everybody out of the servers."; exit 1; }
	@umask 077; $(PYTHON) -m infra.deploy.credentials $(ARGS) > .env && echo "Written: .env. Keep a copy where the backups are."

reset: .venv/.local ## stop the system and remove all its data but the backups, to start over
	@$(BIN)/python -m infra.local reset

lock: ## write the lock files anew from requirements/*.in (needs uv)
	@for name in runtime local dev; do \
		uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --upgrade \
			--prerelease=if-necessary-or-explicit requirements/$$name.in --output-file requirements/$$name.txt; \
	done

# Set-up is done again only when a lock file has changed.
.venv/.local: requirements/local.txt requirements/runtime.txt
	@$(SETUP) local $(ELSEWHERE)
	@touch $@

.venv/.dev: requirements/dev.txt
	@$(SETUP) dev
	@touch .venv/.local $@
