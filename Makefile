# The scripts are in tools/; every target first sets up what is missing.
export PYTHON BASE
.DEFAULT_GOAL := help
.PHONY: help setup demo screenshots test test-pyside check fuzz bench ground-truth lint format types tidy cpp-test sanitize sanitize-python cross wheel ci clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Create or renew the environment .venv
	@tools/setup.sh dev

demo: ## Fuse the built-in sample and open it in napari
	@tools/demo.sh

screenshots: ## Take the pictures of docs/plugin.md
	@tools/screenshots.sh

test-pyside: ## Run some tests of the window with PySide6
	@tools/test-pyside.sh

test: ## Run the Python tests
	@tools/test.sh

check: ## Check what changed since HEAD or BASE=commit, in under a minute
	@tools/check.sh

fuzz: ## Attack readers, writers and the window, for hours
	@tools/fuzz.sh

bench: ## Run the benchmarks
	@tools/bench.sh

ground-truth: ## Measure the error of fusion against the truth, for more than a day
	@tools/ground-truth.sh

lint: ## Check style and import contracts
	@tools/lint.sh

format: ## Format Python and C++
	@tools/format.sh

types: ## Check the types
	@tools/setup.sh dev
	@.venv/bin/mypy

tidy: ## Check the C++ code with clang-tidy
	@tools/tidy.sh

cpp-test: ## Run the C++ tests
	@tools/cpp-test.sh dev

sanitize: ## Run the C++ tests with the sanitizers
	@tools/cpp-test.sh asan tsan

sanitize-python: ## Run the Python tests of the core with the sanitizers
	@tools/sanitize-python.sh

cross: ## Run the C++ tests as arm64 code and compile for Windows
	@tools/cross-test.sh

wheel: ## Build the wheel and test it without napari
	@tools/check_wheel.sh

ci: ## Run everything that a change must pass
	@.ci/run

clean: ## Remove .venv and everything that was built
	rm -rf .venv build demo dist
