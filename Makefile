# One command for each thing, the same for a developer, the hook and CI.
# A target does its own set-up from nothing but Python 3.11 and make. Everything that is
# fetched is named with its hash in requirements/; a second run finds the stamps and is instant.

VENV := .venv
BIN := $(VENV)/bin
# Wheels only: installing runs nobody's set-up script. The lock is complete, so no resolving.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
LOCKED := $(INSTALL) --require-hashes --only-binary=:all: --no-deps
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header
# The machine's own npm if its node is new enough, else that of the locked Python package.
NPM := $(shell node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null \
	&& npm --version >/dev/null 2>&1 && echo npm || echo $(BIN)/npm)
NODE := $(if $(filter npm,$(NPM)),node,$(BIN)/node)
# Node packages by their lock, and none of their own scripts is run.
NPM_CI := $(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
# A browser of this machine, if it has one.
CHROMIUM := $(shell command -v chromium || command -v chromium-browser \
	|| command -v google-chrome-stable || command -v google-chrome)
# The first Python that is new enough and can make a virtual environment.
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
# Anything more for the command: make test ARGS="tests/unit -k consent"
ARGS ?=
TESTS := $(BIN)/python -m pytest -n 2 --dist load --maxschedchunk 2

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test coverage browser bench lint fmt lock audit sizes

help: ## Show this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile

demo: $(VENV)/.productie ## Play 1 and 15 April 2020 with five organisations and three partners, and stay up
	$(BIN)/lso-gateway demo $(ARGS)

# Without coverage: it makes every line a quarter slower, and nothing is decided by it.
test: lint browser ## Lint, then every test, on SQLite and on PostgreSQL
	$(TESTS) $(ARGS)

coverage: lint browser ## The same, and which lines no test came by
	$(TESTS) --cov --cov-report=term $(ARGS)

browser: tests/browser/node_modules/.klaar $(if $(CHROMIUM),,tests/browser/chromium/node_modules/.klaar) ## Fetch what the browser tests need (test does this by itself)

bench: $(VENV)/.ontwikkeling ## Measure CPU per item beside the raw cost of the same bytes
	$(BIN)/python -m tests.bench $(ARGS)

lint: $(VENV)/.ontwikkeling ## Format check, rules, types and layers
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo

fmt: $(VENV)/.ontwikkeling ## Format, and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.ontwikkeling ## Write requirements/ anew from pyproject.toml (ARGS=--upgrade for newer versions)
	$(COMPILE) $(ARGS) --output-file requirements/productie.txt
	$(COMPILE) $(ARGS) --constraints requirements/productie.txt --group dev --group bouw \
		--output-file requirements/ontwikkeling.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header --group bouw --constraints requirements/ontwikkeling.txt \
		--output-file requirements/bouw.txt

audit: $(VENV)/.ontwikkeling ## Ask for known vulnerabilities; tells, never decides
	-$(BIN)/uvx --quiet pip-audit --disable-pip --require-hashes --requirement requirements/productie.txt

sizes: ## How long the files are: half of them want to be under 100 lines
	@git ls-files '*.py' | xargs wc -l | awk '$$2 != "total" { n++; if ($$1 < 100) small++ } \
		END { printf "%d of %d files are under 100 lines\n", small, n }'

$(VENV)/.gemaakt:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed, and not found." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# What runs in production, and the project itself: built with the locked setuptools, no index.
$(VENV)/.productie: $(VENV)/.gemaakt requirements/productie.txt requirements/bouw.txt pyproject.toml
	$(LOCKED) --requirement requirements/productie.txt --requirement requirements/bouw.txt
	$(INSTALL) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ontwikkeling: $(VENV)/.productie requirements/ontwikkeling.txt
	$(LOCKED) --requirement requirements/ontwikkeling.txt
	@touch $@

# The OpenID provider of the browser tests.
tests/browser/node_modules/.klaar: $(VENV)/.ontwikkeling tests/browser/package.json tests/browser/package-lock.json
	@$(NODE) --version >/dev/null || { echo "Node.js 20 or newer is needed, and not found." >&2; exit 1; }
	$(NPM_CI) --prefix tests/browser
	@touch $@

# A browser that needs nothing of the machine, where the machine has none. For x86-64 only.
tests/browser/chromium/node_modules/.klaar: $(VENV)/.ontwikkeling tests/browser/chromium/package.json \
		tests/browser/chromium/package-lock.json tests/browser/chromium/unpack.mjs
	@test "$$(uname -m)" = x86_64 || { echo "No Chromium found: install the package chromium." >&2; exit 1; }
	$(NPM_CI) --prefix tests/browser/chromium
	$(NODE) tests/browser/chromium/unpack.mjs
	@touch $@
