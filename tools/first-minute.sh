#!/usr/bin/env bash
# The first minute of a new user, measured: a fresh clone, restored and built, then started, asked and stopped.
#
#   tools/first-minute.sh [REPOSITORY]    REPOSITORY: one more repository to index, a path or a git URL
#
# On PGlite, or what NURA_POSTGRES names (native, container). The last line is JSON: seconds from the start of the AppHost to a healthy API, files indexed and seconds that took,
# milliseconds to the first token of the first question, verified citations in its answer, memory of everything together
# (resident, in MB) and processes left over after Ctrl+C. Fails if there is no citation or if a process is left over.
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
