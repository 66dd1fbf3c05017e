# The two commands: `make present` and `make test`. Both make .venv first, once.

# What makes .venv: python3, or the newest python3.N where that is missing or too old.
PYTHON ?= $$(for minor in '' .19 .18 .17 .16 .15 .14 .13 .12 .11; do \
  python3$$minor -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
  echo python3$$minor && break; done || echo python3)
TALK ?=
LESSON ?=
CHAPTER ?=
NAME ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help present doctor test test-newest check sync media cheatsheet bench all clean
.PHONY: new-demo new-talk new-figure cheatsheet-ran mutate install-stage install-test

help: ## Show these targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 23

present: install-stage ## Show a talk: make present TALK=cours
	@$(BIN)/python -m slides present $(TALK)

doctor: install-stage ## Try all that a talk needs, before the show
	@$(BIN)/python -m slides doctor $(TALK)

test: install-test ## Run everything: style, types, figures, decks, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/python -m media figures --check
	$(BIN)/python -m slides sync --check
	$(BIN)/python -m cheatsheet --check
	$(BIN)/python -m tests.pythons
	$(BIN)/python -m tests.clients
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST)

test-newest: install-test ## Run the tests on Debian's newest Pythons (root)
	$(BIN)/python -m tests.newest $(PYTEST)

check: install-stage ## Check the decks and run all their cells
	$(BIN)/python -m slides check

sync: install-stage ## Write the decks' code and tables from their sources
	$(BIN)/python -m slides sync

new-demo: install-stage ## Write a first demo: CHAPTER=tasks NAME=first_result
	@$(BIN)/python -m slides new demo '$(CHAPTER)/$(NAME)'

new-talk: install-stage ## Write a first talk: make new-talk NAME=my_talk
	@$(BIN)/python -m slides new talk '$(NAME)'

new-figure: install-stage ## Write a first figure: make new-figure NAME=my_figure
	@$(BIN)/python -m slides new figure '$(NAME)'

media: install-stage ## Draw the figures
	$(BIN)/python -m media figures

cheatsheet: install-test ## Build the sheet: its PDFs, and its HTML for phones
	@$(BIN)/python -m cheatsheet

cheatsheet-ran: install-test ## Run the sheet's code on all Pythons (root), record it
	@$(BIN)/python -m tests.ran

mutate: install-test ## Change the sheet's code: does a test notice? (LESSON=a/b.py)
	@$(BIN)/python -m tests.mutate $(LESSON:%=--lesson %)

bench: install-test ## Measure; compare; write build/bench.json
	$(BIN)/python -m tests.bench

all: media cheatsheet test ## What a release needs

clean: ## Delete all that was built, but the speaker's working copies
	rm -rf .venv build/check build/clients build/jupyter build/lowest build/newest \
	  build/pythons build/shots

# Where all is there, .venv's own Python says so at once; else install.py sees to it.
install-stage install-test:
	@$(BIN)/python -I slides/install.py look $(@:install-%=%) >/dev/null 2>&1 || \
	  $(PYTHON) slides/install.py $(@:install-%=%)
