# Everything here sets itself up: a virtual environment with the pinned packages, then the work.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
REPLAY := .venv-replay
PROBE  := .venv-probe
ARCHIVE ?= archive
CONFIG  ?= config
EFFORT  ?= 10
FUZZ_SECONDS ?= 60
SOAK_DAYS ?= 30
SOAK_OUTLETS ?= 100

.PHONY: run demo screenshots test torture fuzz soak crowd load check lint types lock clean help

help:            ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: $(VENV)/ready   ## start the daemon with the shipped configuration
	$(BIN)/scraper run --config $(CONFIG) --archive $(ARCHIVE)

demo: $(VENV)/ready  ## see it work without internet: an outlet on this machine, edited now and then
	$(BIN)/scraper demo

screenshots: $(VENV)/ready-dev  ## take the pictures in docs/images anew, of the demo's pages
	$(BIN)/python -m tests.screenshots

test: $(VENV)/ready-dev $(REPLAY)/ready $(PROBE)/ready  ## run all tests
	$(BIN)/pytest -n auto $(PYTEST)

torture: $(VENV)/ready-dev $(REPLAY)/ready $(PROBE)/ready  ## try to break it for some minutes, and say how much was tried
	$(BIN)/python -m tests.torture --effort $(EFFORT) --write docs/reliability.md

fuzz: $(VENV)/ready-fuzz  ## look for inputs that break a parser: FUZZ_SECONDS for each (Linux)
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

soak: $(VENV)/ready-dev  ## run the daemon for thirty days of a hundred simulated outlets, in half an hour
	$(BIN)/python -m tests.benchmarks.soak --days $(SOAK_DAYS) --outlets $(SOAK_OUTLETS)

crowd: $(VENV)/ready-dev  ## the daemon at work while fifty search, read and download
	$(BIN)/python -m tests.benchmarks.crowd

load: $(VENV)/ready-dev  ## five thousand outlets, a million known addresses, a disk that fills: half an hour
	$(BIN)/python -m tests.benchmarks.load wide
	$(BIN)/python -m tests.benchmarks.load deep
	$(BIN)/python -m tests.benchmarks.load full

check: lint types test  ## what has to hold before a commit

lint: $(VENV)/ready-dev  ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready-dev  ## mypy --strict
	$(BIN)/mypy

lock: $(VENV)/ready-dev  ## pin all packages anew, with hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
		--python-version 3.11 --extra build --upgrade -o requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
		--python-version 3.11 --extra build --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
		--python-version 3.11 --extra build --extra notify -c requirements-dev.lock -o requirements-notify.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
		--python-version 3.11 --extra build --extra fuzz -c requirements-dev.lock -o requirements-fuzz.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-annotate \
		--python-version 3.11 --upgrade -o requirements-replay.lock requirements-replay.in
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-annotate \
		--python-version 3.11 --upgrade -o requirements-probe.lock requirements-probe.in

clean:           ## remove the virtual environments and caches
	rm -rf $(VENV) $(REPLAY) $(PROBE) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

$(VENV)/ready-fuzz: $(VENV)/ready-dev requirements-fuzz.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzz.lock
	touch $@

# pywb replays archives in the tests; its packages would not agree with ours.
$(REPLAY)/ready: requirements-replay.lock
	$(PYTHON) -m venv $(REPLAY)
	$(REPLAY)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-replay.lock
	touch $@

# schemathesis holds the API to its own description in the tests; its packages are to move apart from ours.
$(PROBE)/ready: requirements-probe.lock
	$(PYTHON) -m venv $(PROBE)
	$(PROBE)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-probe.lock
	touch $@
