# Every command of the project; `make help` lists them.
SHELL := bash
PY := .venv/bin/python
FLASK := .venv/bin/flask --app app
BASE_PYTHON ?= python3
T ?=

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.venv/run: requirements.txt
	@bash deploy/venv.sh $(BASE_PYTHON) requirements.txt && touch $@

.venv/dev: .venv/run requirements-dev.txt
	@bash deploy/venv.sh $(BASE_PYTHON) requirements.txt requirements-dev.txt && touch $@

translations/.built: .venv/run $(wildcard translations/*/LC_MESSAGES/*.po)
	@.venv/bin/pybabel -q compile -d translations && touch $@

run: .venv/run translations/.built ## everything set up and served on http://127.0.0.1:8080
	@[ -n "$$DATABASE_URL" ] || export APP_MODE=$${APP_MODE:-demo}; exec $(PY) app.py

check: .venv/dev translations/.built ## lint, types, import contracts, templates, translations
	@bash deploy/check.sh

fix: .venv/dev ## mend what a machine can
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

test: .venv/dev translations/.built ## all tests on SQLite, PostgreSQL and in Chromium; T=path some; EVERY=1 spares PostgreSQL none
	@$(PY) -m tests.run $(T)

faults: .venv/dev translations/.built ## kill -9 at bad moments; what was begun is whole or not there
	@$(PY) -m pytest -q tests/faults

fuzz: .venv/dev translations/.built ## thousands of odd calls of the REST API, on SQLite (FUZZ=5000)
	@FUZZ=$${FUZZ:-5000} $(PY) -m pytest -q tests/web/api/test_document.py -k no_call_ends

coverage: ## all tests, with branch coverage of the SQLite run
	@COVERAGE=1 $(MAKE) --no-print-directory test

bench: .venv/dev translations/.built ## one table of measurements from one run
	@$(PY) -m tests.bench

migration: .venv/dev ## m="what it does": a new migration from the models
	$(FLASK) db migrate -m "$(m)"

translate: .venv/dev ## collect texts into the catalogues
	@mkdir -p var
	.venv/bin/pybabel -q extract -F deploy/babel.cfg -k _l -k lazy_gettext -k lazy_pgettext:1c,2 --no-location -o var/messages.pot .
	.venv/bin/pybabel -q update -N --no-wrap --ignore-obsolete --ignore-pot-creation-date -i var/messages.pot -d translations

lock: .venv/dev ## resolve requirements*.in into pinned, hashed requirements
	bash deploy/lock.sh

vendor: ## fetch and copy front-end packages (needs npm; what it makes is committed)
	bash deploy/vendor.sh

.PHONY: help run check fix test fuzz coverage faults bench migration translate lock vendor
