# Everything here runs in an environment of its own, .venv, which is made when it is first needed.
# PYTHON names the interpreter to make it with: make test PYTHON=python3.13

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEV := $(VENV)/.installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help bench demo test test-fast test-slow check docs dist format lint lint-actions types coverage simulate soak mutants mutation clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed-sandbox ## Walk through plan, apply, plan on a local Bindbee
	@$(BIN)/bindbee-sync demo

test: $(DEV) ## Run the tests, in under 4 minutes on two cores
	$(BIN)/python -m pytest -n 2 -m "not slow"

test-slow: $(DEV) ## Run the long tests: whole workflows, builds, fail points, random documents, a browser
	$(BIN)/python -m pytest -n 2 -m slow

# without the command line, HTTP, git and processes, but for the file ledger's own
CORE = tests/planning tests/desired tests/rules tests/ledger/test_file_ledger.py tests/ledger/test_records.py
test-fast: $(DEV) ## Run the tests of the core, in under a minute
	$(BIN)/python -m pytest -n 2 $(CORE)

check: lint lint-actions types coverage ## Run everything that a change has to pass

format: $(DEV) ## Put the code into form, and fix what can be fixed by itself
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lint: $(DEV) ## Check style, form and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

WORKFLOWS = $(wildcard .github/workflows/*.yml examples/workflows/*.yml examples/workflows/fleet/*.yml examples/workflows/extra/*.yml)
lint-actions: $(DEV) ## Check the GitHub workflows and the action
	$(BIN)/zizmor --offline --no-progress --persona pedantic action.yml .github/dependabot.yml $(WORKFLOWS)
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS)
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.bitbucket-pipelines examples/generic/bitbucket-pipelines.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.azure-pipelines --regex-variant python examples/generic/azure-pipelines.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/idea.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml

types: $(DEV) ## Check types
	$(BIN)/mypy

coverage: $(DEV) ## Run the tests, and fail below 90 % of branches
	$(BIN)/python -m pytest -n 2 --cov --cov-fail-under=90 --ignore=tests/proof
	$(BIN)/python -m pytest -n 2 tests/proof

SCHEDULES ?= 2000
SEED ?= 1
simulate: $(DEV) ## Run random schedules in virtual time: make simulate SCHEDULES=100000 SEED=1
	$(BIN)/python tests/proof/simulate.py --schedules $(SCHEDULES) --seed $(SEED) --keep-going

soak: $(DEV) ## Run every fail point, then random schedules over HTTP and git: make soak SCHEDULES=200
	EVERY_FAIL_POINT=1 $(BIN)/python -m pytest -n 2 tests/proof/test_fail_points.py
	SCHEDULES=$(SCHEDULES) SEED=$(SEED) $(BIN)/python tests/proof/soak.py

mutants: $(DEV) ## Leave out each guard in turn: a test has to notice
	$(BIN)/python tests/proof/mutants.py

mutation: $(DEV) ## Put small faults in at random: nine in ten have to be noticed: make mutation SAMPLE=100 SEED=1
	SAMPLE=$(SAMPLE) SEED=$(SEED) $(BIN)/python tests/proof/mutation.py

SIZES ?= 100,1000,10000
bench: $(VENV)/.installed-bench ## Time starts and plans beside the floor: make bench SIZES=100,1000
	$(BIN)/python benchmarks/sizes.py --sizes $(SIZES)

docs: $(VENV)/.installed-docs ## Write the generated pages, and build the site into build/site
	$(BIN)/python -m reference
	$(BIN)/zensical build --clean --strict

dist: build/hatchling/.installed ## Build sdist, wheel, SBOM and checksums of HEAD into dist, twice, and compare
	build/hatchling/bin/python release/dist.py

clean: ## Remove the environment, caches and what was built
	rm -rf $(VENV) .cache .import_linter_cache build dist htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find bindbee_sync tests -name __pycache__ -type d -prune -exec rm -rf {} +

# .installed-X: the package, editable, with its extra X; again whenever pyproject.toml changes
$(VENV)/.installed-%: pyproject.toml | $(BIN)/python
	@echo "Installing bindbee-sync[$*] into $(VENV) ..."
	@$(PIP) install --editable '.[$*]'
	@touch $@

# an environment of its own, by hashes: what a release is built with is not what happens to be installed
build/hatchling/.installed: requirements/build.txt
	@$(call make_venv,build/hatchling)
	@build/hatchling/bin/python -m pip --disable-pip-version-check -qq install \
		--require-hashes --only-binary :all: --requirement $<
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Making the environment $(VENV) ..."
	@$(call make_venv,$(VENV))

# without ensurepip (as Debian ships Python) pip is put there by the interpreter's own
define make_venv
$(PYTHON) -m venv --clear $(1) >/dev/null 2>&1 || { \
	$(PYTHON) -m venv --clear --without-pip $(1) && \
	$(PYTHON) -m pip -qq --python $(1)/bin/python install pip; }
endef
