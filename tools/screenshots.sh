#!/usr/bin/env bash
# Photographs every step in napari for docs/plugin.md; arguments go to screenshots.py.
source "$(dirname "$0")/common.sh"

tools/setup.sh
# What a person has set in napari stays out of the pictures, and the pictures out of it.
settings=$(mktemp -d)
trap 'rm -rf "$settings"' EXIT
export NAPARI_CONFIG=$settings/settings.yaml XDG_CONFIG_HOME=$settings QT_API=pyqt6
tools/screen.sh "$bin/python" tools/screenshots.py "$@"
