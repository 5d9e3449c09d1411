#!/usr/bin/env bash
# Attacks the readers and the writers as often as docs/reliability.md says, which takes an hour;
# files given as arguments are run instead of all. MMFUSION_MUTATIONS and MMFUSION_SEED ask for
# more or other damage.
source "$(dirname "$0")/common.sh"

export MMFUSION_ATTACKS=full
tools/test.sh -q --timeout=14400 "${@:-tests/attacks}"
