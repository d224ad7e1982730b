#!/usr/bin/env bash
# Takes Redis and then PostgreSQL away for 30 seconds each while callers go on asking, and counts: failed requests, and usage rows lost or doubled.
# Usage: bench/gateway/outage.sh [seconds of each outage, 30]. Last line: {"redis":{"answers":…,"failed":…},"postgres":{…,"rows":…,"lost":…,"doubled":…}}
set -euo pipefail
cd "$(dirname "$0")"

# shellcheck source=postgres.sh
source ./postgres.sh
need node dotnet redis-server psql

dotnet publish ../../Nura.Api -c Release --use-current-runtime -o "$work/api" -v quiet >&2
make_postgres
cat >"$work/postgres" <<SCRIPT
#!/bin/sh
exec $([ "$EUID" -ne 0 ] || echo runuser -u postgres --) $bin/pg_ctl -D $work/data -w -m fast -l $work/data/log -o "$postgres_options" "\$1" >/dev/null
SCRIPT
chmod +x "$work/postgres"
"$work/postgres" start
node outage.mjs "$work/api" "$work/postgres" "$port" "${1:-30}"
