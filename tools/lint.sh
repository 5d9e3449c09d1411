#!/usr/bin/env bash
# Checks the style of Python, C++ and shell, and the import contracts. `make format` changes files.
source "$(dirname "$0")/common.sh"

tools/setup.sh dev
PATH=$bin:$PATH
ruff check
ruff format --check
tools/cpp-files.sh | xargs clang-format --dry-run -Werror
shellcheck -x -P SCRIPTDIR tools/*.sh cpp/tests/*.sh .ci/run
lint-imports --no-logo
