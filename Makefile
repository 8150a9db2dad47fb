# diplograph: `make run` and `make test` are all a newcomer needs. Once the packages are there, nothing here uses the
# network. The stamps in .venv/ keep every step from being done twice.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORE ?= diplograph-store
MODELS ?= build/models
TORCH := torch==$(shell sed -n 's/^torch==//p' constraints.txt)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --quiet --constraint constraints.txt

.PHONY: models run test web faults lint golden docs notebook ontology-docs mutate-ontology accuracy calibration weights bench-endpoint bench-explorer bench-build measure-sieve forms bench-check bench-consolidation volume constraints clean help
.DEFAULT_GOAL := help

help:
	@echo "make run      build the graph from seeds/articles/ and print its events"
	@echo "make test     run all tests"
	@echo "make faults   do all faults to it, and make the table of docs/faults.md anew"
	@echo "make web      build the pages that need a script, with npm"
	@echo "make lint     check style and types"
	@echo "make golden   make the golden files anew, to be reviewed by eye"
	@echo "make docs     make docs/queries.md, docs/inferences.md and ontology/context.jsonld anew"
	@echo "make notebook run docs/exploring.ipynb, and leave it with its outputs in build/"
	@echo "make ontology-docs    make the pages of the ontology, build/ontology/en.html and ar.html (needs Graphviz)"
	@echo "make mutate-ontology  take each axiom out of the ontology and show which test notices"
	@echo "make accuracy make docs/accuracy.md anew (needs ../shared)"
	@echo "make models   make the Arabic models by the recipe, and docs/models.md anew (hours; needs ../shared)"
	@echo "make calibration  fit the confidence of reports anew (needs ../shared)"
	@echo "make weights  fit anew what words around tell of, who takes part and when (needs ../shared)"
	@echo "make bench-endpoint  measure the SPARQL endpoint beside others (needs wrk)"
	@echo "make bench-build  measure a build stage by stage beside plain Stanza, for docs/scale.md (needs ../shared)"
	@echo "make measure-sieve  what the sieve lets through and loses, for docs/scale.md (needs ../shared)"
	@echo "make forms    collect the forms of words for the sieve anew (needs ../shared)"
	@echo "make bench-explorer  measure the explorer's first view with 10,000 events (needs chromium)"
	@echo "make bench-check  measure reasoning by number of events (an hour) for docs/checking.md"
	@echo "make bench-consolidation  measure how reports are brought together (an hour) for docs/scale.md"
	@echo "make volume   measure exports and pushes of 10 million triples (an hour) for docs/stores.md"
	@echo "make clean    remove the virtual environment, the store and all that is made"

run: $(VENV)/.installed
	@$(BIN)/diplograph build seeds/articles --store $(STORE)
	@$(BIN)/diplograph query events --store $(STORE) \
	  --columns start,status,documents,label_en,label_ar
	@$(BIN)/diplograph stats --store $(STORE)

test: $(VENV)/.tested
	$(BIN)/python -m pytest

faults: $(VENV)/.tested
	$(BIN)/python -m pytest tests/faults --faults docs/faults.md

# The explorer and the query page. The server runs without them, and says then that they are not there.
web:
	@command -v npm > /dev/null || { echo "make web: npm is not there, so the explorer and the query page cannot be \
	built; everything else works without them. On Debian: apt-get install nodejs npm (Node.js 20.19 or newer)" >&2; exit 2; }
	@cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && npm run --silent build

lint: $(VENV)/.linted $(VENV)/types/diplograph
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=$(VENV)/types $(BIN)/mypy --package diplograph

golden: $(VENV)/.tested
	$(BIN)/python tests/make_golden.py

accuracy: $(VENV)/.installed
	$(BIN)/python -m measurement.page

models: $(VENV)/.installed
	@$(INSTALL) --no-build-isolation --editable ".[training]"
	OMP_NUM_THREADS=1 nice -n 19 $(BIN)/python -m training --work $(MODELS)
	cp $(MODELS)/finished/CARD.md docs/models.md

calibration: $(VENV)/.installed
	$(BIN)/python -m measurement.calibration

weights: $(VENV)/.installed
	@$(INSTALL) --no-build-isolation --editable ".[training]"
	$(BIN)/python -m measurement.subjects
	$(BIN)/python -m measurement.participants
	$(BIN)/python -m measurement.moments

bench-endpoint: $(VENV)/.tested
	@$(INSTALL) --no-build-isolation --editable ".[bench]"
	PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/python tests/bench/endpoint.py

bench-build: $(VENV)/.tested
	PYTHONPATH=$(CURDIR) $(BIN)/python tests/bench/building.py

measure-sieve: $(VENV)/.installed
	$(BIN)/python -m measurement.sieve

forms: $(VENV)/.installed
	$(BIN)/python -m measurement.forms
bench-explorer: $(VENV)/.tested
	$(BIN)/python tests/bench/explorer.py

bench-check: $(VENV)/.tested
	$(BIN)/python tests/bench/checking.py
	$(BIN)/python tests/bench/completeness.py

bench-consolidation: $(VENV)/.tested
	$(BIN)/python tests/bench/consolidation.py

docs: $(VENV)/.tested
	$(BIN)/python docs/make_queries.py
	$(BIN)/python docs/make_context.py
	$(BIN)/python docs/make_inferences.py

notebook: $(VENV)/.tested
	@mkdir -p build
	$(BIN)/diplograph build seeds/articles --store build/diplograph-store
	cp docs/exploring.ipynb build/
	cd build && ../$(BIN)/jupyter execute --inplace exploring.ipynb

ontology-docs: $(VENV)/.tested
	@$(BIN)/python docs/make_ontology.py

mutate-ontology: $(VENV)/.tested
	@$(BIN)/python tests/mutate_ontology.py

volume: $(VENV)/.tested
	@$(BIN)/diplograph build seeds/articles --store $(STORE)
	$(BIN)/python docs/make_volume.py --store $(STORE)

clean:
	rm -rf $(VENV) $(STORE) build dist web/node_modules builder/server/pages/static/built *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

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
	@$(INSTALL) --no-build-isolation --editable ".[cluster,export,test]"
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
	$(VENV)/constraints/bin/pip install --quiet --no-build-isolation ".[cluster,export,test,lint,bench,training]"
	{ sed -n '/^#/p' constraints.txt; $(VENV)/constraints/bin/pip freeze --all \
	  | grep -vE '^(diplograph|pip)( |=)' | sed 's/+cpu$$//'; } > constraints.new
	mv constraints.new constraints.txt
