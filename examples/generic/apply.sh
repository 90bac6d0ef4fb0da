#!/bin/sh
# Apply in any CI: apply.sh BRANCH REVIEWED. Creates only what REVIEWED has, a plan file or a folder of them, and what
# BRANCH, the protected one, still has. Keeps the results in bindbee-sync-results/.
set -eu
export CI=true # not every CI sets it: with it, a ledger that is lost with this machine is refused
branch=$1 reviewed=$2 folder=bindbee-sync-results
# the branch as it is now: a pipeline that is run again would create what was removed since
git fetch --quiet origin "$branch"
git checkout --quiet --detach FETCH_HEAD
if [ -n "$(git ls-files -- "$reviewed" 2>/dev/null)" ]; then
  echo "$reviewed is committed: a plan counts only if the pipeline kept it" >&2
  exit 1
fi
rm -rf "$folder"
mkdir "$folder"
bindbee-sync apply --all --reviewed "$reviewed" --yes --wait --json-into "$folder/results.json"
