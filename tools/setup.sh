#!/usr/bin/env bash
# Creates or renews the environment .venv: the package, editable, with napari and the test tools,
# and with the further extras of pyproject.toml that are named as arguments (dev, bench).
# Does nothing, quickly, when all is up to date.
source "$(dirname "$0")/common.sh"

stamps=$venv/stamps

find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  die "no Python 3.11 or newer was found; install one, or name it: make PYTHON=/path/to/python"
}

# The system's Python may lack venv and the headers, and the machine the compiler.
require_build_tools() {
  local python=$1 version include missing=()
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  include=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
  "$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=("python$version-venv")
  if [ "$(uname -s)" = Linux ]; then
    [ -e "$include/Python.h" ] || missing+=("python$version-dev")
    command -v "${CXX:-c++}" >/dev/null || missing+=(g++)
  fi
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

make_environment() {
  local python
  python=$(find_python)
  require_build_tools "$python"
  say "Making .venv with $("$python" -V)"
  rm -rf "$venv"
  "$python" -m venv "$venv"
  mkdir "$stamps"
  echo "$venv" >"$stamps/location"
}

pip_install() {
  "$bin/python" -m pip install -qq --disable-pip-version-check "$@"
}

# The tools that build the package are in .venv too, so that a second build takes seconds: nothing is
# downloaded and only what changed is compiled.
install_build_tools() {
  local requirements
  requirements=$("$bin/python" -c \
    'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])')
  # shellcheck disable=SC2086  # one word for each requirement
  pip_install $requirements "cmake>=3.24" ninja
}

# An environment that was moved, or whose Python is gone, does not work.
if [ "$(cat "$stamps/location" 2>/dev/null)" != "$venv" ] || ! "$bin/python" -c '' 2>/dev/null; then
  make_environment
fi

missing=()
for extra in all test "$@"; do
  fresh "$stamps/extra-$extra" pyproject.toml || missing+=("$extra")
done
touch "$stamps/now"
# Edits in src take effect at once; only new and deleted files need an installation.
files=$(find src -name '*.py' | sort)
if [ ${#missing[@]} -gt 0 ]; then
  say "Installing napari-mmfusion (${missing[*]}) into .venv; the first time takes minutes"
  install_build_tools
  pip_install --no-build-isolation -e ".[$(IFS=, && echo "${missing[*]}")]"
elif [ "$files" != "$(cat "$stamps/files" 2>/dev/null)" ] ||
  ! fresh "$stamps/built" CMakeLists.txt cpp src/napari_mmfusion/_version.py; then
  say "Building what changed"
  pip_install --no-build-isolation --no-deps -e .
fi
echo "$files" >"$stamps/files"
# Stamped with the time before the build, so that edits during it count as changes.
for extra in ${missing[@]+"${missing[@]}"}; do
  touch -r "$stamps/now" "$stamps/extra-$extra"
done
touch -r "$stamps/now" "$stamps/built"
