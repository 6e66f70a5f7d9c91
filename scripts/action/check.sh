#!/usr/bin/env bash
# Step of action.yml: checks the plan, writes the summary and the outputs `verdict`, `findings`, `sarif-file`,
# `json-file` and `markdown-file`. Findings do not fail this step, so that the comment is written too.
set -euo pipefail

# A folder for each use: a job may check several plans and upload the files afterwards.
folder=$(mktemp -d "${RUNNER_TEMP:?}/mqwarden.XXXXXX")
arguments=(
  check
  "--format=$MQWARDEN_FORMAT"
  "--fail-on=$MQWARDEN_FAIL_ON"
  "--output=sarif=$folder/all.sarif"
  "--output=json=$folder/mqwarden.json"
  "--output=markdown=$folder/mqwarden.md"
)
[ -z "${MQWARDEN_PLAN_FILE:-}" ] || arguments+=("--plan-file=$MQWARDEN_PLAN_FILE")
[ -z "${MQWARDEN_CONFIG_DIR:-}" ] || arguments+=("--config-dir=$MQWARDEN_CONFIG_DIR")
[ -z "${MQWARDEN_INTENT:-}" ] || arguments+=("--intent=$MQWARDEN_INTENT")
[ -z "${MQWARDEN_BASELINE:-}" ] || arguments+=("--baseline=$MQWARDEN_BASELINE")

# Text of the plan must not be taken for commands to the runner.
token="stop-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
echo "::stop-commands::$token"
status=0
"${MQWARDEN:?}" "${arguments[@]}" -- "$MQWARDEN_PLAN" || status=$?
echo "::$token::"

case "$status" in
  0) verdict=passed ;;
  1) verdict=failed ;;
  *)
    echo "::error title=mqwarden::The plan could not be checked; the log above says why."
    exit "$status"
    ;;
esac

cat "$folder/mqwarden.md" >>"${GITHUB_STEP_SUMMARY:?}"

# Code scanning shows suppressed results as open alerts, so that accepted findings are not uploaded.
jq '.runs[].results |= map(select((.suppressions // []) | length == 0))' "$folder/all.sarif" >"$folder/mqwarden.sarif"
findings=$(jq '[.runs[].results[]] | length' "$folder/mqwarden.sarif")

{
  echo "verdict=$verdict"
  echo "findings=$findings"
  echo "sarif-file=$folder/mqwarden.sarif"
  echo "json-file=$folder/mqwarden.json"
  echo "markdown-file=$folder/mqwarden.md"
} >>"${GITHUB_OUTPUT:?}"
