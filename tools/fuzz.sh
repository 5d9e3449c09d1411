#!/usr/bin/env bash
# Attacks readers, writers and the window as often as docs/reliability.md states, which takes hours;
# test files given as arguments are run instead of all. MMFUSION_ATTACKS is the share of these
# attempts to make (0.05 for one in twenty); MMFUSION_MUTATIONS, _SAVES, _ROUND_TRIPS, _SEQUENCES and
# _RUNS are the numbers of single attempts, and MMFUSION_SEED selects others.
source "$(dirname "$0")/common.sh"

export MMFUSION_ATTACKS=${MMFUSION_ATTACKS:-1}
all=(tests/attacks tests/plugin/test_state_machine.py tests/plugin/test_leaks.py)
[ $# -gt 0 ] || set -- "${all[@]}"
tools/test.sh -q --timeout=14400 "$@"
