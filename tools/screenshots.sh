#!/usr/bin/env bash
# Takes the pictures of docs/plugin.md in napari; arguments go to screenshots.py.
source "$(dirname "$0")/common.sh"

tools/setup.sh
# Keeps the user's napari settings out of the pictures, and the pictures out of the settings.
settings=$(mktemp -d)
trap 'rm -rf "$settings"' EXIT
export NAPARI_CONFIG=$settings/settings.yaml XDG_CONFIG_HOME=$settings QT_API=pyqt6
tools/screen.sh "$bin/python" tools/screenshots.py "$@"
