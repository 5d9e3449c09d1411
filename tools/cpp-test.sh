#!/usr/bin/env bash
# Builds and runs the C++ tests, without Python, for the CMake presets named (default: dev).
source "$(dirname "$0")/common.sh"

tools/setup.sh
if [ "$(uname -s)" = Linux ] && [ ! -e /usr/include/doctest/doctest.h ]; then
  install_packages doctest-dev
fi
PATH=$bin:$PATH

# ThreadSanitizer cannot place its memory if addresses are randomised as strongly as by some kernels.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then
  fixed_addresses=(setarch "$(uname -m)" -R)
fi

for preset in "${@:-dev}"; do
  say "C++ tests: $preset"
  cmake --preset "$preset" --log-level=WARNING
  cmake --build --preset "$preset" --parallel 2
  ${fixed_addresses[@]+"${fixed_addresses[@]}"} ctest --preset "$preset" --parallel 2
done
