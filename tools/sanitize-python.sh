#!/usr/bin/env bash
# Runs the Python tests of the core on a core compiled with AddressSanitizer and
# UndefinedBehaviorSanitizer; arguments go to pytest. The slow tests rely on the speed of the core.
source "$(dirname "$0")/common.sh"

[ "$(uname -s)" = Linux ] || die "the sanitizers can be preloaded only on Linux"
tools/setup.sh

folder=$PWD/build/asan-python
say "Compiling the core with the sanitizers"
rm -rf "$folder/site"
PATH=$bin:$PATH "$bin/python" -m pip install -qq --disable-pip-version-check . \
  --no-build-isolation --no-deps --target "$folder/site" \
  -C build-dir="$folder/build" -C cmake.build-type=RelWithDebInfo -C install.strip=false \
  -C cmake.define.MMFUSION_SANITIZE=address,undefined

# Not with the Python of .venv, which would import the package installed there: only its libraries
# are used, after the package just compiled.
python=$("$bin/python" -c 'import sys; print(sys._base_executable)')
libraries=$("$bin/python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
compiler=${CXX:-c++}
# Both must be loaded before Python, which is linked to neither; leaks at its end are Python's.
preload="$("$compiler" -print-file-name=libasan.so) $("$compiler" -print-file-name=libstdc++.so)"
env LD_PRELOAD="$preload" PYTHONPATH="$folder/site:$libraries" PYTHONMALLOC=malloc \
  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 \
  "$python" -m pytest -p no:cacheprovider --timeout=3600 -m "not slow" \
  "${@:-tests/core}"
