#!/usr/bin/env bash
# Step of action.yml: downloads the release, or builds the action's own checkout. Writes the output `binary`.
set -euo pipefail

asset=mqwarden-x86_64-unknown-linux-musl
folder="${RUNNER_TEMP:?}/mqwarden"
mkdir -p "$folder"
version="${MQWARDEN_VERSION:-}"
wanted="${version:-${MQWARDEN_ACTION_REF:-}}"
wanted="${wanted#v}"

# An action that is pinned by commit is a release too, where the tag of its version is that commit.
if [[ "$wanted" =~ ^[0-9a-f]{40}$ ]]; then
  own=$(sed -n 's/^version = "\(.*\)"$/\1/p' "${GITHUB_ACTION_PATH:?}/Cargo.toml" | head -n 1)
  tagged=$(gh api "repos/${MQWARDEN_ACTION_REPOSITORY:?}/commits/v$own" --jq .sha 2>/dev/null) || tagged=
  [ "$tagged" != "$wanted" ] || wanted=$own
fi

has_release() {
  [[ "$wanted" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] && [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ]
}

download() {
  gh release download "v$wanted" --repo "${MQWARDEN_ACTION_REPOSITORY:?}" --dir "$folder" --clobber \
    --pattern "$asset" --pattern "$asset.sha256" || return 1
  (cd "$folder" && sha256sum --check --strict --quiet "$asset.sha256") || {
    echo "::error title=mqwarden::The release v$wanted does not have its checksum." >&2
    exit 1
  }
  chmod +x "$folder/$asset"
}

build() {
  local source="${GITHUB_ACTION_PATH:?}" rust
  rust=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$source/Cargo.toml")
  local cargo=(cargo)
  if command -v rustup >/dev/null; then
    rustup toolchain install "$rust" --profile minimal --no-self-update
    cargo=(cargo "+$rust")
  fi
  "${cargo[@]}" build --release --locked --bin mqwarden --manifest-path "$source/Cargo.toml" \
    --target-dir "$folder/target"
}

if has_release && download; then
  binary="$folder/$asset"
elif [ -n "$version" ] && [ "$version" != source ]; then
  echo "::error title=mqwarden::There is no release $wanted for this runner; leave \`version\` out to build the action's own checkout." >&2
  exit 1
else
  build
  binary="$folder/target/release/mqwarden"
fi
echo "binary=$binary" >>"${GITHUB_OUTPUT:?}"
