#!/usr/bin/env bash
# Step of action.yml: keeps one comment on the pull request up to date. It is found again by its first line, which
# tells apart the comments about several plans.
set -euo pipefail

# A comment on a pull request is an event of its issue.
number=$(jq -r '.pull_request.number // (.issue | select(.pull_request) | .number) // empty' "${GITHUB_EVENT_PATH:?}")
if [ -z "$number" ]; then
  echo "This run is not about a pull request: there is nothing to comment on."
  exit 0
fi
MARKER="<!-- mqwarden $(printf %s "$MQWARDEN_PLAN" | sha256sum | cut -c 1-16) -->"
export MARKER
body="${MQWARDEN_MARKDOWN:?}.json"
{ printf '%s\n' "$MARKER" && cat "$MQWARDEN_MARKDOWN"; } | jq -Rs '{body: .}' >"$body"

comments="repos/${GITHUB_REPOSITORY:?}/issues/$number/comments"
failed() {
  echo "::warning title=mqwarden::The comment could not be written; the job needs the permission pull-requests: write, which a pull request from a fork does not have."
  exit 0
}
# Only a comment that a bot wrote is ours: anybody can write the marker.
ids=$(gh api --paginate "$comments?per_page=100" \
  --jq '.[] | select(.user.type == "Bot" and (.body | startswith(env.MARKER))) | .id') || failed
id=${ids%%$'\n'*}
if [ -n "$id" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --input "$body" --silent || failed
else
  gh api --method POST "$comments" --input "$body" --silent || failed
fi
