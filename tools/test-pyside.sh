#!/usr/bin/env bash
# Runs tests of the window with PySide6 in place of PyQt6: a short choice of them, or what the
# arguments name. PySide6 has an environment to itself that shares all other packages with .venv.
source "$(dirname "$0")/common.sh"

# 6.12.0 aborts napari on CPython 3.11 after some thousand frames.
binding='PySide6-Essentials>=6.6,!=6.12.0'
pyside=$venv/pyside
python=$pyside/${bin##*/}/python

tools/setup.sh
if [ "$(cat "$pyside/binding" 2>/dev/null)" != "$binding" ]; then
  say "Installing $binding into .venv/pyside"
  rm -rf "$pyside"
  "$bin/python" -m venv "$pyside"
  "$python" -m pip install -qq --disable-pip-version-check "$binding"
  shared=$("$bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  own=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  echo "import site; site.addsitedir(r'$shared')" >"$own/shared.pth"
  echo "$binding" >"$pyside/binding"
fi

settings=$(mktemp -d)
trap 'rm -rf "$settings"' EXIT
export NAPARI_CONFIG=$settings/settings.yaml
export NAPARI_STRICT_QT=1 QT_API=pyside6 MPLBACKEND=Agg
if [ $# -eq 0 ]; then
  dock=tests/plugin/dock
  set -- --quiet tests/plugin/qt \
    "$dock"/test_{closing,keyboard}.py "$dock"/parameters/test_parameter_panel.py
fi
tools/screen.sh "$python" -m pytest --override-ini qt_api=pyside6 "$@"
