#!/usr/bin/env bash
# Quickly checks what changed since the commit BASE (HEAD if not given): style, types, import
# contracts, the tests of the changed modules, and the C++ tests if C++ changed.
source "$(dirname "$0")/common.sh"

tools/setup.sh dev
PATH=$bin:$PATH
base=${BASE:-HEAD}
changed=$({
  git diff --name-only --diff-filter=d "$base"
  git ls-files --others --exclude-standard
} | sort -u)
[ -n "$changed" ] || die "nothing has changed since $base; name another commit: make check BASE=HEAD~1"

matching() { grep -E "$1" <<<"$changed" || true; }

mapfile -t python < <(matching '\.pyi?$')
mapfile -t cpp < <(matching '^cpp/.*\.(cpp|hpp|inl)$')
mapfile -t shell < <(matching '\.sh$')
if [ ${#python[@]} -gt 0 ]; then
  ruff check "${python[@]}"
  ruff format --check "${python[@]}"
  lint-imports --no-logo | tail -n 2
  mypy
fi
[ ${#cpp[@]} -eq 0 ] || clang-format --dry-run -Werror "${cpp[@]}"
[ ${#shell[@]} -eq 0 ] || shellcheck -x -P SCRIPTDIR "${shell[@]}"
[ ${#cpp[@]} -eq 0 ] || tools/cpp-test.sh dev
mapfile -t tests < <(python tools/related_tests.py <<<"$changed" | grep . || true)
if [ ${#tests[@]} -gt 0 ]; then
  say "Testing ${tests[*]}"
  tools/test.sh -q -m "not slow" "${tests[@]}"
fi
say "all passed (${SECONDS} s)"
