#!/usr/bin/env bash
# Nura's gateway beside Portkey 1.15.2: the same upstream, in turns, pinned to one core and unpinned. Loopback only.
# Nura runs its whole pipeline: API key, budget, catalog, cache miss, breaker, usage rows in PostgreSQL, cost, telemetry.
# "bare" passes everything on and does nothing else: the most that a gateway on this platform can reach (bare/Program.cs).
# Usage: bench/gateway/run.sh [--quick] (quick: fewer and shorter rounds, pinned only, without G13). Last line: {"G1":...} as ratios Nura / Portkey, pinned to one core.
set -euo pipefail
cd "$(dirname "$0")"

# shellcheck source=postgres.sh
source ./postgres.sh
need wrk node npm dotnet taskset

[ -d node_modules/autocannon ] || npm ci --no-audit --no-fund >&2
dotnet publish ../../Nura.Api -c Release --use-current-runtime -o "$work/api" -v quiet >&2
dotnet publish bare -c Release --use-current-runtime --no-self-contained -o "$work/bare" -v quiet >&2

start_postgres

node bench.mjs "$work/api" "$work/bare" "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres" "${1:-}"
