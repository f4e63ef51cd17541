# Two commands for a newcomer: make demo, make test. The rest is for people who change the code.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# One BLAS thread a process: our processes are the parallelism.
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: help demo test check wheel-test bounds docs bench fuzz bombs kills release-check clean

help:
	@echo "make demo        install into $(VENV), run the demo study, say where its report is"
	@echo "make test        install what the tests need (R too, where it may) and run them all"
	@echo "make check       lint, format, types, import rules"
	@echo "make wheel-test  build the wheel, install it into an empty environment, run the demo from it"
	@echo "make bounds      the lowest versions that pyproject.toml allows, and the newest Python here: do they work? (long)"
	@echo "make docs        build the documentation site, strictly"
	@echo "make bench       benchmarks as ratios, written to benchmarks/results.md (long)"
	@echo "make fuzz        fuzz the readers (ten minutes by the clock, and start-up of what is fuzzed counts)"
	@echo "make bombs       small files that would take the machine, each read within its limits; prints time and memory"
	@echo "make kills       a hundred runs stopped at random moments: is everything whole, is anything left? (half an hour)"
	@echo "make release-check  version, changelog, citation, wheel, licences: fit to be released?"

# Debian's Python may come without ensurepip: then an environment without pip is made and the system's pip fills it.
$(BIN)/python:
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
	  || ( $(PYTHON) -m venv --clear --without-pip $(VENV) \
	       && $(PYTHON) -m pip --python $(VENV)/bin/python install --quiet pip )

# With a C compiler the editable installation builds the solver's kernel beside its source.
KERNEL := hatch_build.py $(wildcard src/her2stats/deconvolution/solver/kernel/*.[ch])

$(VENV)/.installed: pyproject.toml $(KERNEL) | $(BIN)/python
	@echo "Installing her2stats into $(VENV) (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.ready-to-test: pyproject.toml tests/requirements.txt | $(VENV)/.installed
	@echo "Installing what the tests need into $(VENV)"
	@$(BIN)/python -m pip install --quiet --editable '.[firth,dask,h5ad,labelled,rds,zarr]' --requirement tests/requirements.txt
	@touch $@

demo: $(VENV)/.installed
	@$(BIN)/her2stats demo --output demo

test: $(VENV)/.ready-to-test
	@bash r/install.sh $(BIN)/python
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(VENV)/.ready-to-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

wheel-test: $(VENV)/.ready-to-test
	bash tests/wheel.sh $(BIN)/python

bounds: $(VENV)/.ready-to-test
	bash tests/bounds.sh $(BIN)

docs: $(VENV)/.ready-to-test
	@bash r/install.sh $(BIN)/python
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

bench: $(VENV)/.ready-to-test
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/.ready-to-test
	HER2STATS_FUZZ_SECONDS=600 $(BIN)/python -m pytest tests/fuzz -q

bombs: $(VENV)/.ready-to-test
	$(BIN)/python -m tests.faults.bombs

kills: $(VENV)/.ready-to-test
	$(BIN)/python -m tests.faults.kills 100

release-check: $(VENV)/.ready-to-test
	$(BIN)/python tools/release_check.py

clean:
	rm -rf $(VENV) demo dist build site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
