# Every target sets up the environment first; `make` alone lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
WORKERS ?= $(shell $(PYTHON) -c "import os; print(2 * (os.cpu_count() or 1))")

# In the order of `tests/longest.py`.
SHARED := --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup check test test-slow test-faults test-services benchmark crash-loop mutation audit demo requirements dictionary

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# uv takes half the time that pip takes; where it does not get to the packages (it reads no pip.conf), pip does.
$(VENV)/.installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > $(VENV)/uv.txt
	{ $(PIP) -r $(VENV)/uv.txt && $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes \
	  --compile-bytecode -r requirements.txt; } || $(PIP) -r requirements.txt
	touch $@

setup: $(VENV)/.installed  ## make .venv from requirements.txt

check: setup  ## lint, types, borders
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Many tests wait for delays and time-outs: two processes a core keep it busy.
test: check  ## everything that runs without services, but the long proofs
	$(BIN)/pytest -m "not services and not slow" -n $(WORKERS) $(SHARED)

test-slow: setup  ## the long proofs: real series, each point of death while erasing, benchmarks
	$(BIN)/pytest -m "slow and not services" -n $(WORKERS) $(SHARED)

test-faults: setup  ## the tests of all fault cases (part of test, too), and a table: which variants are proved
	$(BIN)/pytest --fault-table -q -n $(WORKERS) $(SHARED)

SERVICES ?= services

test-services: setup  ## the tests with real MinIO and Druid, which are built and started where they are not named
	$(BIN)/python -m tests.services.harness
	$(BIN)/pytest -m "$(SERVICES)" tests/services -n 2 --dist loadscope --durations 15

benchmark: setup  ## how fast pages are read, beside lxml, parsel and extruct (where it is installed)
	$(BIN)/pytest -s tests/benchmarks

KILLS ?= 20
STORE ?= local

crash-loop: setup  ## writers killed at named points and at any moment, ten invariants after each: KILLS=20 SEED= STORE=local|s3
	$(BIN)/python -m tests.crash --kills $(KILLS) --store $(STORE) $(if $(SEED),--seed $(SEED))

# mutmut lies apart: with its libcst, hypothesis ends a whole run where a property fails.
mutation: setup  ## small changes of the code that decides, and which no test notices; 30 of each part, FULL=1 for all (hours)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target $(VENV)/mutation mutmut==3.8.1
	PYTHONPATH=$(CURDIR)/$(VENV)/mutation $(BIN)/python -m tests.mutation $(if $(FULL),--sample 0 --minutes 0)

# The auditor and the writer of the bill lie apart: nothing of the project needs them.
audit: setup  ## known vulnerabilities of what the image holds (asks pypi.org), and its bill of materials (CycloneDX)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target $(VENV)/audit \
	  pip-audit==2.10.1 cyclonedx-bom==7.5.0
	PYTHONPATH=$(CURDIR)/$(VENV)/audit $(BIN)/python -m cyclonedx_py requirements deploy/requirements.txt \
	  --output-reproducible --output-file $(VENV)/sbom.json
	@echo "bill of materials: $(VENV)/sbom.json"
	PYTHONPATH=$(CURDIR)/$(VENV)/audit $(BIN)/python -m pip_audit --requirement deploy/requirements.txt \
	  --require-hashes --disable-pip --strict

demo: setup  ## three days of the bundled market, from search criteria to the report
	$(BIN)/python -m orchestration demo

dictionary: setup  ## write the data dictionary anew
	$(BIN)/python -m orchestration dictionary --write

requirements: setup  ## pin all dependencies anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --universal --all-extras --no-strip-extras --generate-hashes --quiet --upgrade \
	  --custom-compile-command "make requirements" -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra deploy --python-version 3.11 --no-strip-extras --generate-hashes --quiet --upgrade \
	  --custom-compile-command "make requirements" -o deploy/requirements.txt
