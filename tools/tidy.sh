#!/usr/bin/env bash
# Runs clang-tidy over the C++ library and its Python bindings, as they were compiled for .venv.
source "$(dirname "$0")/common.sh"

tools/setup.sh dev
# The newest, should several versions of Python have been in use.
commands=$(find build -path 'build/cp*/compile_commands.json' -exec ls -t {} + | head -n 1)
[ -n "$commands" ] || die "there is no build/cp*/compile_commands.json; run make clean and try again"
find cpp/src cpp/bindings -name '*.cpp' -print0 |
  xargs -0 -n 1 -P 2 "$bin/clang-tidy" -p "${commands%/*}" --quiet --warnings-as-errors='*'
