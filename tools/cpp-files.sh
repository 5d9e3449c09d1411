#!/usr/bin/env bash
# Lists the C++ files, one per line.
source "$(dirname "$0")/common.sh"
find cpp -name '*.[ch]pp' -o -name '*.inl' | sort
