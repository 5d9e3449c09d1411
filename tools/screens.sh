#!/usr/bin/env bash
# Runs pytest in as many processes as the first argument says, each with a virtual screen to itself:
# on one screen they would take the mouse from each other. The other arguments go to pytest.
source "$(dirname "$0")/common.sh"

missing=$1
shift
if [ "$missing" -eq 0 ]; then
  exec "$bin/python" -m pytest "$@"
fi
# One screen inside the other, so that each is taken down in the end, whatever happens.
# shellcheck disable=SC2016  # the variables are those of the new screen
exec env -u DISPLAY -u WAYLAND_DISPLAY -u XAUTHORITY tools/screen.sh bash -c '
  exec tools/screens.sh "$@" --tx "popen//env:DISPLAY=${DISPLAY-}//env:XAUTHORITY=${XAUTHORITY-}"
' screens "$((missing - 1))" "$@"
