# One command each. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
PYTHON ?=
export PYTHON

.PHONY: help
help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

.PHONY: setup
setup: ## install what `run` needs: system libraries, .venv, pose model
	@.ci/setup run

.PHONY: setup-test
setup-test: ## install what `test` needs besides
	@.ci/setup test

.PHONY: run
run: setup ## play, with the camera or the demo performer (ARGS="--preset drums --source demo")
	@$(BIN)/gesturesynth run $(ARGS)

.PHONY: install
install: setup ## install the system service, which starts with this computer (ARGS="--jack")
	@if [ "$$(id -u)" = 0 ]; then $(BIN)/gesturesynth service install $(ARGS); else sudo $(BIN)/gesturesynth service install $(ARGS); fi

.PHONY: uninstall
uninstall: ## remove the service; settings and what was taught stay (ARGS="--purge --yes" removes them)
	@if [ "$$(id -u)" = 0 ]; then $(BIN)/gesturesynth service uninstall $(ARGS); else sudo $(BIN)/gesturesynth service uninstall $(ARGS); fi

# Three tests at a time, a file each (tests/support/turns.py). An ordinary user's process can leave the network only while it
# has one thread, which a worker of pytest-xdist never has: without root, tests run one after the other.
WORKERS := $(shell [ "$$(id -u)" != 0 ] || echo "--numprocesses=3 --dist=loadfile --no-loadscope-reorder")

.PHONY: test
test: setup-test ## run all tests, three at a time as root (ARGS="-k theremin"; WORKERS= for one at a time)
	@$(BIN)/python -m pytest $(WORKERS) $(ARGS)

.PHONY: test-fast
test-fast: setup-test ## the tests without JACK, systemd, footage and long-running processes; says how many are left out
	@$(BIN)/python -m pytest $(WORKERS) -m "not slow" $(ARGS)

.PHONY: test-newest
test-newest: setup-test ## test the wheel with the newest versions that it allows: those that `pip install` takes today
	@.ci/versions newest

.PHONY: test-lowest
test-lowest: setup-test ## test the wheel with the lowest versions that it allows
	@.ci/versions lowest

.PHONY: lint
lint: setup-test ## check the code: ruff, import contracts (.importlinter), spelling
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports --no-logo && $(BIN)/codespell

.PHONY: format
format: setup-test ## format the code, and correct what ruff can correct
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: types
types: setup-test ## check the types: mypy, strict
	@$(BIN)/mypy

.PHONY: docs
docs: setup-test ## write the generated parts of README.md, docs/ and examples/
	@$(BIN)/python -m tools.reference_pages
	@$(BIN)/python -m tools.example_patches

.PHONY: factory
factory: setup-test ## write the presets' factory examples
	@$(BIN)/python -m tools.factory_examples

.PHONY: levels
levels: setup-test ## measure how loud the shipped pieces are; the table in docs/levels.md (ARGS="drone" prints one)
	@$(BIN)/python -m tools.levels $(ARGS)

.PHONY: demo-performer
demo-performer: setup-test ## record presets/demo.skeleton (needs the test footage)
	@$(BIN)/python -m tools.demo_performer

.PHONY: bench
bench: setup-test ## measure delays and memory, for docs/performance.md (on an idle machine; ARGS="--only audible")
	@$(BIN)/python -m tests.benchmarks $(ARGS)

.PHONY: empty-hour
empty-hour: setup-test ## an hour before an empty room: processor, memory, faults; the table in docs/performance.md (MINUTES=60)
	@$(BIN)/python -m tests.benchmarks.empty_hour --minutes $(or $(MINUTES),60) --page

.PHONY: gallery
gallery: setup-test ## hear and see twenty seconds of every piece: dist/gallery/index.html (some minutes; ARGS="theremin" for one)
	@$(BIN)/python -m tools.gallery dist/gallery $(ARGS)

.PHONY: screenshots
screenshots: setup-test ## make the pictures of the page for docs/page.md
	@$(BIN)/python -m tests.screenshots

.PHONY: evaluate
evaluate: setup-test ## measure how well teaching works on real movement; the table in docs/playability.md (some minutes)
	@$(BIN)/python -m tests.evaluation --page docs/playability.md --data docs/evaluation.json $(ARGS)

.PHONY: soak
soak: setup-test ## cause faults again and again, nothing may grow; the table in docs/reliability.md (MINUTES=30)
	@$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),30) --page $(ARGS)

.PHONY: endurance
endurance: setup-test ## two hours of sound of every instrument; the table in docs/reliability.md (ARGS="--minutes 10")
	@$(BIN)/python -m tests.endurance --page $(ARGS)

.PHONY: faults
faults: setup-test ## measure how the service recovers; the table in docs/reliability.md (as root; ARGS="--repeats 3")
	@$(BIN)/python -m tests.fault_injection $(ARGS)

.PHONY: flood
flood: setup-test ## flood OSC beside busy programs, then with ten million datagrams (COUNT=10000000; ARGS="--busy 0")
	@$(BIN)/python -m tests.flood --count $(or $(COUNT),10000000) $(ARGS)

.PHONY: wekinator
wekinator: setup-test ## a session by a library for Wekinator (needs node and npm), and a million broken packets (ARGS="--packets 10000")
	@$(BIN)/python -m tests.wekinator $(ARGS)

.PHONY: oscquery-check
oscquery-check: setup-test ## let programs of others find a whole Gesture Synth and set every address (as root; needs npm)
	@$(BIN)/python -m tests.oscquery_check

.PHONY: build
build: setup-test ## build the wheel and the source archive in dist/
	@$(BIN)/python -m build --no-isolation --outdir dist .

.PHONY: lock
lock: ## write the lock files with the newest versions (needs uv)
	uv pip compile pyproject.toml --group link --extra people --extra midi --extra zeroconf --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --upgrade -o requirements.lock
	uv pip compile pyproject.toml --group dev --extra people --extra midi --extra zeroconf --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --upgrade -o requirements-dev.lock

.PHONY: ci
ci: ## everything that has to pass before a change is merged
	@.ci/run

.PHONY: clean
clean: ## remove .venv and everything built
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
