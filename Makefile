# verifychain: `make help` lists what there is.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
export PIP_REQUIRE_VIRTUALENV := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test fresh suite self lint bench fuzz docs locks clean system-packages

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## .venv with the command in it
	@echo "$(BIN)/verifychain is ready"

demo: $(VENV)/.runtime ## set up, and check the sample project fixtures/shop
	@sh tools/demo.sh $(BIN)/verifychain

# Under CI the tests run on a fresh machine, once: what runs inside of it says so and makes no further one.
UNDER_CI := $(filter-out 0 false,$(CI))
test: $(if $(UNDER_CI),$(if $(VERIFYCHAIN_FRESH),suite,fresh),suite) ## set up, check the code, and run every test

fresh: ## both README commands in a copy with an empty home; the tests of the command against the built wheel
	@sh tools/fresh.sh

suite: $(VENV)/.dev system-packages $(VENV)/wheelhouse/.done .cache/buildkit-answers.files .cache/cosign .cache/olareg .cache/sigstore-js/.done $(VENV)/servers-pip/.done $(VENV)/pages/.done
	@$(MAKE) --no-print-directory lint self
	@rm -f .coverage .coverage.*
	VERIFYCHAIN_WHEELHOUSE=$(CURDIR)/$(VENV)/wheelhouse VERIFYCHAIN_PAGE_FOLDERS=$(CURDIR)/$(VENV)/pages $(BIN)/coverage run -m pytest -n auto --maxprocesses 8 --dist loadfile --no-network
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

self: $(VENV)/.dev ## verifychain on verifychain
	@$(BIN)/python -m tools.own_files $(BIN)/verifychain

lint: $(VENV)/.dev ## ruff, mypy --strict, and whether generated files are current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/python -m tools.generate --check

fuzz: $(VENV)/.dev ## the long fuzz run: every format and every writer, 200,000 executions
	$(BIN)/python -m tests.fuzz.harness --executions 200000

docs: $(VENV)/.dev ## write again what is generated: docs/rules, the hook manifest, the picture of a run
	$(BIN)/python -m tools.generate

bench: $(VENV)/.dev $(VENV)/peers/.done $(VENV)/peers-pip/.done $(VENV)/peers-sri/.done $(VENV)/plot/.done .cache/cosign ## measure everything beside its peers, and write docs/benchmarks.md with its plot
	$(BIN)/python -m benchmarks.report --environment $(VENV) --plotter $(VENV)/plot/bin/python

locks: $(VENV)/.dev ## write requirements/*.txt again, hashed, from pyproject.toml
	sh tools/locks.sh $(BIN)/python

system-packages:
	@sh tools/system-packages.sh

clean: ## remove what was built
	rm -rf $(VENV) .cache build dist .coverage .coverage.* .mypy_cache .ruff_cache .hypothesis

# What fails halfway (as on Debian without python3-venv) would be taken for whole the next time.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; say make PYTHON=…" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.runtime: requirements/build.txt requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

# What `pre-commit` installs from in the tests, which have no network.
$(VENV)/wheelhouse/.done: requirements/build.txt requirements/runtime.txt $(VENV)/.runtime
	rm -rf $(@D)
	$(PIP) download --quiet --require-hashes --dest $(@D) -r requirements/build.txt -r requirements/runtime.txt
	@touch $@

# What the Dockerfile parser is compared with; nothing where there is no Go.
.cache/buildkit-answers.files: tests/peers/buildkit/main.go tests/peers/buildkit/convert.go tests/peers/buildkit/go.sum
	@sh tools/peers.sh

# Packages that ship pages: nothing of them is run.
$(VENV)/pages/.done: requirements/peers-pages.txt | $(VENV)/bin/python
	rm -rf $(VENV)/pages
	$(PIP) install --quiet --require-hashes --no-deps --target $(VENV)/pages -r $<
	@touch $@

# What the verdicts on signatures are compared with; nothing where there is no Go, or no Node.
.cache/cosign: tests/peers/cosign/go.sum
	@sh tools/peers.sh cosign

# A registry with the referrers API, which Debian's has not.
.cache/olareg: tests/peers/olareg/go.sum
	@sh tools/peers.sh olareg

.cache/sigstore-js/.done: tests/peers/sigstore-js/package-lock.json tests/peers/sigstore-js/answers.mjs
	@sh tools/peers.sh sigstore-js

# Environments of their own: peers of the benchmarks, package indexes and the newest pip for the tests, what draws plots.
$(VENV)/%/.done: requirements/%.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $<
	@touch $@
