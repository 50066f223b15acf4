# The two commands: `make run` (the main job, on the sample newsroom) and `make test` (all tests).
.PHONY: help setup setup-dev run test faults audit lint accuracy weights lock
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
ARGS ?=
# without its bytecode kept, every process of ours, and so every crawl, would compile its libraries anew
unexport PYTHONDONTWRITEBYTECODE

help: ## show the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

# A Python of 3.12 or later: the one you name (make PYTHON=...), else what the PATH or uv has.
find_python = for p in $(PYTHON) python3 python3.14 python3.13 python3.12 "$$(uv python find '>=3.12' 2>/dev/null)"; do \
	  [ -n "$$p" ] && "$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && { echo "$$p"; exit 0; }; \
	done; \
	echo "newsledger needs Python 3.12 or later with venv, and found none on the PATH." >&2; \
	echo "Install it (Debian, Ubuntu: apt install python3 python3-venv; older releases: pyenv install 3.12, or uv python install 3.12)," >&2; \
	echo "or name one: make PYTHON=/path/to/python3.12 ..." >&2; exit 1

.venv/.run-installed: requirements.lock requirements-installer.lock pyproject.toml
	@py=$$($(find_python)) || exit 1; [ -x $(BIN)/python ] || { echo "making .venv with $$py"; "$$py" -m venv .venv; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-installer.lock
	@echo "installing the packages of requirements.lock"
	@$(BIN)/uv pip install -q --system-certs --python $(BIN)/python --require-hashes --no-deps -r requirements.lock
	@$(BIN)/uv pip install -q --system-certs --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev-installed: .venv/.run-installed requirements-dev.lock
	@echo "installing the packages of requirements-dev.lock"
	@$(BIN)/uv pip install -q --system-certs --python $(BIN)/python --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

setup: .venv/.run-installed ## make .venv and install what the main job needs

setup-dev: .venv/.dev-installed ## and what tests, checks and benchmarks need

run: setup ## the main job on the sample newsroom, in .run/ (ARGS=--once: one round)
	@$(BIN)/newsledger run --sample $(ARGS)

test: setup-dev ## all tests
	@$(BIN)/pytest -q -m "not long" -n 2 --dist loadfile $(ARGS)

faults: setup-dev ## every fault that the service is to survive, the long ones too, with totals
	@$(BIN)/pytest -q -m fault tests $(ARGS)

# pip-audit is fetched when asked for: it wants the network anyway, to reach the database of known weaknesses
audit: setup ## compare the locked packages with known weaknesses (needs the network)
	@told=$$($(BIN)/uv tool run --from pip-audit==2.10.1 pip-audit -s osv --disable-pip --no-deps --require-hashes \
	  -r requirements.lock $(ARGS) 2>&1); status=$$?; \
	case "$$told" in *"known vulnerabilit"*) printf '%s\n' "$$told"; exit $$status;; esac; \
	printf '%s\n' "$$told" | tail -n 1 >&2; \
	echo "audit: no database of known weaknesses could be reached from here; nothing was checked" >&2; exit 2

lint: setup-dev ## ruff, mypy and import-linter
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

screenshots: setup-dev ## a picture of every page, light and dark, wide and narrow, in .run/screenshots
	@NEWSLEDGER_SCREENSHOTS=.run/screenshots $(BIN)/pytest -q tests/test_dashboard.py -k fits

accuracy: setup-dev ## score the reader, write docs/accuracy.md
	@$(BIN)/python -m bench.accuracy $(ARGS)

weights: setup-dev ## train the reader's small models anew (needs the development documents)
	@$(BIN)/python -m bench.train_stand_ins
	@$(BIN)/python -m bench.train_employers
	@$(BIN)/python -m bench.train
	@$(BIN)/python -m bench.train_time
	@$(BIN)/python -m bench.train_acceptance

lock: setup ## resolve the packages anew (ARGS=--upgrade: to their newest versions)
	@compile="$(BIN)/uv pip compile -q --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-annotate --no-header $(ARGS)"; \
	$$compile pyproject.toml -o requirements.lock && \
	$$compile -c requirements.lock --group dev --group bench pyproject.toml -o requirements-dev.lock && \
	$$compile --group pyproject.toml:installer -o requirements-installer.lock
