#!/usr/bin/env bash
# Fuses specimens of known composition and measures how near to the truth one comes; arguments go
# to the benchmark: --quick takes minutes, without it many hours. A run broken off goes on.
source "$(dirname "$0")/common.sh"

tools/setup.sh dev bench
"$bin/python" benchmarks/ground_truth.py "$@"
