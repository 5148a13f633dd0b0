# Everything that is done with the project, one word each. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
LANGUAGES := fr es en
CATALOGUES := $(LANGUAGES:%=translations/%/LC_MESSAGES/messages.mo)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install dev browser postgres run test check fix translations migration lock bench screenshots

help:  ## List what can be done
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

install: $(BIN)/helpdesk $(CATALOGUES)  ## Set up only: virtual environment, locked dependencies, translations

run: install  ## Set up, make the demo data on the first run, and serve on 127.0.0.1:8000 (PORT=… NOW=…)
	@$(BIN)/helpdesk demo $(if $(NOW),--now "$(NOW)")

test: dev browser postgres  ## Set up all that the suite needs, then run it, with the coverage of rules and queue
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=
	$(BIN)/coverage report --include='helpdesk/rules/*' --fail-under=100
	$(BIN)/coverage report --include='helpdesk/queue/*' --fail-under=95

check: dev  ## Look at everything that is not run: style, types, imports, templates, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint --quiet templates
	$(BIN)/vulture

fix: dev  ## Let the tools put right what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --reformat --quiet templates

translations: dev  ## Take new sentences into the catalogues
	$(BIN)/pybabel -q extract -F pyproject.toml -k _l --no-location --sort-output --omit-header -o translations/messages.pot .
	for language in $(LANGUAGES); do $(BIN)/pybabel -q update -N -i translations/messages.pot -l $$language -o translations/$$language/LC_MESSAGES/messages.po --ignore-obsolete --omit-header -w 98; done
	rm translations/messages.pot

migration: dev  ## Write the migration from the models (NAME="what it does")
	HELPDESK_MODE=demo $(BIN)/alembic revision --autogenerate -m "$(NAME)"

lock: dev  ## Choose the newest versions and write the locks
	$(BIN)/uv pip compile -q -U --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

bench: dev  ## Measure, beside what the same machine gives in the same run (SIZE=1000000 ONLY=hours)
	$(BIN)/python -m bench $(if $(SIZE),--size $(SIZE)) $(if $(ONLY),--only $(ONLY)) $(if $(FOLDER),--folder "$(FOLDER)")

screenshots: dev browser  ## Take the README's screenshots from a demo of their own
	$(BIN)/python docs/take_screenshots.py

dev: install .venv/dev

browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	  then apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	  else echo "The browser tests need chromium: install it, then try again." >&2; exit 1; fi; }

postgres:
	@test -n "$$TEST_POSTGRES_URL" || command -v pg_ctl >/dev/null || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	  then apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null; \
	  else echo "Nothing will be tested on PostgreSQL: install it, or set TEST_POSTGRES_URL." >&2; fi; }

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Préavis needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv

$(BIN)/helpdesk: $(BIN)/python requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: $(BIN)/helpdesk requirements-dev.lock
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

%.mo: %.po $(BIN)/helpdesk
	@$(BIN)/pybabel -q compile -i $< -o $@
