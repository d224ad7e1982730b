#!/usr/bin/env bash
# Compares builds of Nura's API: start, memory, the first seconds under load, and load in turns, pinned to one core. Loopback only.
# Usage: bench/gateway/builds.sh [name=folder...] (published builds; without any, the API as its image has it beside the one that compiles itself while it runs)
# ROUNDS and SECONDS_EACH set how long (default 4 rounds of 3 seconds).
set -euo pipefail
cd "$(dirname "$0")"

# shellcheck source=postgres.sh
source ./postgres.sh
need wrk node dotnet taskset

if [ $# -eq 0 ]; then
  dotnet publish ../../Nura.Api -c Release --use-current-runtime -p:PublishAot=false --no-self-contained -o "$work/itself" -v quiet >&2
  dotnet publish ../../Nura.Api -c Release --use-current-runtime -o "$work/native" -v quiet >&2
  set -- "itself=$work/itself" "native=$work/native"
fi

start_postgres

node builds.mjs "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres" "${SECONDS_EACH:-3}" "${ROUNDS:-4}" "$@"
