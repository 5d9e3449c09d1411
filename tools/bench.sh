#!/usr/bin/env bash
# Runs all benchmarks; arguments go to the report.
source "$(dirname "$0")/common.sh"

tools/setup.sh dev bench
"$bin/python" benchmarks/report.py "$@"
# Coverage, strict warnings and the window are for the tests; pytest is only the runner here.
"$bin/pytest" -c /dev/null --rootdir . --quiet benchmarks/test_speed.py \
  --benchmark-columns=median,iqr,rounds --benchmark-max-time=0.5 --benchmark-sort=name
