#!/usr/bin/env bash
# Installs what some tests of the outputs use, where it is not there and apt can be used: a browser for
# tests/all/report/html.rs, and Graphviz for tests/all/report/graph.rs. Where it cannot, those tests say that they are skipped.
set -uo pipefail

missing=()
has_browser=
for name in chromium chromium-browser google-chrome chrome; do
  ! command -v "$name" >/dev/null || has_browser=yes
done
[ -n "$has_browser" ] || missing+=(chromium)
command -v dot >/dev/null || missing+=(graphviz)
[ "${#missing[@]}" -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "no ${missing[*]}, and no apt-get to install it: tests that need it are skipped"
  exit 0
fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo -n)
export DEBIAN_FRONTEND=noninteractive
if ! { "${as_root[@]}" apt-get update -q && "${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1; then
  echo "${missing[*]} could not be installed: tests that need it are skipped"
fi
