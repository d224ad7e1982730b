#!/usr/bin/env bash
# AppHost -> manifest -> chart -> rendered environments -> AppProjects -> validated, in one go.
# Writes into manifests/; says how long each step took; the last line printed is JSON.
# Usage: tools/publish.sh [--check]     with --check nothing may differ from what is committed
set -euo pipefail
cd "$(dirname "$0")/.."

now() { date +%s%N; }
tenths() { printf '%d.%d' "$(($1 / 1000000000))" "$(($1 / 100000000 % 10))"; }
say() { printf 'publish: %s\n' "$*" >&2; }
started=$(now)
since=$started
took() { # took STEP: seconds since the step before
  local at
  at=$(now)
  say "$(tenths $((at - since))) s  $1"
  since=$at
}

readonly environments=(dev staging production production-dr)
readonly manifest=manifests/aspire-manifest.json
# Beside the old one, as paths inside are relative to the file.
readonly draft=manifests/aspire-manifest.new.json
readonly helm="$PWD/tools/manifests/.bin/helm/helm"
work=$(mktemp -d)
trap 'rm -rf "$work" "$draft"' EXIT

# Helm and the validators arrive while the compiler works. The services need no building to be named in a manifest.
tools/manifests/setup.sh >"$work/setup.log" 2>&1 &
setup=$!
dotnet build tools/publish.slnf -p:NuraBuildServices=false -v quiet -clp:NoSummary >&2
took "build"

dotnet Nura.AppHost/bin/Debug/net10.0/Nura.AppHost.dll --publisher manifest --output-path "$PWD/$draft" >/dev/null 2>"$work/errors" || {
  cat "$work/errors" >&2
  exit 1
}
# aspirate takes any word on stderr for a failure, so there must be none.
if [[ -s $work/errors ]]; then
  say "the AppHost wrote to stderr while publishing: $(head -1 "$work/errors")"
  exit 1
fi
mv "$draft" "$manifest"
took "the AppHost's manifest"

dotnet Nura.Manifests/bin/Debug/net10.0/nura-manifests.dll generate --aspire-manifest "$manifest" --settings manifests/nura-manifests.yaml \
  --output-format helm --output-path manifests/charts/nura --skip-build --non-interactive >&2
took "the chart"

wait "$setup" || {
  cat "$work/setup.log" >&2
  exit 1
}
took "waiting for helm and the validators"

render() { # render CHART NAME TARGET VALUES...
  local chart=$1 name=$2 target=manifests/rendered/$3
  shift 3
  local values=("${@/#/--values=manifests/}")
  mkdir -p "$(dirname "$target")"
  "$helm" lint --strict --quiet "manifests/$chart" "${values[@]}" >&2
  "$helm" template "$name" "manifests/$chart" "${values[@]}" --namespace nura --kube-version 1.36.0 >"$target"
}

jobs=()
for environment in "${environments[@]}"; do
  folder=environments/$environment
  render charts/nura nura "$environment/nura.yaml" environments/facts.example.yaml "$folder/values.yaml" "$folder/release.yaml" &
  jobs+=($!)
  render jobs jobs "$environment/jobs.yaml" jobs/facts.example.yaml "$folder/jobs.yaml" "$folder/release.yaml" &
  jobs+=($!)
done
render platform/base base platform/base.yaml &
jobs+=($!)
for job in "${jobs[@]}"; do
  wait "$job"
done
took "rendering ${environments[*]} and the platform"

node tools/manifests/projects.mjs manifests
took "the AppProjects"

status=0
result=$(node tools/manifests/validate.mjs manifests/rendered/*/*.yaml manifests/argocd/root.yaml manifests/argocd/{applications,platform,projects}/*.yaml) || status=$?
took "validating"
if [[ ${1:-} == --check ]] && ! git diff --quiet -- manifests; then
  git diff --stat -- manifests >&2
  say "manifests/ is not what the AppHost publishes; run tools/publish.sh and commit"
  status=1
fi

node -e 'const [r, e, s] = process.argv.slice(1); const { documents, invalid } = JSON.parse(r);
console.log(JSON.stringify({ environments: +e, documents, invalid, seconds: +s }))' "${result##*$'\n'}" "${#environments[@]}" "$(tenths $(($(now) - started)))"
exit "$status"
