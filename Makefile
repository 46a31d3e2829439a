# Two commands do all set-up: `make repro` runs the pipeline, `make test` runs the tests. Needs git, make and python3.
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# PYTHONPATH or a virtual environment of the caller must not leak in.
unexport PYTHONPATH
# DVC fails in a folder whose name has letters outside ASCII if the locale is C.
export PYTHONUTF8 := 1
# What is given on the command line reaches the shell as a variable: neither make nor the shell runs what stands in it.
override BASE := $(value BASE)
override TAGS := $(value TAGS)
override TAG := $(value TAG)
override UPGRADE := $(value UPGRADE)
export BASE TAGS TAG UPGRADE

.PHONY: help repro test test-long newest check prove bench story pr-report verify notes lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

repro: .venv/pipeline  ## run the pipeline, print the champion's metrics and where the report is
	dvc repro
	@echo
	@takeback summary

test: .venv/dev  ## run the tests
	python -m pytest -n 2 --dist worksteal tests

test-long: .venv/dev  ## the tests that take longest: the story, two whole runs, searches that are killed
	python -m pytest -n 2 --dist worksteal -m long tests

newest: .venv/python  ## run the tests with the newest of everything, beyond the lock and the cap of DVC; makes .venv anew
	.venv/bin/pip install -q --disable-pip-version-check --upgrade -e '.[dev]'
	.venv/bin/pip install -q --disable-pip-version-check --upgrade dvc
	@touch .venv/dev .venv/pipeline
	python -m pytest -n 2 --dist worksteal tests

check: .venv/dev  ## format, lint, types, workflows, and that params.yaml is what conf/ composes
	ruff format --check .
	ruff check .
	mypy
	lint-imports --no-logo
	takeback compose --check
	actionlint
	check-jsonschema -q --builtin-schema vendor.gitlab-ci .gitlab-ci.yml

story: .venv/dev  ## a release that had to be taken back: what a person types and sees, in a temporary folder
	@python tests/story/tell.py

pr-report: .venv/pipeline  ## what HEAD would change against BASE, as a pull request shows it; writes pr-report/
	takeback pr-report -- $${BASE:+"$$BASE"}

verify: .venv/pipeline  ## rebuild TAGS from Git alone and compare every output
	@set -f; takeback verify -- $$TAGS

notes: .venv/pipeline  ## the change log of TAG
	@takeback notes -- $${TAG:+"$$TAG"}

prove: .venv/dev  ## long proofs (kill loops, threads, big data); writes docs/proofs.md
	python benchmarks/prove.py

bench: .venv/dev  ## measure what the README claims; writes docs/benchmarks.md
	python benchmarks/bench.py

lock: .venv/dev  ## pin the newest versions that 3.11 to 3.13 share
	uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --custom-compile-command "make lock" pyproject.toml --extra pipeline -o requirements.lock $$UPGRADE
	uv pip compile -q --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --custom-compile-command "make lock" pyproject.toml --extra dev -c requirements.lock \
		-o requirements-dev.lock $$UPGRADE

clean:  ## remove the environment and what tools left behind; DVC's cache stays
	rm -rf .venv .takeback .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Each environment file marks a finished installation; a broken one starts again.
.venv/pipeline: requirements.lock pyproject.toml
	@test -f .venv/dev || $(MAKE) --no-print-directory .venv/python
	.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements-dev.lock pyproject.toml
	@test -f .venv/pipeline || $(MAKE) --no-print-directory .venv/python
	.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	.venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ .venv/pipeline

.PHONY: .venv/python
.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "takeback needs Python 3.11 or newer, found " + sys.version.split()[0])'
	$(PYTHON) -m venv --clear .venv
