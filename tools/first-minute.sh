#!/usr/bin/env bash
# The first minute of a new user, measured: a fresh clone, restored and built, then started, asked and stopped.
#
#   tools/first-minute.sh [REPOSITORY]    REPOSITORY: one more repository to index, a path or a git URL
#
# Runs on PGlite, or on what NURA_POSTGRES names: native, container. The last line is JSON: seconds from the start of the
# AppHost to a healthy API, files indexed and the seconds that took, milliseconds to the first token of the first question,
# verified citations in its answer, resident memory of the services with their database (in MB; pages that processes share
# count in each), and processes left over after Ctrl+C. Fails without a citation or with a process left over.
set -euo pipefail

source=$(cd "$(dirname "$0")/.." && pwd)
other=${1:-}
[ -d "$other" ] && other=$(cd "$other" && pwd)
work=$(mktemp -d -t nura-first-minute.XXXXXX)
chmod 755 "$work" # PostgreSQL, never root, has to get through.
trap 'rm -rf "$work"' EXIT

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
git clone --quiet "$source" "$work/nura"
cd "$work/nura"
dotnet build Nura.AppHost --verbosity quiet
npm ci --prefix tools/pglite --no-audit --no-fund --silent
node tools/first-minute.mjs "$work" "$other"
