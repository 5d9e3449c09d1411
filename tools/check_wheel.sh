#!/usr/bin/env bash
# Builds the source archive and from it the wheel, and tries the wheel without napari.
source "$(dirname "$0")/common.sh"

tools/setup.sh dev
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say "Building the source archive and the wheel"
"$bin/python" -m build --outdir "$work/dist" . >"$work/log" 2>&1 || {
  cat "$work/log"
  die "the build failed"
}
"$bin/python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -qq --disable-pip-version-check "$work"/dist/*.whl

say "Trying the wheel"
cd "$work" # away from the source tree, so that only what is installed is found
! venv/bin/python -c 'import napari' 2>/dev/null || die "the wheel installs napari"
venv/bin/mmfusion --version
venv/bin/python "$OLDPWD/tools/smoke.py"
