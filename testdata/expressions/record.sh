#!/usr/bin/env bash
# Records what Terraform itself makes of the expressions in this folder: writes answers.json, an object of the value of
# each local by its name.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE="$tmp/rc"
: >"$TF_CLI_CONFIG_FILE"
mkdir "$tmp/expressions"
cp -r ./*.tf modules files "$tmp/expressions/"
out=$PWD/answers.json
cd "$tmp/expressions"
terraform init -no-color >/dev/null
members=$(grep -ohE '^  [a-z][0-9]{3} += ' ./*.tf | tr -d ' =' | sort | sed 's/.*/& = local.&/' | paste -sd, -)
# The console prints a string as a quoted one, which is valid JSON here.
echo "nonsensitive(jsonencode({$members}))" | terraform console -no-color | python3 -c '
import json, sys
answers = json.loads(json.loads(sys.stdin.read()))
print("{\n" + ",\n".join(json.dumps(k) + ": " + json.dumps(v, ensure_ascii=False) for k, v in sorted(answers.items())) + "\n}")
' >"$out"
