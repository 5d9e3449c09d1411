#!/usr/bin/env bash
# Runs all benchmarks; arguments go to the report.
source "$(dirname "$0")/common.sh"

tools/setup.sh bench
"$bin/python" benchmarks/report.py "$@"
