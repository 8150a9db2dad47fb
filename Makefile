# diplograph: `make run` and `make test` are all a newcomer needs. Once the packages are there, nothing here uses the
# network. The stamps in .venv/ keep every step from being done twice.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORE ?= diplograph-store
TORCH := torch==$(shell sed -n 's/^torch==//p' constraints.txt)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --quiet --constraint constraints.txt

.PHONY: run test lint golden docs accuracy constraints clean help
.DEFAULT_GOAL := help

help:
	@echo "make run      build the graph from seeds/articles/ and print its events"
	@echo "make test     run all tests"
	@echo "make lint     check style and types"
	@echo "make golden   make the golden files anew, to be reviewed by eye"
	@echo "make docs     make docs/queries.md anew from the headers of the queries"
	@echo "make accuracy make docs/accuracy.md anew (needs ../shared)"
	@echo "make clean    remove the virtual environment, the store and all that is made"

run: $(VENV)/.installed
	@$(BIN)/diplograph build seeds/articles --store $(STORE)
	@$(BIN)/diplograph query events --store $(STORE) \
	  --columns start,status,documents,label_en,label_ar
	@$(BIN)/diplograph stats --store $(STORE)

test: $(VENV)/.tested
	$(BIN)/python -m pytest

lint: $(VENV)/.linted $(VENV)/types/diplograph
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=$(VENV)/types $(BIN)/mypy --package diplograph

golden: $(VENV)/.tested
	$(BIN)/python tests/make_golden.py

accuracy: $(VENV)/.installed
	$(BIN)/python docs/make_accuracy.py

docs: $(VENV)/.installed
	$(BIN)/python docs/make_queries.py

clean:
	rm -rf $(VENV) $(STORE) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# --- What the above need ---------------------------------------------------------------------------------------------

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "diplograph needs Python 3.11 or newer; say which: make PYTHON=python3.11 …" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "no virtual environment could be made; on Debian: apt-get install python3-venv" >&2; exit 2; }
	@touch $@

# PyPI's torch for Linux brings CUDA, several GB; the CPU build does all we need. It comes from the package index in use
# if that has it, else from PyTorch's own; where there is no such build (macOS), the usual one is small.
$(VENV)/.torch: $(VENV)/.made constraints.txt
	@echo "Installing torch (CPU), once ..." >&2
	@$(INSTALL) setuptools wheel
	@$(INSTALL) "$(TORCH)+cpu" 2>/dev/null || \
	  $(INSTALL) --extra-index-url $(TORCH_INDEX) "$(TORCH)+cpu" 2>/dev/null || \
	  $(INSTALL) "$(TORCH)"
	@touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml constraints.txt
	@echo "Installing diplograph, once ..." >&2
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@$(INSTALL) --no-build-isolation --editable ".[test]"
	@touch $@

$(VENV)/.linted: $(VENV)/.tested
	@$(INSTALL) --no-build-isolation --editable ".[lint]"
	@touch $@

# Type checkers do not follow the finder of an editable install; a link by the package's name they do.
$(VENV)/types/diplograph: $(VENV)/.made
	@mkdir -p $(VENV)/types
	@ln -sfn ../../builder $@

# Resolves anew, in an environment of its own, and writes down what came out.
constraints:
	rm -rf $(VENV)/constraints && $(PYTHON) -m venv $(VENV)/constraints
	$(VENV)/constraints/bin/pip install --quiet --extra-index-url $(TORCH_INDEX) "torch>=2.6,<2.14" setuptools wheel
	$(VENV)/constraints/bin/pip install --quiet --no-build-isolation ".[test,lint,training]"
	{ sed -n '/^#/p' constraints.txt; $(VENV)/constraints/bin/pip freeze --all \
	  | grep -vE '^(diplograph|pip)( |=)' | sed 's/+cpu$$//'; } > constraints.new
	mv constraints.new constraints.txt
