# Everything a contributor runs. The first target that needs it sets up .venv and the front end.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
FRONT := telehealth_widget/static/widget.js
SOURCES := $(shell find js/src js/scripts js/backgrounds -type f 2>/dev/null)
LAB_FLAGS := $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)

.PHONY: lab test check demo bench soak build generate setup chromium test-python test-js clean

lab: setup ## JupyterLab on the quick-start notebook
	$(BIN)/jupyter lab $(LAB_FLAGS) --ServerApp.root_dir=notebooks notebooks/01_first_session.ipynb

test: test-js test-python ## everything: unit, contract, browser

test-js: setup
	cd js && npm test

test-python: setup chromium
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: setup ## lint, types, import layers, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	cd js && npm run check
	@$(MAKE) --no-print-directory generate >/dev/null
	@git diff --exit-code --stat -- js/src/protocol || { echo "Generated files were out of date: commit what 'make generate' made."; exit 1; }

demo: setup chromium ## the main job without a person; pictures and the record in build/demo/
	$(BIN)/python -m tests.demo.demo build/demo

bench: setup chromium ## figures against their floors
	$(BIN)/python -m tests.bench build/bench.json

soak: setup chromium ## the scorecard at full size, kept in tests/SCORECARD.md
	$(BIN)/python -m tests.soak $(SOAK_ARGS)

build: setup ## wheel and sdist in dist/
	$(BIN)/python -m build

generate: setup ## JSON Schema and TypeScript of the wire
	$(BIN)/python -m telehealth_widget.protocol.schema
	cd js && npm run generate

setup: $(READY) $(FRONT)

$(READY): pyproject.toml hatch_build.py js/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "telehealth_widget needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	@node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' || { echo "A clone needs Node.js 20 or newer to build the front end."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	cd js && npm ci --no-audit --no-fund --loglevel=error
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $(READY)

$(FRONT): $(READY) $(SOURCES)
	cd js && npm run --silent build

chromium:
	@sh tests/browser/chromium.sh

clean:
	rm -rf $(VENV) build dist js/node_modules telehealth_widget/static
