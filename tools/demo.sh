#!/usr/bin/env bash
# Fuses the built-in sample and shows the result in napari, or takes a picture if there is no screen.
source "$(dirname "$0")/common.sh"

tools/setup.sh
"$bin/mmfusion" demo -o demo --overwrite
if [ "$(uname -s)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  say "Opening napari; close its window to end"
  exec tools/screen.sh "$bin/mmfusion" view demo/sample.npz
fi
tools/screen.sh "$bin/mmfusion" view demo/sample.npz --run --screenshot demo/screenshot.png
say "There is no screen: demo/screenshot.png shows the window; the results are in demo/"
