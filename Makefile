# Two commands: `make` sets up and builds the study, `make test` sets up and runs every test.
# `make lab` sets up and opens JupyterLab on notebooks/; `make lab LAB=--no-browser` prints its address instead.
# `make archive` builds the study and writes one zip for a repository of data into dist/.
# `make checksums` rewrites raw/SHA256SUMS after a table was changed on purpose.
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export MPLBACKEND := Agg

.PHONY: build setup test lab archive checksums
build: setup
	snakemake

test: setup
	pytest

lab: setup
	jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks $(LAB)

archive: build
	python -m junctures archive

checksums: setup
	python -m junctures.study.check checksums

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) .venv && VIRTUAL_ENV=.venv uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock; \
	else \
	  $(PYTHON) -m venv .venv && .venv/bin/python -m pip install --quiet --require-hashes --requirement requirements.lock; \
	fi
	if command -v uv >/dev/null; then VIRTUAL_ENV=.venv uv pip install --quiet --no-deps --no-build-isolation --editable .; \
	else .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .; fi
	touch $@
