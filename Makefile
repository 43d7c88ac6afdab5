# One command each. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
PYTHON ?=
export PYTHON

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

.PHONY: setup
setup: ## all that `run` needs: system libraries, .venv, pose model
	@.ci/setup run

.PHONY: setup-test
setup-test: ## all that `test` needs besides
	@.ci/setup test

.PHONY: run
run: setup ## play, with the camera or the demo performer (ARGS="--preset drums --source demo")
	@$(BIN)/gesturesynth run $(ARGS)

.PHONY: install
install: setup ## the system service: starts with this computer, watches itself (ARGS="--jack")
	@if [ "$$(id -u)" = 0 ]; then $(BIN)/gesturesynth service install $(ARGS); else sudo $(BIN)/gesturesynth service install $(ARGS); fi

.PHONY: uninstall
uninstall: ## away with the service; settings and what was taught stay (ARGS="--purge --yes": those, too)
	@if [ "$$(id -u)" = 0 ]; then $(BIN)/gesturesynth service uninstall $(ARGS); else sudo $(BIN)/gesturesynth service uninstall $(ARGS); fi

# Two tests at a time, a file each (tests/support/turns.py). An ordinary user's process can leave the network only while it
# has one thread, which a worker of pytest-xdist never has: without root, tests run one after the other.
TWO := $(shell [ "$$(id -u)" != 0 ] || echo "--numprocesses=2 --dist=loadfile --no-loadscope-reorder")

.PHONY: test
test: setup-test ## every test, two at a time as root (ARGS="-k theremin"; TWO= for one at a time)
	@$(BIN)/python -m pytest $(TWO) $(ARGS)

.PHONY: test-fast
test-fast: setup-test ## the tests without JACK, systemd, footage and long-running processes, in under 90 s; says how many are left out
	@$(BIN)/python -m pytest $(TWO) -m "not slow" $(ARGS)

.PHONY: test-newest
test-newest: setup-test ## the wheel with the newest versions that it allows: what `pip install` takes today
	@.ci/versions newest

.PHONY: test-lowest
test-lowest: setup-test ## the wheel with the lowest versions that it allows
	@.ci/versions lowest

.PHONY: lint
lint: setup-test ## ruff: mistakes and form; import contracts (.importlinter); spelling
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports --no-logo && $(BIN)/codespell

.PHONY: format
format: setup-test ## put the code in its usual form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: types
types: setup-test ## mypy, strict
	@$(BIN)/mypy

.PHONY: docs
docs: setup-test ## write the generated tables of docs/ anew
	@$(BIN)/python -m tools.reference_pages

.PHONY: factory
factory: setup-test ## make the presets' factory examples anew
	@$(BIN)/python -m tools.factory_examples

.PHONY: demo-performer
demo-performer: setup-test ## record presets/demo.skeleton anew (needs the test footage)
	@$(BIN)/python -m tools.demo_performer

.PHONY: bench
bench: setup-test ## measure: a table, and docs/performance.md (a quiet machine; ARGS="--quick --only audible")
	@$(BIN)/python -m tests.benchmarks $(ARGS)

.PHONY: soak
soak: setup-test ## broken again and again, and nothing may grow; the table in docs/reliability.md (MINUTES=30)
	@$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),30) --page $(ARGS)

.PHONY: endurance
endurance: setup-test ## every instrument for two hours of sound at three rates; the table in docs/reliability.md (ARGS="--minutes 10")
	@$(BIN)/python -m tests.endurance --page $(ARGS)

.PHONY: faults
faults: setup-test ## break a gallery's computer on purpose; the table in docs/reliability.md (as root; ARGS="--repeats 3")
	@$(BIN)/python -m tests.fault_injection $(ARGS)

.PHONY: flood
flood: setup-test ## OSC floods beside busy programs, then ten million datagrams (COUNT=10000000; ARGS="--busy 0")
	@$(BIN)/python -m tests.flood --count $(or $(COUNT),10000000) $(ARGS)

.PHONY: build
build: setup-test ## wheel and source archive in dist/
	@$(BIN)/python -m build --no-isolation --outdir dist .

.PHONY: lock
lock: ## resolve the lock files anew (needs uv)
	uv pip compile pyproject.toml --group link --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --upgrade -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --upgrade -o requirements-dev.lock

.PHONY: ci
ci: ## what has to pass before a change lands
	@.ci/run

.PHONY: clean
clean: ## away with .venv and everything built
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
