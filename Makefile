# The two that matter: `make demo` and `make test`. `make help` names the rest.
# Needs Python 3.11 or newer, git and make; everything else comes into .venv by itself.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# Much of the suite waits for clocks and processes. A file stays whole: what it sets up it shares.
BOTH_CORES := -n 2 --dist loadfile

# Without it `python -m …` would put this folder first on the path, and signal/ with it.
export PYTHONSAFEPATH := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test check lint format types walls page-types bench soak \
	screenshots wheel lock openapi page ready system clean

help:  ## Name what can be made
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-12s %s\n", $$1, $$2 }'

demo: page  ## Start Softfront with a simulated heart, and open the page
	@$(BIN)/softfront demo $(ARGS)

test: system page check  ## Run every test (what is missing is named, and skipped)
	@$(BIN)/pytest $(BOTH_CORES) $(ARGS)

check: lint format types walls page-types  ## Check style, types and walls

lint: ready
	@$(BIN)/ruff check .

format: ready
	@$(BIN)/ruff format --check .

types: ready
	@$(BIN)/mypy

walls: ready
	@$(BIN)/lint-imports --no-logo

page-types: ready
	@$(BIN)/python dashboard/build_page.py check

bench: page  ## Measure; one JSON line a figure, and a table
	@$(BIN)/python tests/bench.py $(ARGS)

soak: system page  ## Run the long versions of the tests
	@$(BIN)/pytest -m soak $(ARGS)

screenshots: system page  ## Take the README's pictures from the running demo
	@$(BIN)/python tests/dashboard/screenshots.py $(ARGS)

wheel: page  ## Build dist/softfront-*.whl and the sdist
	@$(BIN)/python -m build --no-isolation --outdir dist

lock: $(BIN)/pip  ## Write requirements.lock anew (ARGS=--upgrade for the newest of all)
	@test -x $(BIN)/uv || $(BIN)/pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile pyproject.toml --group dev --extra fast --extra notify --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --no-config \
		--custom-compile-command "make lock" --quiet $(ARGS) --output-file requirements.lock

openapi: ready  ## Describe the doors anew, to be looked at and committed
	@$(BIN)/python tests/api/describing.py

clean:  ## Remove all that was made here, .venv too
	rm -rf $(VENV) dist dashboard/node_modules dashboard/softfront_dashboard \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .numba_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what the others stand on -------------------------------------------------------------

page: ready
	@$(BIN)/python dashboard/build_page.py

ready: $(VENV)/.softfront

$(BIN)/pip:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Softfront needs Python 3.11 or newer, and $(PYTHON) is not found: say where it is, as in make PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Softfront needs Python 3.11 or newer, and $(PYTHON) is older: say which to take, as in make PYTHON=python3.12." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo "This Python cannot make a virtual environment: install the package python3-venv, then run make again." >&2; exit 1; }
	@echo "Setting up $(VENV): once, about a minute."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.locked: requirements.lock | $(BIN)/pip
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# Without hatchling's hook: the page has its own line above, and Python's checks need not wait for it.
$(VENV)/.softfront: pyproject.toml $(VENV)/.locked
	@HATCH_BUILD_NO_HOOKS=true $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# What the tests want beside Python, each as command:Debian package.
SYSTEM := chromium:chromium dbus-daemon:dbus mosquitto:mosquitto
system:
	@missing=; for pair in $(SYSTEM); do \
		command -v "$${pair%%:*}" >/dev/null || missing="$$missing $${pair##*:}"; done; \
	test -x $(BIN)/pip || $(PYTHON) -c 'import ensurepip' 2>/dev/null || missing="$$missing python3-venv"; \
	test -z "$$missing" && exit 0; \
	if [ "$$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then \
		echo "Installing$$missing."; \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq && apt-get install -qq -y --no-install-recommends $$missing >/dev/null; \
	else \
		echo "Not installed:$$missing. The tests that need it are skipped, and counted at the end." >&2; \
	fi
