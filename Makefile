# What a contributor runs. Without make (Windows): the same commands stand in README.md.
PYTHON ?= python3
VENV ?= .venv
ARGS ?=
BIN = $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY = $(BIN)/python
TOOLS = $(VENV)/.installed-tools
# What is compiled once is kept, also where the machine says otherwise: a run starts Python often.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test lint types rooms docs bench e2e slow mutation all

demo: $(VENV)/.installed-demo  ## the sample borough, loaded, clustered and served
	$(BIN)/aim demo $(ARGS)

# A worker of the tests has one core: libraries that take them all would stand in each other's way.
test docs slow mutation: export OMP_NUM_THREADS = 1

test: $(TOOLS)  ## everything but the slow tests
	$(PY) -m pytest -n auto --dist worksteal -m "not slow" $(ARGS)

lint: $(TOOLS)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(TOOLS)
	$(PY) -m mypy

rooms: $(TOOLS)  ## no room opens a door it should not
	$(BIN)/lint-imports

docs: $(TOOLS)  ## examples run; commands, settings, routes and errors are written down
	$(PY) -m pytest -q -n auto aim tests/architecture/test_docs.py tests/architecture/test_docstrings.py $(ARGS)

bench: $(TOOLS)  ## writes docs/benchmarks.md
	$(PY) -m benchmarks.run $(ARGS)

e2e: $(TOOLS)  ## a real browser on a real server
	$(PY) -m pytest -m e2e $(ARGS)

slow: $(TOOLS)  ## the wheel, the gates themselves, other seeds, notebooks
	$(PY) -m pytest -n auto --dist worksteal -m slow $(ARGS)

mutation: $(TOOLS)  ## do the tests notice seeded faults?
	$(PY) tests/mutation/check.py $(ARGS)

all: lint types rooms docs test

# Installed once, and again when the names or versions change.
EXTRAS_demo =
EXTRAS_tools = [test,fast,hub]
$(VENV)/.installed-%: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "AIM needs Python 3.11 or newer as '$(PYTHON)'; install it, or name one: make PYTHON=python3.12" >&2; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$(PYTHON)" $(VENV) && \
	  uv pip install --python $(PY) --constraint constraints.txt --editable '.$(EXTRAS_$*)'; \
	else \
	  { $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null && $(PYTHON) -m venv $(VENV); } || { \
	    echo "No virtual environment could be made; on Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 1; }; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.$(EXTRAS_$*)'; \
	fi
	@touch $@
