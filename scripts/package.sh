#!/usr/bin/env bash
# Builds a static binary and packs what a release has: package.sh TARGET FOLDER
#
# In FOLDER: mqwarden-TARGET and mqwarden-extras.tar.gz (completions, manual pages, the schemas) with their .sha256, and
# notes.md, the part of CHANGELOG.md that is about this version.
set -euo pipefail
target=$1 folder=$2

cargo build --release --locked --bin mqwarden --target "$target"
mkdir -p "$folder/extras"
binary="$folder/mqwarden-$target"
cp "target/$target/release/mqwarden" "$binary"
(cd "$folder" && sha256sum "mqwarden-$target" >"mqwarden-$target.sha256")

# A release runs wherever the kernel is: it asks for no library.
if [[ $target == *-musl ]] && ldd "$binary" 2>/dev/null | grep -q '=>'; then
  echo "$binary is not static" >&2
  exit 1
fi
# It works, too: the plan of the README has findings.
status=0
"$binary" check testdata/cases/orders/plan.json --plan-file testdata/cases/orders/tfplan >/dev/null || status=$?
[ "$status" = 1 ]

for shell in bash elvish fish powershell zsh; do
  "$binary" completions "$shell" >"$folder/extras/mqwarden.$shell"
done
"$binary" man >"$folder/extras/mqwarden.1"
for command in $("$binary" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | grep -v '^help$'); do
  "$binary" man "$command" >"$folder/extras/mqwarden-$command.1"
done
"$binary" schema >"$folder/extras/mqwarden.schema.json"
"$binary" schema graph >"$folder/extras/mqwarden-graph.schema.json"
tar -czf "$folder/mqwarden-extras.tar.gz" -C "$folder" extras
rm -r "$folder/extras"
(cd "$folder" && sha256sum mqwarden-extras.tar.gz >mqwarden-extras.tar.gz.sha256)

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
awk -v title="## $version" '
  /^## / { wanted = index($0, title) == 1; next }
  wanted { print }
' CHANGELOG.md >"$folder/notes.md"
if ! grep -q '[^[:space:]]' "$folder/notes.md"; then
  echo "CHANGELOG.md says nothing of $version" >&2
  exit 1
fi
