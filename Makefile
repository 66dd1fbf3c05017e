# The two commands: `make present` and `make test`. Both make .venv first, once.

PYTHON ?= python3
TALK ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help present doctor test test-newest check sync media bench all clean

help: ## Show these targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 21

present: $(VENV)/.stage ## Show a talk: make present TALK=cours
	@$(BIN)/python -m slides present $(TALK)

doctor: $(VENV)/.stage ## Try all that a talk needs, before the show
	@$(BIN)/python -m slides doctor $(TALK)

test: $(VENV)/.test ## Run everything: style, types, figures, decks, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/python -m media figures --check
	$(BIN)/python -m slides sync --check
	$(BIN)/python -m tests.pythons
	$(BIN)/python -m tests.clients
	$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST)

test-newest: $(VENV)/.test ## Run the tests on Debian's newest Pythons (root)
	$(BIN)/python -m tests.newest $(PYTEST)

check: $(VENV)/.stage ## Check the decks and run all their cells
	$(BIN)/python -m slides check

sync: $(VENV)/.stage ## Write the decks' code and tables from their sources
	$(BIN)/python -m slides sync

media: $(VENV)/.stage ## Draw the figures
	$(BIN)/python -m media figures

bench: $(VENV)/.test ## Measure; compare; write build/bench.json
	$(BIN)/python -m tests.bench

all: test media ## What a release needs

clean: ## Delete all that was built, but the speaker's working copies
	rm -rf $(VENV) build/check build/clients build/jupyter build/newest build/pythons

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.stage: pyproject.toml | $(VENV)/bin/python
	@echo "Installing the stage into $(VENV) (once; a minute or two) ..."
	@$(PIP) --editable '.[stage]'
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.stage
	@echo "Installing what the tests need (once) ..."
	@$(PIP) --editable '.[stage,test]'
	@touch $@
