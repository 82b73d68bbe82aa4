# Everything happens in .venv; nothing is installed anywhere else.
# make demo PYTHON=python3.13          another Python, 3.11 or newer
# make test PYTEST_ARGS='-k wheel -x'  more words for pytest
# make bench BENCH_ARGS='--runs 3'     more words for benchmarks/bench.py
#
# .venv gets the versions in constraints.txt, pip and what builds the package included: those that were
# tested last, so that no release of a dependency changes what a clone does. make update renews them.
# make test-newest and make test-oldest ask whether the bounds in pyproject.toml hold, in .venv-newest
# and .venv-oldest, which they make anew each time.

PYTHON ?= python3
PYTEST_ARGS ?=
BENCH_ARGS ?=
BIN := .venv/bin
NEWEST := .venv-newest/bin
OLDEST := .venv-oldest/bin
INSTALL := python -m pip --disable-pip-version-check --quiet install
# The versions last tested, of what is installed and of what builds it (pip before 25.3 knows only the first).
TESTED := --constraint constraints.txt --build-constraint constraints.txt

# The tests that guard the numbers: no allowed version of a dependency may change one.
NUMBERS := engines/broken_text engines/changing_files engines/many_rows formats/claude_code formats/codex \
	formats/flat_formats formats/formats_spans plan/cases plan/oracle plan/properties plan/sample_data \
	pricing/costs project/templates request/buckets request/times
TEST_NUMBERS := python -m pytest -n auto $(foreach test,$(NUMBERS),tests/$(dir $(test))test_$(notdir $(test)).py) $(PYTEST_ARGS)

# What holds for every log and every request. No figure is taken where it does not.
ORACLES := tests/plan/test_oracle.py tests/plan/test_properties.py tests/pricing/test_costs.py

.DEFAULT_GOAL := help
.PHONY: help demo test test-newest test-oldest lint readme sample oracles bench bench-quick update clean
.PHONY: oldest-python .venv-newest .venv-oldest

help: ## Say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 13

demo: .venv/installed ## Answer the default question over the sample log
	$(BIN)/callstats query sample_data/calls.jsonl -g 1d

test: lint ## Check style, types and imports, then run all tests
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

test-newest: .venv-newest ## Test the numbers with the newest versions that pyproject.toml allows
	$(NEWEST)/$(TEST_NUMBERS)

test-oldest: .venv-oldest ## Test the numbers with the lowest versions that pyproject.toml allows
	$(OLDEST)/$(TEST_NUMBERS)

lint: .venv/installed-dev ## Check style, types and imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

readme: .venv/installed-dev ## Run the commands in README.md and write down what they print
	$(BIN)/python tests/support/readme.py
	$(BIN)/python tests/support/screenshot.py

sample: .venv/installed ## Make sample_data/ again
	$(BIN)/python sample_data/make_sample_data.py

oracles: .venv/installed-dev ## Test what holds for every answer, before anything is measured
	$(BIN)/python -m pytest -n auto $(ORACLES) $(PYTEST_ARGS)

bench: oracles ## Measure, and write benchmarks/BENCHMARKS.md (writes 8 GB of logs first; a quiet machine)
	$(BIN)/python benchmarks/bench.py --output benchmarks/BENCHMARKS.md $(BENCH_ARGS)

bench-quick: oracles ## Measure on a tenth of the logs and print the figures (five minutes)
	$(BIN)/python benchmarks/bench.py --scale 0.1 --runs 3 $(BENCH_ARGS)

update: oldest-python .venv-newest ## Write the newest allowed versions to constraints.txt
	echo '# The versions last tested, written by `make update`.' > .venv-newest/constraints.txt
	$(NEWEST)/python -m pip freeze --all --exclude-editable --exclude setuptools >> .venv-newest/constraints.txt
	mv .venv-newest/constraints.txt constraints.txt
	@echo 'constraints.txt is written: now run make test'

# Versions that the oldest Python can have newer ones can have, too; not the other way round.
oldest-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "The oldest Python decides: make update PYTHON=python3.11")'

clean: ## Remove the environments, the caches and all that was generated
	rm -rf .venv .venv-newest .venv-oldest dist build benchmarks/data
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.13 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/$(INSTALL) --constraint constraints.txt pip
	$(BIN)/$(INSTALL) $(TESTED) --editable .
	@touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/$(INSTALL) $(TESTED) --group dev
	@touch $@

.venv-newest:
	$(PYTHON) -m venv --clear .venv-newest
	$(NEWEST)/$(INSTALL) --upgrade pip
	$(NEWEST)/$(INSTALL) --editable . --group dev

# Only of what callstats itself names; pip knows no way to ask for the lowest.
.venv-oldest:
	$(PYTHON) -m venv --clear .venv-oldest
	$(OLDEST)/$(INSTALL) --constraint constraints.txt pip
	$(OLDEST)/$(INSTALL) --constraint constraints.txt hypothesis pytest pytest-xdist
	$(OLDEST)/python tests/support/lowest_versions.py pyproject.toml > .venv-oldest/lowest.txt
	$(OLDEST)/$(INSTALL) --constraint .venv-oldest/lowest.txt --build-constraint constraints.txt --editable .
