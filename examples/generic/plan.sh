#!/bin/sh
# Plan in any CI: plan.sh [TARGET]. Prints the plan, and keeps the plan file and the page in bindbee-sync-plan/.
# TARGET is the branch that a pull request is for: only what differs from it is planned, and what is new comes first.
set -eu
folder=bindbee-sync-plan
target=${1:-}
set --
if [ -n "$target" ]; then
  git fetch --quiet origin "$target"
  base=$(git rev-parse FETCH_HEAD)
  set -- --base "$base" --changed-since "$base"
fi
rm -rf "$folder" # a committed file must not pass for the plan
mkdir "$folder"
bindbee-sync validate
bindbee-sync plan "$@" --out "$folder/plan.json" --html "$folder/job-openings.html"
