# Everything a person does here. Needs Python 3.11+, make and a package registry, nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo demo-postgres test lint bench serve dev

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

$(STAMP): requirements.lock pyproject.toml
	@echo "==> preparing $(VENV) (once; a few minutes on a slow line)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@# The lock names every package, so pip need not resolve (its resolver refuses extras such as gql[requests] under hashes).
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

demo: $(STAMP) ## simulate a platform of 20,000 loans and run the whole way on it
	@$(BIN)/glassbook demo

demo-postgres: $(STAMP) ## the same from a PostgreSQL server (GLASSBOOK_DEMO_DATABASE names yours)
	@GLASSBOOK_HOME="$${GLASSBOOK_HOME:-glassbook-home-postgres}" $(BIN)/glassbook demo --postgres

test: $(STAMP) ## lint, types and every test
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.run

lint: $(STAMP) ## format and lint checks, types, import rules
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.run --lint-only

bench: $(STAMP) ## measure builds, loads and memory, in ratios of one run
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.extraction
	@$(BIN)/python -m benchmarks.extraction_mysql

serve: $(STAMP) ## open the apps on the last snapshot
	@$(BIN)/glassbook serve

dev: $(STAMP) ## open Dagster with every asset, job and schedule
	@$(BIN)/dagster dev -m orchestration.definitions
