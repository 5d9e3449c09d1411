#!/usr/bin/env bash
# Runs pytest in as many processes as the first argument says, each with a separate virtual screen,
# because on one screen they would share the mouse. The other arguments go to pytest.
source "$(dirname "$0")/common.sh"

missing=$1
shift
if [ "$missing" -eq 0 ]; then
  exec "$bin/python" -m pytest "$@"
fi
# Each screen starts the next, so that all of them end, whatever happens.
# shellcheck disable=SC2016  # the variables are those of the new screen
exec env -u DISPLAY -u WAYLAND_DISPLAY -u XAUTHORITY tools/screen.sh bash -c '
  exec tools/screens.sh "$@" --tx "popen//env:DISPLAY=${DISPLAY-}//env:XAUTHORITY=${XAUTHORITY-}"
' screens "$((missing - 1))" "$@"
