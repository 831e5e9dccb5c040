# make demo | demo-reset | test | check | bench [QUICK=1]
SHELL := /bin/sh
BIN := .venv/bin
PORT ?= 8000
WORKERS ?= 2
export PORT

# In site/ because that folder is a shelf and no package: docs/decisions/0001.
export PYTHONPATH := $(CURDIR)/site
# Where Python may not keep what it has read of our own files, each command starts a second later.
unexport PYTHONDONTWRITEBYTECODE

TRANSLATIONS := $(wildcard site/registra/locale*/*/LC_MESSAGES/*.po)
COMPILED := $(TRANSLATIONS:.po=.mo)

.PHONY: demo demo-reset test check check-translations bench messages clean

demo: .venv/runtime-installed messages
	@deploy/demo run || [ $$? -eq 130 ]

demo-reset: .venv/runtime-installed messages
	@rm -rf var
	@deploy/demo prepare

test: .venv/dev-installed messages
	@deploy/test -n $(WORKERS)

check: .venv/dev-installed messages
	@deploy/check

check-translations: .venv/dev-installed
	@deploy/check translations

bench: .venv/dev-installed messages
	@$(BIN)/python benchmarks/run.py $(if $(QUICK),--quick)

messages: $(COMPILED)

%.mo: %.po | .venv/runtime-installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

.venv/bin/python:
	@"$$(deploy/find-python)" -m venv .venv

.venv/runtime-installed: requirements.txt | .venv/bin/python
	@echo "Installing requirements.txt ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

.venv/dev-installed: requirements-dev.txt .venv/runtime-installed
	@echo "Installing requirements-dev.txt ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv var
