#!/usr/bin/env bash
# Dumps the database, encrypts the dump for the holder of the backup key, and stores it.
# A backup is two objects: NAME.dump.age, and NAME.manifest with checksum and contents. The manifest is stored last:
# without it a dump does not count, so a run that breaks off leaves nothing that looks like a backup.
#
#   PGHOST, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE, PGSSLROOTCERT ...   the database, as libpq knows them
#   BACKUP_URL          s3://bucket/prefix (kept as long as the bucket's lifecycle says) or a folder
#   BACKUP_RECIPIENT    public key of age; the private one never comes here
#   BACKUP_KEEP_DAYS    folder only: older backups are removed after a new one is stored; 0 keeps all
set -euo pipefail
# shellcheck source=store.sh
source "${NURA_JOBS:-$(dirname "$(readlink -f "$0")")}/store.sh"
contents="${NURA_JOBS:-$(dirname "$(readlink -f "$0")")}/contents.sql"
need PGDATABASE BACKUP_URL BACKUP_RECIPIENT
in_bucket || [[ -d $BACKUP_URL ]] || fail "there is no folder '$BACKUP_URL'"

started=$SECONDS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Asked once: the name of every part says the same time.
stamp=$(date -u +%Y%m%dT%H%M%SZ)
name="nura-$stamp"

# One transaction stays open and lends its snapshot to pg_dump, so that the dump and what is counted below are of the same moment.
# A lock held for long stops the run instead of queueing everybody behind it.
# The transaction is idle while pg_dump works, which the server (RDS: after a minute) would take for forgotten.
coproc SESSION { exec psql --no-psqlrc --quiet --tuples-only --no-align --field-separator=' ' --set=ON_ERROR_STOP=1 2>"$work/errors"; }
exec {ask}>&"${SESSION[1]}" {answers}<&"${SESSION[0]}"
session=$SESSION_PID
echo "SET idle_in_transaction_session_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot(); SHOW server_version_num;" >&"$ask"
if ! read -r snapshot <&"$answers" || ! read -r server <&"$answers"; then
  fail "cannot begin: $(head -1 "$work/errors")"
fi

pg_dump --format=custom --compress=6 --lock-wait-timeout=5min --snapshot="$snapshot" \
  | age --recipient "$BACKUP_RECIPIENT" --output "$work/$name.dump.age" || fail "the dump failed"

printf '\\i %s\nCOMMIT;\n\\q\n' "$contents" >&"$ask"
exec {ask}>&-
cat <&"$answers" >"$work/contents"
wait "$session" || fail "cannot read back what was dumped: $(head -1 "$work/errors")"

bytes=$(stat --format=%s "$work/$name.dump.age")
sum=$(sha256sum "$work/$name.dump.age" | cut -d' ' -f1)
{
  printf 'backup %s\nserver %s\nbytes %s\nsha256 %s\n' "$name" "$server" "$bytes" "$sum"
  cat "$work/contents"
} >"$work/$name.manifest"
store_put "$work/$name.dump.age"
store_put "$work/$name.manifest"

if ! in_bucket && [[ ${BACKUP_KEEP_DAYS:-0} -gt 0 ]]; then
  oldest="nura-$(date -u --date="$BACKUP_KEEP_DAYS days ago" +%Y%m%dT%H%M%SZ)"
  store_names | while read -r old; do
    if [[ $old < $oldest && $old != "$name" ]]; then
      # The manifest first: what is half removed must not look complete.
      rm -f "$BACKUP_URL/$old.manifest" "$BACKUP_URL/$old.dump.age"
      say "removed $old"
    fi
  done
fi
printf '{"backup":"%s","bytes":%s,"tables":%s,"seconds":%s}\n' "$name" "$bytes" "$(grep -c '^table ' "$work/contents")" "$((SECONDS - started))"
