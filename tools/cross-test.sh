#!/usr/bin/env bash
# Runs the C++ tests as arm64 code under emulation and compiles the library for Windows.
source "$(dirname "$0")/common.sh"

if [ "$(uname -s)" != Linux ] || [ "$(uname -m)" != x86_64 ]; then
  say "Cross-compiling is set up on x86-64 Linux only"
  exit 0
fi
missing=()
command -v aarch64-linux-gnu-g++ >/dev/null || missing+=(g++-aarch64-linux-gnu)
command -v qemu-aarch64 >/dev/null || missing+=(qemu-user)
command -v x86_64-w64-mingw32-g++-posix >/dev/null || missing+=(g++-mingw-w64-x86-64-posix)
[ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"

tools/cpp-test.sh aarch64
PATH=$bin:$PATH
say "C++ library: mingw"
cmake --preset mingw --log-level=WARNING
cmake --build --preset mingw --parallel 2
