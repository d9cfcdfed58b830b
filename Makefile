# Storybraid: every target is a plain command; `make run` and `make test` need nothing set up before.
PYTHON ?= python3
SAMPLES ?= yes
VENV := .venv
BIN := $(VENV)/bin

.PHONY: install run services services-stop test test-production check soak bench format api clean

install: $(VENV)/.installed frontend/dist/index.html ## product, tools, pages and model; no root
	@$(BIN)/storybraid models fetch base

$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "Installing Python parts (a few minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --disable-pip-version-check --no-input --progress-bar on --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-input --no-deps --no-build-isolation -q -e .
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json
	@echo "Installing the parts of the pages"
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

frontend/dist/index.html: frontend/node_modules/.installed $(shell find frontend/src frontend/public frontend/index.html frontend/*.ts frontend/*.js* -type f 2>/dev/null)
	@echo "Building the pages"
	cd frontend && npm run build

run: install ## the embedded archive, with samples in an empty one (SAMPLES=no leaves it empty)
	@exec $(BIN)/python -m workers.run --samples $(SAMPLES)

services: install ## real servers (Postgres, S3, Meilisearch where it is on PATH) on loopback; settings in .services/env
	@$(BIN)/python -m workers.servers.steward start

services-stop: ## end them; what they hold stays
	@$(BIN)/python -m workers.servers.steward stop

check: install ## seconds: lint, types, house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	cd frontend && npm run check
	$(BIN)/python -m pytest tests/house -q

test: install ## all tests, browser and services included (about 20 minutes on 2 cores)
	$(BIN)/python -m tests.everything

test-production: install ## each of these tests on Postgres, S3, Procrastinate and, where it is on PATH, Meilisearch
	$(BIN)/python -m tests.everything --production

soak: install ## the long proofs
	HYPOTHESIS_PROFILE=wide $(BIN)/python -m pytest -q tests/rooms/search tests/rooms/access tests/kernel
	$(BIN)/python -m pytest -m soak -q

bench: install ## ratios against named peers
	$(BIN)/python -m bench

api: install ## the pages' types, made again from the API
	$(BIN)/python -m tests.openapi > openapi.json
	cd frontend && npm run api
	rm openapi.json

format:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd frontend && npm run format

clean:
	rm -rf $(VENV) frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache
