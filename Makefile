# Shortplank: `make` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup run dev test quick fuzz check format look handbook sentences bench peers longbench calibrate demo reference dist bundle trybundle spark lock clean _test-tools _browser
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

INTERPRETER := .venv/bin/python
PORT ?= 8501
# The server that a bundle is for: its Python, and its machine (x86_64 or aarch64).
PY ?= 3.11
ARCH ?= x86_64
# Extra words for the tool of a target: make test ARGS="-k srb", make bench ARGS="--rows ask".
ARGS ?=

PYTHON_SOURCES := $(wildcard shortplank app.py asgi.py pages tests tools benchmarks examples)
TYPED_SOURCES := $(wildcard shortplank app.py asgi.py pages tools benchmarks)
STREAMLIT := $(INTERPRETER) -m streamlit run asgi.py --server.port $(PORT)
# A worker for each core, and one more as some of them wait, take the files of tests one by one, in
# the order of tests/conftest.py.
CORES := $(shell getconf _NPROCESSORS_ONLN)
WORKERS := -n $$(($(CORES) < 8 ? $(CORES) + 1 : 8)) --dist loadfile --no-loadscope-reorder
# COVERAGE=1 measures coverage, as CI does, against its floor; that is for the whole suite. The floor
# is raised when the measured coverage rises, never lowered.
COVERAGE ?=
FLOOR := 90
COUNTED := .coverage.json

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## set up .venv: pinned requirements and shortplank itself
	@bash tools/setup.sh run

run: setup  ## open the app on the demo county (PORT=8501, SHORTPLANK_WORKSPACE=folder)
	@$(INTERPRETER) -m shortplank.cli build || true
	@$(STREAMLIT) $(ARGS)

dev: setup  ## the same, following changes of the source
	@$(STREAMLIT) --server.fileWatcherType auto --server.runOnSave true \
		--client.showErrorDetails full $(ARGS)

test: _browser  ## run all the tests (ARGS="-k words" for some of them, ARGS=-n0 in one process)
	@$(INTERPRETER) $(if $(COVERAGE),-m slipcover --json --out $(COUNTED)) -m pytest $(WORKERS) $(ARGS)
ifdef COVERAGE
	@$(INTERPRETER) -m slipcover --merge $(COUNTED) --out $(COUNTED) --fail-under $(FLOOR) \
		|| { echo "Coverage is below its floor of $(FLOOR) %."; exit 1; }
endif

quick: _test-tools  ## run the tests of what has changed, within a minute
	@$(INTERPRETER) -m tools.quick $(ARGS)

fuzz: _test-tools  ## 10,000 damaged and made-up files through the import (ARGS="--cases 100 file …")
	@$(INTERPRETER) -m tools.fuzz $(ARGS)

check: _test-tools  ## lint, format, types, SQL, imports
	@$(INTERPRETER) -m ruff check $(PYTHON_SOURCES)
	@$(INTERPRETER) -m ruff format --check $(PYTHON_SOURCES)
	@$(INTERPRETER) -m mypy $(TYPED_SOURCES)
	@if [ -d queries ]; then $(INTERPRETER) -m sqlfluff lint --disable-progress-bar queries; fi
	@.venv/bin/lint-imports --no-logo

format: _test-tools  ## let ruff and sqlfluff mend what they can
	@$(INTERPRETER) -m ruff check --fix $(PYTHON_SOURCES)
	@$(INTERPRETER) -m ruff format $(PYTHON_SOURCES)
	@if [ -d queries ]; then $(INTERPRETER) -m sqlfluff fix --disable-progress-bar queries; fi

handbook: _browser  ## the handbook's pictures taken anew, and the whole as dist/handbook.html
	@$(INTERPRETER) -m tools.handbook $(ARGS)

look: _browser  ## screenshots of every page, two sizes, light and dark, into look/
	@$(INTERPRETER) -m tools.look $(ARGS)

sentences: _test-tools  ## write the approved sentences and the READMEs' lists of pages anew
	@$(INTERPRETER) -m tools.sentences

bench: _browser  ## the speed table, and what got worse (ARGS=--accept keeps it, ARGS="--rows asks")
	@$(INTERPRETER) -m benchmarks $(ARGS)

peers: _browser  ## the same chart made with Dash, beside ours (in .venv-peers)
	@bash tools/peers.sh
	@$(INTERPRETER) -m benchmarks --rows peers $(ARGS)

longbench: _browser  ## two workers, a nation's size, half an hour under load (10 GB of disk, an hour)
	@$(INTERPRETER) -m benchmarks --rows workers,nation,soak $(ARGS)

calibrate: _test-tools  ## how often the judge accuses a quiet month, and what it finds (~10 min)
	@$(INTERPRETER) -m benchmarks.calibrate $(ARGS)

demo: setup  ## build the demo county anew in data/demo (the same bytes each time)
	@.venv/bin/shortplank demo data/demo

reference: _test-tools  ## write docs/reference anew from the models and the catalogue
	@$(INTERPRETER) -m tools.reference

dist: setup  ## build the sdist and the wheel into dist/
	@$(INTERPRETER) -m hatchling build --clean --directory dist

bundle: setup  ## make what installs without a network (PY=3.11 ARCH=x86_64 or aarch64)
	@$(INTERPRETER) -m tools.bundle --py $(PY) --arch $(ARCH)

trybundle: _browser bundle  ## install that bundle without any network, up to the first page
	@unshare -rn $(INTERPRETER) -m tools.trybundle --py $(PY) --arch $(ARCH)

spark: _test-tools  ## build marts by Spark, killing its processes meanwhile (fetches 450 MB once; needs Java 17)
	@folder=$$(bash tools/spark.sh) && PYTHONPATH=$$folder $(INTERPRETER) -m pytest -n0 tests/spark $(ARGS)

lock:  ## resolve requirements/*.in again (needs uv; ARGS=--upgrade)
	@bash tools/lock.sh $(ARGS)

clean:  ## drop .venv and every cache
	@rm -rf .venv .venv-peers look dist *.egg-info .*_cache $(COUNTED) .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

_test-tools:
	@bash tools/setup.sh test

_browser: _test-tools
	@bash tools/system.sh
