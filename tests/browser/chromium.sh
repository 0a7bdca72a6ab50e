#!/bin/sh
# Chromium and coturn from Debian's packages, when they are missing: the browser tests and the demo need a browser, the
# tests of relayed calls and of the connection test a TURN server.
set -eu
chromium="chromium fonts-dejavu-core fonts-noto-color-emoji"
missing=""
command -v chromium >/dev/null 2>&1 || missing="$chromium"
command -v turnserver >/dev/null 2>&1 || missing="$missing coturn"
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "Missing: $missing. Install them so that 'chromium' and 'turnserver' are on the PATH, and try again." >&2
  exit 1
fi
as_root=""
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
  else
    echo "Missing: $missing. Run: sudo apt-get install $missing" >&2
    exit 1
  fi
fi
echo "Installing $missing from Debian's packages…"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
case "$missing" in
  # The tests start a TURN server of their own; none should run on this machine for it.
  *coturn*) [ ! -d /run/systemd/system ] || $as_root systemctl disable --now --quiet coturn || true ;;
esac
