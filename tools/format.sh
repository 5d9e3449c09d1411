#!/usr/bin/env bash
# Formats Python and C++ in the project's style.
source "$(dirname "$0")/common.sh"

tools/setup.sh dev
PATH=$bin:$PATH
ruff check --fix --exit-zero --quiet # `make lint` reports what it cannot fix
ruff format
tools/cpp-files.sh | xargs clang-format -i
