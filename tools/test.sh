#!/usr/bin/env bash
# Runs the Python tests: all of them, with a process for each core, or, in a single process, what
# the arguments tell pytest.
source "$(dirname "$0")/common.sh"

tools/setup.sh
# The user's own napari settings stay out of the tests, and the tests out of them.
settings=$(mktemp -d)
trap 'rm -rf "$settings"' EXIT
export NAPARI_CONFIG=$settings/settings.yaml
export NAPARI_STRICT_QT=1 QT_API=pyqt6 MPLBACKEND=Agg
if [ $# -gt 0 ]; then
  tools/screen.sh "$bin/python" -m pytest "$@"
else
  processes=$("$bin/python" -c 'import os; print(min(os.cpu_count() or 1, 8))')
  tools/screens.sh "$processes" --quiet --dist loadgroup
fi
