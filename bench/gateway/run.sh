#!/usr/bin/env bash
# Nura's gateway beside Portkey 1.15.2: the same upstream, in turns, pinned to one core and unpinned. Loopback only.
# Nura runs its whole pipeline: API key, budget, catalog, cache miss, breaker, usage rows in PostgreSQL, cost, telemetry.
# "bare" passes everything on and does nothing else: the most that a gateway on this platform can reach (bare/Program.cs).
# Usage: bench/gateway/run.sh [--quick] (quick: fewer and shorter rounds, pinned only, without G13). Last line: {"G1":...} as ratios Nura / Portkey, pinned to one core.
set -euo pipefail
cd "$(dirname "$0")"

for tool in wrk node npm dotnet taskset; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: tools/ci-setup.sh installs what the benchmarks need." >&2; exit 1; }
done

bins=(/usr/lib/postgresql/*/bin)
bin=${bins[-1]}
[ -d "$bin" ] || { echo "PostgreSQL is missing: tools/ci-setup.sh installs it." >&2; exit 1; }

work=$(mktemp -d)
chmod 755 "$work"
as_postgres() { if [ "$EUID" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
cleanup() {
  as_postgres "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

[ -d node_modules/autocannon ] || npm ci --no-audit --no-fund >&2
dotnet publish ../../Nura.Api -c Release --use-current-runtime -o "$work/api" -v quiet >&2
dotnet publish bare -c Release --use-current-runtime --no-self-contained -o "$work/bare" -v quiet >&2

mkdir "$work/data"
[ "$EUID" -ne 0 ] || chown postgres "$work/data"
as_postgres "$bin/initdb" -D "$work/data" -U postgres -A trust --no-sync >/dev/null
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
as_postgres "$bin/pg_ctl" -D "$work/data" -w -l "$work/data/log" -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c fsync=off" start >/dev/null

node bench.mjs "$work/api" "$work/bare" "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres" "${1:-}"
