# The two commands: `make run` shows a walking robot, `make test` checks everything. `make help` lists the rest.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
# What `make run` launches; override it: make run RUN_ARGS="robot:=sts12 duration:=600"
RUN_ARGS ?= duration:=800 'faults:=saturate@350:450'
# The interpreter to build .venv with, if the search below should not choose.
PYTHON ?=

# These keep real time, so that nothing of another kind runs beside them: ports in two rows of their own, ROS alone (beside
# the ports it fails now and then). The others share the cores.
PORTS := tests/bridge tests/firmware
ALONE := tests/ros
PYTEST := HEBB_JUDGES=1 $(BIN)/python -m pytest

CHECKED := hebb_controller sim firmware_bridge calibration ros2_ws tests

.PHONY: help install install-dev avr-tools browser run run-ant test test-all lint format format-check typecheck bench lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed  ## make .venv with what running needs (neither torch nor test tools)

install-dev: $(VENV)/.installed-dev  ## add everything else: torch, onnx, test and lint tools

# ROS 2 comes as wheels for Linux on x86_64. Elsewhere the same walk is shown without it.
run: install  ## a quadruped under ROS 2: random weights, walking, lost actuators, recovery, a report
	@if $(BIN)/python -c 'import rclpy' 2>/dev/null; then \
	    set -x; $(BIN)/hebb launch watch:=true record:=true report:=true $(RUN_ARGS); \
	else \
	    echo "no ROS 2 wheels for this machine: the same walk without ROS"; \
	    set -x; $(BIN)/hebb run --robot realant --saturate 350:450; \
	fi

run-ant: install  ## the paper's benchmark robot, without ROS
	$(BIN)/hebb run --robot ant --saturate 300:400

test: avr-tools browser lint format-check typecheck  ## lint, format check, types and all but the slow tests
	$(PYTEST) -m "not slow" -n 2 --dist worksteal $(PORTS:%=--ignore=%) $(ALONE:%=--ignore=%)
	$(PYTEST) -m "not slow" -n 2 --dist worksteal $(PORTS)
	$(PYTEST) -m "not slow" $(ALONE)

test-all: avr-tools browser lint format-check typecheck  ## the same with the slow tests
	$(PYTEST) -n 2 --dist worksteal $(PORTS:%=--ignore=%) $(ALONE:%=--ignore=%)
	$(PYTEST) -n 2 --dist worksteal $(PORTS)
	$(PYTEST) $(ALONE)

lint: install-dev  ## ruff
	$(BIN)/ruff check .

format-check: install-dev  ## fail where `make format` would change something
	$(BIN)/ruff format --check .

# numpy's last release for Python 3.10 has coarser stubs than its successors: what they object to is not an error.
typecheck: install-dev  ## mypy, on Python 3.11
	@case $(PINS) in \
	    *3.10.txt) echo "no type check on Python 3.10" ;; \
	    *) echo $(BIN)/mypy; $(BIN)/mypy ;; \
	esac

# The tests of the servo board compile its firmware and run it under simavr; without these tools they are skipped.
avr-tools:  ## install compiler and simulator of the servo board, where apt-get is at hand
	@$(FIND_AVR_TOOLS)

browser:  ## install the browser that the live page is tested with, where apt-get is at hand
	@$(FIND_BROWSER)

format: install-dev  ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: install-dev  ## measure the figures of the README
	@set -e; for file in tests/benchmarks/bench_*.py; do echo "$(BIN)/python $$file"; $(BIN)/python $$file; done

lock:  ## resolve the pinned versions anew, for every supported Python found here
	@for version in 3.10 3.11; do \
	    python$$version -c '' 2>/dev/null || { echo "lock: no python$$version here, its pins stay"; continue; }; \
	    scratch=$$(mktemp -d) && python$$version -m venv $$scratch && \
	    $$scratch/bin/python -m pip install -q -e '.[dev]' && \
	    { echo "# What a fresh Python $$version resolved to; made by 'make lock', used by 'make install' and 'make install-dev'."; \
	      $$scratch/bin/python -m pip freeze --exclude-editable | sed 's/+[a-z0-9.]*$$//' | \
	      grep -vE '^(nvidia-|cuda-|triton)' | LC_ALL=C sort -f; } > requirements/python$$version.txt && \
	    rm -r $$scratch || exit 1; \
	done

