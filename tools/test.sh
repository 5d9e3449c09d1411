#!/usr/bin/env bash
# Runs the Python tests: all of them, in one process per core, or, in a single process, those that
# the arguments of pytest select.
source "$(dirname "$0")/common.sh"

tools/setup.sh
# Keeps the user's napari settings out of the tests, and the tests out of the settings.
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
