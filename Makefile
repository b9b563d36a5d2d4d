# `make` alone lists what there is.

CARGO ?= cargo
# Arguments for pytest, for example: make test-blackbox PYTEST="-k rotation -x"
PYTEST ?=
# Arguments for Playwright, for example: make test-web PLAYWRIGHT="portal --headed"
PLAYWRIGHT ?=
# How long `make fuzz` spends on each target.
SECONDS ?= 600
# Arguments for the bench, for example: make bench BENCH="--seconds 5"
BENCH ?=

.DEFAULT_GOAL := help
.PHONY: help run build test test-rust test-blackbox test-web test-fuzz fuzz lint bench setup \
	screenshots clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build and start a server to try things with
	@exec target/release/hookwire serve --dev

build: ## build target/release/hookwire
	@scripts/setup.sh
	@scripts/web.sh build
	$(CARGO) build --release --locked -p hookwire

test: ## run every test there is
	@scripts/setup.sh --tests
	@$(MAKE) --no-print-directory test-rust test-fuzz test-web test-blackbox

test-rust: ## run the tests of the crates
	@scripts/setup.sh
	$(CARGO) test --workspace --locked

test-blackbox: ## run the tests that drive the real binary
	@scripts/setup.sh --tests
	@scripts/web.sh build
	$(CARGO) build --locked -p hookwire
	@scripts/python-env.sh
	.venv/bin/python -m pytest tests $(PYTEST)

test-web: ## check the dashboard, and drive it in a browser
	@scripts/setup.sh --tests
	@scripts/web.sh build
	@scripts/web.sh check
	$(CARGO) build --locked -p hookwire
	@PLAYWRIGHT="$(PLAYWRIGHT)" scripts/web.sh test

screenshots: ## write pictures of every screen to web/screenshots
	@scripts/setup.sh --tests
	@scripts/web.sh build
	$(CARGO) build --locked -p hookwire
	cd web && npm run --silent screenshots

test-fuzz: ## try some million inputs on the parsers, nearly the same each time
	@scripts/setup.sh
	@scripts/fuzz.sh --test

fuzz: ## look for new inputs that break a parser: make fuzz SECONDS=600, each of four targets
	@scripts/setup.sh
	@scripts/fuzz.sh $(SECONDS)

lint: ## check format, clippy, licences and advisories
	@scripts/setup.sh
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	@scripts/deny.sh

bench: build ## measure Hookwire beside the floor
	$(CARGO) build --release --locked -p hookwire-bench
	target/release/hookwire-bench run $(BENCH)

setup: ## see that everything that a build needs is there
	@scripts/setup.sh

clean: ## remove what was built
	rm -rf target .venv web/dist web/node_modules web/test-results web/screenshots
