#!/usr/bin/env bash
# Runs the Python tests of the core on a core compiled with AddressSanitizer and
# UndefinedBehaviorSanitizer; arguments go to pytest. The slow tests count on the speed of the core.
source "$(dirname "$0")/common.sh"

[ "$(uname -s)" = Linux ] || die "the sanitizers are preloaded as only Linux can"
tools/setup.sh

folder=$PWD/build/asan-python
say "Compiling the core with the sanitizers"
rm -rf "$folder/site"
PATH=$bin:$PATH "$bin/python" -m pip install -qq --disable-pip-version-check . \
  --no-build-isolation --no-deps --target "$folder/site" \
  -C build-dir="$folder/build" -C cmake.build-type=RelWithDebInfo -C install.strip=false \
  -C cmake.define.MMFUSION_SANITIZE=address,undefined

# Without .venv's own start, which would bring the package in as it is installed there: its
# libraries alone, behind the package just compiled.
python=$("$bin/python" -c 'import sys; print(sys._base_executable)')
libraries=$("$bin/python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
compiler=${CXX:-c++}
# Both must come before Python, which knows neither; leaks at its end are Python's own.
preload="$("$compiler" -print-file-name=libasan.so) $("$compiler" -print-file-name=libstdc++.so)"
env LD_PRELOAD="$preload" PYTHONPATH="$folder/site:$libraries" PYTHONMALLOC=malloc \
  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 \
  "$python" -m pytest -p no:cacheprovider --timeout=3600 -m "not slow" \
  "${@:-tests/core}"
