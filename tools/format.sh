#!/usr/bin/env bash
# Brings Python and C++ into the project's style.
source "$(dirname "$0")/common.sh"

tools/setup.sh dev
PATH=$bin:$PATH
ruff check --fix --exit-zero --quiet # what it cannot mend is for `make lint` to say
ruff format
tools/cpp-files.sh | xargs clang-format -i
