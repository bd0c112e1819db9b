PORT ?= 8000
# A distribution's own was compiled to be fast; one from pyenv mostly was not, and takes a sixth longer for everything.
PYTHON ?= $(or $(shell for each in /usr/bin/python3 python3; do \
	$$each -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' && echo $$each && break; done 2>/dev/null),python3)
BIN := .venv/bin
AUDIT := .venv/audit
ENV_FILE := $(if $(wildcard .env),.env,var/demo.env)
export TSALERT_ENV_FILE ?= $(ENV_FILE)
export PATH := $(CURDIR)/$(BIN):$(PATH)
# One more than the least machine has cores: while one waits for a browser or a process, another works.
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help run test postgresql ci check format compiled assets audit bench soak mutation pictures lock clean

help: ## Say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

ifeq ($(ENV_FILE),var/demo.env)
run: export TSALERT_PUBLIC_URL := http://127.0.0.1:$(PORT)
endif
run: $(BIN)/.installed assets compiled $(ENV_FILE) ## Set everything up and serve on http://127.0.0.1:8000 (PORT= changes it); Ctrl-C stops
	@flask --app wsgi db upgrade
	@if [ "$(ENV_FILE)" = var/demo.env ]; then flask --app wsgi demo load --once; fi
	@echo "tsalert is at http://127.0.0.1:$(PORT)"
	@honcho start --port $(PORT) --env /dev/null web worker || test $$? -eq 130 # Ctrl-C is how it ends

# What pytest makes of the tests themselves is kept for the next worker and the next run, also where Python is told to keep nothing.
test postgresql: export PYTHONDONTWRITEBYTECODE :=
test: check assets compiled ## Check everything, and test it on SQLite and in a real browser
	pytest -n $(WORKERS) --dist worksteal

postgresql: $(BIN)/.developed compiled ## Test on PostgreSQL what a database decides
	pytest -n $(WORKERS) --dist worksteal -m db --database postgresql

ci: test postgresql ## Do both: what every change must pass

check: $(BIN)/.developed ## Lint, format check, types and import contracts
	ruff check .
	ruff format --check .
	mypy --num-workers auto
	lint-imports --no-cache

format: $(BIN)/.developed ## Put the code into its one format
	ruff check --fix .
	ruff format .

bench: $(BIN)/.developed compiled ## Measure what docs/performance.md promises, each beside its yardstick
	python -m tests.benchmarks

soak: $(BIN)/.developed ## Try much more than the tests do: of what fits the API and what does not, and of what every property says
	API_EXAMPLES=$${API_EXAMPLES:-100} pytest tests/web/test_described.py
	API_EXAMPLES=$${API_EXAMPLES:-100} pytest tests/web/test_described.py --database postgresql
	pytest -n $(WORKERS) --dist worksteal --hypothesis-profile=searching $$(grep -rl --include='test_*.py' '^@given' tests)

mutation: $(BIN)/.developed ## Change every rule and count the changes that its tests notice; RULES=tsalert/rota/rules.py tries one file
	python -m tests.mutation --workers $(WORKERS) $(RULES)

audit: $(AUDIT)/.installed ## Ask for known weaknesses of every pinned package; needs a registry that answers such questions
	@failed=0; \
	$(AUDIT)/bin/pip-audit --strict --progress-spinner off --disable-pip --no-deps \
		--requirement requirements.txt --requirement requirements-dev.txt || failed=1; \
	npm audit --package-lock-only || failed=1; \
	exit $$failed

pictures: $(BIN)/.developed assets ## Take the documents' pictures of the demonstration anew, and draw the architecture from the code
	pytest tests/browser/pictures.py

# Every process of a test or a measurement would else compile the whole program, where Python is told to keep nothing.
compiled: $(BIN)/.installed
	@python -m compileall -q tsalert migrations tests

assets: $(BIN)/.installed ## Build the page assets from npm packages
	@python assets/build.py

lock: $(BIN)/.developed ## Resolve the pinned requirements again
	CUSTOM_COMPILE_COMMAND="make lock" pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --output-file requirements.txt requirements.in
	CUSTOM_COMPILE_COMMAND="make lock" pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --output-file requirements-dev.txt requirements-dev.in

clean: ## Remove what was built; the data in var/ stays
	rm -rf .venv node_modules tsalert/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/.installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tsalert needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(BIN)/.developed: requirements-dev.txt requirements-schemas.txt $(BIN)/.installed
	pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	pip install --quiet --disable-pip-version-check --no-deps -r requirements-schemas.txt
	touch $@

$(AUDIT)/.installed: requirements-audit.txt $(BIN)/.installed
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/pip install --quiet --disable-pip-version-check -r requirements-audit.txt
	touch $@

var/demo.env: | $(BIN)/.installed
	python -m tsalert.demo.settings $@
