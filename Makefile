# The commands for users and developers. They need only Python 3.11+, make and a package registry.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Marks of what is installed: the packages that run, and those for development on top.
RUN    := $(VENV)/.installed
DEV    := $(VENV)/.installed-dev
# The locks name every package, so pip need not resolve (its resolver refuses extras such as gql[requests] under hashes).
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
# uv reads the settings of [tool.uv] in pyproject.toml, where what the locks leave out is named.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
           --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo demo-postgres test lint bench serve dev lock sbom audit

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

$(RUN): requirements.lock requirements-build.lock pyproject.toml
	@echo "==> preparing $(VENV) (once; a few minutes on a slow line)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements-build.lock -r requirements.lock
	@$(PIP) --no-build-isolation -e .
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	@echo "==> adding what tests and checks need"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(RUN) ## simulate a platform of 20,000 loans and run the whole way on it
	@$(BIN)/glassbook demo

# Without a named server, demo-postgres starts its own; the package for that is a development package.
demo-postgres: $(if $(GLASSBOOK_DEMO_DATABASE),$(RUN),$(DEV)) ## the same from a PostgreSQL server (GLASSBOOK_DEMO_DATABASE names yours)
	@GLASSBOOK_HOME="$${GLASSBOOK_HOME:-glassbook-home-postgres}" $(BIN)/glassbook demo --postgres

test: $(DEV) ## lint, types and every test
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.run

lint: $(DEV) ## format and lint checks, types, import rules
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.run --lint-only

bench: $(DEV) ## measure builds, loads and memory, in ratios of one run
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.extraction
	@$(BIN)/python -m benchmarks.extraction_mysql

serve: $(RUN) ## open the apps on the last snapshot
	@$(BIN)/glassbook serve

dev: $(RUN) ## open Dagster with every asset, job and schedule
	@# A DAGSTER_HOME without settings gets ours; existing settings stay.
	@test -z "$$DAGSTER_HOME" || test -e "$$DAGSTER_HOME/dagster.yaml" || cp dagster.yaml "$$DAGSTER_HOME/"
	@DAGSTER_DISABLE_TELEMETRY=yes $(BIN)/dagster dev -m orchestration.definitions

sbom: $(DEV) ## write sbom.cdx.json: what runs, with versions, hashes, licences and who needs whom (CycloneDX)
	@$(BIN)/python -m tests.support.bill_of_materials sbom.cdx.json
	@echo "sbom.cdx.json"

# Strict: a package that cannot be looked up (no network, or an index without vulnerabilities) is a failure, not a pass.
audit: $(DEV) ## compare the versions of what runs with published vulnerabilities; asks PyPI, or AUDIT="-s osv"
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip $(AUDIT) -r requirements.lock

lock: ## write the locks again from pyproject.toml, keeping versions that still fit (needs uv); LOCK="-P duckdb" moves one
	@$(COMPILE) $(LOCK) --extra orchestration --extra apps --extra frames --extra dev --extra build -o requirements-dev.lock pyproject.toml > /dev/null
	@$(COMPILE) --extra orchestration --extra apps -c requirements-dev.lock -o requirements.lock pyproject.toml > /dev/null
	@echo 'hatchling\neditables' | $(COMPILE) -c requirements-dev.lock -o requirements-build.lock - > /dev/null
