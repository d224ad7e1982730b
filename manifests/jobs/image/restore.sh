#!/usr/bin/env bash
# Restores a backup into an empty database and proves that everything in it came back.
# Usage: restore.sh [NAME]      by default the newest
#
#   PGHOST, PGUSER, PGDATABASE ...   the empty database
#   BACKUP_URL         where backups are
#   BACKUP_IDENTITY    private key of age
set -euo pipefail
# shellcheck source=store.sh
source "${NURA_JOBS:-$(dirname "$(readlink -f "$0")")}/store.sh"
contents="${NURA_JOBS:-$(dirname "$(readlink -f "$0")")}/contents.sql"
need PGDATABASE BACKUP_URL BACKUP_IDENTITY

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=${1:-$(store_names | tail -1)}
[[ -n $name ]] || fail "there is no backup in '$BACKUP_URL'"
query() { psql --no-psqlrc --quiet --tuples-only --no-align --field-separator=' ' --set=ON_ERROR_STOP=1 "$@"; }

tables=$(query --command="SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE relkind IN ('r', 'p') AND nspname <> 'information_schema' AND nspname !~ '^pg_'") || fail "cannot reach the database"
[[ $tables == 0 ]] || fail "database '$PGDATABASE' holds $tables tables; restore into an empty one"

store_get "$name.manifest" "$work" || fail "there is no complete backup '$name' in '$BACKUP_URL'"
store_get "$name.dump.age" "$work" || fail "backup '$name' has a manifest but no dump"
expected=$(sed -n 's/^sha256 //p' "$work/$name.manifest")
[[ -n $expected && $(sha256sum "$work/$name.dump.age" | cut -d' ' -f1) == "$expected" ]] || fail "backup '$name' is damaged: its checksum is not the one in its manifest"

# The key goes through a pipe and touches no disk; the programs after it need not know it.
identity=$BACKUP_IDENTITY
unset BACKUP_IDENTITY
age --decrypt --identity <(printf '%s\n' "$identity") "$work/$name.dump.age" \
  | pg_restore --exit-on-error --no-owner --no-privileges --dbname="$PGDATABASE" || fail "backup '$name' cannot be decrypted or restored"

query --file="$contents" >"$work/found" || fail "cannot read what was restored"
grep -E '^(table|index|sequence) ' "$work/$name.manifest" >"$work/meant"
diff "$work/meant" "$work/found" >"$work/difference" || {
  sed -n 's/^[<>]/&/p' "$work/difference" | head -20 >&2
  fail "what was restored from '$name' is not what was dumped (< dumped, > restored)"
}
printf '%s\n' "$name"
