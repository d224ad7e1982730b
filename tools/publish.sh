#!/usr/bin/env bash
# AppHost -> manifest -> chart -> rendered environments -> AppProjects -> validated, in one go.
# Writes into manifests/; the last line printed is JSON.
# Usage: tools/publish.sh [--check]     with --check nothing may differ from what is committed
set -euo pipefail
cd "$(dirname "$0")/.."
started=$(date +%s%N)
say() { printf 'publish: %s\n' "$*" >&2; }

readonly environments=(dev staging production production-dr)
tools/manifests/setup.sh
helm="$PWD/tools/manifests/.bin/helm/helm"

say "building"
dotnet build Nura.AppHost -v quiet -clp:NoSummary >&2
dotnet build Nura.Manifests -v quiet -clp:NoSummary >&2

say "publishing the AppHost's manifest"
manifest=manifests/aspire-manifest.json
# Beside the old one, as paths inside are relative to the file.
draft=manifests/aspire-manifest.new.json
errors=$(mktemp)
trap 'rm -f "$errors" "$draft"' EXIT
dotnet run --project Nura.AppHost --no-build -- --publisher manifest --output-path "$PWD/$draft" >/dev/null 2>"$errors" || {
  cat "$errors" >&2
  exit 1
}
# aspirate takes any word on stderr for a failure, so there must be none.
if [[ -s $errors ]]; then
  say "the AppHost wrote to stderr while publishing: $(head -1 "$errors")"
  exit 1
fi
mv "$draft" "$manifest"

say "generating the chart"
dotnet Nura.Manifests/bin/Debug/net10.0/nura-manifests.dll generate --aspire-manifest "$manifest" --settings manifests/nura-manifests.yaml \
  --output-format helm --output-path manifests/charts/nura --skip-build --non-interactive >&2

render() {
  local environment=$1
  local values=(--values manifests/environments/facts.example.yaml
    --values "manifests/environments/$environment/values.yaml" --values "manifests/environments/$environment/release.yaml")
  "$helm" lint --strict --quiet manifests/charts/nura "${values[@]}" >&2
  mkdir -p "manifests/rendered/$environment"
  "$helm" template nura manifests/charts/nura "${values[@]}" --namespace nura --kube-version 1.36.0 >"manifests/rendered/$environment/nura.yaml"
}

say "rendering ${environments[*]}"
jobs=()
for environment in "${environments[@]}"; do
  render "$environment" &
  jobs+=($!)
done
for job in "${jobs[@]}"; do
  wait "$job"
done
"$helm" lint --strict --quiet manifests/platform/base >&2
mkdir -p manifests/rendered/platform
"$helm" template base manifests/platform/base --kube-version 1.36.0 >manifests/rendered/platform/base.yaml

say "writing the AppProjects"
node tools/manifests/projects.mjs manifests

say "validating"
status=0
result=$(node tools/manifests/validate.mjs manifests/rendered/*/*.yaml manifests/argocd/root.yaml manifests/argocd/{applications,platform,projects}/*.yaml) || status=$?
if [[ ${1:-} == --check ]] && ! git diff --quiet -- manifests; then
  git diff --stat -- manifests >&2
  say "manifests/ is not what the AppHost publishes; run tools/publish.sh and commit"
  status=1
fi

seconds=$((($(date +%s%N) - started) / 100000000))
node -e 'const [r, e, s] = process.argv.slice(1); const { documents, invalid } = JSON.parse(r);
console.log(JSON.stringify({ environments: +e, documents, invalid, seconds: s / 10 }))' "${result##*$'\n'}" "${#environments[@]}" "$seconds"
exit "$status"
