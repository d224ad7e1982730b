# Sourced by the commands of this folder: a PostgreSQL of their own, on a free port of the loopback, that ends with them.
# Sets $work (a folder that goes with it) and $port; "need" asks for tools, "make_postgres" makes the database, "postgres_options" are how it is started.
# shellcheck shell=bash

need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: tools/ci-setup.sh installs what the benchmarks need." >&2; exit 1; }
  done
}

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

make_postgres() { # make_postgres [option of initdb...]
  mkdir "$work/data"
  [ "$EUID" -ne 0 ] || chown postgres "$work/data"
  as_postgres "$bin/initdb" -D "$work/data" -U postgres -A trust "$@" >/dev/null
  port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
  postgres_options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories="
}

start_postgres() { # for measuring: what a crash would lose does not matter
  make_postgres --no-sync
  as_postgres "$bin/pg_ctl" -D "$work/data" -w -l "$work/data/log" -o "$postgres_options -c fsync=off" start >/dev/null
}
