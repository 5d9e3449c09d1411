# shellcheck shell=bash
# Shared by the scripts of this folder, which read it in first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=$PWD/.venv
bin=$venv/bin
case $(uname -s) in
  MINGW* | MSYS* | CYGWIN*) bin=$venv/Scripts ;;
esac
export bin

say() { printf '== %s\n' "$*"; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Whether the file $1 exists and none of the other files and folders is newer.
fresh() {
  local stamp=$1
  shift
  [ -e "$stamp" ] && [ -z "$(find "$@" -newer "$stamp" -print)" ]
}

# Installs Debian packages if the user may, else names the command and stops.
install_packages() {
  local command="apt-get install -y --no-install-recommends $*"
  local as_root=()
  command -v apt-get >/dev/null ||
    die "missing on this system, by their Debian names: $*"
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null ||
      die "system packages are missing; please run: sudo apt-get update && sudo $command"
    as_root=(sudo -n)
  fi
  say "Installing system packages: $*"
  as_root+=(env DEBIAN_FRONTEND=noninteractive)
  # A stale list of one unused source is no reason to stop; the installation reports what is missing.
  "${as_root[@]}" apt-get update -qq || true
  # shellcheck disable=SC2086  # the command is meant to be split
  "${as_root[@]}" $command -qq -o DPkg::Lock::Timeout=300 >/dev/null ||
    die "could not install them; please run: sudo apt-get update && sudo $command"
}
