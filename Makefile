# Everything happens in .venv; nothing is installed anywhere else.
# make demo PYTHON=python3.13          another Python, 3.11 or newer
# make test PYTEST_ARGS='-k wheel -x'  more words for pytest
# make bench BENCH_ARGS='--runs 3'     more words for benchmarks/bench.py

PYTHON ?= python3
PYTEST_ARGS ?=
BENCH_ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test lint readme sample bench clean

help: ## Say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

demo: .venv/installed ## Answer the default question over the sample log
	$(BIN)/callstats query sample_data/calls.jsonl -g 1d

test: lint ## Check style, types and imports, then run all tests
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

lint: .venv/installed-dev ## Check style, types and imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

readme: .venv/installed-dev ## Run the commands in README.md and write down what they print
	$(BIN)/python tests/readme.py
	$(BIN)/python tests/screenshot.py

sample: .venv/installed ## Make sample_data/ again
	$(BIN)/python sample_data/make_sample_data.py

bench: .venv/installed ## Measure against DuckDB by hand (writes 4.7 GB first; a quiet machine)
	$(BIN)/python benchmarks/bench.py $(BENCH_ARGS)

clean: ## Remove the environment, the caches and all that was generated
	rm -rf .venv dist build benchmarks/data
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.13 ...")'
	$(PYTHON) -m venv .venv
	$(PIP) install --editable .
	@touch $@

# A pip that is older than 25.1 knows no dependency groups.
.venv/installed-dev: .venv/installed
	$(PIP) install 'pip>=25.1'
	$(PIP) install --group dev
	@touch $@
