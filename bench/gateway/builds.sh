#!/usr/bin/env bash
# Compares builds of Nura's API: start, memory, the first seconds under load, and load in turns, pinned to one core. Loopback only.
# Usage: bench/gateway/builds.sh [name=folder...] (published builds; without any, the API as its image has it beside the one that compiles itself while it runs)
# ROUNDS and SECONDS_EACH set how long (default 4 rounds of 3 seconds).
set -euo pipefail
cd "$(dirname "$0")"

for tool in wrk node dotnet taskset; do
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

if [ $# -eq 0 ]; then
  dotnet publish ../../Nura.Api -c Release --use-current-runtime -p:PublishAot=false --no-self-contained -o "$work/itself" -v quiet >&2
  dotnet publish ../../Nura.Api -c Release --use-current-runtime -o "$work/native" -v quiet >&2
  set -- "itself=$work/itself" "native=$work/native"
fi

mkdir "$work/data"
[ "$EUID" -ne 0 ] || chown postgres "$work/data"
as_postgres "$bin/initdb" -D "$work/data" -U postgres -A trust --no-sync >/dev/null
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
as_postgres "$bin/pg_ctl" -D "$work/data" -w -l "$work/data/log" -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c fsync=off" start >/dev/null

node builds.mjs "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres" "${SECONDS_EACH:-3}" "${ROUNDS:-4}" "$@"
