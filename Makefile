# Everything a contributor or CI calls. Each target works from a fresh clone after `make install`.
PYTHON ?= python3
BIN := .venv/bin
TESTS ?= tests
SECONDS ?= 600

.PHONY: help install check format test containment fuzz cover bench bench-agents run e2b-stand-in

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 18

$(BIN)/python:
	$(PYTHON) -m venv .venv

install: $(BIN)/python ## the app, the tests and the tools, into .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[dev]"

check: ## formatting, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright

format: ## put the formatting right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: ## every test, in the way the README says
	$(BIN)/python -m tests

containment: ## every attack on the local executor's walls, and what got through
	$(BIN)/python -m tests.containment

fuzz: ## ten minutes of hostile bytes and programs (SECONDS=60 for less; more with the extra `fuzz`)
	$(BIN)/python -m tests.fuzz $(SECONDS)

cover: ## which lines of the engine and the page the tests reach (TESTS=tests/tools for a part)
	$(BIN)/coverage run --branch --source=agent,executors,ui -m pytest $(TESTS)
	$(BIN)/coverage report --skip-covered --skip-empty --show-missing

bench: ## speed, as ratios
	$(BIN)/python -m bench

bench-agents: ## agent quality beside smolagents; hours, goes on where it was interrupted
	$(BIN)/python -m bench.agents --resume --write

run: ## the app, on http://127.0.0.1:7860
	$(BIN)/python app.py

e2b-stand-in: ## an E2B service on this machine; prints its address
	$(BIN)/python -m tests.e2b_stand_in --port 3000
