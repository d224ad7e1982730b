#!/usr/bin/env bash
# Kills Nura.Rag with kill -9 at 30 random points of indexing, then compares its index with a clean one of the same commit.
# usage: index-kill-check.sh [KILLS] [SEED]. Needs a build, git, Node, and native PostgreSQL with pgvector.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
chmod 755 "$work"
as_postgres() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi; }
bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
bin=${bin:-$(pg_config --bindir)}
# shellcheck disable=SC2317 # called at exit
clean() {
  as_postgres "$bin/pg_ctl" -D "$work/postgres" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean EXIT
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
mkdir "$work/postgres"
if [ "$(id -u)" = 0 ]; then chown nobody:nogroup "$work/postgres"; fi
as_postgres "$bin/initdb" -D "$work/postgres" -U nura -A trust -E UTF8 >/dev/null
as_postgres "$bin/pg_ctl" -D "$work/postgres" -o "-p $port -k $work/postgres -c listen_addresses=127.0.0.1" -l "$work/postgres/log" -w start >/dev/null
node tools/index-kill.mjs "$work" "$port" "$bin/psql" "${1:-30}" "${2:-$RANDOM}"
