#!/usr/bin/env bash
# Retrieval quality on nura-loc, through the running service: see README.md beside this file.
# usage: run.sh --mirrors DIR [--queries FILE] [--raw] [--full-tree] [--out FILE]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
benchmark=${NURA_LOC:-$root/../shared/benchmark/nura-loc}
work=$(mktemp -d)
chmod 755 "$work"
started=()
clean() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
  if [ -d "$work/postgres" ]; then as_postgres "$bin/pg_ctl" -D "$work/postgres" -m immediate stop >/dev/null 2>&1; fi
  rm -rf "$work"
}
trap clean EXIT

# PostgreSQL refuses to run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

dotnet build "$root/Nura.Rag" -c Release -v quiet --nologo
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
bin=${bin:-$(pg_config --bindir)}
port=$(free_port)
mkdir "$work/postgres" "$work/sources"
if [ "$(id -u)" = 0 ]; then chown nobody:nogroup "$work/postgres"; fi
as_postgres "$bin/initdb" -D "$work/postgres" -U nura -A trust -E UTF8 >/dev/null
as_postgres "$bin/pg_ctl" -D "$work/postgres" -o "-p $port -k $work/postgres -c listen_addresses=127.0.0.1 -c shared_buffers=256MB" -l "$work/postgres/log" -w start >/dev/null
psql -qh 127.0.0.1 -p "$port" -U nura postgres -c 'CREATE DATABASE nura'

http=$(free_port)
export ConnectionStrings__nura="Host=127.0.0.1;Port=$port;Username=nura;Database=nura" Nura__Rag__MirrorDirectory="$work/mirrors" Nura__Rag__LocalRoots__0="$work/sources" \
  Nura__Rag__PollSeconds=0 Logging__LogLevel__Default=Warning
dotnet "$root/Nura.Rag/bin/Release/net10.0/Nura.Rag.dll" --urls "http://127.0.0.1:$http" >"$work/rag.log" 2>&1 &
started+=($!)
for _ in $(seq 300); do curl -sf "http://127.0.0.1:$http/alive" >/dev/null && break; sleep 0.1; done

python3 "$here/run.py" --address "http://127.0.0.1:$http" --benchmark "$benchmark" --sources "$work/sources" \
  --forget "psql -qh 127.0.0.1 -p $port -U nura nura -c 'DELETE FROM rag.tree' -c 'DELETE FROM rag.blob'" "$@"
