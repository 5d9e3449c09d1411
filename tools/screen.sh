#!/usr/bin/env bash
# Runs a command that opens windows: on the screen if there is one, else on a virtual one.
source "$(dirname "$0")/common.sh"

has_screen() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }

[ "$(uname -s)" = Linux ] || exec "$@"

# The libraries that Qt loads from the system, with their Debian packages.
libraries="
  libEGL.so.1 libegl1
  libGL.so.1 libgl1
  libGLX_mesa.so.0 libglx-mesa0
  libX11-xcb.so.1 libx11-xcb1
  libdbus-1.so.3 libdbus-1-3
  libfontconfig.so.1 libfontconfig1
  libglib-2.0.so.0 libglib2.0-0
  libxcb-cursor.so.0 libxcb-cursor0
  libxcb-icccm.so.4 libxcb-icccm4
  libxcb-image.so.0 libxcb-image0
  libxcb-keysyms.so.1 libxcb-keysyms1
  libxcb-randr.so.0 libxcb-randr0
  libxcb-render-util.so.0 libxcb-render-util0
  libxcb-shape.so.0 libxcb-shape0
  libxcb-xkb.so.1 libxcb-xkb1
  libxkbcommon-x11.so.0 libxkbcommon-x11-0
"

missing=()
present=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p)
while read -r library package; do
  [ -z "$library" ] || grep -qF "$library " <<<"$present" || missing+=("$package")
done <<<"$libraries"
if ! has_screen; then
  command -v xvfb-run >/dev/null || missing+=(xvfb)
  command -v xauth >/dev/null || missing+=(xauth)
  command -v xdpyinfo >/dev/null || missing+=(x11-utils) # asked for the size of a pixel
fi
[ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"

has_screen && exec "$@"
exec xvfb-run -a -s "-screen 0 1600x1000x24 +extension GLX +render -noreset" "$@"
