#!/usr/bin/env bash
# Fails if a function outside the AVX kernels uses AVX: check_dispatch.sh LIBRARY.
# A processor without AVX would stop there with an illegal instruction.
set -euo pipefail

offenders=$(objdump --disassemble --demangle --no-show-raw-insn "$1" | awk '
  /^[0-9a-f]+ <.*>:$/ { name = $0; sub(/^[0-9a-f]+ /, "", name) }
  /%[yz]mm|\tv[a-z0-9]+ / && name !~ /mmfusion::avx(2|512)::/ { print name }' | sort -u)
if [ -n "$offenders" ]; then
  echo "AVX instructions outside mmfusion::avx2 and mmfusion::avx512:"
  echo "$offenders"
  exit 1
fi
count=$(objdump --disassemble --demangle "$1" | grep -c '%zmm' || true)
[ "$count" -gt 0 ] || { echo "no AVX-512 kernel in $1"; exit 1; }
