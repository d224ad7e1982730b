#!/usr/bin/env bash
# Restores the newest backup into a database server of its own, compares all contents, and says how long it took.
# It needs no network but to the store, and cannot reach the real database.
#
#   BACKUP_URL, BACKUP_IDENTITY   as for restore.sh
#   DRILL_MAX_AGE_HOURS           an older backup fails the drill; 30 by default
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=store.sh
source "${NURA_JOBS:-$here}/store.sh"
need BACKUP_URL BACKUP_IDENTITY

started=$SECONDS
name=$(store_names | tail -1)
[[ -n $name ]] || fail "there is no backup in '$BACKUP_URL'"
stamp=${name#nura-}
taken=$(date -u --date="${stamp:0:4}-${stamp:4:2}-${stamp:6:2} ${stamp:9:2}:${stamp:11:2}:${stamp:13:2}" +%s)
age_hours=$((($(date -u +%s) - taken) / 3600))
((age_hours < ${DRILL_MAX_AGE_HOURS:-30})) || fail "the newest backup, '$name', is $age_hours hours old"

work=$(mktemp -d)
stop() {
  [[ ! -e $work/data/postmaster.pid ]] || pg_ctl --pgdata="$work/data" --mode=immediate --silent stop || true
  rm -rf "$work"
}
trap stop EXIT
# Nothing of another server's settings may reach this one.
unset PGPASSWORD PGSSLMODE PGSSLROOTCERT PGPORT
# Only through a socket in a folder of our own. What a crash would lose is thrown away anyway.
initdb --pgdata="$work/data" --username=drill --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$work/initdb.log" || fail "no server could be made: $(tail -1 "$work/initdb.log")"
pg_ctl --pgdata="$work/data" --log="$work/server.log" --wait --timeout=120 --silent start \
  --options="-c listen_addresses='' -c unix_socket_directories='$work' -c fsync=off -c full_page_writes=off -c max_wal_size=4GB" \
  || fail "the server did not start: $(tail -1 "$work/server.log")"
export PGHOST=$work PGUSER=drill PGDATABASE=drill
createdb drill
"$here/restore.sh" "$name" >"$work/restored" || exit 1
printf '{"restored":"%s","age_hours":%s,"tables":%s,"seconds":%s}\n' "$name" "$age_hours" \
  "$(psql --no-psqlrc --tuples-only --no-align --command="SELECT count(*) FROM pg_stat_user_tables")" "$((SECONDS - started))"
