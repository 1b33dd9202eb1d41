# `make run` and `make test` do all their set-up; they need Python 3.11 or newer with pip.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; \
	done)
PACKAGES := app bot scheduler habits playground
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-virtualenv --no-deps
LOCKED := --require-hashes --only-binary :all:
UV := .venv-lock/bin/uv
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --no-header $(UPGRADE)

# time zones come from the tzdata that the lock names, never from the machine
export PYTHONTZPATH =

.DEFAULT_GOAL := help
.PHONY: help run test check bench faults texts places lock clean

help: ## Show the targets
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: $(VENV)/.run ## Run the bot; without LETLOOSE_TOKEN, try it in the browser
	@exec $(BIN)/python -m app

test: check ## Check everything: style, types, imports, then every test
	@test -x /usr/bin/chromium || echo "There is no /usr/bin/chromium: the tests of the chat page in a browser are skipped."
	@$(BIN)/python -m pytest --collect-only --quiet $(ARGS) > .venv/collected || { tail -n 40 .venv/collected; exit 1; }
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS) || { \
		echo "Once more, one at a time: what failed while others ran beside it."; \
		$(BIN)/python -m pytest --last-failed --last-failed-no-failures none $(ARGS); }

check: $(VENV)/.dev ## Check style, types and imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/.dev ## Measure, each figure beside a peer's of the same run
	@exec $(BIN)/python -m benchmarks $(ARGS)

faults: $(VENV)/.dev ## Kill, pause and starve it for half an hour; prints what came of it
	$(BIN)/python -m tests.faults.campaign $(ARGS)
	@test -n "$(ARGS)" || FAULTS=whole $(BIN)/python -m pytest tests/faults/test_restarts.py tests/faults/test_every_call.py

texts: $(VENV)/.dev ## Collect every sentence the bot says into the catalogues
	$(BIN)/pybabel --quiet extract --no-default-keywords -k say -k plain -k count:1,2 -k N_ \
		--omit-header --no-location --sort-output -o bot/locales/letloose.pot bot
	@for each in bot/locales/*/; do test ! -d "$$each" || \
		$(BIN)/pybabel --quiet update -D letloose -i bot/locales/letloose.pot -d bot/locales -l $$(basename $$each); done

places: $(VENV)/.dev ## Build the index of cities again from the locked GeoNames data
	$(BIN)/python -m tools.build_places

lock: $(UV) ## Pin the requirements afresh; UPGRADE=--upgrade takes newer ones
	$(UV) $(COMPILE) pyproject.toml --group dev -o requirements/dev.txt
	$(UV) $(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/run.txt
	$(UV) $(COMPILE) requirements/build.in -c requirements/dev.txt -o requirements/build.txt

clean: ## Remove what was installed and cached; the data stays
	rm -rf .venv .venv-lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist build
	find $(PACKAGES) tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp is newer than what it was made from, or it is made again.

$(VENV)/.venv:
	@test -n "$(PYTHON)" || { echo "Let Loose needs Python 3.11 or newer, and there is none on the PATH." >&2; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version). This happens once."
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
		$(PYTHON) -m venv --clear --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check \
			--no-deps $(LOCKED) -r requirements/build.txt; }
	@touch $@

$(VENV)/.run: $(VENV)/.venv requirements/run.txt requirements/build.txt pyproject.toml
	@$(INSTALL) $(LOCKED) -r requirements/build.txt
	@$(INSTALL) $(LOCKED) -r requirements/run.txt
	@$(INSTALL) --no-build-isolation --no-index --editable .
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing what the tests need. This happens once."
	@$(INSTALL) $(LOCKED) -r requirements/dev.txt
	@touch $@

$(UV): Makefile
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@touch $@
