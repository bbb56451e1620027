# `make` alone prints the targets. Everything is installed into .venv, from the package index only,
# by version and hash as locked in requirements/. Works with GNU make 3.81 (macOS) and later.

# make demo PYTHON=/path/to/python chooses one; ARGS is passed on: make test ARGS="-k sankey"
PYTHON :=
ARGS :=
CANDIDATES := python3.11 python3.12 python3.13 python3 python3.14 python

BIN := .venv/bin
DEMO := demo
# Compiled once here, so that no process compiles the libraries for itself where
# PYTHONDONTWRITEBYTECODE is set: that costs each some 2 s.
INSTALL := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python

export DAGSTER_DISABLE_TELEMETRY := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A company's proxy often signs with a certificate that only the system knows.
export UV_SYSTEM_CERTS := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check format lock oracles bench ui clean

help: ## say what there is to make
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "make %-8s%s\n", $$1, $$2}' Makefile

demo: .venv/.run ## install, make the demo company's project in demo/, run it, report on it
	$(BIN)/journeyflow demo $(DEMO)

test: .venv/.test ## run all tests; ARGS="-k sankey" for some of them
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: .venv/.test ## formatting, lint, types and SQL style, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict src pipelines
	$(BIN)/sqlfluff lint sql

format: .venv/.test ## put formatting, imports and SQL style right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix sql

oracles: .venv/.test ## hold our figures against scikit-survival and pm4py, installed for it alone
	$(INSTALL) --constraint requirements/test.txt --group oracles
	$(BIN)/pytest tests/oracles $(ARGS)

bench: .venv/.test ## measure time, memory and agreement with the simulator's truth
	$(BIN)/python benchmarks/run.py $(ARGS)

ui: .venv/.run $(DEMO)/journeyflow.toml ## Dagster on this machine, showing the demo project
	cd $(DEMO) && DAGSTER_HOME="$$PWD/.dagster" ../$(BIN)/dagster dev --host 127.0.0.1

# Pins that still satisfy pyproject.toml stay as they are unless ARGS=--upgrade.
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url $(ARGS)

lock: .venv/.uv ## renew requirements/*.txt from pyproject.toml; ARGS=--upgrade for newer versions
	$(COMPILE) --group bootstrap --output-file requirements/uv.txt
	$(COMPILE) pyproject.toml --extra ui --group build --output-file requirements/run.txt
	$(COMPILE) pyproject.toml --extra ui --group build --group test \
		--constraint requirements/run.txt --output-file requirements/test.txt

clean: ## remove .venv, caches and builds; demo/ stays
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src pipelines tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(DEMO)/journeyflow.toml: | .venv/.run
	$(BIN)/journeyflow demo $(DEMO)

# What is installed, as empty files newer than the locks they stand for.

.venv/.uv: requirements/uv.txt
	@found=; for python in $(PYTHON) $(if $(PYTHON),,$(CANDIDATES)); do \
		if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
			>/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "No Python 3.11 or later with venv found (tried: $(if $(PYTHON),$(PYTHON),$(CANDIDATES)))." >&2; \
		echo "Install one (on Debian: python3 and python3-venv), or name it: make demo PYTHON=/path/to/python3" >&2; \
		exit 3; \
	fi; \
	echo "Making .venv with $$("$$found" --version)"; \
	"$$found" -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/uv.txt
	@touch $@

# hatchling is locked with the rest, so the project itself is built without fetching anything more.
.venv/.run: .venv/.uv requirements/run.txt pyproject.toml src/journeyflow/_version.py
	$(INSTALL) --require-hashes --requirement requirements/run.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: .venv/.run requirements/test.txt
	$(INSTALL) --require-hashes --requirement requirements/test.txt
	@touch $@
