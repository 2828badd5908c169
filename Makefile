# One target per thing that a newcomer, a developer or CI does.  Every target first makes sure that what it needs is installed.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# What runs the station: C libraries that wheels do not carry, SANE with its network backend, a compiler for python-sane,
# Bootstrap, fonts with rare characters.
RUN_PACKAGES := python3-venv python3-dev gcc libc6-dev tzdata libjs-bootstrap5 libusb-1.0-0 libudev1 \
    libsane1 libsane-dev sane-airscan fonts-noto-cjk fonts-hanazono
# What the tests need besides: a browser, the second database engine, SANE's own scanner of the command line and its
# server, a renderer of PDF, systemd's and udev's own checkers.
TEST_PACKAGES := chromium-headless-shell postgresql-15 sane-utils poppler-utils systemd udev umockdev libumockdev0 util-linux

# What the bench compares with, besides: the command line of libgphoto2.
BENCH_PACKAGES := gphoto2

.PHONY: setup setup-test demo test test-all bench pictures wheel check lock clean

setup: $(VENV)/.ready
	@.ci/system-packages $(RUN_PACKAGES)

setup-test: setup
	@.ci/system-packages $(TEST_PACKAGES)

$(VENV)/.ready: requirements.lock pyproject.toml $(wildcard webui/translations/*/LC_MESSAGES/*.po)
	@.ci/system-packages $(RUN_PACKAGES)
	@[ -x $(BIN)/python ] || /usr/bin/python3 -m venv $(VENV)
	@awk '/^[^ #]/ { keep = /^setuptools==/ } keep' requirements.lock | $(PIP) --require-hashes -r /dev/stdin
	@$(PIP) --require-hashes --no-build-isolation -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/pybabel --quiet compile -d webui/translations
	@touch $@

demo: setup
	@$(BIN)/renhu demo --port 8731

check: setup-test
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@told=$$($(BIN)/lint-imports --no-logo) || { echo "$$told"; exit 1; }

# Two files at a time: much of a test is waiting for a device.  The drills have the machine to themselves.
test: check
	@$(BIN)/pytest -m "not drill" -n 2 --dist loadfile

test-all: test
	@$(BIN)/pytest -m drill

bench: setup-test
	@.ci/system-packages $(BENCH_PACKAGES)
	@$(BIN)/python tests/bench/run.py

# Make the pictures of README and docs anew; look at each before you commit them.
pictures: setup-test
	@RENHU_PICTURES=docs $(BIN)/pytest -q tests/browser/test_pictures.py tests/browser/test_gallery.py -k pictured

# What a station installs (systemd/README.md): in dist/, with both languages.
wheel: setup
	@$(BIN)/pybabel --quiet compile -d webui/translations
	@$(BIN)/python -m build --wheel --no-isolation

# Make the lock file anew from pyproject.toml; versions and hashes only, no host names.
lock: setup
	@$(BIN)/uv pip compile --quiet --upgrade --no-header --generate-hashes --python-version 3.11 --group dev pyproject.toml -o requirements.lock

clean:
	@rm -rf $(VENV) .cache build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
