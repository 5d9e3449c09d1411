#!/usr/bin/env bash
# Attacks readers, writers and the window as often as docs/reliability.md says, which takes hours;
# files given as arguments are run instead of all. MMFUSION_MUTATIONS and MMFUSION_SEED ask for
# more or other damage.
source "$(dirname "$0")/common.sh"

export MMFUSION_ATTACKS=full
all=(tests/attacks tests/plugin/test_state_machine.py tests/plugin/test_leaks.py)
[ $# -gt 0 ] || set -- "${all[@]}"
tools/test.sh -q --timeout=14400 "$@"
