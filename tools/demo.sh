#!/usr/bin/env bash
# Fuses the built-in sample and shows the result in napari, or photographs it without a screen.
source "$(dirname "$0")/common.sh"

tools/setup.sh
"$bin/mmfusion" demo -o demo --overwrite
if [ "$(uname -s)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  say "Opening napari; close its window to end"
  exec tools/screen.sh "$bin/mmfusion" view demo/sample.npz
fi
tools/screen.sh "$bin/mmfusion" view demo/sample.npz --run --screenshot demo/screenshot.png
say "No screen here: see demo/screenshot.png for the window, and the results in demo/"
