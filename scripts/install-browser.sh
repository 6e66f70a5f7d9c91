#!/usr/bin/env bash
# Installs the browser that tests/report_html.rs opens the HTML report in, where there is none and apt can be used.
# Where it cannot, those tests say that they are skipped.
set -uo pipefail

for name in chromium chromium-browser google-chrome chrome; do
  if command -v "$name" >/dev/null; then
    exit 0
  fi
done
if ! command -v apt-get >/dev/null; then
  echo "no browser, and no apt-get to install one: the tests of the HTML report are skipped"
  exit 0
fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
export DEBIAN_FRONTEND=noninteractive
if ! { "${as_root[@]}" apt-get update -q && "${as_root[@]}" apt-get install -q -y --no-install-recommends chromium; } >/dev/null 2>&1; then
  echo "the browser could not be installed: the tests of the HTML report are skipped"
fi
