#!/usr/bin/env bash
# Takes Redis and then PostgreSQL away for 30 seconds each while callers go on asking, and counts: failed requests, and usage rows lost or doubled.
# Usage: bench/gateway/outage.sh [seconds of each outage, 30]. Last line: {"redis":{"answers":…,"failed":…},"postgres":{…,"rows":…,"lost":…,"doubled":…}}
set -euo pipefail
cd "$(dirname "$0")"

for tool in node dotnet redis-server psql; do
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

dotnet publish ../../Nura.Api -c Release --use-current-runtime -o "$work/api" -v quiet >&2
mkdir "$work/data"
[ "$EUID" -ne 0 ] || chown postgres "$work/data"
as_postgres "$bin/initdb" -D "$work/data" -U postgres -A trust >/dev/null
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
cat >"$work/postgres" <<SCRIPT
#!/bin/sh
exec $([ "$EUID" -ne 0 ] || echo runuser -u postgres --) $bin/pg_ctl -D $work/data -w -m fast -l $work/data/log -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=" "\$1" >/dev/null
SCRIPT
chmod +x "$work/postgres"
"$work/postgres" start
node outage.mjs "$work/api" "$work/postgres" "$port" "${1:-30}"