clean:  ## remove .venv, caches and compiled kernels (not runs/ and reports/)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	find $(CHECKED) -name __pycache__ -type d -prune -exec rm -rf {} +

# PyBullet's wheels end at Python 3.11, and its source takes a quarter of an hour to compile.
define NO_PYTHON
Hebb needs Python 3.10 or 3.11 here: PyBullet, the simulator, has no wheels for later ones. None was found.
Any of these gives you one; then run make again:
  Debian, Ubuntu   sudo apt install python3.11 python3.11-venv   (or python3.10)
  Fedora           sudo dnf install python3.11
  macOS            brew install python@3.11
  anywhere         uv python install 3.11        or        pyenv install 3.11
or name an interpreter yourself: make install PYTHON=/path/to/python3.11
A robot needs neither simulator nor Makefile: pip install .[robot] works on Python 3.10 to 3.13.
endef
export NO_PYTHON

define FIND_PYTHON
set -eu; \
for python in "$(PYTHON)" python3.11 python3.10 python3 python \
    "$$HOME"/.pyenv/versions/3.1[01].*/bin/python "$$HOME"/.local/share/uv/python/cpython-3.1[01].*/bin/python; do \
    if "$$python" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 10), (3, 11)))' 2>/dev/null; then break; fi; \
    if test -n "$$python" && test "$$python" = "$(PYTHON)"; then \
        echo "PYTHON=$$python: not a Python 3.10 or 3.11" >&2; exit 2; \
    fi; \
    python=; \
done; \
if test -z "$$python"; then printf '%s\n' "$$NO_PYTHON" >&2; exit 2; fi
endef

# What Debian and Ubuntu have and pip has not. Quick where all is `there`; never a failure: what is missing costs a few
# skipped tests, no more.
define GET_PACKAGES
root=; test "$$(id -u)" = 0 || root="sudo -n"; \
apt() { \
    $$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=20 "$$@" \
        </dev/null >/dev/null 2>&1; \
}; \
if there; then exit 0; fi; \
if command -v apt-get >/dev/null && $$root true 2>/dev/null; then \
    echo "installing $$what: $$packages"; \
    apt install -y --no-install-recommends $$packages || \
        { apt update; apt install -y --no-install-recommends $$packages; } || true; \
fi; \
there || echo "$$missing (Debian, Ubuntu: sudo apt install $$packages)"
endef

define FIND_AVR_TOOLS
there() { \
    command -v make && command -v avr-size && \
    echo '#include <avr/io.h>' | avr-gcc -mmcu=atmega328p -E - && \
    printf '#include <simavr/sim_avr.h>\n#include <libelf.h>\n' | gcc -E -; \
} >/dev/null 2>&1; \
packages="gcc libc6-dev gcc-avr avr-libc binutils-avr libsimavr-dev libelf-dev"; \
what="compiler and simulator of the servo board"; \
missing="the servo board's firmware is not tested here: it needs avr-gcc, avr-libc and libsimavr"; \
$(GET_PACKAGES)
endef

define FIND_BROWSER
there() { command -v chromium && command -v chromedriver; } >/dev/null 2>&1; \
packages="chromium chromium-driver"; \
what="the browser that looks at the live page"; \
missing="the live page is not looked at here: it needs chromium and its driver"; \
$(GET_PACKAGES)
endef

# Which pins apply: one file per minor version of the .venv's Python.
PINS = requirements/python$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])').txt

# A .venv that somebody else made is used as it is, if its pip works.
$(VENV)/.made:
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    $(FIND_PYTHON); \
	    echo "making $(VENV) with $$("$$python" --version) ($$python)"; \
	    "$$python" -m venv --clear $(VENV); \
	fi
	@test -f $(PINS) || { echo "$(VENV) holds a Python that PyBullet has no wheels for: run 'make clean', then again" >&2; exit 2; }
	@touch $@

# --no-compile: importing compiles the modules that are used, which is cheaper than compiling all.
$(VENV)/.installed: $(VENV)/.made pyproject.toml $(wildcard requirements/*.txt)
	@echo "installing the core, the simulator, the serial port and ROS 2"
	@$(BIN)/python -m pip install -q --no-compile -c $(PINS) -e '.[record,robot,ros,train,view]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "installing torch, onnx and the development tools"
	@$(BIN)/python -m pip install -q --no-compile -c $(PINS) -e '.[dev]'
	@touch $@
