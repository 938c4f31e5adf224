# The two commands: make demo, make test. Everything else is for those who work on Cleanwatch.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo demo-reset test check words pictures audit sbom bench crash lock

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Cleanwatch needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv (once; about a minute)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	@$(BIN)/cleanwatch demo

demo-reset: setup
	@$(BIN)/cleanwatch demo --reset

# One file is never run by two workers. One after the other, as when a single test is looked at: make test WORKERS=0
WORKERS ?= 2
test: check
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Bring the catalogues of languages in line with the texts in the code, docs/languages.md.
words: setup
	@$(BIN)/python -m tests.words

# Take the pictures of docs/pages.md anew: of a demo that runs for eleven minutes, by chromium.
pictures: setup
	@$(BIN)/python -m tests.integration.pictures

# Is anything that the program stands on known to be vulnerable? Asks the package registry.
audit: setup
	@$(BIN)/python deploy/audit-dependencies

# What the program is made of, for whoever has to know: CycloneDX, the same for the same lock.
sbom: setup
	@mkdir -p build
	@$(BIN)/cyclonedx-py requirements --output-reproducible --short-PURLs --pyproject pyproject.toml \
	  -o build/sbom.json requirements-runtime.lock 2>/dev/null
	@echo "build/sbom.json"

bench: setup
	@$(BIN)/python -m bench

# The proof that nothing is lost, docs/crash-proof.md. For example: make crash ARGUMENTS="--minutes 2 --seed 7"
crash: setup
	@$(BIN)/python -m tests.crash.proof $(ARGUMENTS)

# Versions and hashes only, for every platform; needs uv on the PATH. The container's locks are part of the whole one.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	$(LOCK) --extra dev pyproject.toml -o requirements.lock
	$(LOCK) --constraint requirements.lock pyproject.toml -o requirements-runtime.lock
	echo 'setuptools' | $(LOCK) --constraint requirements.lock - -o requirements-build.lock
