#!/usr/bin/env bash
# Runs the Python tests; arguments go to pytest.
source "$(dirname "$0")/common.sh"

tools/setup.sh
# The user's own napari settings stay out of the tests, and the tests out of them.
settings=$(mktemp -d)
trap 'rm -rf "$settings"' EXIT
export NAPARI_CONFIG=$settings/settings.yaml
export NAPARI_STRICT_QT=1 QT_API=pyqt6 MPLBACKEND=Agg
tools/screen.sh "$bin/python" -m pytest "$@"
