#!/usr/bin/env bash
# Fuses specimens of known composition and measures the errors; arguments go to the benchmark.
# --quick takes minutes, all of it many hours. An interrupted run is continued.
source "$(dirname "$0")/common.sh"

tools/setup.sh dev bench
"$bin/python" benchmarks/ground_truth.py "$@"
